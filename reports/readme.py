"""README of a 总结材料包: what each file is, how the numbers are counted, how to check that nothing was changed."""

from collections.abc import Sequence

from reports.figures import definitions
from reports.package_books import Member
from reports.papers.document import chinese_date
from reports.scope import Scope

_KEPT = (
    "一、截至时间：灯、剩余工作日、应走名单按截至日期计算，其余内容为生成时系统中的记录。",
    "二、范围：登记单位、责任单位、配合单位在本范围内的走流程登记、问题、需求、措施和整改台账，与系统清单页一致。",
    "三、0/0 写作“—”；比率四舍五入保留一位小数。",
    "四、同一份数据、同一单位和截至日期，再次生成的文件逐字节相同；manifest.json 列有每个文件的行数和 SHA-256 校验值。",
    "五、电话号码、诉求人信息不进入材料包。",
)


def readme(scope: Scope, members: Sequence[Member], with_files: bool) -> bytes:
    """As plain text that Windows' Notepad reads (UTF-8 with a mark, CRLF)."""
    lines = [
        f"{scope.organization.name}“走流程、解难题、优服务”行动总结材料包",
        f"截至 {chinese_date(scope.on)}",
        "",
        "【目录】",
        *(_line(member) for member in members),
    ]
    if with_files:
        lines.append("佐证材料\\　　佐证材料原件，按关联编号分文件夹，与 08 佐证材料目录对应")
    lines += ["manifest.json　　文件目录和校验值", "", "【说明】", *_KEPT, "", "【统计口径】"]
    lines += [f"{label}：{definition}" for label, definition in definitions().items()]
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


def _line(member: Member) -> str:
    if member.sheets:
        rows = "，".join(f"{sheet} {count} 行" for sheet, count in member.sheets.items())
        return f"{member.name}　　{rows}"
    return member.name
