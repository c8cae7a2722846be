"""What strikes one about the evidence of an application: shown to the reviewer before the decision, never deciding.

Pure. Photos are optional (contract §9): that there are none is told and held against nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FileFact:
    """One file: when the camera says it was taken, and the other items that hold the same bytes or the same picture."""

    name: str
    taken_on: date | None = None
    same_bytes: tuple[str, ...] = ()
    same_picture: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceFacts:
    """assigned_on: the day of 交办, of one's own finding the day of registration. unfilled: measures without before/after."""

    files: tuple[FileFact, ...]
    assigned_on: date
    measures: int
    unfilled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remark:
    """One sentence for the reviewer; `is_neutral` is information, the others are worth a look."""

    sentence: str
    is_neutral: bool = False


def remarks(facts: EvidenceFacts) -> list[Remark]:
    """What is missing, older than 交办, used for another item too, or empty; [] when nothing strikes."""
    told = (
        [] if facts.files else [Remark("没有上传佐证材料（可以不传，请看整改情况说明）。", is_neutral=True)]
    )
    for file in facts.files:
        told += _of_file(file, facts.assigned_on)
    if facts.unfilled:
        which = "、".join(facts.unfilled)
        all_of_them = "全部措施" if len(facts.unfilled) == facts.measures else f"措施 {which}"
        told.append(Remark(f"{all_of_them}没有填写整改前后的环节、材料、时限、跑动、费用。"))
    return told


def _of_file(file: FileFact, assigned_on: date) -> list[Remark]:
    told = []
    if file.taken_on and file.taken_on < assigned_on:
        told.append(Remark(f"“{file.name}”拍摄于 {file.taken_on}，早于交办日期 {assigned_on}。"))
    if file.same_bytes:
        told.append(Remark(f"“{file.name}”与{_items(file.same_bytes)}的材料完全相同。"))
    elif file.same_picture:
        told.append(Remark(f"“{file.name}”与{_items(file.same_picture)}的照片看上去是同一张。"))
    return told


def _items(numbers: Sequence[str]) -> str:
    return "台账 " + "、".join(numbers) if numbers[0] else "另一条台账"
