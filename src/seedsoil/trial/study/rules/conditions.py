"""Conditions on what was seen, read from a study file and written back: { stage = ["II"], metastases = "<= 3" }."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from seedsoil.experiment.orders.condition import Comparison, Condition, Sign
from seedsoil.foundation.errors import UnitError, did_you_mean
from seedsoil.foundation.units import read
from seedsoil.observe.response import RESPONSES
from seedsoil.trial.study.reader import TOO_NEAR_ZERO, Reader, is_too_near_zero, known_or, shown
from seedsoil.trial.study.rules.setting import Setting

__all__ = ["CONDITION_KEYS", "condition_table", "read_condition"]

_TNM = ("stage", "t", "n", "m")
CONDITION_KEYS = (*_TNM, "response", "sites", "metastases", "largest", "ctc", "resistance")
#: More than these are a slip of the pen.
_MOST = {"metastases": 1000.0, "largest": 500.0, "ctc": 1e6, "share": 1.0}
_SIGNS = get_args(Sign)
_BOUND = re.compile(r"\s*(>=|<=|>|<|=)\s*(.+)")
_EXAMPLE = '{ stage = ["II", "III"] } or { metastases = "<= 3" }'


def read_condition(reader: Reader, given: object, place: str, setting: Setting) -> Condition | None:
    """Return a condition, or None after a fault."""
    before = len(reader.faults)
    if not isinstance(given, dict):
        reader.fault(place, f"{shown(given)} is no condition; write a table, for example {_EXAMPLE}")
        return None
    table = reader.table(given, place, CONDITION_KEYS)
    if not given:
        reader.fault(place, f"is empty; say what must have been seen, for example {_EXAMPLE}")
    found: dict[str, Any] = {}
    for key, item in table.items():
        here = f"{place}.{key}"
        if key in _TNM:
            found[key] = _category(reader, item, here, key, setting)
        elif key == "response":
            found[key] = _one_of(reader, item, here, RESPONSES, "a response")
        elif key == "sites":
            found[key] = _one_of(reader, item, here, tuple(setting.organs), f"an organ of the {setting.host.name}")
        elif key == "resistance":
            found[key] = _shares(reader, item, here, setting)
        else:
            found[key] = _bound(reader, item, here, "mm" if key == "largest" else "1", _MOST[key], _EXAMPLES[key])
    return Condition(**found) if len(reader.faults) == before else None


_EXAMPLES = {
    "metastases": '"<= 3"', "largest": '"<= 50 mm"', "ctc": '">= 5"', "share": '">= 10 %"',
}  # fmt: skip


def _category(reader: Reader, given: object, place: str, kind: str, setting: Setting) -> tuple[str, ...]:
    """Return stages, or categories of T, N or M; what a category is part of stands for all of its parts."""
    tumour = setting.tumour
    if tumour is None:
        return ()
    if setting.healthy:
        reader.fault(place, 'there is no primary to be staged, for diagnosis.primary is "none"; leave it out')
        return ()
    if kind == "m":
        return _one_of(reader, given, place, ("M0", "M1"), "a category of M")
    if tumour.staging is None:
        reader.fault(place, f"the tumour {tumour.name} is not staged by size; ask for metastases or m instead")
        return ()
    what = "a stage" if kind == "stage" else f"a category of {kind.upper()}"
    return _one_of(reader, given, place, tumour.staging.words[kind], f"{what} of the {tumour.name}")


def _one_of(reader: Reader, given: object, place: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return a list of names that is not empty."""
    if given == []:
        reader.fault(place, f"is empty; name at least one, for example [{shown(known[0])}]")
    return reader.choices(given, place, known, what)


def _shares(reader: Reader, given: object, place: str, setting: Setting) -> tuple[tuple[str, Comparison], ...]:
    """Return bounds on the share of a biopsy's cells that have each mechanism."""
    known = [] if setting.tumour is None else [mechanism.name for mechanism in setting.tumour.mechanisms]
    example = f'{{ {known[0] if known else "target"} = ">= 10 %" }}'
    if not isinstance(given, dict):
        reader.fault(place, f"{shown(given)} is not a table; name mechanisms and bounds, for example {example}")
        return ()
    if not given:
        reader.fault(place, f"is empty; name at least one mechanism, for example {example}")
    found = []
    for name, item in given.items():
        here = reader.place(place, name)
        if name not in known:
            hint = did_you_mean(name[:40], known)
            reader.fault(here, f"is no mechanism of the tumour.{known_or(hint, known)}")
            continue
        bound = _bound(reader, item, here, "1", _MOST["share"], _EXAMPLES["share"])
        if bound is not None:
            found.append((name, bound))
    return tuple(found)


def _bound(reader: Reader, given: object, place: str, unit: str, most: float, example: str) -> Comparison | None:
    """Return a comparison: a sign and a number."""
    match = _BOUND.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        signs = ", ".join(_SIGNS)
        reader.fault(
            place, f"{shown(given)} is no bound; write one of {signs} and a number in quotes, such as {example}"
        )
        return None
    try:
        number = read(match[2], unit)
    except UnitError:
        reader.fault(
            place, f"{shown(given)} does not end with a number{' in mm' if unit == 'mm' else ''}; write {example}"
        )
        return None
    if not 0.0 <= number <= most:
        reader.fault(place, f"{shown(given)} asks for a number outside 0 to {most:g}{' mm' if unit == 'mm' else ''}")
        return None
    if is_too_near_zero(number):
        reader.fault(place, f"{shown(given)} {TOO_NEAR_ZERO}")
        return None
    sign: Sign = next(each for each in _SIGNS if each == match[1])
    bound = Comparison(sign, number + 0.0)
    if (sign == "<" and number <= 0.0) or (sign == ">" and most == 1.0 and number >= most):
        reader.fault(place, f"{shown(given)} can never be; write {example}")
    return bound


_WRITE: Mapping[str, Callable[[Any], Any]] = {
    "metastases": lambda bound: bound.written(),
    "largest": lambda bound: bound.written("mm"),
    "ctc": lambda bound: bound.written(),
    "resistance": lambda shares: {name: bound.written() for name, bound in shares},
}


def condition_table(condition: Condition) -> dict[str, Any]:
    """Return a condition as the table that it is read from."""
    held = {key: getattr(condition, key) for key in CONDITION_KEYS}
    return {key: _WRITE.get(key, list)(item) for key, item in held.items() if item}
