"""The JSON Schema of scene files, for editors that complete and check them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.catalogue.load import names
from seedsoil.scene.text import Scene

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scene files.

    A substance or kind of cell is what a scene changes of its entry: any of its keys, ``is``, and for cells ``more_rules``.
    """
    schema: dict[str, Any] = Scene.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    for kind, noun in (("substances", Substance), ("cells", CellKind)):
        change, inner = _change(noun, kind)
        definitions |= inner
        if kind == "cells":
            change["properties"]["more_rules"] = {"type": "array", "items": {"$ref": "#/$defs/Rule"}}
        schema["properties"][kind] = {"type": "object", "additionalProperties": change}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", **schema,
        "title": "A scene of tissue",
    }  # fmt: skip


def _change(noun: type[BaseModel], kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a scene may say of an entry, and the definitions that it needs."""
    schema = noun.model_json_schema()
    inner = schema.pop("$defs", {})
    properties = {name: each for name, each in schema["properties"].items() if name != "name"}
    base = {"type": "string", "enum": ["", *names(kind)]}
    change = {"type": "object", "properties": {"is": base, **properties}, "additionalProperties": False}
    return change, inner
