"""What was found (lists), how far it has come (ledger), and who looked again (inspections)."""

from issues.models.clues import Clue, ClueEntry, ClueOutcome, ClueSetting, HallHours
from issues.models.collections import CollectedFile, Collection
from issues.models.draws import Draw, DrawItem
from issues.models.history import ItemEvidence, LedgerEntry
from issues.models.inspections import FollowUp, FollowUpAttempt
from issues.models.ledger import LedgerItem
from issues.models.lists import Demand, Problem
from issues.models.measures import Measure, MeasureDemand, MeasureProblem, MeasureStep
from issues.models.meetings import Decision, Meeting, Shift, ShiftedDate
from issues.models.recurrences import Recurrence
from issues.models.requests import Consent, Extension, Verification
from issues.models.selfchecks import CorrectedAnswer, SelfCheck, SelfCheckRound

__all__ = [
    "Clue",
    "CollectedFile",
    "Collection",
    "ClueEntry",
    "ClueOutcome",
    "ClueSetting",
    "Consent",
    "CorrectedAnswer",
    "Decision",
    "Demand",
    "Draw",
    "DrawItem",
    "Extension",
    "FollowUp",
    "FollowUpAttempt",
    "HallHours",
    "ItemEvidence",
    "LedgerEntry",
    "LedgerItem",
    "Measure",
    "MeasureDemand",
    "MeasureProblem",
    "MeasureStep",
    "Meeting",
    "Problem",
    "Recurrence",
    "SelfCheck",
    "SelfCheckRound",
    "Shift",
    "ShiftedDate",
    "Verification",
]
