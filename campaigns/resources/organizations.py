"""organizations: the tree of units (contract §6)."""

from typing import Any

from campaigns.enums import OrganizationKind
from campaigns.ground.sheets.values import BadValue, as_code, as_name
from campaigns.models import Organization
from campaigns.resources.shape import Directory, Draft, SheetField, SheetResource
from campaigns.resources.widgets import Choice, Code, Name, Reference, YesNo

ROOT_KINDS = (OrganizationKind.CITY, OrganizationKind.SUPERIOR)
MAX_PATH = 400


class OrganizationResource(SheetResource):
    """One row a unit. 上级单位 and 对口上级单位 may stand in the same file, in any order."""

    kind, title, sheet = "organizations", "单位", "单位"
    order_by, keys = ("path",), ("code",)

    code = SheetField("单位编码", Code(40), "code", required=True, width=18, example="430400-999")
    name = SheetField("单位名称", Name(100), "name", required=True, width=32, example="衡阳市某某局")
    short_name = SheetField("单位简称", Name(50), "short_name", width=16, example="市某某局")
    kind_ = SheetField("单位类型", Choice(OrganizationKind), "kind", required=True, example="市直部门")
    parent = SheetField(
        "上级单位编码",
        Reference("organization"),
        "parent__code",
        width=18,
        example="430400",
        note="填编码或单位全称；除市政府和上级单位外都要填写，可以是本表里的单位。",
    )
    counterpart = SheetField(
        "对口上级单位编码",
        Reference("organization"),
        "counterpart__code",
        width=18,
        note="县市区部门的业务主管单位，例如县医保局填市医保局。",
    )
    division_code = SheetField("行政区划代码", Code(12), "division_code", example="430400")
    is_participant = SheetField(
        "是否参加", YesNo(), "is_participant", example="是", note="新增时留空按“否”。"
    )

    class Meta:
        model = Organization
        import_id_fields = ("code",)
        fields = (
            "code",
            "name",
            "short_name",
            "kind_",
            "parent",
            "counterpart",
            "division_code",
            "is_participant",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def prepare(self, drafts: list[Draft], directory: Directory) -> None:
        for draft in drafts:
            try:
                code, name = as_code(draft.given.get("code")), as_name(draft.given.get("name"))
                short_name = as_name(draft.given.get("short_name"))
            except BadValue:
                continue
            if code and name:
                directory["organization"].add(code, name, short_name)

    def check(self, draft: Draft) -> None:
        own, values = draft.values.get("code"), draft.values
        if values.get("parent") == own:
            draft.fault("parent", "上级单位不能是本单位自己。")
        if values.get("counterpart") == own:
            draft.fault("counterpart", "对口上级单位不能是本单位自己。")
        if not values.get("parent") and values.get("kind_") and values["kind_"] not in ROOT_KINDS:
            draft.fault("parent", "除市政府和上级单位外，都要填写上级单位编码。")

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        parents = dict(Organization.objects.values_list("code", "parent__code"))
        parents.update({d.values["code"]: d.values.get("parent") for d in drafts if d.values.get("code")})
        for draft in drafts:
            fault = _ancestry_fault(draft.values, parents)
            if fault and draft.changes("parent"):
                draft.fault("parent", fault)


def path_of(code: str, parents: dict[str, str | None]) -> str:
    """`/430400/430481/430481-003/`, from the code → parent code map."""
    codes = []
    while code:
        codes.append(code)
        code = parents.get(code)
    return "/" + "/".join(reversed(codes)) + "/"


def _ancestry_fault(values: dict[str, Any], parents: dict[str, str | None]) -> str:
    seen, code = set(), values.get("code")
    while code:
        if code in seen:
            own_parent = values.get("parent") == values.get("code")
            return "" if own_parent else "上级单位互相循环：不能以自己的下级单位为上级。"
        seen.add(code)
        code = parents.get(code)
    too_deep = len(path_of(values.get("code", ""), parents)) > MAX_PATH
    return "单位层级过深或编码过长。" if too_deep else ""
