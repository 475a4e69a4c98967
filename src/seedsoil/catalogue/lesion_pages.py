"""The pages of the handbook on what a block of tissue is made of: substances, and kinds of cell with their rules."""

from __future__ import annotations

from collections.abc import Iterator

from seedsoil.biology.lesion.cell import CellKind, Mechanism
from seedsoil.biology.lesion.rule import Rule
from seedsoil.biology.lesion.substance import Substance
from seedsoil.catalogue.sections import Section, numbers, row
from seedsoil.foundation.units import write

__all__ = ["cell", "substance", "told"]

_WALLS = {
    "open": "Perfused vessels hold its level in the tissue beside them.",
    "leaky": "The walls of vessels let it through as far as they leak.",
    "closed": "It neither enters nor leaves by vessels.",
}
_SEES = ("Its attack kills what shows antigen, as far as it is shown.",)


def substance(noun: Substance) -> Iterator[Section]:
    """Yield the sections of a substance."""
    time = "Its field is at rest for cells" if noun.time == "at rest" else "Its field takes as long as cells do"
    steps = "every step" if noun.every == 1 else f"every {noun.every} steps"
    yield Section("In tissue", (f"{_WALLS[noun.wall]} {time}, and is solved for {steps}.",), numbers(noun))


def cell(noun: CellKind) -> Iterator[Section]:
    """Yield the sections of a kind of cell."""
    yield Section("What it does unasked", (), numbers(noun))
    for verb in ("uptake", "secretion", "attraction"):
        yield Section(verb.capitalize(), (), tuple(row(name, value) for name, value in getattr(noun, verb).items()))
    yield Section("Its rules", (*_SEES[: noun.by_antigen], *(told(rule) for rule in noun.rules)))
    for mechanism in noun.mechanisms:
        folds = tuple(row(f"fold against {name}", value) for name, value in mechanism.against.items())
        folds += tuple(row(f"times its {name}", value) for name, value in mechanism.changes.items())
        yield Section(f"A heritable trait: {mechanism.name}", (), (*numbers(mechanism), *folds))


def carrying(mechanism: Mechanism) -> str:
    """Return what a clone that carries a mechanism is, as a sentence."""
    parts = [f"needs {float(fold):g} times the level of {name}" for name, fold in mechanism.against.items()]
    parts += [f"has {float(times):g} times the {name}" for name, times in mechanism.changes.items()]
    if float(mechanism.cost) > 0.0:
        parts.append(f"divides {float(mechanism.cost):.0%} less")
    often = f"arises in {float(mechanism.probability):g} of divisions"
    return f"a clone with {mechanism.name} {', '.join(parts) or 'is like its kind'}; it {often}."


def told(rule: Rule) -> str:
    """Return a rule as a sentence."""
    what = f"adds up to {_amount(rule)} to" if rule.raises else f"takes up to {_amount(rule)} from"
    words = f"{rule.signal} {what} {rule.behaviour}, half of that at {_level(rule.half)}"
    if float(rule.power) != 1.0:
        words += f", power {float(rule.power):g}"
    if rule.needs is not None:
        words += f"; it needs {rule.needs.signal} (half at {_level(rule.needs.half)})"
    for shift in rule.shifted_by:
        words += f"; {shift.signal} moves the half-point up, {float(shift.by):g} times it for each unit"
    return words + "."


def _amount(rule: Rule) -> str:
    """How much a rule adds, or the share that it takes away."""
    if rule.by is None:
        return "all"
    return f"{float(rule.by):.0%}" if rule.lowers else _level(rule.by)


def _level(value: object) -> str:
    """A value with its unit, none for a share."""
    number, unit = float(value), value.unit  # type: ignore[arg-type, attr-defined]
    return f"{number:g}" if unit == "1" else write(number, unit)
