"""The child process that judges a file before anything reads it: what is in there can't take the server's memory.

Run as `python -m campaigns.ground.sheets.gate_child PATH MAX_MB`; needs no Django. One JSON line: {"refused": sentence}, or the kind and the broken cells.
"""

import json
import resource
import sys

from campaigns.ground.sheets.vet import BadFile, vet

MEMORY = 1 << 30
SECONDS = 120


def main(path: str, max_mb: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        vetted = vet(path, max_mb=int(max_mb))
    except BadFile as error:
        told = {"refused": str(error)}
    else:
        broken = {
            name: [[*place, why] for place, why in cells.items()] for name, cells in vetted.broken.items()
        }
        told = {"kind": vetted.kind, "broken": broken}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
