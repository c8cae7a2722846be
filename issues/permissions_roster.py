"""Who moves people and changes units: 系统管理员, and nobody of the three officers by another (contract §5)."""

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Person, Posting


def check_can_keep_roster(posting: Posting) -> None:
    """Units, people and accounts are 系统管理员's (contract §5)."""
    if posting.role != Role.ADMIN:
        raise NotAllowed(f"单位和人员由系统管理员办理，您当前的身份是{posting.get_role_display()}。")


def check_can_move_person(posting: Posting, person: Person) -> None:
    """调动 and 离任: of anybody but oneself, and never of 安全管理员 or 审计管理员 while they hold the role.

    Else 系统管理员 could put the two others out of office (contract §5: 三权分立).
    """
    check_can_keep_roster(posting)
    if person.pk == posting.person_id:
        raise NotAllowed("不能办理自己的调动和离任，请由另一位系统管理员办理。")
    officers = person.postings.filter(role__in=(Role.SECURITY, Role.AUDITOR), ended_on__isnull=True)
    if officers.exists():
        raise NotAllowed(f"{person.name}还是安全管理员或审计管理员，请先由安全管理员收回角色。")
