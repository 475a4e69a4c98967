"""A claim of the review as a virtual experiment: what is asked, set up and read, and what must break it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

#: How many animals or patients: "tiny" is for tests of the experiment's code, and no result.
Budget = Literal["fast", "full", "tiny"]
#: What a table of a finding holds: columns of one length.
Columns: TypeAlias = Mapping[str, Sequence[Any]]

#: The share of its fast number of animals that a tiny experiment has.
_TINY = 0.1


@dataclass(frozen=True)
class Move:
    """A number by its path in a study file ("tumour.spread.cluster_gain"), and the end of its range to which it goes.

    ``seen`` is what it finds where studies have that number: how it stood, and where it went.
    """

    path: str
    end: Literal["lowest", "highest"]
    seen: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Setting:
    """How an experiment is to be carried out: with how many animals, with which luck, and with what taken away.

    ``ablated`` says that the claim's ablation is on; ``without`` then names the mechanisms to switch off in a study.
    ``move`` takes one number of its studies to an end of its range.
    """

    budget: Budget
    seed: int
    ablated: bool = False
    without: tuple[str, ...] = ()
    move: Move | None = None

    def animals(self, fast: int, full: int) -> int:
        """Return how many animals, patients, lesions or repeats this setting asks for."""
        if self.budget == "tiny":
            return max(2, math.ceil(_TINY * fast))
        return full if self.budget == "full" else fast


@dataclass(frozen=True)
class Figure:
    """A number with the interval in which it lies at 95 %; an exact one has no width, one that was not reached is nan."""

    value: float
    low: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Figure:
        """Return a number that no chance has touched."""
        return cls(float(value), float(value), float(value))


@dataclass(frozen=True)
class Chart:
    """What a picture of a finding shows: lines or points by name, each with its x, y and, where known, low and high."""

    title: str
    x: str
    y: str
    series: Mapping[str, Mapping[str, Sequence[float]]]
    kind: Literal["lines", "points", "bars"] = "lines"
    log_x: bool = False
    log_y: bool = False
    #: Names of the places on the x axis, where these are no numbers: x then counts them from 0.
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Finding:
    """What an experiment found.

    ``figure`` is the observable, ``n`` how many animals, patients or lesions it rests on. ``checks`` are the further
    figures that the claim's checks judge, by their names. ``tables`` are columns for whoever wants the vectors.
    """

    figure: Figure
    n: int
    checks: Mapping[str, Figure] = field(default_factory=dict)
    tables: Mapping[str, Columns] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Band:
    """Where a published figure allows the observable to lie, ends included; an open end is infinite."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Say whether a number lies within."""
        return self.low <= value <= self.high

    def meets(self, figure: Figure) -> bool:
        """Say whether an interval reaches into the band."""
        return figure.low <= self.high and figure.high >= self.low


@dataclass(frozen=True)
class Direction:
    """The side of a reference on which the claim has the observable: above or below what no effect would give."""

    side: Literal["above", "below"]
    of: float

    def found(self, figure: Figure) -> Literal["above", "below", "neither"]:
        """Return the side on which the whole interval lies."""
        if figure.low > self.of:
            return "above"
        return "below" if figure.high < self.of else "neither"

    def holds(self, figure: Figure) -> bool:
        """Say whether the whole interval lies on the side of the claim."""
        return self.found(figure) == self.side


@dataclass(frozen=True)
class Check:
    """A further figure of the same experiment: its name among the finding's checks, in words, and its own band.

    Without a band it is reported and judges nothing.
    """

    name: str
    words: str
    unit: str = ""
    band: Band | None = None


@dataclass(frozen=True)
class Ablation:
    """The one thing taken away that must make the effect vanish: a name, why, and mechanisms to switch off if it is any.

    Where ``without`` is empty the experiment changes a trait itself when its setting is ablated.
    """

    name: str
    words: str
    without: tuple[str, ...] = ()


Experiment: TypeAlias = Callable[[Setting], Finding]


@dataclass(frozen=True)
class Claim:
    """One claim: what the review says in our words, the study behind it, and the experiment that puts it to the test.

    Attributes
    ----------
    id : str
        Letter of the section and number: "A3".
    statement : str
        The claim in our own words, one sentence.
    sources : tuple of str
        Keys of ``sources.bib``: the studies whose set-up and figures are used.
    setup : str
        What is done, in words: cells, dose, route, host, schedule, read-out, and how many.
    observable, unit : str
        What is read, in words, and its unit ("1" for a share or ratio).
    band : Band or None
        Where the published figure lets it lie; None where the band is kept back or the claim has no figure.
    direction : Direction or None
        The side that the claim asserts. A claim has a band, a direction, or both.
    ablation : Ablation
        What must break it.
    experiment : function
        ``(setting) -> Finding``, pure: the same setting gives the same finding.
    checks : tuple of Check
        Further figures; those with a band must hold too for *reproduced*.
    parameters : tuple of str
        The parameters that matter most, as paths of the catalogue with a word of why.
    dispute : str
        Where review and evidence disagree: what each says.
    """

    id: str
    statement: str
    sources: tuple[str, ...]
    setup: str
    observable: str
    unit: str
    ablation: Ablation
    experiment: Experiment
    band: Band | None = None
    direction: Direction | None = None
    checks: tuple[Check, ...] = ()
    parameters: tuple[str, ...] = ()
    dispute: str = ""

    @property
    def section(self) -> str:
        """The letter of the section."""
        return self.id[0]

    def settings(self, budget: Budget, seed: int) -> tuple[Setting, Setting]:
        """Return the setting of the experiment and that of its ablation, with the same luck."""
        return Setting(budget, seed), Setting(budget, seed, ablated=True, without=self.ablation.without)
