"""Choices of the findings and the ledger with their Chinese labels. No model, no rule."""

from django.db.models import TextChoices


class LedgerState(TextChoices):
    """States of a ledger item (contract §7), main line first, side states after."""

    UNASSIGNED = "UNASSIGNED", "待转办"
    ASSIGNED = "ASSIGNED", "待签收"
    PLANNING = "PLANNING", "待定措施"
    UNSIGNED = "UNSIGNED", "待审签"
    RECTIFYING = "RECTIFYING", "整改中"
    APPLIED = "APPLIED", "待单位审核"
    REVIEWED = "REVIEWED", "待销号审核"
    CLOSED = "CLOSED", "已销号"
    REFUSED = "REFUSED", "不予认定"
    MERGED = "MERGED", "并案办理"
    ESCALATED = "ESCALATED", "提请上级协调"
    STAGED = "STAGED", "阶段性完成"


SIDE_STATES = (LedgerState.REFUSED, LedgerState.MERGED, LedgerState.ESCALATED, LedgerState.STAGED)


class RectifyKind(TextChoices):
    """整改类型."""

    QUICK = "QUICK", "立行立改"
    DATED = "DATED", "限期整改"
    LASTING = "LASTING", "长期坚持"


class MoveName(TextChoices):
    """Every way a ledger item can go on; one row each in issues.workflow.MOVES."""

    ASSIGN = "ASSIGN", "转办"
    DECLINE = "DECLINE", "退回转办"
    ACCEPT = "ACCEPT", "签收"
    SUBMIT_PLAN = "SUBMIT_PLAN", "提交审签"
    SIGN = "SIGN", "审签"
    SIGN_QUICK = "SIGN_QUICK", "补审签"
    SEND_BACK = "SEND_BACK", "退回修改"
    PROGRESS = "PROGRESS", "填报进展"
    FINISH = "FINISH", "立行立改办结"
    LAPSE = "LAPSE", "转为限期整改"
    APPLY = "APPLY", "申请销号"
    APPLY_DIRECT = "APPLY_DIRECT", "申请销号（免单位审核）"
    PASS_REVIEW = "PASS_REVIEW", "单位审核通过"
    FAIL_REVIEW = "FAIL_REVIEW", "单位审核退回"
    CLOSE = "CLOSE", "销号"
    STAGE = "STAGE", "认定阶段性完成"
    RETURN = "RETURN", "退回重办"
    RETURN_QUICK = "RETURN_QUICK", "退回重办（立行立改）"
    REFUSE = "REFUSE", "不予认定"
    MERGE = "MERGE", "并案办理"
    ESCALATE = "ESCALATE", "同意提请上级协调"
    RESUME = "RESUME", "恢复整改"
    REOPEN = "REOPEN", "撤销销号"
    REOPEN_QUICK = "REOPEN_QUICK", "撤销销号（立行立改）"
    REVIEW_PLAN = "REVIEW_PLAN", "审核措施"
    GIVE_NUMBER = "GIVE_NUMBER", "报请示文号"


class Deed(TextChoices):
    """What stands in an item's history besides the moves: it happened to the item, and its state stayed."""

    REGISTER = "REGISTER", "登记"
    ABSORB = "ABSORB", "并入本条"
    HAND_OVER = "HAND_OVER", "移交责任人"
    REMIND = "REMIND", "催办"
    SHIFT = "SHIFT", "批量顺延"
    MEET = "MEET", "会商议定"
    WAIVE = "WAIVE", "免核验"


class Quality(TextChoices):
    """How good a finding is, said by somebody who doesn't see whose it is (contract §5)."""

    VALID = "VALID", "有效"
    AVERAGE = "AVERAGE", "一般"
    INVALID = "INVALID", "无效"


class Turn(TextChoices):
    """Whose turn it is in a state."""

    UNIT = "UNIT", "责任单位"
    UNIT_DEPUTY = "UNIT_DEPUTY", "分管负责人"
    UNIT_HEAD = "UNIT_HEAD", "主要负责人"
    OFFICE = "OFFICE", "审改办"
    NOBODY = "NOBODY", "—"


class ProblemSource(TextChoices):
    WALK = "WALK", "走流程"
    HOTLINE = "HOTLINE", "12345热线"
    RATING = "RATING", "好差评"
    UNSOLVED_WINDOW = "UNSOLVED_WINDOW", "办不成事窗口"
    SPOT_CHECK = "SPOT_CHECK", "督查抽查"
    COVERT_VISIT = "COVERT_VISIT", "暗访"
    OTHER = "OTHER", "其他"


COMPLAINT_SOURCES = (ProblemSource.HOTLINE, ProblemSource.RATING, ProblemSource.UNSOLVED_WINDOW)


class DemandParty(TextChoices):
    COMPANY = "COMPANY", "企业"
    CITIZEN = "CITIZEN", "群众"
    WINDOW_STAFF = "WINDOW_STAFF", "窗口人员"
    WALKER = "WALKER", "体验人"


class ResultKind(TextChoices):
    """成果类型: 五减 and the campaign's own aims (一、工作目标)."""

    FEWER_STEPS = "FEWER_STEPS", "减环节"
    FEWER_DOCUMENTS = "FEWER_DOCUMENTS", "减材料"
    FEWER_DAYS = "FEWER_DAYS", "减时限"
    FEWER_TRIPS = "FEWER_TRIPS", "减跑动"
    LOWER_FEE = "LOWER_FEE", "减费用"
    NO_PROOF = "NO_PROOF", "免证办"
    TOLERANT = "TOLERANT", "容缺办"
    NEARBY = "NEARBY", "就近办"
    HOME = "HOME", "上门办"
    OTHER = "OTHER", "其他"


class ConsentKind(TextChoices):
    """Escape hatches that need 审改办's consent (contract §7.7)."""

    ESCALATE = "ESCALATE", "提请上级协调"
    LASTING = "LASTING", "长期坚持"


class TwinVerdict(TextChoices):
    """What two items of the ledger that look alike turn out to be (五(二) “杜绝同类问题反复发生”)."""

    OPEN = "OPEN", "待判定"
    SAME = "SAME", "同一问题"
    AGAIN = "AGAIN", "同类问题复发"
    OTHER = "OTHER", "不是同类"


class SelfCheckAnswer(TextChoices):
    """举一反三: whether the unit has the same problem."""

    FOUND = "FOUND", "有"
    NONE = "NONE", "无"


class DrawOutcome(TextChoices):
    """督查结论 of an item that was drawn."""

    SOUND = "SOUND", "整改到位"
    FAULTY = "FAULTY", "整改不到位"
    UNTRUE = "UNTRUE", "不属实"


class FollowUpState(TextChoices):
    """回访: asked, then, where it isn't solved, the unit is heard (五(三))."""

    OPEN = "OPEN", "待回访"
    EXPLAINING = "EXPLAINING", "待单位说明"
    EXPLAINED = "EXPLAINED", "单位已说明"
    REOPENED = "REOPENED", "已撤销销号"
    ENDED = "ENDED", "已了结"


class FollowUpOrigin(TextChoices):
    COMPLAINT = "COMPLAINT", "投诉来源必访"
    CHOSEN = "CHOSEN", "督查室选取"


class FollowUpMethod(TextChoices):
    CALL = "CALL", "电话回访"
    ON_SITE = "ON_SITE", "现场回访"


class AttemptOutcome(TextChoices):
    REACHED = "REACHED", "接通"
    UNREACHED = "UNREACHED", "未接通"
    REFUSED = "REFUSED", "拒访"
    WRONG_NUMBER = "WRONG", "号码错误"


class FollowUpVerdict(TextChoices):
    SOLVED = "SOLVED", "已解决"
    UNSOLVED = "UNSOLVED", "未解决"
    UNTRUE = "UNTRUE", "不属实"
    UNREACHED = "UNREACHED", "未接通"


class ClueState(TextChoices):
    RAISED = "RAISED", "待核实"
    ASKED = "ASKED", "待情况说明"
    ANSWERED = "ANSWERED", "已说明"
    TRUE = "TRUE", "属实"
    DISMISSED = "DISMISSED", "排除"
    WITHDRAWN = "WITHDRAWN", "已撤销"


# Nobody has decided yet; and those that count against a walk.
UNDECIDED_CLUES = (ClueState.RAISED, ClueState.ASKED, ClueState.ANSWERED)
STANDING_CLUES = (*UNDECIDED_CLUES, ClueState.TRUE)


class ClueAct(TextChoices):
    """Lines of a clue's history."""

    RAISE = "RAISE", "提出疑点"
    ASK = "ASK", "要求情况说明"
    ANSWER = "ANSWER", "情况说明"
    UPHOLD = "UPHOLD", "认定属实"
    DISMISS = "DISMISS", "排除"
    WITHDRAW = "WITHDRAW", "撤销"
    RENEW = "RENEW", "重新提出"


class ClueOutcomeKind(TextChoices):
    """What may follow (五(三))."""

    TALK = "TALK", "约谈"
    BULLETIN = "BULLETIN", "通报"
    TRANSFER = "TRANSFER", "移送"


class ListKind(TextChoices):
    """The three lists as workbooks (contract §6)."""

    PROBLEMS = "problems", "问题清单"
    DEMANDS = "demands", "需求清单"
    MEASURES = "measures", "解决措施清单"


class SheetState(TextChoices):
    """What became of a workbook a unit sent in (一键收表)."""

    SENT = "SENT", "正在核对"
    UNREADABLE = "UNREADABLE", "不能读取"
    UNMATCHED = "UNMATCHED", "未对上单位"
    ASKING = "ASKING", "待核对"
    FAULTY = "FAULTY", "有错误"
    READY = "READY", "可入账"
    DONE = "DONE", "已入账"
