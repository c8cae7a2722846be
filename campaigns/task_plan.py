"""Who could walk what next: a proposal of tasks for one unit, to be looked at before it is assigned.

衡政办函〔2022〕16号 二 (who), 三 (forms), 四 (高频、急难愁盼、重点难点事项先走). Pure: the same input gives the same proposal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.enums import SessionMode

# 倒推办 starts from a complaint and 交叉 has its own plan; at a window of one's own all of these can be walked.
FORMS = (SessionMode.SELF, SessionMode.ACCOMPANY, SessionMode.AGENT, SessionMode.WINDOW)


@dataclass(frozen=True)
class Official:
    """Somebody on the roster. walks: how many they have made; has_task: one is waiting for them."""

    pk: int
    walks: int = 0
    has_task: bool = False


@dataclass(frozen=True)
class Offer:
    """A matter at a place. full: how often it was walked through there; is_home: 坐窗办 is possible there."""

    matter: int
    place: int
    full: int = 0
    is_home: bool = True


@dataclass(frozen=True)
class Proposal:
    person: int
    matter: int
    mode: str
    place: int


def propose(people: Sequence[Official], offers: Sequence[Offer]) -> list[Proposal]:
    """One task for everybody who hasn't walked and has none waiting, in the order given.

    Matters are dealt out one after the other, those not yet walked through first; the forms go round, so that a unit doesn't
    do everything as 亲身办. Without a matter there is nothing to propose.
    """
    ready = [person for person in people if not person.walks and not person.has_task]
    ranked = sorted(offers, key=lambda offer: offer.full)
    if not ranked:
        return []
    found = []
    for place, person in enumerate(ready):
        offer = ranked[place % len(ranked)]
        forms = FORMS if offer.is_home else FORMS[:-1]
        found.append(Proposal(person.pk, offer.matter, str(forms[place % len(forms)]), offer.place))
    return found
