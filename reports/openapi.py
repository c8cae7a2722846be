"""/api/v1/openapi.json: made from the same declarations as pages and workbooks, so that it can't say something else.

OpenAPI 3.1. Field names are the lists' own headers, which is what the users' documents call them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from campaigns.ground.table import Column
from reports.filter_words import FILTER_NAMES

VERSION = "1.0"
_TYPES: dict[str, dict[str, Any]] = {
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "number": {"type": ["number", "null"]},
}
_TEXT = {"type": ["string", "boolean", "null"]}
_INTEGER = {"type": "integer"}


def document(lists: Iterable[tuple[str, str, Iterable[Column]]], *, base: str) -> dict[str, Any]:
    """The description of the interface. lists: (key, label, columns) of each list; base: address of /api/v1/."""
    lists = list(lists)
    paths = {f"{base}{key}/": _path(key, label) for key, label, _ in lists}
    paths[f"{base}figures/"] = {"get": _operation("figures", "全部指标", "Figures", [])}
    schemas = {key: _schema(label, columns) for key, label, columns in lists}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "走流程、解难题、优服务 数据接口",
            "version": VERSION,
            "description": "只读。用系统账号登录后使用（会话 Cookie）；看到的范围、筛选条件和打码与页面、导出完全一致。",
        },
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Figures": _figures(), "Error": _error()},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "sessionid"}},
        },
        "security": [{"session": []}],
    }


def _path(key: str, label: str) -> Mapping[str, Any]:
    return {"get": _operation(key, label, key, _parameters(), paged=True)}


def _operation(
    key: str, label: str, schema: str, parameters: list[dict], *, paged: bool = False
) -> dict[str, Any]:
    inner: dict[str, Any] = {"$ref": f"#/components/schemas/{schema}"}
    return {
        "operationId": key,
        "summary": label,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": label,
                "content": {"application/json": {"schema": _page(inner) if paged else inner}},
            },
            **{
                code: {
                    "description": words,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                }
                for code, words in (
                    ("401", "没有登录或登录已过期"),
                    ("403", "当前身份不能查看"),
                    ("404", "没有这个清单"),
                )
            },
        },
    }


def _parameters() -> list[dict]:
    """The pages' own filters; one that a list doesn't know is ignored there as on its page."""
    filters = [
        {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}
        for name, words in FILTER_NAMES.items()
        if name != "picked"
    ]
    return [
        *filters,
        {"name": "page", "in": "query", "description": "第几页", "schema": {**_INTEGER, "minimum": 1}},
        {
            "name": "page_size",
            "in": "query",
            "description": "每页条数，默认 20",
            "schema": {**_INTEGER, "minimum": 1, "maximum": 200},
        },
    ]


def _page(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["count", "page", "pages", "results"],
        "properties": {
            "count": _INTEGER,
            "page": _INTEGER,
            "pages": _INTEGER,
            "results": {"type": "array", "items": row},
        },
    }


def _schema(label: str, columns: Iterable[Column]) -> dict[str, Any]:
    fields = {column.label: _TYPES.get(column.kind, _TEXT) for column in columns}
    own = {"pk": _INTEGER, "url": {"type": "string"}}
    return {"type": "object", "title": label, "properties": own | fields}


def _figures() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": ["integer", "null"]}
    line = {
        "key": text,
        "label": text,
        "definition": text,
        "numerator": _INTEGER,
        "denominator": number,
        "text": text,
    }
    results = {"type": "array", "items": {"type": "object", "properties": line}}
    return {"type": "object", "properties": {"on": {"type": "string", "format": "date"}, "results": results}}


def _error() -> dict[str, Any]:
    return {"type": "object", "properties": {"error": {"type": "string"}}}
