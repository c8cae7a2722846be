"""What the three lists point to and share: indexes by number, lists of units, and which records the ledger has frozen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from campaigns.models import WalkSession
from campaigns.resources.shape import Draft, Index, SheetField, SheetResource
from issues.enums import LedgerState
from issues.models import Demand, LedgerItem, Problem

# Before a plan is signed words may still be mended; afterwards the record is what was signed (contract §7.1).
OPEN_STATES = (LedgerState.UNASSIGNED, LedgerState.ASSIGNED, LedgerState.PLANNING)


def _numbers(noun: str, model: type[Model]) -> Index:
    numbers = model._default_manager.values_list("number", flat=True).order_by()
    return Index(noun, ((number, number) for number in numbers))


INDEXES = {
    "session": lambda: _numbers("走流程登记", WalkSession),
    "problem": lambda: _numbers("问题", Problem),
    "demand": lambda: _numbers("需求", Demand),
}


def codes_by(relation: type[Model], owner: str, path: str, pks: Iterable[int]) -> dict[int, list[str]]:
    """Record → codes (or numbers) a join table gives it, in order. One query."""
    found = defaultdict(list)
    rows = relation._default_manager.filter(**{f"{owner}__in": list(pks)}).order_by(path)
    for pk, code in rows.values_list(owner, path):
        found[pk].append(code)
    return found


class RegisterResource(SheetResource):
    """A list whose records may stand on the ledger. `finding`: the ledger's field for them."""

    indexes = INDEXES
    needs_campaign = True
    finding = ""
    # What the ledger has taken over; changed there by its own moves, never by a table.
    fixed: tuple[str, ...] = ()

    def lists_of(self, pks: list[int]) -> dict[str, dict[int, list[str]]]:
        """Field name → record → its list, for columns that stand in join tables."""
        raise NotImplementedError

    def stored_rows(self, keys: set[tuple] | None = None) -> Iterator[dict[str, Any]]:
        rows = list(super().stored_rows(keys))
        pks = [row["pk"] for row in rows]
        lists = self.lists_of(pks)
        states = self._states(pks)
        for row in rows:
            own = {name: found.get(row["pk"], []) for name, found in lists.items()}
            yield {**row, **own, "state": states.get(row["pk"], "")}

    def _states(self, pks: list[int]) -> dict[int, str]:
        items = LedgerItem.objects.filter(**{f"{self.finding}__in": pks})
        return dict(items.values_list(f"{self.finding}_id", "state").order_by())

    def check_open(self, draft: Draft) -> None:
        """What the ledger has taken over stays; past 待定措施 nothing changes any more."""
        state = draft.stored["state"] if draft.stored else ""
        if not state:
            return
        columns: dict[str, SheetField] = self.columns()
        changed = [name for name in columns if draft.changes(name)]
        number, label = draft.values["number"], LedgerState(state).label
        if state not in OPEN_STATES:
            told = "、".join(columns[name].column_name for name in changed)
            draft.fault(
                changed[0], f"{number}在台账上已是“{label}”，不能由表格修改（{told}与系统里的不同）。"
            )
            return
        for name in changed:
            if name in self.fixed:
                label = columns[name].column_name
                draft.fault(name, f"{number}已进入整改台账，{label}要在台账里办理，不能由表格修改。")
