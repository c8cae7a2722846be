"""A job for the kill test, loaded only by its worker (`-I`): it begins, and ends when told to."""

import os
import time
from pathlib import Path

from campaigns.ground import jobs


@jobs.job("slow")
def slow(job, *, now) -> dict:
    folder = Path(os.environ["KILL_FOLDER"])
    with (folder / "begun").open("a") as begun:
        begun.write("begun\n")
    while not (folder / "may-end").exists():
        time.sleep(0.05)
    return {"begun": len((folder / "begun").read_text().splitlines())}
