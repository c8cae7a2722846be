"""A paper as JSON and back, so that an issued one is kept word by word (frozen). Pure."""

from dataclasses import asdict
from datetime import date

from reports.papers.document import Attachment, Bars, Document, Heading, Lines, Paragraph, Table

_BLOCKS = {kind.__name__: kind for kind in (Heading, Paragraph, Table, Bars, Lines)}

_MANY = (list, tuple)  # lists once kept; before that the rows of a table are the tuples they are


def to_json(document: Document) -> dict:
    """The document as plain values; blocks carry their kind."""
    plain = asdict(document) | {
        "blocks": _listed(document.blocks),
        "attachments": [{"name": one.name, "blocks": _listed(one.blocks)} for one in document.attachments],
        "on": document.on and document.on.isoformat(),
    }
    return plain


def _listed(blocks) -> list[dict]:
    return [{"kind": type(block).__name__, **asdict(block)} for block in blocks]


def from_json(plain: dict) -> Document:
    """The document `to_json` was given."""
    attachments = tuple(Attachment(one["name"], _blocks(one["blocks"])) for one in plain["attachments"])
    on = date.fromisoformat(plain["on"]) if plain["on"] else None
    values = plain | {"blocks": _blocks(plain["blocks"]), "attachments": attachments, "on": on}
    return Document(**values | {name: tuple(plain.get(name, ())) for name in ("listed", "signing")})


def _blocks(plain: list[dict]) -> tuple:
    return tuple(_BLOCKS[one["kind"]](**_frozen(one)) for one in plain)


def _frozen(block: dict) -> dict:
    """Lists as the tuples they were."""
    return {name: _tuple(value) for name, value in block.items() if name != "kind"}


def _tuple(value):
    return tuple(_tuple(one) for one in value) if isinstance(value, list) else value


def said(plain) -> str:
    """All words of a paper's JSON in one string."""
    if isinstance(plain, str):
        return plain
    values = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, _MANY) else ()
    return "\n".join(said(value) for value in values)


def masked(plain, names: list[str]):
    """The same JSON with each of `names` as 姓 + 某 (domain.md §4.6); longer names first."""
    if isinstance(plain, str):
        for name in sorted(names, key=len, reverse=True):
            plain = plain.replace(name, f"{name[0]}某")
        return plain
    if isinstance(plain, _MANY):
        return [masked(value, names) for value in plain]
    if isinstance(plain, dict):
        return {key: masked(value, names) for key, value in plain.items()}
    return plain
