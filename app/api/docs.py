"""`/docs`: the OpenAPI document as a page, without scripts and without anything from elsewhere."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

# The page has nothing but text and one style.
POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
}
METHODS = ("get", "post", "put", "patch", "delete")
router = APIRouter()
_TEMPLATES = Environment(
    loader=PackageLoader("app", "api"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse(docs_page(request.app.openapi()), headers=POLICY)


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    schema: str | None
    """The one of our own schemas that it has, or has many of."""
    required: bool
    told: str


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    told: str
    parameters: list[Field]
    body: list[Field]
    """One for each content type."""
    answers: list[Field]
    curl: str


def docs_page(document: dict[str, Any]) -> str:
    by_tag: defaultdict[str, list[Operation]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                by_tag[methods[method]["tags"][0]].append(to_operation(path, method, methods[method]))
    schemas = {name: list(fields(schema)) for name, schema in sorted(document["components"]["schemas"].items())}
    page = _TEMPLATES.get_template("docs.html")
    return page.render(info=document["info"], operations=by_tag, schemas=schemas)


def to_operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    content = said.get("requestBody", {}).get("content", {})
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        told=said.get("description") or said.get("summary", ""),
        parameters=[parameter(one) for one in said.get("parameters", ())],
        body=[field(media, one.get("schema", {}), True, "") for media, one in content.items()],
        answers=[answer(status, one) for status, one in sorted(said["responses"].items())],
        curl=curl(path, method, content),
    )


def parameter(said: dict[str, Any]) -> Field:
    told = said.get("description") or f"in the {said['in']}"
    return field(said["name"], said["schema"], said.get("required", False), told)


def answer(status: str, said: dict[str, Any]) -> Field:
    media, content = next(iter(said.get("content", {}).items()), ("", {}))
    kind, schema = kind_of(content.get("schema", {}))
    return Field(status, " ".join(filter(None, (media, kind))), schema, False, said["description"])


def fields(schema: dict[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield field(name, one, name in required, one.get("description", ""))


def field(name: str, schema: dict[str, Any], required: bool, told: str) -> Field:
    kind, known = kind_of(schema)
    return Field(name, kind, known, required, told)


def kind_of(schema: dict[str, Any]) -> tuple[str, str | None]:
    """In words, and the schema of ours in it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return joined([kind_of(one) for one in schema[several]])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(one) for one in schema.get("enum", [schema.get("const")])), None
    if schema.get("type") == "array":
        kind, known = kind_of(schema.get("items", {}))
        return f"list of {kind or 'anything'}", known
    return schema.get("format") or schema.get("type", ""), None


def joined(kinds: list[tuple[str, str | None]]) -> tuple[str, str | None]:
    return " | ".join(kind for kind, _ in kinds), next((known for _, known in kinds if known), None)


def curl(path: str, method: str, content: dict[str, Any]) -> str:
    """To be copied, with `$S` for the address of the server and `$KEY` for the key."""
    words = ['curl -H "Authorization: Bearer $KEY"'] if path.startswith("/v1/") else ["curl"]
    if method not in ("get", "put"):
        words.append(f"-X {method.upper()}")
    if "application/json" in content:
        words.append("-H 'Content-Type: application/json' -d @body.json")
    elif content:
        words.append("-T archive.zip")
    if path.endswith("/events"):
        words.append("-N")
    return " ".join([*words, f'"$S{path}"'])
