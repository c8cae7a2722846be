"""Messages to group robots and other systems over HTTP: their documented bodies, and one careful way of sending.

企业微信 群机器人 (POST {"msgtype": "text", …} to webhook/send?key=…, errcode 0), 钉钉 自定义机器人 (the same with
timestamp and sign when 加签 is on), and a generic webhook signed by HMAC-SHA256 with an idempotency key.
Only addresses the configuration names are called, no redirect is followed, and no wait is endless. No model here.
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import date, datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from django.conf import settings
from django.db.models import TextChoices

from campaigns.ground.refusal import NotAllowed

MOST_BYTES = {"WECOM": 2048, "DINGTALK": 6000}  # 企业微信 refuses longer texts; nobody reads longer ones
MOST_ANSWER = 64 * 1024


class RobotKind(TextChoices):
    WECOM = "WECOM", "企业微信"
    DINGTALK = "DINGTALK", "钉钉"
    WEBHOOK = "WEBHOOK", "通用接口"


class NotDelivered(Exception):
    """Why a message did not arrive, as a sentence without any address, key or secret in it."""


@dataclass(frozen=True)
class GroupMessage:
    """What is told to a group. `key`: the same for every try, so that a receiver can leave out a second copy."""

    key: str
    title: str
    on: date
    lines: tuple[tuple[str, str], ...]  # text, address of the page


def check_address(url: str) -> None:
    """Raise NotAllowed unless the configuration (WEBHOOK_ALLOWED) lets `url` be called."""
    asked = _place(url)
    for allowed in settings.WEBHOOK_ALLOWED:
        place = _place(allowed)
        within = asked and place and asked[:3] == place[:3]
        if within and (asked[3] == place[3] or asked[3].startswith(place[3].rstrip("/") + "/")):
            return
    raise NotAllowed("这个地址不在允许的范围内，请机房在 WEBHOOK_ALLOWED 中登记后再填。")


def _place(url: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path; None for what is no plain address."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return None
    if not parts.hostname or not port or "@" in parts.netloc or "/../" in f"{parts.path}/" or parts.fragment:
        return None
    return parts.scheme, parts.hostname.lower(), port, parts.path


def host_of(url: str) -> str:
    """The host alone: the only part of an address that is no secret."""
    place = _place(url)
    return place[1] if place else ""


def text_of(message: GroupMessage, most: int) -> str:
    """The message as plain text of at most `most` bytes; lines that don't fit are counted, not cut."""
    tail = f"\n请登录系统办理：{settings.SITE_URL}" if settings.SITE_URL else "\n请登录系统办理。"
    said = message.title
    for number, (line, _) in enumerate(message.lines, start=1):
        rest = len(message.lines) - number
        longer = f"{said}\n{number}. {line}"
        spare = len(f"\n其余 {rest} 项请登录系统查看。".encode()) if rest else 0
        if len(longer.encode()) + spare + len(tail.encode()) > most:
            said += f"\n其余 {rest + 1} 项请登录系统查看。"
            break
        said = longer
    return said + tail


def request_of(*, kind: str, url: str, secret: str, message: GroupMessage, now: datetime) -> Request:
    """The HTTP request a robot of `kind` expects."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "walkflow"}
    stamp = str(int(now.timestamp() * 1000))
    if kind == RobotKind.WEBHOOK:
        body = _json(
            {
                "id": message.key,
                "title": message.title,
                "on": message.on.isoformat(),
                "lines": [{"text": text, "url": link} for text, link in message.lines],
            }
        )
        headers["Idempotency-Key"] = message.key
        headers["X-Walkflow-Timestamp"] = stamp
        signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers["X-Walkflow-Signature"] = f"sha256={signed}"
    else:
        body = _json({"msgtype": "text", "text": {"content": text_of(message, MOST_BYTES[kind])}})
        if kind == RobotKind.DINGTALK and secret:
            url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={_dingtalk_sign(stamp, secret)}"
    return Request(url, data=body, headers=headers, method="POST")


def _json(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _dingtalk_sign(stamp: str, secret: str) -> str:
    """加签: HMAC-SHA256 of "timestamp\\nsecret" under the secret, base64, percent-encoded."""
    signed = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return quote_plus(base64.b64encode(signed))


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would lead past the list of allowed addresses."""

    def redirect_request(self, *args, **kwargs):
        return None


def _opener() -> OpenerDirector:
    proxy = settings.WEBHOOK_PROXY
    return build_opener(_NoRedirect, ProxyHandler({"http": proxy, "https": proxy} if proxy else {}))


def send(*, kind: str, url: str, secret: str, message: GroupMessage, now: datetime) -> None:
    """Send once. Raises NotDelivered with a sentence, whatever went wrong."""
    try:
        check_address(url)
    except NotAllowed as refusal:
        raise NotDelivered(str(refusal)) from refusal
    request = request_of(kind=kind, url=url, secret=secret, message=message, now=now)
    try:
        with _opener().open(request, timeout=settings.WEBHOOK_TIMEOUT_SECONDS) as answer:
            content = _read(answer)
    except HTTPError as error:
        raise NotDelivered(f"对方返回 HTTP {error.code}。") from None
    except TimeoutError:
        raise NotDelivered("对方没有在规定时间内应答。") from None
    except (URLError, HTTPException, OSError) as error:
        late = isinstance(getattr(error, "reason", None), TimeoutError)
        raise NotDelivered("对方没有在规定时间内应答。" if late else "连接不上对方。") from None
    if kind != RobotKind.WEBHOOK:
        _check_said_yes(content)


def _read(answer) -> bytes:
    """The answer, as long as it comes in time and isn't too long."""
    end, content = time.monotonic() + settings.WEBHOOK_TIMEOUT_SECONDS, b""
    while block := answer.read1(4096):
        content += block
        if len(content) > MOST_ANSWER or time.monotonic() > end:
            raise TimeoutError
    return content


def _check_said_yes(content: bytes) -> None:
    """Both robots answer HTTP 200 also when they refuse; errcode 0 alone means sent."""
    try:
        code = json.loads(content)["errcode"]
    except (ValueError, KeyError, TypeError):
        raise NotDelivered("对方的应答看不懂，可能不是群机器人的地址。") from None
    if code != 0:
        raise NotDelivered(f"群机器人没有接收，错误码 {str(code)[:20]}。")
