"""疑点: a table of rules over plain facts. A hit is a lead for a human eye, never a verdict (衡政办函〔2022〕16号 五(三)).

Nothing here is held against anybody that contract §9 protects: no photo, a paper record keyed within 5 working days, 模拟.
"""

from issues.clues.board import THRESHOLD, Raised, judge
from issues.clues.facts import Hit, Town, Walk
from issues.clues.rules import RULES, Rule

__all__ = ["RULES", "THRESHOLD", "Hit", "Raised", "Rule", "Town", "Walk", "judge"]
