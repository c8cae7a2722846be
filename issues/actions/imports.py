"""All kinds of workbook the product takes in: those of the lower app and, as they are built, those of this one."""

from campaigns.actions.imports import IMPORTERS as LOWER
from campaigns.actions.imports import Importer

IMPORTERS: dict[str, Importer] = {**LOWER}

# Kinds of contract §2 that later issues build; until then they answer with a sentence.
LATER: dict[str, str] = {
    "problems": "问题清单",
    "demands": "需求清单",
    "measures": "解决措施清单",
}
