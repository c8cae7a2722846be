"""A newcomer's first minutes: clone, `make run`, log in as three roles, Ctrl-C; then look for what was left behind.

Standard library only. Run from the repository's root. Exit 0 when all of it held.
"""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

PASSWORD = "Zoujieyou@2022"
# Three roles, and a word each finds on its own home page.
VISITORS = {"yibaoju.tianbao": "填报员", "shengaiban": "审改办", "duchashi": "督查室"}
PROMISED, WITHIN = 180, 420  # seconds: what the README says, and what a busy machine is given


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def wait_until_ready(address: str, run: subprocess.Popen) -> float:
    begun = time.monotonic()
    while time.monotonic() - begun < WITHIN:
        if run.poll() is not None:
            raise SystemExit(f"make run ended by itself with {run.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic() - begun
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"not ready within {WITHIN} s")


def visit(address: str, username: str, word: str) -> None:
    """Log in through the form as a browser would, and read the home page."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = browser.open(f"{address}/login/", timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form).group(1)
    fields = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    request = urllib.request.Request(
        f"{address}/login/", urllib.parse.urlencode(fields).encode(), {"Referer": f"{address}/login/"}
    )
    with browser.open(request, timeout=30) as answer:
        page, where = answer.read().decode(), urllib.parse.urlparse(answer.url).path
    if where != "/" or word not in page:
        raise SystemExit(
            f"{username} landed on {where}, and '{word}' is {'' if word in page else 'not '}there"
        )
    say(f"{username}: home page, {len(page)} characters, with '{word}'")


def left_behind(folder: str) -> list[str]:
    """Command lines of processes that still work in `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd").startswith(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="walkflow-clone-") as folder:
        clone = Path(folder, "clone")
        subprocess.run(["git", "clone", "--quiet", ".", str(clone)], check=True)
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        environment = os.environ | {"PORT": str(port), "HOST": "127.0.0.1"}
        run = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            took = wait_until_ready(address, run)
            say(f"ready after {took:.0f} s" + (" — LONGER THAN PROMISED" if took > PROMISED else ""))
            for username, word in VISITORS.items():
                visit(address, username, word)
            run.send_signal(signal.SIGTERM)
            run.wait(timeout=30)
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
        time.sleep(0.5)
        if left := left_behind(str(clone)):
            raise SystemExit("still running: " + " · ".join(left))
        say("stopped, and nothing left running")


if __name__ == "__main__":
    main()
