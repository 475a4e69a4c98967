"""From nouns to tables: kinds of cell, substances and rules of a scene as arrays, every name checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seedsoil.biology.lesion.cell import CellKind, Mechanism
from seedsoil.biology.lesion.rule import BEHAVIOURS as UNITS
from seedsoil.biology.lesion.rule import BEHAVIOURS_OF, Rule
from seedsoil.biology.lesion.substance import Substance
from seedsoil.foundation.errors import ModelError, did_you_mean, known_words
from seedsoil.foundation.value import Value
from seedsoil.tissue.chances import chances, hazards
from seedsoil.tissue.lattice import (
    AFFINITY,
    BEHAVIOURS,
    DIVISION,
    EMPTY,
    HAZARDS,
    MOVEMENT,
    MUTATION,
    PARTS,
    SENSES,
    TUMOUR,
    VESSEL,
    VISIBILITY,
    Laws,
)
from seedsoil.tissue.refusals import refused

__all__ = ["Vocabulary", "compile_laws"]

_MINUTES_A_DAY = 1440.0
#: Mean length of a hop to one of the voxels about one, in edges: of 26, and of 8 in the plane.
_HOP = {True: (6.0 + 12.0 * math.sqrt(2.0) + 8.0 * math.sqrt(3.0)) / 26.0, False: (4.0 + 4.0 * math.sqrt(2.0)) / 8.0}
#: Mechanisms fit in the 32 bits of a clone.
_MOST_MECHANISMS = 32


@dataclass(frozen=True)
class Vocabulary:
    """The numbers of a scene's names: substances from 0, kinds from 1, signals and behaviours as the tables have them."""

    substances: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def signals(self) -> tuple[str, ...]:
        """All that a cell can sense, in the order of the tables."""
        contacts = tuple(f"contact {name}" for name in ("empty", *self.kinds))
        return (*self.substances, *contacts, *SENSES)

    @property
    def behaviours(self) -> tuple[str, ...]:
        """All that a cell can do, in the order of the tables."""
        flows = tuple(f"{verb} {name}" for verb in ("secretion", "uptake", "attraction") for name in self.substances)
        return (*BEHAVIOURS, *flows, *(f"admission {name}" for name in self.kinds))

    def kind(self, name: str, where: str) -> int:
        """The number of a kind; ModelError, which begins with ``where``, if there is none."""
        return 1 + _place(name, self.kinds, where, "kind of cell")

    def substance(self, name: str, where: str) -> int:
        """The number of a substance; ModelError, which begins with ``where``, if there is none."""
        return _place(name, self.substances, where, "substance")

    def signal(self, name: str, where: str) -> int:
        """The number of a signal; ModelError, which begins with ``where``, if there is none."""
        return _place(name, self.signals, where, "signal")

    def behaviour(self, name: str, where: str) -> int:
        """The number of a behaviour; ModelError, which begins with ``where``, if there is none."""
        return _place(name, self.behaviours, where, "behaviour")


def _place(name: str, known: Sequence[str], where: str, what: str) -> int:
    """The place of a name among those that a scene knows."""
    if name not in known:
        raise ModelError(f"{where}: no {what} {name!r} here.{did_you_mean(name, known)} Known: {known_words(known)}.")
    return known.index(name)


def compile_laws(
    kinds: Sequence[CellKind], substances: Sequence[Substance], edge: float, days: float, plane: bool,
    tip_spacing: float, tree: bool,
) -> Laws:  # fmt: skip
    """Return the tables of a scene.

    Parameters
    ----------
    kinds, substances : sequences
        In the order of their numbers.
    edge : float
        A voxel's [um].
    days : float
        Length of a step.
    plane : bool
        Whether the block is one layer.
    tip_spacing : float
        Distance within which a tip keeps others from leaving a vessel [um].
    tree : bool
        Whether the genealogy of cells is kept.

    Raises
    ------
    ModelError
        With a line for every name that the scene does not know, and every unit that does not fit.
    """
    vocabulary = Vocabulary(tuple(each.name for each in substances), tuple(each.name for each in kinds))
    faults: list[str] = []
    for name in (*vocabulary.kinds, *vocabulary.substances):
        if (*vocabulary.kinds, *vocabulary.substances).count(name) > 1:
            faults.append(f"{name}: stands among the kinds and substances more than once")
    mechanisms = _mechanisms(kinds, faults)
    tables = _empty_tables(len(kinds), len(substances), len(vocabulary.behaviours), len(mechanisms))
    hop = edge * _HOP[not plane] / _MINUTES_A_DAY
    for number, kind in enumerate(kinds, 1):
        _fill_kind(tables, number, kind, vocabulary, hop, faults)
    for gene, mechanism in enumerate(mechanisms):
        _fill_mechanism(tables, gene, mechanism, kinds, vocabulary, faults)
    rules = _rules(kinds, substances, vocabulary, hop, faults)
    faults += refused(kinds)
    if faults:
        raise ModelError(faults)
    tables |= _rule_tables(rules, len(kinds), len(vocabulary.behaviours))
    tables["reference"][: len(substances)] = [float(each.reference) for each in substances]
    ruled = np.diff(tables["first"]).reshape(tables["base"].shape) > 0
    tables["asks"] = (ruled | (tables["clonal"] & (tables["part"] == TUMOUR)[:, None])).astype(np.uint8)
    if too_quick := chances(tables, vocabulary.kinds, days, hop):
        raise ModelError(too_quick)
    tables |= hazards(tables, len(mechanisms), days)
    tables["takes"] = ((tables["invasion"][:, None] > 0.0) & (tables["yields"] > 0)).astype(np.uint8)
    tables["takes"][:, EMPTY] = 1
    parts = [PARTS.index(kind.part) for kind in kinds]
    tables["sizes"] = np.array(
        [len(substances), len(kinds), len(vocabulary.behaviours), round(tip_spacing / edge), tree, round(days * 1e6),
         parts.index(VESSEL) + 1 if VESSEL in parts else 0, parts.index(VESSEL + 1) + 1 if VESSEL + 1 in parts else 0,
         len(mechanisms)]
    )  # fmt: skip
    for kind in kinds:
        tables["programme_rate"][vocabulary.kind(kind.name, "")] = (
            0.0 if kind.programme_time is None else 1.0 / float(kind.programme_time)
        )
    return Laws(**{name: np.ascontiguousarray(tables[name]) for name in Laws._fields})


def _try(faults: list[str], make: Any) -> Any:
    """Return what is made, or note the faults and return None."""
    try:
        return make()
    except ModelError as error:
        faults += error.faults
        return None


def _mechanisms(kinds: Sequence[CellKind], faults: list[str]) -> list[Mechanism]:
    """The mechanisms of resistance of all kinds, each once."""
    found: dict[str, Mechanism] = {}
    for kind in kinds:
        for mechanism in kind.mechanisms:
            known = found.setdefault(mechanism.name, mechanism)
            if (known.cost, known.against, known.changes) != (mechanism.cost, mechanism.against, mechanism.changes):
                faults.append(f"{kind.name}.mechanisms: {mechanism.name!r} means something else for another kind")
    if len(found) > _MOST_MECHANISMS:
        faults.append(f"mechanisms: at most {_MOST_MECHANISMS} in a scene, got {len(found)}")
    return list(found.values())


def _empty_tables(kinds: int, substances: int, behaviours: int, genes: int) -> dict[str, Any]:
    """Tables of the right shapes, all 0; a dimension without an entry gets one, which nothing reads."""
    rows = kinds + 1
    small = ("part", "pushes", "pulls", "yields", "swaps", "guided", "by_antigen")
    tables: dict[str, Any] = {name: np.zeros(rows, np.uint8) for name in small}
    tables |= {name: np.zeros(rows) for name in ("invasion", "cohesion", "programme_rate", "variation", "chance")}
    tables |= {"base": np.zeros((rows, behaviours)), "rounds": np.ones(rows, np.int32)}
    tables |= {"becomes": np.zeros(rows, np.int32), "targets": np.zeros((rows, rows), np.uint8)}
    tables |= {"cleared": np.zeros((rows, 3)), "at_once": np.zeros((rows, behaviours))}
    tables |= {"gene_chance": np.zeros((rows, max(genes, 1)))}
    tables |= {
        "fold": np.ones((max(genes, 1), max(substances, 1))),
        "change": np.ones((max(genes, 1), behaviours)),
        "clonal": np.zeros(behaviours, np.uint8),
        "reference": np.ones(max(substances, 1)),
    }
    return tables


def _fill_kind(
    tables: dict[str, Any], number: int, kind: CellKind, vocabulary: Vocabulary, hop: float, faults: list[str]
) -> None:
    """Write what a kind does without a signal, and what it is."""
    for behaviour, name in enumerate(BEHAVIOURS[:HAZARDS]):
        tables["base"][number, behaviour] = float(getattr(kind, name)) / (hop if behaviour == MOVEMENT else 1.0)
    for verb, flows in (("secretion", kind.secretion), ("uptake", kind.uptake), ("attraction", kind.attraction)):
        for name, value in flows.items():
            scale = 1.0 if verb == "attraction" else _MINUTES_A_DAY
            place = _try(faults, lambda n=name, v=verb: vocabulary.behaviour(f"{v} {n}", f"{kind.name}.{v}"))
            if place is not None:
                tables["base"][number, place] = float(value) * scale
    tables["part"][number] = PARTS.index(kind.part)
    for name in ("pushes", "pulls", "yields", "swaps", "by_antigen", "variation", "invasion", "cohesion"):
        tables[name][number] = float(getattr(kind, name))
    tables["base"][number, VISIBILITY] = 1.0 if kind.visibility is None else float(kind.visibility)
    tables["base"][number, MUTATION], tables["base"][number, AFFINITY] = 1.0, float(kind.vessel_affinity)
    ruled = {rule.behaviour.split(" ", maxsplit=1)[0] for rule in kind.rules}
    guided = bool(kind.attraction) or bool(ruled & {"attraction", "vessel_affinity"})
    tables["guided"][number] = guided or float(kind.vessel_affinity) > 0.0 or float(kind.cohesion) > 0.0
    tables["cleared"][number, 1:] = 1.0 / float(kind.body_time), 1.0 / float(kind.ghost_time)
    if kind.becomes:
        tables["becomes"][number] = _try(faults, lambda: vocabulary.kind(kind.becomes, f"{kind.name}.becomes")) or 0
    for name in kind.targets:
        place = _try(faults, lambda n=name: vocabulary.kind(n, f"{kind.name}.targets"))
        if place is not None:
            tables["targets"][number, place] = 1


def _fill_mechanism(
    tables: dict[str, Any], gene: int, mechanism: Mechanism, kinds: Sequence[CellKind], vocabulary: Vocabulary,
    faults: list[str],
) -> None:  # fmt: skip
    """Write how often a mechanism arises, against what it is good, and what a clone that carries it does more or less."""
    where, fits = f"mechanisms.{mechanism.name}", gene < _MOST_MECHANISMS
    tables["change"][gene, DIVISION], tables["clonal"][DIVISION] = 1.0 - float(mechanism.cost), 1
    for name, fold in mechanism.against.items():
        place = _try(faults, lambda n=name: vocabulary.substance(n, f"{where}.against"))
        if place is not None and fits:
            tables["fold"][gene, place] = float(fold)
    for name, times in mechanism.changes.items():
        place = _try(faults, lambda n=name: vocabulary.behaviour(n, f"{where}.changes"))
        if place is not None and fits:
            tables["change"][gene, place] *= float(times)
            tables["clonal"][place] = 1
    for number, kind in enumerate(kinds, 1):
        tables["gene_chance"][number, gene] = sum(
            float(each.probability) for each in kind.mechanisms if each.name == mechanism.name
        )


def _rules(
    kinds: Sequence[CellKind], substances: Sequence[Substance], vocabulary: Vocabulary, hop: float, faults: list[str]
) -> list[tuple[int, int, dict[str, Any]]]:
    """The rules of all kinds as (kind, behaviour, row), in the order of the tables."""
    units = {each.name: each.unit for each in substances} | {"age": "day"}
    rows = []
    for number, kind in enumerate(kinds, 1):
        for index, rule in enumerate(kind.rules):
            where = f"{kind.name}.rules[{index}]"
            row = _row(rule, where, vocabulary, units, hop, faults)
            if rule.behaviour == "programme" and kind.programme_time is None:
                faults.append(f"{where}: {kind.name} has no programme_time, so that no rule can raise its programme")
            if row is not None:
                rows.append((number, *row))
    return sorted(rows, key=lambda row: row[:2])


def _row(
    rule: Rule, where: str, vocabulary: Vocabulary, units: dict[str, str], hop: float, faults: list[str]
) -> tuple[int, dict[str, Any]] | None:
    """One rule as its behaviour and the numbers of its row; None, and a line for each fault, if it has some."""
    before = len(faults)
    behaviour = _try(faults, lambda: vocabulary.behaviour(rule.behaviour, where))
    row: dict[str, Any] = {"power": float(rule.power), "raises": float(bool(rule.raises))}
    row |= {"need": -1, "need_half": 1.0}
    row["signal"], row["half"] = _sensed(rule.signal, rule.half, "signal", "half", where, vocabulary, units, faults)
    if rule.needs is not None:
        row["need"], row["need_half"] = _sensed(
            rule.needs.signal, rule.needs.half, "needs", "needs.half", where, vocabulary, units, faults
        )
    row["shifts"] = [
        (_try(faults, lambda s=each: vocabulary.signal(s.signal, f"{where}.shifted_by")), float(each.by))
        for each in rule.shifted_by
    ]
    row["by"] = 1.0 if rule.by is None else float(rule.by)
    if rule.raises and behaviour is not None and rule.by is not None:
        _fits(rule.by, rule.behaviour, where, faults)
        row["by"] /= hop if behaviour == MOVEMENT else 1.0
    return None if len(faults) > before else (behaviour, row)


def _sensed(
    signal: str, level: Value, name: str, half: str, where: str, vocabulary: Vocabulary, units: dict[str, str],
    faults: list[str],
) -> tuple[int | None, float]:  # fmt: skip
    """The number of a signal and a level of it, in its unit."""
    number = _try(faults, lambda: vocabulary.signal(signal, f"{where}.{name}"))
    unit = units.get(signal, "1")
    if number is not None and level.unit != unit:
        faults.append(f"{where}.{half}: {level} is not in the unit of {signal!r}, {unit!r}")
    return number, float(level)


def _fits(by: Value, behaviour: str, where: str, faults: list[str]) -> None:
    """Note it if how much a rule adds is told in a unit that does not fit the behaviour."""
    unit = UNITS.get(behaviour) or BEHAVIOURS_OF[behaviour.split(" ", maxsplit=1)[0]]
    if by.unit != ("1/day" if unit == "1/min" else unit):
        faults.append(f"{where}.by: {by} is not in the unit of {behaviour!r}, {unit!r}")


def _rule_tables(rows: list[tuple[int, int, dict[str, Any]]], kinds: int, behaviours: int) -> dict[str, Any]:
    """The rules as columns, and where those of each pair begin."""
    pairs = np.array([number * behaviours + behaviour for number, behaviour, _ in rows], dtype=np.int64)
    first = np.searchsorted(pairs, np.arange((kinds + 1) * behaviours + 1)).astype(np.int32)
    types = {"signal": np.int32, "need": np.int32, "raises": np.uint8}
    names = ("signal", "half", "power", "need", "need_half", "raises", "by")
    if not rows:  # a table without an entry gets one, which nothing reads
        rows = [(0, 0, dict.fromkeys(names, 1.0) | {"shifts": []})]
    shifts = [row["shifts"] for _, _, row in rows]
    flat = [shift for each in shifts for shift in each] or [(0, 0.0)]
    return {
        "first": first,
        "shift_first": np.cumsum([0, *map(len, shifts)]).astype(np.int32),
        "shift": np.array([number for number, _ in flat], dtype=np.int32),
        "shift_by": np.array([by for _, by in flat], dtype=np.float64),
    } | {name: np.array([row[name] for _, _, row in rows], dtype=types.get(name, np.float64)) for name in names}
