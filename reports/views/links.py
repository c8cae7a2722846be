"""Numbers that lead to their lists: the address carries the same filter the number was counted by (contract §3)."""

from django.urls import reverse
from django.utils.http import urlencode

from reports.figures import UnitLine

LIGHTS = ("红", "黄", "绿", "审核中", "逾期办结", "已办结", "暂停", "—")


def ledger_url(**query: str) -> str:
    """The ledger list under these filters; names and words as in contract §3."""
    return f"{reverse('ledger_list')}?{urlencode(query)}"


def lights_table(lines: list[UnitLine], campaign: str) -> dict:
    """Units × lights. `heads`: the words; `rows`: a unit's label, its cells (number, address) and total;
    `sums`: the last row. An address is empty where the number is 0.
    """
    rows = [
        {
            "label": line.label,
            "url": ledger_url(organization=line.code, campaign=campaign),
            "cells": [
                _cell(line.lights[word], organization=line.code, light=word, campaign=campaign)
                for word in LIGHTS
            ],
            "total": line.total,
            "share": line.share,
        }
        for line in lines
    ]
    sums = [_cell(sum(line.lights[word] for line in lines), light=word, campaign=campaign) for word in LIGHTS]
    return {"heads": LIGHTS, "rows": rows, "sums": sums, "total": sum(line.total for line in lines)}


def _cell(number: int, **query: str) -> dict:
    label = "未计时" if query["light"] == "—" else query["light"]
    return {"label": label, "number": number, "url": ledger_url(**query) if number else ""}
