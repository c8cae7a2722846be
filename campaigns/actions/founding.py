"""The first steps on an empty server: the first 安全管理员, and the campaign itself."""

from datetime import date, datetime

from django.db import transaction

from campaigns.enums import CampaignState, OrganizationKind, Role
from campaigns.ground import audit
from campaigns.ground.lights import DEFAULT_LADDER
from campaigns.ground.refusal import NotAllowed
from campaigns.models import (
    Campaign,
    CampaignMatter,
    CampaignPolicy,
    Matter,
    Organization,
    Participation,
    Posting,
    User,
)


@transaction.atomic
def grant_first_security(*, username: str, password: str, now: datetime) -> Posting:
    """The first 安全管理员 is granted by the server room, once: after that only 安全管理员 grants (contract §5).

    The account and its waiting role came with an import. `password` is one-time: it must be changed at first login.
    Raises NotAllowed when there is one already, or nobody of that account waits for the role.
    """
    if Posting.objects.filter(role=Role.SECURITY, granted_at__isnull=False).exists():
        raise NotAllowed("已经有安全管理员,请由安全管理员在页面上授权。")
    posting = (
        Posting.objects.select_for_update(of=("self",))
        .select_related("person__user")
        .filter(role=Role.SECURITY, person__user__username=username)
        .first()
    )
    if posting is None:
        raise NotAllowed(
            f"没有账号“{username}”的安全管理员申请。请先在人员表中填写登录账号和系统角色并导入。"
        )
    posting.granted_at, posting.granted_by = now, User.objects.get(username="system")
    posting.save(update_fields=["granted_at", "granted_by"])
    user = posting.person.user
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by=None, verb="授权首位安全管理员", subject=posting, now=now)
    return posting


@transaction.atomic
def open_campaign(
    *, code: str, name: str, document_number: str, opens_on: date, closes_on: date, now: datetime
) -> Campaign:
    """Open a round: the default ladder, the units marked 是否参加, the matters with a 重点类别 (四、体验重点).

    Raises NotAllowed for a code that is taken, or an end before the start.
    """
    if closes_on < opens_on:
        raise NotAllowed("结束日期不能早于开始日期。")
    if Campaign.objects.filter(code=code).exists():
        raise NotAllowed(f"行动编码 {code} 已经用过。")
    campaign = Campaign.objects.create(
        code=code,
        name=name,
        document_number=document_number,
        opens_on=opens_on,
        closes_on=closes_on,
        state=CampaignState.OPEN,
    )
    CampaignPolicy.objects.create(campaign=campaign, ladder=DEFAULT_LADDER)
    units = Organization.objects.participating().exclude(kind=OrganizationKind.SUPERIOR)
    Participation.objects.bulk_create(Participation(campaign=campaign, organization=unit) for unit in units)
    CampaignMatter.objects.bulk_create(
        CampaignMatter(campaign=campaign, matter=matter) for matter in Matter.objects.exclude(focuses=[])
    )
    audit.record(by=None, verb="启动行动", subject=campaign, now=now)
    return campaign
