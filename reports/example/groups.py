"""Two groups' robots and what they were told, all stopped: an example city must not call anybody's address."""

from datetime import datetime, timedelta

from campaigns.ground.notices import CHASE_DIGEST, Channel, Delivery, DeliveryState, Notice
from campaigns.models import Organization, Robot

DAYS = 6
_ROBOTS = (
    (
        "430400-031",
        "WECOM",
        "医保局“走解优”工作群",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example",
    ),
    ("430481", "DINGTALK", "耒阳市“走解优”专班", "https://oapi.dingtalk.com/robot/send?access_token=example"),
)


def tell_groups() -> None:
    """The robots, and their last days on the page of deliveries: sent, and once not answered."""
    units = Organization.objects.in_bulk([code for code, *_ in _ROBOTS], field_name="code")
    robots = Robot.objects.bulk_create(
        Robot(organization=units[code], kind=kind, name=name, url=url, is_active=False)
        for code, kind, name, url in _ROBOTS
    )
    for robot in robots:
        digests = Notice.objects.filter(
            kind=CHASE_DIGEST, recipient__person__organization=robot.organization_id
        )
        first = dict(digests.order_by("created_at").values_list("created_on", "created_at"))
        Delivery.objects.bulk_create(
            _delivery(robot, on, told, failed=place == 1)
            for place, (on, told) in enumerate(sorted(first.items())[-DAYS:])
        )


def _delivery(robot: Robot, on, told: datetime, *, failed: bool) -> Delivery:
    sent = told + timedelta(minutes=2)
    row = Delivery(robot=robot, digest_on=on, channel=Channel.ROBOT, next_try_at=sent)
    if failed:
        row.state, row.attempts, row.error = DeliveryState.FAILED, 6, "对方没有在规定时间内应答。"
    else:
        row.state, row.attempts, row.sent_at = DeliveryState.SENT, 1, sent
    return row
