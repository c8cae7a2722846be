"""Who exists in the example city: units that take part, their people, accounts and roles — as plain plans, no rows.

Contract §4 names the accounts; 衡政办函〔2022〕16号 二 says who is obliged to walk.
"""

import random
from dataclasses import dataclass, field

from campaigns.enums import OrganizationKind, Rank, Reach, Role
from reports.example.names import names
from reports.example.texts import rows

CITY = "430400"
LEIYANG = "430481"
# What a county department answers to in the city, by the last three digits of its code.
COUNTERPARTS = {
    "001": "004",
    "002": "014",
    "003": "031",
    "004": "029",
    "005": "015",
    "006": "017",
    "007": "010",
    "008": "011",
    "009": "006",
    "010": "023",
    "011": "037",
    "012": "042",
}
_SLUGS = (
    "bangongshi duchajg shengai xingzheng fagaiwei jiaoyuju kejiju gongxinju minzongju gonganju minzhengju "
    "sifaju caizhengju renshe ziranju huanbaoju zhujianju jiaotongju shuiliju nongyeju shangwuju wenlvju "
    "weijianwei tuiyiju yingjiju shenjiju guoziwei linyeju shichangju tongjiju yibaoju xiangcunju xinfangju "
    "chengguanju renfangban gongjijin shuiwuju qixiangju yancaoju xiaofang canlian zhengwu gongdian shuiwu ranqi"
).split()
COUNTIES = {
    "430405": "zhuhui",
    "430406": "yanfeng",
    "430407": "shigu",
    "430408": "zhengxiang",
    "430412": "nanyue",
    "430421": "hengyangxian",
    "430422": "hengnan",
    "430423": "hengshan",
    "430424": "hengdong",
    "430426": "qidong",
    "430481": "leiyang",
    "430482": "changning",
}
_DEPARTMENT_SLUGS = (
    "shenpi renshe yibao shichang ziran zhujian gongan minzheng jiaoyu weijian shuiwu zhengwu".split()
)
_NO_DEPUTY = {"430400-009", "430400-030", "430400-038", "430400-039"}  # small units: 单位审核 shows 免 there


@dataclass(frozen=True)
class Seat:
    """One role of a person: where, as what, how far."""

    role: str
    organization: str
    reach: str = Reach.OWN


@dataclass
class Member:
    """One person of the roster; `username` "" means no account."""

    code: str
    name: str
    organization: str
    title: str
    rank: str
    phone: str
    is_obligated: bool
    username: str = ""
    seats: list[Seat] = field(default_factory=list)
    exemption: str = ""


def participants() -> list[str]:
    """Codes of the units that take part: the city, 12 counties, all city units, about 45 county departments."""
    codes = [CITY, *COUNTIES]
    codes += [row["单位编码"] for row in rows("organizations") if row["单位编码"].startswith(f"{CITY}-")]
    for place, county in enumerate(COUNTIES):
        chosen = ["001", "012", f"{2 + place % 9:03d}"]
        if county == LEIYANG:
            chosen += ["002", "003", "004", "005", "007", "008"]
        elif county == "430482":
            chosen += ["003", "004"]
        codes += [f"{county}-{number}" for number in sorted(set(chosen))]
    return codes


def slug(code: str) -> str:
    """The beginning of a unit's account names: `renshe`, `leiyang`, `leiyang-yibao`."""
    if code == CITY:
        return "shizhengfu"
    if code in COUNTIES:
        return COUNTIES[code]
    parent, _, number = code.partition("-")
    if parent == CITY:
        return _SLUGS[int(number) - 1]
    return f"{COUNTIES[parent]}-{_DEPARTMENT_SLUGS[int(number) - 1]}"


_HEADS = {
    "局": ("局长", "副局长"),
    "委": ("主任", "副主任"),
    "办": ("主任", "副主任"),
    "室": ("主任", "副主任"),
    "心": ("主任", "副主任"),
    "队": ("支队长", "副支队长"),
    "会": ("理事长", "副理事长"),
    "团": ("总经理", "副总经理"),
    "司": ("总经理", "副总经理"),
    "区": ("区长", "副区长"),
    "县": ("县长", "副县长"),
    "市": ("市长", "副市长"),
}
_CITY_SECTIONS = ("行政审批科科长", "政策法规科科长", "窗口首席代表", "业务综合科科长", "信息科科长")
_COUNTY_SECTIONS = ("行政审批股股长", "窗口首席代表", "综合业务股股长")


def title_of(*, name: str, kind: str, rank: str, place: int) -> str:
    """A title that fits the kind of unit and the 身份; `place` counts people of one rank within the unit."""
    ending = "委" if name.endswith("委员会") else name.removesuffix("人民政府")[-1]
    head, deputy = _HEADS[ending]
    if rank == Rank.HEAD:
        return head
    if rank == Rank.DEPUTY:
        return deputy
    if rank == Rank.MEMBER:
        return ("党组成员、" + deputy, "党组成员、总工程师", "党组成员、四级调研员")[place % 3]
    if rank == Rank.SECTION_HEAD:
        return (_CITY_SECTIONS if kind == "市直部门" else _COUNTY_SECTIONS)[place % 3]
    return ("政务服务专干", "窗口工作人员", "科员")[place % 3]


def _strength(kind: str, number: str) -> dict[str, int]:
    """How many people of each 身份 a unit of this kind has."""
    if kind == "市政府":
        return {Rank.HEAD: 1, Rank.DEPUTY: 4, Rank.STAFF: 1}
    if kind == "县市区政府":
        return {Rank.HEAD: 1, Rank.DEPUTY: 2, Rank.STAFF: 1}
    if kind == "县市区部门":
        return {Rank.HEAD: 1, Rank.DEPUTY: 1, Rank.MEMBER: 2, Rank.SECTION_HEAD: 2, Rank.STAFF: 1}
    if number.startswith(f"{CITY}-"):
        return {Rank.HEAD: 1, Rank.DEPUTY: 1, Rank.MEMBER: 3, Rank.SECTION_HEAD: 2, Rank.STAFF: 2}
    return {Rank.HEAD: 1, Rank.DEPUTY: 1, Rank.MEMBER: 1, Rank.SECTION_HEAD: 2, Rank.STAFF: 1}


_ACCOUNT = {
    Rank.HEAD: ("fuzeren", Role.HEAD),
    Rank.DEPUTY: ("fenguan", Role.DEPUTY),
    Rank.STAFF: ("tianbao", Role.REPORTER),
}
_CONTRACT = {"yibaoju", "renshe", "leiyang"}  # contract §4 fixes their accounts: one posting each


def members(seed: int) -> list[Member]:
    """Everybody, unit by unit in the order of the organizations' codes; the same seed gives the same people."""
    rng = random.Random(f"{seed}-people")
    fresh = names(rng)
    taking_part = set(participants())
    found: list[Member] = []
    for row in rows("organizations"):
        if row["单位编码"] in taking_part:
            found += _unit(row, fresh, len(found))
    found += _offices(found, fresh)
    _exempt(found, rng)
    return found


def _unit(row: dict[str, str], fresh, count: int) -> list[Member]:
    code, kind = row["单位编码"], row["单位类型"]
    people: list[Member] = []
    for rank, strength in _strength(kind, code).items():
        for place in range(strength):
            number = len(people) + 1
            member = Member(
                code=f"RY-{code}-{number:02d}",
                name=next(fresh),
                organization=code,
                title=title_of(name=row["单位名称"], kind=kind, rank=rank, place=place),
                rank=rank,
                phone=f"1380000{count + number:04d}",
                is_obligated=rank != Rank.STAFF,
            )
            if place == 0 and rank in _ACCOUNT:
                _give_account(member, rank)
            people.append(member)
    if code == "430400-031":
        walker = next(member for member in people if member.rank == Rank.MEMBER)
        walker.username = "yibaoju.lingdao"
        walker.seats = [Seat(Role.WALKER, code)]
    return people


def _give_account(member: Member, rank: str) -> None:
    ending, role = _ACCOUNT[rank]
    beginning = slug(member.organization)
    if rank == Rank.DEPUTY and (member.organization in _NO_DEPUTY or beginning in ("renshe", "leiyang")):
        return
    member.username = f"{beginning}.{ending}"
    reach = Reach.SUBTREE if member.organization in (CITY, *COUNTIES) else Reach.OWN
    member.seats.append(Seat(role, member.organization, reach))
    if rank != Rank.STAFF and beginning not in _CONTRACT:
        member.seats.append(Seat(Role.WALKER, member.organization))


# Contract §4: username, name of the unit the person sits in, role, where the posting reaches from.
_CITY_OFFICES = (
    ("admin", "430400-004", "信息中心工程师", Role.ADMIN),
    ("anquan", "430400-004", "安全管理专干", Role.SECURITY),
    ("shenji", "430400-026", "内审专干", Role.AUDITOR),
    ("shengaiban", "430400-003", "综合科科长", Role.REFORM_OFFICE),
    ("duchashi", "430400-002", "督查科科长", Role.INSPECTOR),
)


def _offices(found: list[Member], fresh) -> list[Member]:
    """The city's and the counties' offices: 系统、安全、审计管理员, 审改办, 督查室."""
    wanted = [(*office, CITY) for office in _CITY_OFFICES]
    for code, name in COUNTIES.items():
        wanted.append((f"{name}.shengaiban", f"{code}-001", "审改股股长", Role.REFORM_OFFICE, code))
    wanted.append((f"{COUNTIES[LEIYANG]}.ducha", LEIYANG, "政府督查室主任", Role.INSPECTOR, LEIYANG))
    return [
        Member(
            code=f"RY-{unit}-{90 + place % 10}",
            name=next(fresh),
            organization=unit,
            title=title,
            rank=Rank.STAFF,
            phone=f"1380000{len(found) + place + 1:04d}",
            is_obligated=False,
            username=username,
            seats=[Seat(role, at, Reach.SUBTREE)],
        )
        for place, (username, unit, title, role, at) in enumerate(wanted)
    ]


def _exempt(found: list[Member], rng: random.Random) -> None:
    """A handful can't walk: their reason stays on the roster (domain.md §2)."""
    able = [m for m in found if m.rank in (Rank.MEMBER, Rank.SECTION_HEAD) and not m.username]
    for member, reason in zip(
        rng.sample(able, 4),
        ("因病住院治疗", "参加省委党校脱产学习", "驻村帮扶在外", "休产假"),
        strict=True,
    ):
        member.exemption = reason


KINDS = {label: value for value, label in OrganizationKind.choices}
