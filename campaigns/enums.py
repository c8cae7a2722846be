"""Choices of the campaign with their Chinese labels. No model, no rule."""

from django.db.models import TextChoices


class OrganizationKind(TextChoices):
    """Kinds of unit (contract §6 organizations)."""

    CITY = "CITY", "市政府"
    COUNTY = "COUNTY", "县市区政府"
    CITY_DEPARTMENT = "CITY_DEPARTMENT", "市直部门"
    COUNTY_DEPARTMENT = "COUNTY_DEPARTMENT", "县市区部门"
    SECTION = "SECTION", "科股室"
    HALL = "HALL", "政务大厅"
    UTILITY = "UTILITY", "公共服务单位"
    VERTICAL = "VERTICAL", "垂管单位"
    SUPERIOR = "SUPERIOR", "上级单位"


class Rank(TextChoices):
    """身份 of a person (衡政办函〔2022〕16号 二)."""

    HEAD = "HEAD", "主要负责人"
    DEPUTY = "DEPUTY", "分管负责人"
    MEMBER = "MEMBER", "班子成员"
    SECTION_HEAD = "SECTION_HEAD", "科股室负责人"
    STAFF = "STAFF", "工作人员"


class Role(TextChoices):
    """Roles a posting can hold (contract §5)."""

    REPORTER = "REPORTER", "填报员"
    WALKER = "WALKER", "体验人"
    DEPUTY = "DEPUTY", "分管负责人"
    HEAD = "HEAD", "主要负责人"
    REFORM_OFFICE = "REFORM_OFFICE", "审改办"
    INSPECTOR = "INSPECTOR", "督查室"
    ADMIN = "ADMIN", "系统管理员"
    SECURITY = "SECURITY", "安全管理员"
    AUDITOR = "AUDITOR", "审计管理员"


UNIT_ROLES = (Role.REPORTER, Role.WALKER, Role.DEPUTY, Role.HEAD)
BUSINESS_ROLES = (*UNIT_ROLES, Role.REFORM_OFFICE, Role.INSPECTOR)


class Reach(TextChoices):
    OWN = "OWN", "本单位"
    SUBTREE = "SUBTREE", "本级及下级"


class CampaignState(TextChoices):
    DRAFT = "DRAFT", "筹备"
    OPEN = "OPEN", "进行中"
    CLOSED = "CLOSED", "已结束"


class SessionMode(TextChoices):
    """The five forms (衡政办函〔2022〕16号 三)."""

    SELF = "SELF", "亲身办"
    AGENT = "AGENT", "帮代办"
    ACCOMPANY = "ACCOMPANY", "陪同办"
    WINDOW = "WINDOW", "坐窗办"
    BACKWARD = "BACKWARD", "倒推办"


class SessionState(TextChoices):
    DRAFT = "DRAFT", "草稿"
    HELD = "HELD", "已登记"
    CONFIRMED = "CONFIRMED", "本人已确认"


class Channel(TextChoices):
    FLAGSHIP = "FLAGSHIP", "政务服务旗舰店"
    MINI_APP = "MINI_APP", "“一件事一次办”小程序"
    CITIZEN_APP = "CITIZEN_APP", "“衡阳群众”APP"
    HALL_WINDOW = "HALL_WINDOW", "线下窗口"
    PHONE = "PHONE", "电话"
    KIOSK = "KIOSK", "自助终端"


class StepKind(TextChoices):
    CONSULT = "CONSULT", "咨询"
    PREPARE = "PREPARE", "备料"
    FILL = "FILL", "填表"
    QUEUE = "QUEUE", "排队"
    ACCEPT = "ACCEPT", "受理"
    APPROVE = "APPROVE", "审批"
    DELIVER = "DELIVER", "出件"
    SUPPLEMENT = "SUPPLEMENT", "补正"
    SIGN_IN = "SIGN_IN", "注册登录"
    SUBMIT = "SUBMIT", "提交"
    ANSWER = "ANSWER", "答疑解惑"
    OTHER = "OTHER", "其他"


class StepResult(TextChoices):
    PASSED = "PASSED", "通过"
    RETURNED = "RETURNED", "退回"
    SUPPLEMENT = "SUPPLEMENT", "补正"
    FAILED = "FAILED", "失败"


class Verdict(TextChoices):
    """问明白·跑明白·办明白 (衡政办函〔2022〕16号 四)."""

    YES = "YES", "能"
    PARTLY = "PARTLY", "部分"
    NO = "NO", "不能"


class CheckVerdict(TextChoices):
    CONFORMS = "CONFORMS", "符合"
    FAILS = "FAILS", "不符合"
    NOT_APPLICABLE = "NOT_APPLICABLE", "不涉及"


class MatterFocus(TextChoices):
    FREQUENT = "FREQUENT", "高频"
    PRESSING = "PRESSING", "急难愁盼"
    HARD = "HARD", "重点难点"


class ComplaintSource(TextChoices):
    HOTLINE = "HOTLINE", "12345"
    RATING = "RATING", "好差评"
    UNSOLVED_WINDOW = "UNSOLVED_WINDOW", "办不成事窗口"
    OTHER = "OTHER", "其他"


class ComplaintKind(TextChoices):
    CONSULT = "CONSULT", "咨询"
    HELP = "HELP", "求助"
    COMPLAINT = "COMPLAINT", "投诉"
    REPORT = "REPORT", "举报"
    SUGGEST = "SUGGEST", "建议"


class Satisfaction(TextChoices):
    VERY_GOOD = "VERY_GOOD", "非常满意"
    GOOD = "GOOD", "满意"
    FAIR = "FAIR", "基本满意"
    BAD = "BAD", "不满意"
    VERY_BAD = "VERY_BAD", "非常不满意"


class SlipState(TextChoices):
    DRAFT = "DRAFT", "待签发"
    SIGNED = "SIGNED", "已签发"
    VOID = "VOID", "已作废"


# The rungs of the ladder that print a 督办单 (contract §8).
SLIP_LEVELS = ((4, "督办"), (5, "挂牌督办"))


# Expected steps of each form (contract §6 sessions): what the record form offers first, in this order.
EXPECTED_STEPS: dict[str, tuple[str, ...]] = {
    SessionMode.SELF: ("CONSULT", "PREPARE", "FILL", "QUEUE", "ACCEPT", "DELIVER"),
    SessionMode.ACCOMPANY: ("CONSULT", "PREPARE", "FILL", "QUEUE", "ACCEPT", "DELIVER"),
    SessionMode.AGENT: ("SIGN_IN", "FILL", "SUBMIT", "DELIVER"),
    SessionMode.WINDOW: ("ANSWER", "ACCEPT", "APPROVE", "DELIVER"),
    SessionMode.BACKWARD: ("DELIVER", "APPROVE", "ACCEPT", "QUEUE", "FILL", "PREPARE", "CONSULT"),
}


class CampaignPhase(TextChoices):
    """集中行动 → 回访 → 常态化 (衡政办函〔2022〕16号 三、体验时间; 五(三))."""

    ACTION = "ACTION", "集中行动"
    FOLLOW_UP = "FOLLOW_UP", "回访"
    STANDING = "STANDING", "常态化"


class EntryKind(TextChoices):
    """How a walk came into the system."""

    DESK = "DESK", "在线填报"
    PHONE = "PHONE", "现场记录"
    PAPER = "PAPER", "纸质补录"
    IMPORT = "IMPORT", "表格导入"


class TaskOrigin(TextChoices):
    PLAN = "PLAN", "计划安排"
    CROSS = "CROSS", "交叉走流程"
    COMPLAINT = "COMPLAINT", "差评投诉集中"
    VERIFICATION = "VERIFICATION", "回头看核验"
