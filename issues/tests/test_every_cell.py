"""State × move × role, every cell, against a table written by hand from contract §5 and §7; never from MOVES.

Three items stand for all: one of a city bureau, one of a county bureau (its own offices reach it, too), one of the
审改办's own house. Around each stand all who could press a button: the unit's people, among them the applicant in a
second office and the reviewer in a second office, strangers, both levels of offices, the three administrators.
"""

import itertools
from types import SimpleNamespace

import pytest

from campaigns.enums import Reach, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.tests.factories import make_person, make_posting
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.tests.factories import S, make_city, make_item
from issues.workflow import check_can_move, moves_for

pytestmark = pytest.mark.django_db

M = MoveName
ANY, QUICK, DATED, LASTING = "", "QUICK", "DATED", "LASTING"
KINDS = (ANY, QUICK, DATED, LASTING)

# Who stands around an item. The unit's own, then offices, then everybody who has no say in it.
ACTORS = (
    "clerk",  # 填报员 of the responsible unit; the applicant wherever somebody has applied
    "second clerk",
    "deputy",  # 分管负责人; the reviewer wherever somebody has reviewed
    "deputy who applied",  # the applicant's own account in the office of 分管负责人
    "head",
    "city office",
    "city office who applied",  # the applicant's account as 审改办
    "city office who reviewed",
    "city office of narrow reach",  # 本单位: the city government itself, nothing below
    "city inspector",
    "county office",
    "county inspector",
    "walker",
    "stranger clerk",
    "stranger deputy",
    "stranger head",
    "clerk above",  # 填报员 of the county government, 本级及下级
    "admin",
    "security",
    "auditor",
    "system",
)
UNIT = {"clerk", "second clerk", "deputy", "deputy who applied", "head"}
CITY_OFFICE = {"city office", "city office who applied", "city office who reviewed"}

# §5, §7.1, §7.3: the groups of the table below, for each of the three items.
WHO = {
    "city bureau": {
        "clerks": {"clerk", "second clerk"},
        "unit": UNIT,
        "deputy": {"deputy"},
        "deputies": {"deputy", "deputy who applied"},
        "leaders": {"deputy", "deputy who applied", "head"},
        "head": {"head"},
        "office": CITY_OFFICE,
        "closer": {"city office"},
        "closer of quick": {"city office", "city office who reviewed"},  # nobody reviewed it
        "decider": CITY_OFFICE,
        "inspector": {"city inspector"},
        "system": {"system"},
    },
    "county bureau": {
        "clerks": {"clerk", "second clerk"},
        "unit": UNIT,
        "deputy": {"deputy"},
        "deputies": {"deputy", "deputy who applied"},
        "leaders": {"deputy", "deputy who applied", "head"},
        "head": {"head"},
        "office": CITY_OFFICE | {"county office"},
        "closer": {"city office", "county office"},
        "closer of quick": {"city office", "city office who reviewed", "county office"},
        "decider": CITY_OFFICE | {"county office"},
        "inspector": {"city inspector", "county inspector"},
        "system": {"system"},
    },
    "office's own house": {
        "clerks": {"clerk", "second clerk"},
        "unit": UNIT,
        "deputy": {"deputy"},
        "deputies": {"deputy", "deputy who applied"},
        "leaders": {"deputy", "deputy who applied", "head"},
        "head": {"head"},
        "office": CITY_OFFICE,
        "closer": {"city inspector"},  # 审改办's own items are closed by 督查室
        "closer of quick": {"city inspector"},
        "decider": {"city inspector"},  # and what they ask for is answered by it (§7.7)
        "inspector": {"city inspector"},
        "system": {"system"},
    },
}

_BEFORE_SIGNED = {M.REFUSE: "office", M.MERGE: "office"}
_TO_PLAN = {M.PROGRESS: "clerks", **_BEFORE_SIGNED}
_RECTIFYING = {
    M.PROGRESS: "clerks",
    M.APPLY: "clerks",
    M.APPLY_DIRECT: "clerks",
    M.MERGE: "office",
    M.ESCALATE: "decider",
}
# §5: 分管负责人 review measures, 主要负责人 signs them.
_UNSIGNED = {M.SIGN: "head", M.REVIEW_PLAN: "deputies", M.SEND_BACK: "leaders", **_BEFORE_SIGNED}
# §7.7: the 请示 with its 文号, and a word of progress.
_ESCALATED = {M.PROGRESS: "clerks", M.GIVE_NUMBER: "clerks", M.RESUME: "decider"}
_IN_REVIEW = {M.PASS_REVIEW: "deputy", M.FAIL_REVIEW: "deputy"}
# state → 整改类型 → move → group. A move that isn't named is nobody's. None: an item can't be there with that type.
TABLE: dict[str, dict[str, dict[str, str] | None]] = {
    S.UNASSIGNED: dict.fromkeys(KINDS, {M.ASSIGN: "office", **_BEFORE_SIGNED}),
    S.ASSIGNED: dict.fromkeys(KINDS, {M.ACCEPT: "unit", M.DECLINE: "unit", **_BEFORE_SIGNED}),
    S.PLANNING: {
        ANY: {M.SUBMIT_PLAN: "clerks", **_TO_PLAN},
        QUICK: {M.FINISH: "clerks", M.LAPSE: "system", **_TO_PLAN},
        DATED: {M.SUBMIT_PLAN: "clerks", **_TO_PLAN},
        LASTING: {M.SUBMIT_PLAN: "clerks", **_TO_PLAN},
    },
    S.UNSIGNED: {
        ANY: None,
        QUICK: None,
        DATED: _UNSIGNED,
        LASTING: _UNSIGNED,
    },
    S.RECTIFYING: {ANY: None, QUICK: None, DATED: _RECTIFYING, LASTING: _RECTIFYING},
    S.APPLIED: {ANY: None, QUICK: None, DATED: _IN_REVIEW, LASTING: _IN_REVIEW},
    S.REVIEWED: {
        ANY: None,
        QUICK: {M.CLOSE: "closer of quick", M.RETURN_QUICK: "closer of quick", M.SIGN_QUICK: "head"},
        DATED: {M.CLOSE: "closer", M.RETURN: "closer"},
        LASTING: {M.STAGE: "closer", M.RETURN: "closer"},
    },
    S.CLOSED: {
        ANY: None,
        QUICK: {M.REOPEN_QUICK: "inspector", M.SIGN_QUICK: "head"},
        DATED: {M.REOPEN: "inspector"},
        LASTING: None,
    },
    S.STAGED: {ANY: None, QUICK: None, DATED: None, LASTING: {M.PROGRESS: "clerks"}},
    S.REFUSED: dict.fromkeys(KINDS, {}),
    S.MERGED: dict.fromkeys(KINDS, {}),
    S.ESCALATED: {
        ANY: None,
        QUICK: None,
        DATED: _ESCALATED,
        LASTING: _ESCALATED,
    },
}
# How the factory walks an item there: only 立行立改 and 长期坚持 have ways of their own.
WALKED_AS = {(S.STAGED, LASTING): LASTING, (S.REVIEWED, QUICK): QUICK, (S.CLOSED, QUICK): QUICK}
HOUSES = {"city bureau": "yibao", "county bureau": "leiyang_renshe", "office's own house": "hall"}
CELLS = [
    (house, state, kind)
    for house in HOUSES
    for state, kinds in TABLE.items()
    for kind, allowed in kinds.items()
    if allowed is not None
]


@pytest.fixture
def world(request) -> SimpleNamespace:
    """The city, one item of `house` in `state`, and everybody around it by name."""
    house, state, kind = request.param
    city = make_city()
    key = HOUSES[house]
    unit = getattr(city, key)
    applicant, reviewer = (make_person(city.root, name=name) for name in ("申请人", "审核人"))
    clerk = make_posting(unit, Role.REPORTER, "clerk", person=applicant)
    deputy = make_posting(unit, Role.DEPUTY, "deputy", person=reviewer)
    setattr(city, f"{key}_reporter", clerk)
    setattr(city, f"{key}_deputy", deputy)
    item = make_item(city, state, kind=WALKED_AS.get((state, kind), DATED), unit=unit)
    item.rectify_kind = kind

    def office(**given):
        return make_posting(city.root, Role.REFORM_OFFICE, **{"reach": Reach.SUBTREE} | given)

    people = {
        "clerk": clerk,
        "second clerk": make_posting(unit, Role.REPORTER, "clerk2"),
        "deputy": deputy,
        "deputy who applied": make_posting(unit, Role.DEPUTY, person=applicant),
        "head": getattr(city, f"{key}_head"),
        "city office": city.shengaiban,
        "city office who applied": office(person=applicant),
        "city office who reviewed": office(person=reviewer),
        "city office of narrow reach": office(username="narrow", reach=Reach.OWN),
        "city inspector": city.duchashi,
        "county office": city.leiyang_shengaiban,
        "county inspector": city.leiyang_ducha,
        "walker": make_posting(unit, Role.WALKER, "walker"),
        "stranger clerk": city.renshe_reporter,
        "stranger deputy": city.renshe_deputy,
        "stranger head": city.renshe_head,
        "clerk above": city.leiyang_reporter,
        "admin": city.admin_posting,
        "security": make_posting(city.root, Role.SECURITY, "security"),
        "auditor": city.auditor,
        "system": None,
    }
    return SimpleNamespace(item=item, people=people, house=house, allowed=TABLE[state][kind])


def named(value) -> str:
    return "-".join(part or "undecided" for part in value).replace(" ", "_")


@pytest.mark.parametrize("world", CELLS, indirect=True, ids=named)
def test_every_cell(world):
    """Every move by everybody: as the table says, or refused with a sentence."""
    wrong = []
    for name, (actor, posting) in itertools.product(MoveName.values, world.people.items()):
        group = world.allowed.get(name)
        # The system may whatever it is told to (imports replay moves); who presses a button is somebody.
        if posting is None and name != M.LAPSE:
            continue
        may = group is not None and actor in WHO[world.house][group]
        try:
            check_can_move(item=world.item, name=name, by=posting)
            said = ""
        except NotAllowed as refusal:
            said = str(refusal)
        if may is bool(said) or (said and not said.endswith("。")):
            wrong.append((name, actor, "refused: " + said if may else "let through"))
    assert wrong == []


@pytest.mark.parametrize("world", CELLS, indirect=True, ids=named)
def test_buttons_are_the_same_cells(world):
    for actor, posting in world.people.items():
        if posting is None:
            continue
        offered = {move.name for move in moves_for(world.item, posting)}
        mine = {name for name, group in world.allowed.items() if actor in WHO[world.house][group]}
        assert offered == mine, actor


def test_no_cell_is_left_out():
    """Every state with every 整改类型 is either in the table or said to be impossible; every move and role occurs."""
    assert set(TABLE) == set(LedgerState.values)
    assert set(KINDS) - {ANY} == set(RectifyKind.values)
    assert {state: tuple(kinds) for state, kinds in TABLE.items()} == dict.fromkeys(LedgerState.values, KINDS)
    moves = {name for _, state, kind in CELLS for name in TABLE[state][kind]}
    assert moves == set(MoveName.values)
    groups = {group for kinds in TABLE.values() for cell in kinds.values() if cell for group in cell.values()}
    assert all(set(rows) == groups for rows in WHO.values())


@pytest.mark.parametrize("world", [("city bureau", S.UNASSIGNED, ANY)], indirect=True)
def test_every_role_stands_around(world):
    roles = {posting.role for posting in world.people.values() if posting is not None}
    assert roles == set(Role.values)
    assert tuple(world.people) == ACTORS


@pytest.mark.parametrize("world", [("city bureau", S.ASSIGNED, ANY)], indirect=True)
def test_returned_once_it_must_be_taken(world):
    """§7.1: 退回 once; the second time nobody of the unit may."""
    world.item.was_declined = True
    for actor in UNIT:
        with pytest.raises(NotAllowed, match="已经退回过一次"):
            check_can_move(item=world.item, name=M.DECLINE, by=world.people[actor])


@pytest.mark.parametrize("world", [("city bureau", S.CLOSED, QUICK)], indirect=True)
def test_a_quick_one_is_signed_once(world):
    """§7.2: 立行立改 appears in one batch; what is signed isn't signed again."""
    check_can_move(item=world.item, name=M.SIGN_QUICK, by=world.people["head"])
    world.item.signed_at = world.item.closed_at
    with pytest.raises(NotAllowed, match="尚未审签"):
        check_can_move(item=world.item, name=M.SIGN_QUICK, by=world.people["head"])
