"""Who may record, change and confirm a walk. A refusal is the sentence the user reads (house rule 6)."""

from collections.abc import Iterable

from campaigns.enums import Role, SessionState
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Person, Posting, WalkSession

_OFFICERS = (Role.SECURITY, Role.AUDITOR)


def check_can_reset_password(posting: Posting, person: Person) -> None:
    """系统管理员 resets passwords, but for 安全管理员 and 审计管理员: theirs another 安全管理员 resets (contract §5).

    Who knows a password can be that person: the three officers would be one. A role that still waits counts, too.
    """
    is_officer = person.postings.filter(role__in=_OFFICERS).exists()
    if posting.role == Role.ADMIN and is_officer:
        raise NotAllowed("安全管理员和审计管理员的密码不能由系统管理员重置，请由安全管理员办理。")
    if posting.role == Role.SECURITY and (not is_officer or person.pk == posting.person_id):
        raise NotAllowed("安全管理员只重置其他安全管理员和审计管理员的密码，其他人的由系统管理员重置。")
    if posting.role not in (Role.ADMIN, Role.SECURITY):
        raise NotAllowed("密码由系统管理员重置。")


def can_reset_password(posting: Posting, person: Person) -> bool:
    """The twin of `check_can_reset_password`, for the button."""
    try:
        check_can_reset_password(posting, person)
    except NotAllowed:
        return False
    return person.user_id is not None


def check_can_start_walk(posting: Posting) -> None:
    """填报员 record for their unit, 体验人 for themselves (contract §5). Nobody else does."""
    if posting.role not in (Role.REPORTER, Role.WALKER):
        raise NotAllowed(f"走流程由填报员或体验人本人登记，您当前的身份是{posting.get_role_display()}。")


def check_can_record(posting: Posting, unit: Organization, walkers: Iterable[Person] = ()) -> None:
    """Raise NotAllowed unless `posting` may record a walk of `walkers` for the reporting unit `unit`.

    填报员: units in reach, people of that unit or below it. 体验人: only their own walk, for their own unit.
    """
    check_can_start_walk(posting)
    if posting.role == Role.WALKER:
        if any(person.pk != posting.person_id for person in walkers):
            raise NotAllowed("体验人只能登记自己的走流程，同行的人请写在同行人员里。")
        if unit.pk not in (posting.organization_id, posting.person.organization_id):
            raise NotAllowed(f"您不是{unit.label}的人员，不能为它填报。")
        return
    if not posting.covers(unit):
        raise NotAllowed(f"您不能为{unit.label}填报。")
    for person in walkers:
        if not unit.covers(person.organization):
            raise NotAllowed(f"{person.name}不是{unit.label}的人员，不能登记在该单位名下。")


def check_can_edit(posting: Posting, session: WalkSession) -> None:
    """A walk may be changed by those who may record it, until the walker has confirmed it (本人确认)."""
    if session.state == SessionState.CONFIRMED:
        raise NotAllowed("这次走流程已经本人确认，不能再修改；有误的请办理更正。")
    check_can_record(posting, session.reporting_unit, session.walkers.select_related("organization"))


def check_can_correct(posting: Posting, session: WalkSession) -> None:
    """更正 after 本人确认: those who may record the walk (contract §5); the walker confirms the new version again."""
    if WalkSession.objects.filter(corrects=session.pk).exists():
        raise NotAllowed("这是更正前的版本，只供查阅；要再更正的，请在现行的登记上办理。")
    if session.state != SessionState.CONFIRMED:
        raise NotAllowed("这次走流程还没有本人确认，直接修改即可，不用更正。")
    check_can_record(posting, session.reporting_unit, session.walkers.select_related("organization"))


def check_can_confirm(posting: Posting, session: WalkSession) -> None:
    """本人确认: only one of the walkers, under their own account, once the walk is registered."""
    if session.state == SessionState.DRAFT:
        raise NotAllowed("这次走流程还是草稿，提交登记后才能确认。")
    if session.state == SessionState.CONFIRMED:
        raise NotAllowed("这次走流程已经本人确认。")
    if all(person.pk != posting.person_id for person in session.walkers.all()):
        raise NotAllowed("只有走流程人员本人才能确认。")


def _allows(check, *arguments) -> bool:
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True


def can_start_walk(posting: Posting) -> bool:
    return _allows(check_can_start_walk, posting)


def can_edit(posting: Posting, session: WalkSession) -> bool:
    return _allows(check_can_edit, posting, session)


def can_correct(posting: Posting, session: WalkSession) -> bool:
    return _allows(check_can_correct, posting, session)


def can_confirm(posting: Posting, session: WalkSession) -> bool:
    return _allows(check_can_confirm, posting, session)
