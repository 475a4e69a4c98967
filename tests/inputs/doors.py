"""Bad values for the doors that a program uses: each argument of the public names, with what it may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from tests.inputs.cases import Case
from tests.inputs.fields import BASE

VALUES: tuple[tuple[str, Any], ...] = (
    ("nan", math.nan), ("infinity", math.inf), ("minus infinity", -math.inf), ("minus one", -1), ("minus a half", -0.5),
    ("minus zero", -0.0), ("one and a half", 1.5), ("two as a float", 2.0), ("true", True), ("None", None), ("digits", "5"), ("word", "lots"),
    ("empty text", ""), ("bytes", b"5"), ("list", [1]), ("empty list", []), ("table", {"value": 1}), ("object", object()),
    ("2^31", 2**31), ("2^53 + 1", 2**53 + 1), ("2^63", 2**63), ("2^64", 2**64), ("400 digits", 10**400), ("5000 digits", 10**5000),
    ("complex", 1j), ("decimal nan", Decimal("NaN")), ("decimal", Decimal("1.5")), ("numpy nan", np.float64("nan")),
    ("numpy infinity", np.float32("inf")), ("array", np.array([1.0, 2.0])), ("numpy true", np.True_), ("type", int),
)  # fmt: skip
PATHS: tuple[tuple[str, Any], ...] = (
    ("nowhere", "nowhere/at/all.toml"), ("upwards", "../../../../x.toml"), ("empty", ""), ("folder", "."), ("root", "/"), ("device", "/dev/zero"),
    ("nul", "a\0b.toml"), ("long", "x" * 5000), ("dash", "-rf"), ("home", "~"), ("formula", "=cmd()"), ("surrogate", "\udcff.toml"),
    ("markup", "<script>.toml"), ("None", None), ("number", 5), ("true", True), ("bytes", b"x.toml"), ("list", ["x.toml"]), ("nan", math.nan),
    ("newline", "a\nb.toml"), ("right-to-left override", "a\u202eb.toml"), ("own executable", "/proc/self/exe"), ("object", object()),
)  # fmt: skip


@dataclass(frozen=True)
class Argument:
    """A number that a call takes: from ``low`` to ``high`` (``above`` and ``below`` leave the ends out), whole or not."""

    name: str
    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    above: bool = False
    also: tuple[str, ...] = ()

    def allows(self, value: Any) -> bool:
        """Whether a value is such a number."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number | Fraction):
            return False
        if isinstance(value, float | np.floating) and not math.isfinite(value):
            return False
        if isinstance(value, int) and value > 10**300:
            return False
        number = Fraction(value)
        inside = number >= self.low and number <= self.high
        return inside and (not self.above or number > self.low) and (not self.whole or number.denominator == 1)


def _calls(door: str, argument: Argument, call: Callable[[Any], object]) -> Iterator[Case]:
    for kind, value in VALUES:
        legal = argument.allows(value)
        yield Case(door, argument.name, kind, lambda value=value: call(value), legal, (argument.name, *argument.also))


def _population() -> Iterator[Case]:
    import seedsoil as ss

    def draw(**changed: Any) -> Callable[[Any], object]:
        def call(value: Any) -> object:
            given: dict[str, Any] = {
                "founders": 10, "segments": [(0.2, 0.1, 10.0)], "immigration": 0.1, "batch": 2, "resets": [(2.0, 5)],
                "times": [1.0, 5.0], "runs": 2, "seed": 1,
            }  # fmt: skip
            given |= {name: put(value) for name, put in changed.items()}
            founders, segments = given.pop("founders"), given.pop("segments")
            return ss.sample_population(founders, segments, **given)

        return call

    plain: Callable[[Any], Any] = lambda value: value  # noqa: E731
    known = (
        (Argument("founders", 0, 2**53, whole=True), {"founders": plain}), (Argument("runs", 1, 10**8, whole=True), {"runs": plain}),
        (Argument("seed", 0, 2**64 - 1, whole=True), {"seed": plain}), (Argument("batch", 1, 10**12, whole=True), {"batch": plain}),
        (Argument("immigration", 0, 2e6), {"immigration": plain}),
        (Argument("segments[0] birth", 0, 10.1, also=("segments[0] multiplies",)), {"segments": lambda value: [(value, 0.1, 10.0)]}),
        (Argument("segments[0] death", 0), {"segments": lambda value: [(0.2, value, 10.0)]}),
        (Argument("segments[0] days", 5, 1000, also=("segments[0] multiplies", "times[1]", "resets[0] day")), {"segments": lambda value: [(0.2, 0.1, value)]}),
        (Argument("resets[0] day", 0, 10), {"resets": lambda value: [(value, 5)]}),
        (Argument("resets[0] cells", 0, 2**53, whole=True), {"resets": lambda value: [(2.0, value)]}),
        (Argument("times[0]", 0, 4.9, also=("times[1]",)), {"times": lambda value: [value, 5.0]}),
    )  # fmt: skip
    for argument, changes in known:
        yield from _calls("sample_population", argument, draw(**changes))
    for name in ("segments", "resets", "times"):
        for kind, value in VALUES:
            legal = name == "resets" and isinstance(value, list | dict) and not value
            legal |= name == "times" and kind in ("list", "array")
            yield Case(
                "sample_population",
                name,
                kind,
                lambda name=name, value=value: draw(**{name: plain})(value),
                legal,
                (name,),
            )


def _kinetics() -> Iterator[Case]:
    import seedsoil as ss
    from seedsoil.biology.medicine.kinetics import Dose, Exponentials

    body = Exponentials.one_compartment(2.0, 10.0)
    for argument, make in (
        (Argument("clearance", 0, above=True), lambda value: Exponentials.one_compartment(value, 10.0)),
        (Argument("volume", 0, above=True), lambda value: Exponentials.one_compartment(2.0, value)),
        (Argument("intercompartmental_clearance", 0, above=True), lambda value: Exponentials.two_compartment(2.0, 10.0, value, 5.0)),
        (Argument("ka", 0, above=True), body.absorbed),
        (Argument("bioavailability", 0), lambda value: body.absorbed(3.0, value)),
        (Argument("half_life_days", 0, above=True), body.effect_site),
        (Argument("rates[0]", 0, above=True), lambda value: Exponentials((1.0,), (value,))),
    ):  # fmt: skip
        yield from _calls(
            "concentration", argument, lambda value, make=make: ss.concentration(make(value), [Dose(0.0, 5.0)], [1.0])
        )
    for argument, name, more in (
        (Argument("time", -math.inf), "time", {}), (Argument("amount", 0), "amount", {}), (Argument("duration", 0), "duration", {}),
        (Argument("rate", 0), "rate", {}), (Argument("lag", 0), "lag", {}), (Argument("bioavailability", 0), "bioavailability", {}),
        (Argument("every", 0, above=True), "every", {"additional": 2}), (Argument("additional", 0, 2**31, whole=True), "additional", {"every": 1.0}),
    ):  # fmt: skip
        for case in _calls(
            "concentration", argument,
            lambda value, name=name, more=more: ss.concentration(body, [Dose(**({"time": 0.0, "amount": 5.0} | more | {name: value}))], [1.0]),
        ):  # fmt: skip
            if not (name == "additional" and case.legal and case.kind == "2^31"):  # legal, and 2^31 doses to be summed
                yield case
    for kind, value in VALUES:
        yield Case("concentration", "times", kind, lambda value=value: ss.concentration(body, [Dose(0.0, 5.0)], value),
                   kind in ("list", "empty list", "array") or Argument("times", -math.inf).allows(value), ("times",))  # fmt: skip
        yield Case(
            "concentration",
            "model",
            kind,
            lambda value=value: ss.concentration(value, [Dose(0.0, 5.0)], [1.0]),
            False,
            ("model",),
        )
        if kind != "empty list":
            yield Case(
                "concentration",
                "doses",
                kind,
                lambda value=value: ss.concentration(body, value, [1.0]),
                False,
                ("dose",),
            )


def _studies(folder: Path) -> Iterator[Case]:
    import seedsoil as ss
    from seedsoil.trial.study.file import shipped

    study = ss.Study.read(BASE)
    plan = study.plan()
    for argument, change in (
        (Argument("study.patients", 1, 10_000_000, whole=True), lambda value: study.with_changes(patients=value)),
        (Argument("study.seed", 0, 2**63 - 1, whole=True), lambda value: study.with_changes(seed=value)),
    ):
        for kind, value in VALUES:
            legal = value is None or (argument.allows(value) and isinstance(value, int))
            yield Case(
                "with_changes",
                argument.name,
                kind,
                lambda value=value, change=change: change(value),
                legal,
                (argument.name,),
            )
    for kind, value in VALUES:
        yield Case("run", "study", kind, lambda value=value: ss.run(value), False, ("study",))
        yield Case("simulate", "plan", kind, lambda value=value: ss.simulate(value, "acts"), False, ("plan",))
        yield Case("simulate", "arm", kind, lambda value=value: ss.simulate(plan, value), False, ("arm",))
        if not (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 8):
            yield Case(
                "simulate", "number", kind, lambda value=value: ss.simulate(plan, "acts", value), False, ("patient",)
            )
        if not (value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1)):
            yield Case("run", "workers", kind, lambda value=value: ss.run(study, workers=value), False, ("workers",))
        if not isinstance(value, str | type(None)):
            yield Case("run", "out", kind, lambda value=value: ss.run(study, out=value), False, ("out",))
        if not isinstance(value, str | bytes):
            yield Case("Study.read", "text", kind, lambda value=value: ss.Study.read(value), False, ("text",))
        yield Case(
            "Study.from_tables",
            "table",
            kind,
            lambda value=value: ss.Study.from_tables(value),
            False,
            ("table", "unknown key", "missing"),
        )
        yield Case("shipped", "name", kind, lambda value=value: shipped(value), False, ("shipped study",))
        yield Case("show", "result", kind, lambda value=value: ss.show(value), False, ("no picture of",))
    for kind, value in PATHS:
        given = str(folder / value) if kind in ("nowhere", "dash", "home", "formula", "markup", "newline") else value
        yield Case("Study.load", "path", kind, lambda given=given: ss.Study.load(given), False, ("",))
    for place, value in (
        ("patients", 10**5000),
        ("patients", np.int64(5)),
        ("until", 10**5000),
        ("seed", object()),
        ("title", {1: 2}),
        ("title", b"x"),
    ):
        table: dict[str, Any] = {"study": {place: value}}
        yield Case(
            "Study.from_tables",
            place,
            type(value).__name__,
            lambda table=table: ss.Study.from_tables(table),
            False,
            (f"study.{place}",),
        )


def door_cases(folder: Path) -> Iterator[Case]:
    """Yield every case of the doors of Python; ``folder`` is where nothing lies."""
    yield from _population()
    yield from _kinetics()
    yield from _studies(folder)
