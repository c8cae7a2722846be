"""Putting sentences together: openings, a core that says what is wrong, what followed. Honest texts never look alike."""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.example.texts import Sample, notes, problem_samples, rows, sections

_TOWNS = {
    "430405": ("茶山坳镇", "酃湖乡", "和平乡"),
    "430406": ("岳屏镇", "湘江乡", "白沙洲街道"),
    "430407": ("角山镇", "黄沙湾街道", "合江街道"),
    "430408": ("呆鹰岭镇", "雨母山镇", "蒸湘街道"),
    "430412": ("南岳镇", "寿岳乡", "祝融街道"),
    "430421": ("西渡镇", "集兵镇", "渣江镇", "金兰镇"),
    "430422": ("云集镇", "三塘镇", "茶市镇"),
    "430423": ("开云镇", "白果镇", "店门镇", "萱洲镇"),
    "430424": ("洣水镇", "大浦镇", "吴集镇"),
    "430426": ("洪桥街道", "白地市镇", "归阳镇", "金桥镇"),
    "430481": ("灶市街道", "公平圩镇", "新市镇", "小水镇"),
    "430482": ("宜阳街道", "柏坊镇", "荫田镇", "官岭镇"),
}
_CITY_TOWNS = tuple(town for towns in _TOWNS.values() for town in towns)
_THEMES = ("我要", "新生儿")  # names that read as a sentence and want quotation marks
_BUSINESS = ("企业", "我要开", "许可", "验收", "不动产抵押", "审批", "退税", "发票", "用电报装")
_COMPANY = re.compile("企业|法人|法定代表人|营业执照|公章|勘|验收|评审|图纸|评估|协会|场地|面积")
_PRIVATE = re.compile("老人|夫妻|孩子|居民|老弱|户口|社区证明|轮椅")


def named(matter: str) -> str:
    """A matter's name as it stands within a sentence."""
    return f"“{matter}”" if matter.startswith(_THEMES) else matter


def is_for_companies(matter: str) -> bool:
    """True for what companies apply for; a private person's matter reads differently."""
    return any(word in matter for word in _BUSINESS)


def towns(county: str) -> tuple[str, ...]:
    return _TOWNS.get(county, _CITY_TOWNS)


class Least:
    """Picks what was used least so far, by lot among equals: every sentence gets its turn."""

    def __init__(self, rng: random.Random):
        self._rng = rng
        self._used: Counter = Counter()

    def pick(self, options: Sequence):
        """One of `options` (hashable, two equal ones count as one)."""
        fewest = min(self._used[option] for option in options)
        chosen = self._rng.choice([option for option in options if self._used[option] == fewest])
        self._used[chosen] += 1
        return chosen


@dataclass
class Wording:
    """The city's pen. `facts` are the slots of the data files: matter, place, window, unit, numbers."""

    rng: random.Random

    def __post_init__(self):
        self._least = Least(self.rng)

    def slots(self, **facts) -> dict:
        """All slots a sentence may have; `facts` come from the walk."""
        rng = self.rng
        return {
            "n": rng.randint(2, 4),
            "pages": rng.choice((12, 18, 26, 35, 48)),
            "fields": rng.randint(28, 56),
            "clicks": rng.randint(9, 17),
            "queue": rng.randint(12, 31),
            "open_n": rng.randint(5, 8),
            "fee": rng.choice((50, 80, 100, 150, 200)),
            "wait": rng.randint(22, 75),
            "case_n": rng.randint(3, 9),
            "clock": "9点左右",
            "work_order": "",
            "step": "受理",
        } | facts

    def row(self, name: str) -> Mapping[str, str]:
        """The row of `data/<name>.csv` that was used least."""
        table = rows(name)
        return table[self._least.pick([(name, place) for place in range(len(table))])[1]]

    def sample(self, code: str, matter: str) -> Sample:
        """The sentence of taxonomy point `code` that was used least, among those that suit the matter."""
        strange = _PRIVATE if is_for_companies(matter) else _COMPANY
        fitting = [
            one for one in problem_samples()[code] if not strange.search(one.text + one.cause + one.measure)
        ]
        return self._least.pick(fitting)

    def problem(self, sample: Sample, slots: Mapping) -> str:
        """What was found: where it showed, the core, what came of it."""
        parts = [sample.text, self._around(sample.text, "problem.tail")]
        if self.rng.random() < 0.85:
            parts.insert(0, self._around(sample.text, "problem.open"))
        if self.rng.random() < 0.35:
            parts.append(self._around(sample.text, "problem.tail"))
        return "".join(parts).format_map(slots)

    def _around(self, core: str, heading: str) -> str:
        """A line to go with `core`: one that went with it least so far."""
        return self._least.pick([(core, line) for line in notes(heading)])[1]

    def demand(self, text: str, slots: Mapping) -> str:
        parts = [self._around(text, "demand.open"), text]
        if self.rng.random() < 0.85:
            parts.append(self._around(text, "demand.tail"))
        return "".join(parts).format_map(slots)

    def note(self, heading: str, slots: Mapping) -> str:
        """One line of `data/notes.txt`, the one used least."""
        return self._least.pick(notes(heading)).format_map(slots)

    def narrative(self, mode: str, is_online: bool, slots: Mapping) -> str:
        """体验情况 of an honest walk: an opening and two facts of its form, what was seen around, an end."""
        told = sections("narratives")
        pick = self._least.pick
        around = told["shared.online" if is_online else "shared.hall"]
        parts = [pick(told[f"{mode}.open"])]
        parts += self.rng.sample(told[f"{mode}.middle"], self.rng.choice((1, 2, 2, 3)))
        parts += self.rng.sample(around, self.rng.choice((1, 2)))
        if self.rng.random() < 0.6:
            parts.append(pick(told["shared.talk"]))
        parts.append(pick(told["end"]))
        return "".join(parts).format_map(slots)

    def narrative_again(self, slots: Mapping, number: str) -> str:
        """体验情况 of a 回头看核验 walk for the ledger item `number`."""
        told = sections("narratives")
        parts = [
            self._least.pick(told["again.open"]),
            *self.rng.sample(told["again.middle"], self.rng.choice((2, 3, 4))),
        ]
        parts.append(self._least.pick(told["again.end"]) + f"（台账 {number}）")
        return "".join(parts).format_map(slots)
