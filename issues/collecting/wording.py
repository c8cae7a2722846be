"""What a problem is about, by its own words: proposed only where the words leave no doubt, else a person is asked.

The one-sheet variant has no column for the 32 points (衡政办函〔2022〕16号 四), and units don't know the codes.
"""

WORDS: dict[str, tuple[str, ...]] = {
    "A01": ("材料", "复印件", "证明"),
    "A02": ("要件",),
    "A03": ("时限", "超时", "办理时间", "等待时间长", "审批时间"),
    "A04": ("环节",),
    "A05": ("跑路", "多次跑动", "跑动次数", "跑腿"),
    "A06": ("网办", "网上办理", "网上申报", "线上办理"),
    "A07": ("办事指南", "指南"),
    "A08": ("收费", "费用", "工本费"),
    "A09": ("就近", "掌上"),
    "B01": ("热线", "电话无人接听", "咨询电话", "电话打不通"),
    "B02": ("查询进度", "进度查询", "网上查询"),
    "B03": ("导办", "引导", "咨询台"),
    "B04": ("服务指南", "明白纸"),
    "B05": ("排队", "叫号", "秩序", "拥挤"),
    "B06": ("首问",),
    "B07": ("一次性告知",),
    "B08": ("表格", "填表", "样表"),
    "B09": ("自助",),
    "B10": ("投诉渠道", "意见箱", "监督电话"),
    "C01": ("三集中三到位",),
    "C02": ("体外循环",),
    "C04": ("重复登录", "再次登录"),
    "C05": ("错链", "断链", "链接"),
    "C06": ("无法访问", "打不开"),
    "C07": ("无法提交", "提交不了", "提交失败"),
    "C08": ("反复提交", "重复提交"),
    "C09": ("标准不一致", "线上线下不一致"),
    "D01": ("权责不清", "职责不清"),
    "D02": ("推诿", "掣肘"),
    "D03": ("并联审批", "部门之间", "数据不共享", "信息不共享"),
    "D04": ("上下联动", "上级审批", "省级平台"),
}
_NEEDS_MATTER = ("A", "C")


def category_by_words(text: str, *, has_matter: bool) -> str:
    """The only point whose words `text` holds; "" for none or several. Points of A and C need a matter."""
    found = {
        code
        for code, words in WORDS.items()
        if any(word in text for word in words) and (has_matter or not code.startswith(_NEEDS_MATTER))
    }
    # 服务指南 holds 指南: the longer word is the more exact one.
    if len(found) > 1 and "A07" in found and "B04" in found:
        found.discard("A07")
    return found.pop() if len(found) == 1 else ""
