"""The filters of a list as people read them: in the list of exports and in the audit log."""

from django.http import QueryDict

# What the lists' filters are called in the list of exports and the audit log.
FILTER_NAMES = {
    "q": "关键字",
    "organization": "单位",
    "state": "状态",
    "light": "灯",
    "kind": "整改类型",
    "reported": "报送情况",
    "due_from": "时限自",
    "due_to": "时限至",
    "mine": "待我办理",
    "returned": "被退回",
    "part": "口径",
    "rung": "级别",
    "picked": "勾选",
    "group": "问题大类",
    "accepted": "是否采纳",
    "verdict": "结论",
    "rule": "规则",
    "heavy": "达到阈值",
    "within": "销号后天数",
    "recurred": "销号后复发",
    "mode": "体验形式",
    "matter": "事项",
    "source": "来源",
    "origin": "任务来源",
    "level": "层级",
    "campaign": "行动",
    "sheet": "考核表",
    "satisfaction": "满意度",
    "from": "日期自",
    "to": "日期至",
    "whole": "全程体验",
    "livelihood": "民生领域",
    "theme": "一件事主题",
    "focus": "重点类别",
    "owner_kind": "主管单位类型",
    "participant": "是否参加",
    "rank": "身份",
    "obligated": "是否应走",
}


def _said(name: str, value: str) -> str:
    """A filter's value; of ticked rows only how many they are."""
    return f"{value.count(',') + 1} 条" if name == "picked" else value


def words(query: QueryDict) -> str:
    """The filters as people read them in the list of exports and the audit log; 全部 for none."""
    said = [
        f"{FILTER_NAMES.get(name, name)}：{_said(name, value)}"
        for name, values in sorted(query.lists())
        for value in values
        if value
    ]
    return "；".join(said) or "全部"
