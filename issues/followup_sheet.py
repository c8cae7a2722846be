"""The questions of 回访 as data (domain.md §3.2 ①—⑧): the call sheet, and the one taken along to the hall."""

from dataclasses import dataclass

from issues.enums import FollowUpMethod

ANSWERS = YES, NO, UNKNOWN = "是", "否", "不清楚"
CALL, ON_SITE = FollowUpMethod.CALL, FollowUpMethod.ON_SITE


@dataclass(frozen=True)
class Question:
    """One line of the sheet. `methods`: the sheets it stands on; `is_number`: a count instead of 是/否/不清楚."""

    key: str
    text: str
    methods: tuple[str, ...] = (CALL, ON_SITE)
    is_number: bool = False
    about_walk: bool = True  # only where the problem came from a walk


QUESTIONS = (
    Question("present", "该领导是否当天亲自到场或登录办理？"),
    Question("whole", "是否走完从咨询到出件的全部环节？"),
    Question("warned", "事先是否接到通知、是否清场陪同？", (ON_SITE,)),
    Question("company", "同行几人？", (ON_SITE,), is_number=True),
    Question("solved", "您反映的问题是否解决？", about_walk=False),
    Question("easier", "材料、跑动是否真的减少？", about_walk=False),
)
BY_KEY = {question.key: question for question in QUESTIONS}


def sheet(method: str, *, has_walk: bool) -> list[Question]:
    """The questions asked this way about this item, in order."""
    return [question for question in questions(has_walk=has_walk) if method in question.methods]


def questions(*, has_walk: bool) -> list[Question]:
    """All questions about this item, whichever way it is asked."""
    return [question for question in QUESTIONS if has_walk or not question.about_walk]


def answered(answers: dict) -> list[tuple[str, str]]:
    """The answers as they are read: question and answer, in the sheet's order."""
    return [(question.text, str(answers[question.key])) for question in QUESTIONS if question.key in answers]
