"""Faces, sizes and the page of GB/T 9704-2012 《党政机关公文格式》, for the parts that print a paper. Numbers only."""

TITLE_FONT, BODY_FONT, BOLD_FONT, KAI_FONT, PAGE_FONT = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "宋体",
)
TITLE_SIZE, BODY_SIZE, PAGE_SIZE, TABLE_SIZE = 22, 16, 14, 12  # 二号 三号 四号 小四
LINE_PITCH = 28  # points, fixed: 22 lines fill the 225 mm of the 版心
PAGE_WIDTH, PAGE_HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 210, 297, 37, 35, 28, 26  # mm
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
