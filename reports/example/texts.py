"""The example's sentences, read from `data/`: problems by taxonomy point, demands, complaints, notes, narratives.

The data files are plain text so that somebody of the trade can add a sentence without touching code.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaigns.enums import StepKind
from issues.enums import ResultKind

DATA = Path(__file__).resolve().parent / "data"
_LABELS = {"问：": "text", "因：": "cause", "措：": "measure", "步：": "steps"}
_STEP = {label: value for value, label in StepKind.choices}
_GAIN = {label: value for value, label in ResultKind.choices}


@dataclass(frozen=True)
class Sample:
    """One problem as people really write it: taxonomy `code`, where it showed (`step`), what mending brings (`gain`)."""

    code: str
    step: str
    gain: str
    text: str
    cause: str
    measure: str
    steps: tuple[str, ...]


@cache
def problem_samples() -> dict[str, tuple[Sample, ...]]:
    """All problem sentences by taxonomy code (32 codes, four to five each)."""
    found: dict[str, list[Sample]] = {}
    for path in sorted(DATA.glob("problems_*.txt")):
        for block in path.read_text(encoding="utf-8").split("#")[1:]:
            sample = _sample(block.strip().splitlines())
            found.setdefault(sample.code, []).append(sample)
    return {code: tuple(samples) for code, samples in sorted(found.items())}


def _sample(lines: list[str]) -> Sample:
    code, step, gain = lines[0].split()
    said = {_LABELS[line[:2]]: line[2:].strip() for line in lines[1:]}
    steps = tuple(part.strip() for part in said.pop("steps").split("；"))
    return Sample(code=code, step=_STEP[step], gain=_GAIN[gain], steps=steps, **said)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv` as dictionaries of text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def sections(name: str) -> dict[str, tuple[str, ...]]:
    """The `[headed]` lists of lines of `data/<name>.txt`."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("["):
            heading = line.strip("[]")
            found[heading] = []
        elif line:
            found[heading].append(line)
    return {heading: tuple(lines) for heading, lines in found.items()}


def notes(heading: str) -> tuple[str, ...]:
    """One list of `data/notes.txt`: progress, evidence, return, refuse …"""
    return sections("notes")[heading]
