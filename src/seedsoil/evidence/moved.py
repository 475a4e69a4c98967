"""One number of a study moved to an end of its range, and all else left: what a claim's parameters are measured by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seedsoil.catalogue.numbers import numbers_in
from seedsoil.evidence.claim import Move
from seedsoil.foundation.value import Value
from seedsoil.trial.study.file import Study

__all__ = ["moved_tables"]

_FREE = "1"


def moved_tables(tables: Mapping[str, Any], study: Study, move: Move) -> dict[str, Any]:
    """Return a study's tables with the number moved; as they were, where the study has no such number with a range."""
    value = dict(_numbers(study)).get(move.path)
    end = None if value is None else value.low if move.end == "lowest" else value.high
    if value is None or end is None or end == value.number:
        return dict(tables)
    move.seen["stands"], move.seen["goes"] = _said(value.number, value.unit), _said(end, value.unit)
    return _with(tables, move.path.split("."), move.seen["goes"])


def _numbers(study: Study) -> Iterator[tuple[str, Value]]:
    """Yield every number of a study with its path."""
    yield from numbers_in(study.tumour, "tumour")
    yield from numbers_in(study.host, "host")
    yield from numbers_in(study.vessels, "vessels")
    for soil in study.host.soils:
        yield from numbers_in(soil, f"soils.{soil.name}")
    for name, agent in study.agents.items():
        yield from numbers_in(agent, f"agents.{name}")


def _said(number: float, unit: str) -> str:
    return f"{number:.12g}" if unit == _FREE else f"{number:.12g} {unit}"


def _with(tables: Mapping[str, Any], place: list[str], text: str) -> dict[str, Any]:
    """Return tables in which what stands at a place is a text; those on the way there are copied or made."""
    key, deeper = place[0], place[1:]
    inner = tables.get(key, {})
    return {**tables, key: _with(inner if isinstance(inner, Mapping) else {}, deeper, text) if deeper else text}
