"""`make run`: web server, worker and scheduler as one process group, and nothing left behind when it stops.

    python -m hengyang_walkflow.serve            prepare, start everything, watch over it
    python -m hengyang_walkflow.serve prepare    migrate, collect static files, load the example city if empty
    python -m hengyang_walkflow.serve accounts   print the example accounts that are there

PORT, HOST, WEB_WORKERS and EXAMPLE come from the environment. What the children do is not decided here.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 120
GRACE = 8  # seconds a child has to stop by itself; a job cut short is done again after the next start
ACCOUNTS = (
    ("admin", "系统管理员"),
    ("anquan", "安全管理员"),
    ("shenji", "审计管理员"),
    ("shengaiban", "市审改办"),
    ("duchashi", "市督查室"),
    ("yibaoju.tianbao", "市医保局 填报员"),
    ("yibaoju.fenguan", "市医保局 分管负责人"),
    ("yibaoju.fuzeren", "市医保局 主要负责人"),
    ("yibaoju.lingdao", "市医保局 体验人"),
    ("renshe.tianbao", "市人社局 填报员"),
    ("renshe.fuzeren", "市人社局 主要负责人"),
    ("leiyang.tianbao", "耒阳市 填报员"),
    ("leiyang.fuzeren", "耒阳市 主要负责人"),
    ("leiyang.shengaiban", "耒阳市 审改办"),
    ("leiyang.ducha", "耒阳市 督查室"),
)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# — before the children —


def port_is_taken(host: str, port: int) -> bool:
    """Whether something already listens there (or the address isn't ours)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def prepare() -> None:
    """Migrate, collect static files, fill an empty database with the example city as of today.

    Behind a lock: two starts at once don't both migrate. EXAMPLE=0 leaves an empty database empty.
    """
    django.setup()
    from campaigns.models import Organization  # only after setup

    with Path(settings.DATA_DIR, "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if os.environ.get("EXAMPLE", "1") != "0" and not Organization.objects.exists():
            say("数据库是空的，正在装入示例城市（约一分钟）……")
            today = timezone.localdate()  # noqa: TID251 the shell is a door, too
            call_command("load_example", anchor=today, verbosity=0)


def accounts() -> None:
    """Print the example accounts and their password, if load_example made them."""
    django.setup()
    from campaigns.models import User  # only after setup

    there = set(User.objects.filter(username__in=dict(ACCOUNTS)).values_list("username", flat=True))
    if "shengaiban" in there:
        say(f"示例账号（密码都是 {settings.EXAMPLE_PASSWORD}）：")
        for username, posting in ACCOUNTS:
            if username in there:
                say(f"  {username:<20} {posting}")


# — the children —


@dataclass
class Child:
    """One long-running program in a process group of its own, started again when it dies."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    started: float = 0.0
    wait: float = field(default=0.5)
    due: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL, preexec_fn=_die_with_me
        )
        self.started = time.monotonic()

    def keep_alive(self) -> None:
        """Start it again when it has died: at once the first time, then ever later, up to half a minute."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            say(f"{self.name} 意外退出（{self.process.returncode}），{self.wait:.1f} 秒后重新启动。")
            self.kill_group()  # what it left behind would hold the port
            self.wait = 0.5 if now - self.started > 60 else self.wait
            self.process, self.due = None, now + self.wait
            self.wait = min(self.wait * 2, 30)
        if now >= self.due:
            self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM to the program itself, which knows in what order to stop its own workers."""
        if self.process is not None:
            self.process.terminate()

    def kill_group(self) -> None:
        """SIGKILL to whatever is left of its process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def is_gone(self) -> bool:
        return self.process is None or self.process.poll() is not None


def _die_with_me() -> None:
    """In the child, on Linux: get SIGTERM when the supervisor is gone, even by kill −9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def children(host: str, port: int) -> list[Child]:
    """Web server, worker, scheduler, as commands of this interpreter."""
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges", "-m"]
    celery = [*python, "celery", "-q", "-A", "hengyang_walkflow"]
    web = [
        *python,
        "granian",
        *("--interface", "wsgi", "--host", host, "--port", str(port), "--log-level", "warning"),
        *("--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", "4"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "3"),
        "hengyang_walkflow.wsgi:application",
    ]
    # Threads: a prefork pool hangs on the folder broker when an idle child dies (stack.md §5).
    worker = [*celery, "worker", "-P", "threads", "-c", "4", "-l", "WARNING"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    beat = [*celery, "beat", "-l", "WARNING", "--pidfile="]
    return [Child("网页服务", web), Child("后台作业", worker), Child("定时任务", beat)]


def stop(running: list[Child]) -> None:
    """Ask every child to stop, and after GRACE seconds make it."""
    for child in running:
        child.ask_to_stop()
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and not all(child.is_gone() for child in running):
        time.sleep(0.05)
    for child in running:
        child.kill_group()
        if child.process is not None:
            child.process.wait()


# — watching —


def is_ready(host: str, port: int) -> bool:
    """Whether /readyz answers 200, asked under a host name the site accepts."""
    name = next((name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))), "localhost")
    request = urllib.request.Request(address(host, port) + "/readyz", headers={"Host": name})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(json.load(answer)["ok"])
    except (OSError, ValueError):
        return False


def address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def welcome(host: str, port: int) -> None:
    say(f"\n系统已就绪：{address(host, port)}/")
    subprocess.run([sys.executable, "-m", "hengyang_walkflow.serve", "accounts"], cwd=ROOT, check=False)
    say("按 Ctrl-C 停止；数据保留，下次启动继续使用。\n")


def watch(running: list[Child], stopping: Callable[[], bool], host: str, port: int) -> int:
    """Keep the children alive until told to stop. 1 when they don't get ready in time."""
    begun, ready = time.monotonic(), False
    while not stopping():
        for child in running:
            child.keep_alive()
        if not ready and is_ready(host, port):
            ready = True
            welcome(host, port)
        if not ready and time.monotonic() - begun > READY_WITHIN:
            say(f"{READY_WITHIN} 秒内没有就绪，已停止。原因见上面的日志。")
            return 1
        time.sleep(0.2)
    return 0


def main() -> int:
    try:
        host, port = host_and_port()
    except ValueError:
        say("PORT 应当是一个数字，例如：PORT=8001 make run")
        return 1
    if port_is_taken(host, port):
        say(f"{host}:{port} 不能使用（多半已被别的程序占用），请换一个端口，例如：PORT={port + 1} make run")
        return 1
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: told.append(number))
    preparing = Child("准备", [sys.executable, "-m", "hengyang_walkflow.serve", "prepare"])
    preparing.start()
    while not told and not preparing.is_gone():
        time.sleep(0.05)
    if told or preparing.process.returncode:
        stop([preparing])
        say("已停止。" if told else "准备数据库时出错，原因见上面的日志。")
        return 0 if told else 1
    running = children(host, port)
    try:
        return watch(running, lambda: bool(told), host, port)
    finally:
        stop(running)
        say("已停止。")


def host_and_port() -> tuple[str, int]:
    """HOST and PORT, from the environment or .env (settings have read that)."""
    settings.DATA_DIR  # noqa: B018 makes Django read the settings, and with them .env
    return os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8000)


if __name__ == "__main__":
    errand = {"prepare": prepare, "accounts": accounts}.get("".join(sys.argv[1:2]), main)
    sys.exit(errand())
