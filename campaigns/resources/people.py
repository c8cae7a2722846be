"""people and postings: the roster, the accounts it asks for, who acts for whom (contract §5, §6)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from campaigns.enums import Rank, Reach, Role
from campaigns.models import Person, Posting, User
from campaigns.resources.shape import Directory, Draft, SheetField, SheetResource
from campaigns.resources.widgets import (
    Choice,
    Code,
    Day,
    Email,
    Login,
    Name,
    Phone,
    Reference,
    Requests,
    Text,
    YesNo,
)

# The three administrators watch each other: what 安全管理员 granted them no import may touch (三权分立, contract §5).
GUARDED_ROLES = (Role.ADMIN, Role.SECURITY, Role.AUDITOR)


class PersonResource(SheetResource):
    """One row a person (人员编号); names and phones may repeat."""

    kind, title, sheet = "people", "人员", "人员"
    order_by, keys = ("organization__path", "code"), ("code",)

    code = SheetField("人员编号", Code(40), "code", required=True, width=18, example="430400-999-01")
    name = SheetField("姓名", Name(50), "name", required=True, example="张某某")
    organization = SheetField(
        "单位编码",
        Reference("organization"),
        "organization__code",
        required=True,
        width=18,
        example="430400-999",
        note="填编码或单位全称。",
    )
    title_ = SheetField("职务", Name(100), "title", required=True, width=20, example="局长")
    rank = SheetField("身份", Choice(Rank), "rank", required=True, example="主要负责人")
    phone = SheetField("手机号码", Phone(), "phone", width=16, example="13800000000")
    is_obligated = SheetField("是否应走", YesNo(), "is_obligated", example="是", note="新增时留空按“否”。")
    appointed_on = SheetField("任职日期", Day(), "appointed_on", example="2021-06-01")
    left_on = SheetField("离任日期", Day(), "left_on")
    exemption_reason = SheetField("免走原因", Text(200), "exemption_reason", width=20)
    login = SheetField(
        "登录账号",
        Login(150),
        "user__username",
        width=18,
        example="moumouju.zhang",
        note="小写字母、数字和 . _ -；不能与别人重复。账号没有初始密码，由系统管理员发放。",
    )
    roles = SheetField(
        "系统角色",
        Requests(Role),
        width=20,
        example="主要负责人、体验人",
        note="可填多个，用顿号隔开；要有登录账号，由安全管理员授权后生效。可选：" + "、".join(Role.labels),
    )
    email = SheetField("电子邮箱", Email(254), "email", width=24, note="不填则只有站内消息。")

    class Meta:
        model = Person
        import_id_fields = ("code",)
        fields = (
            "code",
            "name",
            "organization",
            "title_",
            "rank",
            "phone",
            "is_obligated",
            "appointed_on",
            "left_on",
            "exemption_reason",
            "login",
            "roles",
            "email",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def stored_rows(self, keys: set[tuple] | None = None) -> Iterator[dict[str, Any]]:
        rows = list(super().stored_rows(keys))
        held = defaultdict(list)
        postings = Posting.objects.filter(ended_on__isnull=True).order_by("pk")
        if keys is not None:
            postings = postings.filter(person__in=[row["pk"] for row in rows])
        for person, unit, role in postings.values_list("person_id", "organization__code", "role"):
            held[person, unit].append(role)
        for row in rows:
            yield {**row, "login": row["login"] or "", "roles": held[row["pk"], row["organization"]]}

    def match(self, drafts: list[Draft]) -> None:
        """Who moves to another unit is compared with the roles held there, not with those left behind."""
        super().match(drafts)
        moved = {d.stored["pk"]: d for d in drafts if d.stored and _moves(d)}
        held = Posting.objects.filter(ended_on__isnull=True, person__in=moved).order_by("pk")
        there = defaultdict(list)
        for person, unit, role in held.values_list("person_id", "organization__code", "role"):
            there[person, unit].append(role)
        for person, draft in moved.items():
            draft.stored = {**draft.stored, "roles": there[person, draft.given["organization"]]}

    def check(self, draft: Draft) -> None:
        values = draft.values
        if values["left_on"] and values["appointed_on"] and values["left_on"] < values["appointed_on"]:
            draft.fault("left_on", "离任日期不能早于任职日期。")
        if draft.given.get("roles") and not values["login"]:
            draft.fault("roles", "填写系统角色时要有登录账号。")
        if draft.stored and draft.stored["login"] and not values["login"]:
            draft.fault("login", "已有的登录账号不能清空；请在人员页面停用。")
        if draft.given.get("roles") == []:
            draft.fault("roles", "系统角色不能清空；请由安全管理员收回。")

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        wanted = [d for d in drafts if d.values.get("login") and d.changes("login")]
        taken = {name.lower(): None for name in User.objects.values_list("username", flat=True)}
        keeps = {d.stored["login"] for d in drafts if d.stored and not d.changes("login")}
        seen: dict[str, int] = {}
        for draft in wanted:
            login = draft.values["login"]
            if login in seen:
                draft.fault("login", f"登录账号“{login}”与第 {seen[login]} 行重复。")
            elif login in taken or login in keeps:
                draft.fault("login", f"登录账号“{login}”已被占用。")
            seen.setdefault(login, draft.number)


def _moves(draft: Draft) -> bool:
    return draft.given.get("organization", draft.stored["organization"]) != draft.stored["organization"]


class PostingResource(SheetResource):
    """One row a role held in a unit; every new one, and every change, waits for 安全管理员."""

    kind, title, sheet = "postings", "任岗", "任岗"
    order_by, keys = (
        ("person__code", "organization__path", "pk"),
        ("person", "organization", "role", "started_on"),
    )

    person = SheetField(
        "人员编号", Reference("person"), "person__code", required=True, width=18, example="430400-999-01"
    )
    organization = SheetField(
        "单位编码",
        Reference("organization"),
        "organization__code",
        required=True,
        width=18,
        example="430400-999",
    )
    role = SheetField("系统角色", Choice(Role), "role", required=True, example="填报员")
    reach = SheetField(
        "范围", Choice(Reach), "reach", example="本单位", note="留空按“本单位”。", default=Reach.OWN
    )
    started_on = SheetField("起始日期", Day(), "started_on", example="2022-04-19")
    ended_on = SheetField("截止日期", Day(), "ended_on")

    class Meta:
        model = Posting
        import_id_fields = ("person", "organization", "role")
        fields = ("person", "organization", "role", "reach", "started_on", "ended_on")
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def match(self, drafts: list[Draft]) -> None:
        """A role may be held again after it ended: the same start first, else the one that is still open."""
        stored = defaultdict(list)
        granted = set(Posting.objects.filter(granted_at__isnull=False).values_list("pk", flat=True))
        for row in self.stored_rows({draft.key for draft in drafts}):
            stored[self.key_of(row)[:3]].append({**row, "granted": row["pk"] in granted})
        for draft in drafts:
            rows = stored[draft.key[:3]]
            same_start = [row for row in rows if row["started_on"] == draft.given.get("started_on")]
            still_open = [row for row in rows if row["ended_on"] is None]
            draft.stored = next(iter(same_start or still_open), None)

    def check(self, draft: Draft) -> None:
        values, stored = draft.values, draft.stored
        if values["started_on"] and values["ended_on"] and values["ended_on"] < values["started_on"]:
            draft.fault("ended_on", "截止日期不能早于起始日期。")
        changed = any(draft.changes(name) for name in ("reach", "started_on", "ended_on"))
        if stored and stored["granted"] and changed and values["role"] in GUARDED_ROLES:
            draft.fault("role", "三类管理员已授权的任岗只能由安全管理员变更。")

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        claimed, opened = {}, {}
        for draft in (draft for draft in drafts if draft.key):
            if draft.stored and draft.stored["pk"] in claimed:
                draft.fault("person", f"与第 {claimed[draft.stored['pk']]} 行是同一条任岗。")
            elif draft.stored:
                claimed[draft.stored["pk"]] = draft.number
            if draft.values.get("ended_on") is None:
                if draft.key[:3] in opened:
                    draft.fault("role", f"与第 {opened[draft.key[:3]]} 行重复：同一角色不能同时有两条。")
                opened.setdefault(draft.key[:3], draft.number)
