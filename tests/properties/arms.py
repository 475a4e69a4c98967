"""What the tests of procedures and of regimens share: two arms held against each other, and what was told of one."""

from __future__ import annotations

from typing import Any

from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Course, Resect, Scan
from tests.properties.examples import same

SURGERY, SCANS = (Resect("primary", 14.0),), (Scan(28.0, 21.0),)
FLUOROURACIL = {"fluorouracil": entry("agents", "fluorouracil")}


def assumed(number: float, unit: str = "1") -> dict[str, Any]:
    """A number as a study file would give it."""
    return {"value": number, "unit": unit, "grade": "assumed", "source": "assumed"}


def differing(tables: dict[str, dict[str, Any]], one: str, other: str) -> set[str]:
    """Columns of the tables about the tumour in which two arms differ."""
    found = set()
    for name in ("patients", "lesions", "clones"):
        table = tables[name]
        first, second = table["arm"] == one, table["arm"] == other
        assert first.sum() == second.sum() > 0 or name != "patients"
        for column, values in table.items():
            if column != "arm" and not same(values[first], values[second]):
                found.add(f"{name}.{column}")
    return found


def told_of(tables: dict[str, dict[str, Any]], arm: str, kind: str) -> list[str]:
    """Words of all events of a kind in an arm."""
    events = tables["events"]
    return [str(words) for words in events["detail"][(events["arm"] == arm) & (events["kind"] == kind)]]


def fluorouracil(**changes: Any) -> Course:
    """A course that works: 3 g a week from day 42 on, changed as told."""
    fields: dict[str, Any] = {"agent": "fluorouracil", "amount_mg": 3000.0, "route": "iv", "start": 42.0, "every": 7.0}
    return Course(**(fields | changes))
