"""The first step on an empty server: the first 安全管理员."""

from datetime import datetime

from django.db import transaction

from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting, User


@transaction.atomic
def grant_first_security(*, username: str, password: str, now: datetime) -> Posting:
    """The first 安全管理员 is granted by the server room, once: after that only 安全管理员 grants (contract §5).

    The account and its waiting role came with an import. `password` is one-time: it must be changed at first login.
    Raises NotAllowed when there is one already, or nobody of that account waits for the role.
    """
    if Posting.objects.filter(role=Role.SECURITY, granted_at__isnull=False).exists():
        raise NotAllowed("已经有安全管理员，请由安全管理员在页面上授权。")
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
