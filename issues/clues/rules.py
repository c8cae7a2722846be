"""The table of rules: what is suspicious, what an innocent explanation would be, and how much it weighs by default.

One strong rule reaches the threshold alone; hints have to meet. Weights and switches of a campaign are data (ClueSetting).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from issues.clues import company, copies, entry, findings, papers, presence, scene, tempo
from issues.clues.facts import Hit, Town


@dataclass(frozen=True)
class Rule:
    """`fades`: what most walks share says nothing about one of them; such a rule's hits count less then."""

    key: str
    name: str
    weight: int
    suspicious: str
    innocent: str
    find: Callable[[Town], Iterable[Hit]]
    fades: bool = False


RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "R1",
            "组团走",
            100,
            "3 名以上应走人员在同一时段、同一地点走同一事项。",
            "单位组织集中培训或坐窗实践，各人在各自窗口办理各自的件；或登记时把观摩人员也填成了走流程人员。",
            company.company,
        ),
        Rule(
            "R2",
            "分身",
            100,
            "同一人的两次走流程时间重叠，或者前后两处来不及到达。",
            "开始或结束时间填错；同一次走流程重复登记；其中一次由他人代走而人员填错。",
            presence.doubles,
        ),
        Rule(
            "R3",
            "过快",
            100,
            "用时不足以走完全部环节，或者远低于同一事项的其他走流程。",
            "事项本身即来即办；只走了其中一段；时间填错。",
            tempo.too_quick,
            fades=True,
        ),
        Rule(
            "R4",
            "缺环节",
            100,
            "缺少该体验形式应有的环节，又没有中途退回。",
            "环节合并登记；大厅免排队、免填表；纸质记录只记了主要环节。",
            tempo.missing_steps,
            fades=True,
        ),
        Rule(
            "R5",
            "时间规整",
            100,
            "各环节用时完全相等，或者与另一次走流程逐分钟相同。",
            "按纸质记录估填；凑整到五分、十分是通常写法，单凭凑整不足为疑。",
            tempo.regular_times,
            fades=True,
        ),
        Rule(
            "R6",
            "办件编号不符",
            100,
            "办件编号在办件数据中属于其他事项、时间或单位，或者查不到，或者一号多用。",
            "编号抄错；平台数据尚未同步；窗口以另一业务项受理。",
            papers.strange_cases,
        ),
        Rule(
            "R7",
            "文字雷同",
            100,
            "体验情况与另一次走流程几乎相同。",
            "两人同行，分别登记同一次体验；照抄的是办事指南原文。",
            copies.copied_texts,
        ),
        Rule(
            "R8",
            "照片雷同",
            100,
            "照片与另一次走流程的照片是同一张，或者高度相似。",
            "同行人员共用一张照片；同一窗口同一角度拍摄；误传。没有照片不算疑点。",
            copies.copied_photos,
        ),
        Rule(
            "R9",
            "照片时间不符",
            50,
            "照片拍摄时间不在走流程期间。",
            "手机时钟不准；补拍窗口环境；上传了事先准备的材料照片。",
            scene.strange_photo_times,
        ),
        Rule(
            "R10",
            "迟录",
            20,
            "走流程结束 5 个工作日以后才填报。",
            "外出、出差或隔离；网络不通，事后据实补录。单凭迟录不足为疑。",
            entry.late,
            fades=True,
        ),
        Rule(
            "R11",
            "成批补录",
            100,
            "同一账号一次连续补录多次 5 个工作日以前的走流程。",
            "填报员请假或换人，积压的纸质记录一并录入，有纸质原件可查。",
            entry.late_batches,
            fades=True,
        ),
        Rule(
            "R12",
            "集中录入",
            10,
            "同一账号一次录入很多次走流程。",
            "按周集中录入纸质记录，5 个工作日内都是正常的。",
            entry.long_sittings,
            fades=True,
        ),
        Rule(
            "R13",
            "节点前突击",
            10,
            "本单位一半以上走流程集中在节点前两个工作日。",
            "因疫情或大厅停办而顺延；任务下达得晚。",
            entry.rush,
            fades=True,
        ),
        Rule(
            "R14",
            "非工作时间",
            100,
            "线下走流程的开始时间在大厅办公时间以外，或者是休息日。",
            "大厅延时、错时服务或周末开放；自助终端全天可用；时间填错。",
            scene.closed_hall,
            fades=True,
        ),
        Rule(
            "R15",
            "零问题单位",
            10,
            "多次走流程没有登记一个问题，或者问题全部是立行立改。",
            "所走事项已经过优化；问题由被体验单位登记。",
            findings.nothing_ever,
            fades=True,
        ),
        Rule(
            "R16",
            "只走本部门",
            5,
            "同一人多次走流程，从未离开本单位。",
            "分管范围只有本单位事项；交叉走流程安排在后期。",
            scene.only_at_home,
            fades=True,
        ),
        Rule(
            "R17",
            "事先告知",
            30,
            "走流程前告知了被体验单位。",
            "坐窗办、帮代办需要事先约定窗口；如实登记，应予肯定。",
            scene.announced,
            fades=True,
        ),
        Rule(
            "R18",
            "差评集中却未发现问题",
            30,
            "群众差评投诉集中的事项，走下来未发现任何问题。",
            "投诉反映的问题已经整改；投诉集中在其他时段或窗口。",
            findings.deaf,
            fades=True,
        ),
        Rule(
            "R19",
            "形式要件不符",
            100,
            "委托书、陪同对象、工单编号或窗口办件与体验形式对不上。",
            "编号抄错；一份委托书授权多个事项；工单由其他单位转来，平台尚未更新。",
            papers.strange_papers,
            fades=True,
        ),
        Rule(
            "R20",
            "先填后走",
            100,
            "填报时间早于走流程开始时间。",
            "日期填错；把计划当成登记提交。",
            presence.keyed_first,
        ),
    )
}
