"""Keeping the groups' robots: 系统管理员 enters, changes, stops and tries one. Addresses and secrets reach no log."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from campaigns.enums import Role
from campaigns.ground import audit, webhooks
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.webhooks import GroupMessage, NotDelivered, RobotKind, check_address
from campaigns.models import Organization, Posting, Robot


def check_can_keep_robots(posting: Posting) -> None:
    """Raise NotAllowed for everybody but 系统管理员 (contract §5)."""
    if posting.role != Role.ADMIN:
        raise NotAllowed("群机器人由系统管理员维护。")


@transaction.atomic
def save_robot(
    *,
    robot: Robot | None,
    organization: Organization,
    kind: str,
    name: str,
    url: str,
    secret: str,
    is_active: bool,
    by: Posting,
    now: datetime,
) -> Robot:
    """Enter a robot, or change one; an empty `url` or `secret` leaves what is stored.

    Raises NotAllowed for an address the configuration doesn't name, or a second group of that name.
    """
    check_can_keep_robots(by)
    robot = robot or Robot()
    if url:
        check_address(url)
        robot.url = url
    if not robot.url:
        raise NotAllowed("请填写机器人的地址。")
    if secret:
        robot.secret = secret
    if kind == RobotKind.WEBHOOK and not robot.secret:
        raise NotAllowed("通用接口要填密钥，用来给消息签名。")
    robot.organization, robot.kind, robot.name, robot.is_active = organization, kind, name.strip(), is_active
    twins = Robot.objects.filter(organization=organization, name=robot.name).exclude(pk=robot.pk)
    if twins.exists():
        raise NotAllowed(f"{organization.label}已有名为“{robot.name}”的群。")
    robot.save()
    detail = {"渠道": robot.get_kind_display(), "启用": "是" if is_active else "否"}
    audit.record(by=by, verb="维护群机器人", subject=("群机器人", str(robot)), detail=detail, now=now)
    return robot


def try_robot(*, robot: Robot, by: Posting, now: datetime) -> None:
    """Send one message that says it is a trial. Raises NotAllowed with the reason it did not arrive."""
    check_can_keep_robots(by)
    if not robot.is_active:
        raise NotAllowed("机器人已停用，启用后才能试发。")
    message = GroupMessage(
        key=f"trial-{robot.pk}-{int(now.timestamp())}",
        title=f"时限提醒：这是{robot.organization.label}的一条测试消息。",
        on=localtime(now).date(),
        lines=(),
    )
    audit.record(by=by, verb="试发群消息", subject=("群机器人", str(robot)), now=now)
    try:
        webhooks.send(kind=robot.kind, url=robot.url, secret=robot.secret, message=message, now=now)
    except NotDelivered as reason:
        raise NotAllowed(f"没有发出：{reason}") from reason
