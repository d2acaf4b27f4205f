"""The case schema as JSON Schema: for editors, for the documentation, and for the reader's own hints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]


def json_schema() -> Node:
    """Return the JSON Schema (draft 2020-12) of a case file.

    >>> json_schema()["properties"]["rival"]["description"]
    'The actor against whom unity is asked for.'
    """
    from detente.cases.schema import Case

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Case.model_json_schema(mode="validation"),
    }


def node_at(schema: Node, path: Sequence[str | int], data: Any) -> Node:
    """Return the part of `schema` that describes `path` in `data`, or an empty node where there is none.

    Where the schema leaves a choice, `data` decides: by its discriminating key, or by its type.
    """
    node = _chosen(schema, schema, data)
    for step in path:
        node = _below(node, step)
        data = _value(data, step)
        node = _chosen(schema, node, data)
    return node


def _value(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _below(node: Node, step: str | int) -> Node:
    if isinstance(step, int):
        ahead = node.get("prefixItems", [])
        found = ahead[step] if step < len(ahead) else node.get("items", {})
    else:
        listed = [*node.get("patternProperties", {}).values(), node.get("additionalProperties", {})]
        found = node.get("properties", {}).get(step, listed[0])
    return found if isinstance(found, dict) else {}


def _chosen(schema: Node, node: Node, data: Any) -> Node:
    """Follow references and choices until a node with a shape of its own; keep the outermost description."""
    described = {"description": node["description"]} if "description" in node else {}
    while True:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        elif "discriminator" in node:
            tag = data.get(node["discriminator"]["propertyName"]) if isinstance(data, dict) else None
            chosen = node["discriminator"]["mapping"].get(tag) if isinstance(tag, str) else None
            if chosen is None:
                return {**node, **described}
            node = {"$ref": chosen}
        elif "anyOf" in node or "oneOf" in node:
            options = [
                _chosen(schema, each, data) for each in [*node.get("anyOf", ()), *node.get("oneOf", ())]
            ]
            node = _joined([each for each in options if _fits(each, data)] or options[:1])
        else:
            return {**node, **described}


def _joined(options: list[Node]) -> Node:
    """Return the first option; where several are sections, with the keys of all of them."""
    sections = [each["properties"] for each in options if "properties" in each]
    if len(sections) < 2:
        return options[0]
    return {"type": "object", "properties": {key: part for each in sections for key, part in each.items()}}


def _fits(node: Node, data: Any) -> bool:
    kinds = {dict: "object", list: "array", str: "string", int: "integer", float: "number", bool: "boolean"}
    return bool(node.get("type") == kinds.get(type(data), "null"))


def field_rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield (section, key, default, description) for each key of a case file, for the documentation."""
    schema = json_schema()
    for section, node in [("Case", schema), *schema["$defs"].items()]:
        needed = node.get("required", [])
        for key, part in node.get("properties", {}).items():
            default = "required" if key in needed else str(part.get("default", ""))
            yield section, key, default, part.get("description", "")
