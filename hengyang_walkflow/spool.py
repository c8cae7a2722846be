"""kombu's filesystem transport, two holes closed: no message is seen half written, none leaves the folder.

kombu writes a message under its final name (a worker that polls in that instant reads half of it and stops)
and reads it in the system's temporary folder. Here both ends are a rename inside the broker's own folder.
Delivery after kill −9 isn't promised here: the Job row does that (campaigns.ground.jobs). For kombu 5.7.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **_kwargs) -> None:
        name = f"{time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.data_folder_out, f"{name}.draft")
        draft.write_text(dumps(payload), encoding="utf-8")
        draft.rename(draft.with_suffix(""))

    def _get(self, queue):
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            mine = Path(self.transport_options["taken_folder"], name)
            try:
                Path(self.data_folder_in, name).rename(mine)
            except FileNotFoundError:
                continue  # another worker was quicker
            payload = mine.read_text(encoding="utf-8")
            mine.unlink()
            return loads(payload)
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel
