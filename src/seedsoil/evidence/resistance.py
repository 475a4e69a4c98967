"""Several lesions under one drug, two in sequence, or two at once: the chance that treatment fails, by formula and drawn.

A lesion has grown from one cell to M cells by birth b and death d. At each division one daughter mutates with probability u at
each of n1 sites that make it resist the first drug, n2 the second, n12 both. Under a drug that holds them cells die at
d' > b. Treatment fails in a lesion if the line of a cell that resists whatever is given lives on for ever, and in a patient
if it fails in any lesion (Bozic 2013; Iwasa, Nowak and Michor 2006). Resistance costs nothing.

Wild cells are many, so their number is taken as certain, M e^(-(b - d) t) at t days before treatment: lines that live on then
are Poisson. A line of cells that resist one drug is small, and is followed by chance: the chance q(t) that its second
mutation has come about, and lives on, obeys a Riccati equation backward in time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.body.mutants import sample_mutants
from seedsoil.foundation.errors import ModelError

__all__ = ["Course", "Resistance", "by_formula", "drawn", "patient_failure"]

#: Ways to give two drugs; "one" is the first alone.
Course = str
COURSES: tuple[Course, ...] = ("one", "in sequence", "at once")
#: Relaxation times over which backward and decline are followed.
_REACH = 60.0
_nodes, _weights = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class Resistance:
    """How cells of a lesion divide, die and mutate, and at how many sites they come to resist which drug.

    ``birth``, ``death`` [1/day] without treatment; ``treated_death`` [1/day] of a cell that a drug holds; ``mutation`` per site
    and division; ``first``, ``second``, ``both``: sites that bring resistance to one drug, to the other, to both at once.
    """

    birth: float
    death: float
    treated_death: float
    mutation: float
    first: float
    second: float
    both: float = 0.0

    def __post_init__(self) -> None:
        faults = [
            f"{name} must be a number of at least 0, got {getattr(self, name)!r}"
            for name in ("birth", "death", "treated_death", "mutation", "first", "second", "both")
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0.0)
        ]
        if not faults and not self.death < self.birth < self.treated_death:
            faults.append(
                f"birth is {self.birth:g} a day: it must exceed death, {self.death:g} (the lesion grows), and fall short of death "
                f"under a drug, {self.treated_death:g} (the drug shrinks it)"
            )
        if not faults and self.mutation * (self.first + self.second + self.both) > 0.1:
            faults.append("mutation times sites must not pass 0.1 per division: lines are counted one by one")
        if faults:
            raise ModelError(faults)

    @property
    def growth(self) -> float:
        """Net growth without treatment [1/day]."""
        return self.birth - self.death

    @property
    def decline(self) -> float:
        """Net loss under a drug that holds the cell [1/day]."""
        return self.treated_death - self.birth

    @property
    def lives(self) -> float:
        """Chance that the line of a cell that nothing holds lives for ever [1]."""
        return 1.0 - self.death / self.birth


def by_formula(model: Resistance, cells: float, course: Course) -> float:
    """Return the chance that a course fails in a lesion of so many cells [1].

    In sequence, the second drug begins when the lesion, held by the first and grown back by cells that resist it, has as many
    cells as at first.
    """
    if course == "one":
        return -math.expm1(-_straight(model, cells, model.first + model.both))
    if course == "at once":
        through = _by_one(model, model.first, model.second) + _by_one(model, model.second, model.first)
        return -math.expm1(-(_straight(model, cells, model.both) + cells * through))
    if course != "in sequence":
        raise ModelError(f"course {course!r}: {', '.join(COURSES)}")
    # The lesion that has come back holds cells that resist the first drug: now they are the wild ones.
    back = -math.expm1(-_straight(model, cells, model.second + model.both))
    crossed = -math.expm1(-_straight(model, cells, model.both))
    alone = -math.expm1(-_straight(model, cells, model.first))
    return crossed + (1.0 - crossed) * alone * back


def patient_failure(model: Resistance, lesions: Sequence[float], course: Course) -> float:
    """Return the chance that a course fails in at least one lesion of a patient [1]; lesions are numbers of cells."""
    return 1.0 - math.prod(1.0 - by_formula(model, cells, course) for cells in lesions)


def _straight(model: Resistance, cells: float, sites: float) -> float:
    """Return the expected lines that one mutation makes resist all that is given, and that live on.

    Growth to M cells takes M / (1 - d/b) divisions, decline M b / (d' - b) more, and of a mutant's lines 1 - d/b live on.
    """
    return cells * model.mutation * sites * (1.0 + model.growth / model.decline)


def _by_one(model: Resistance, before: float, after: float) -> float:
    """Return the expected lines, per cell of the lesion, that resist two drugs by one of them first and live on.

    Lines with the first mutation begin at rate b u n M e^(-s t) at t days before treatment. Such a line wins if a second
    mutation of its own lives on: with chance q(t) for one that begins before, with q(0) for one that begins under treatment.
    """
    if before == 0.0 or after + model.both == 0.0:
        return 0.0
    second = model.mutation * (after + model.both)
    under = _wins_under_treatment(model, second)
    span = _REACH / model.growth
    times = 0.5 * span * (1.0 + _nodes)
    chances = _wins_before(model, second, under, times)
    grown = 0.5 * span * float(_weights @ (np.exp(-model.growth * times) * chances))
    rate = model.birth * model.mutation * before
    return rate * (grown + under / model.decline)


def _wins_under_treatment(model: Resistance, second: float) -> float:
    """Return the chance that a cell held by the other drug has a line that escapes: the smaller root of its own equation.

    b (1 - v) f^2 - (b + d' - b v (1 - w)) f + d' = 0 for f = 1 - q, with w the chance that a line of two mutations lives on.
    In q, with f = 1 - q: A q^2 + B q - C = 0, which loses no digits.
    """
    b, v, w = model.birth, second, model.lives
    a, c = b * (1.0 - v), b * v * w
    linear = model.treated_death - b + 2.0 * b * v - b * v * (1.0 - w)
    return 2.0 * c / (linear + math.sqrt(linear * linear + 4.0 * a * c))


def _wins_before(model: Resistance, second: float, start: float, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return q(t), the chance that a line which begins t days before treatment escapes (times,).

    q' = C + B q - A q^2 with q(0) = ``start``, solved in closed form by its roots.
    """
    b, v, w = model.birth, second, model.lives
    a, c = b * (1.0 - v), b * v * w
    linear = b - model.death - 2.0 * b * v + b * v * (1.0 - w)
    root = math.sqrt(linear * linear + 4.0 * a * c)
    high = (linear + root) / (2.0 * a)
    low = -c / (a * high)
    # (q - low) / (high - q) grows as e^(root t).
    odds = (start - low) / (high - start) * np.exp(np.minimum(root * times, 600.0))
    return np.asarray((low + high * odds) / (1.0 + odds))


def drawn(model: Resistance, cells: int, course: Course, runs: int, seed: int) -> NDArray[np.bool_]:
    """Draw lesions by the engine's exact law and return in which of them a course fails (runs,).

    Lesions grow from one cell to ``cells`` wild ones; those whose founder dies out are drawn again.
    """
    if course == "one":
        return _one_drug(model, cells, model.first + model.both, runs, seed)
    if course == "at once":
        lost = _one_drug(model, cells, model.both, runs, seed) if model.both else np.zeros(runs, dtype=np.bool_)
        for place, (before, after) in enumerate(((model.first, model.second), (model.second, model.first))):
            lost |= _two_steps(model, cells, before, after, runs, seed + 101 * (place + 1))
        return lost
    if course != "in sequence":
        raise ModelError(f"course {course!r}: {', '.join(COURSES)}")
    crossed = _one_drug(model, cells, model.both, runs, seed) if model.both else np.zeros(runs, dtype=np.bool_)
    alone = _one_drug(model, cells, model.first, runs, seed + 303)
    return crossed | (alone & _one_drug(model, cells, model.second + model.both, runs, seed + 404))


def _grown(
    model: Resistance, cells: int, sites: float, leaving: float, runs: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Grow lesions from one cell: mutant cells, and mutant cells that left, in ``runs`` lesions that reached their size."""
    found: list[NDArray[np.int64]] = []
    asked, batch = 0, math.ceil(1.2 * runs / model.lives) + 20
    while asked < runs:
        made = sample_mutants(
            1, birth=model.birth, death=model.death, mutation=model.mutation * sites, mutant_birth=model.birth,
            mutant_death=model.death, departure=leaving, size=cells, runs=batch, seed=seed + 7919 * len(found),
        )  # fmt: skip
        whole = made.wild >= cells
        found.append(np.stack([made.mutants[whole], made.departures[whole]]))
        asked += int(whole.sum())
    joined = np.concatenate(found, axis=1)[:, :runs]
    return joined[0], joined[1]


def _held(
    model: Resistance, cells: int, sites: float, leaving: float, runs: int, seed: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Let lesions decline: whether a mutation came about that lives on, and whether a mutant line left something behind."""
    days = _REACH / model.decline
    straight = sample_mutants(
        cells, birth=model.birth, death=model.treated_death, mutation=model.mutation * sites * model.lives,
        mutant_birth=model.birth, mutant_death=model.treated_death, departure=leaving, days=days, runs=runs, seed=seed,
    )  # fmt: skip
    return straight.mutations > 0, straight.departures > 0


def _one_drug(model: Resistance, cells: int, sites: float, runs: int, seed: int) -> NDArray[np.bool_]:
    """Draw whether a line lives on that one mutation makes resist all that is given."""
    there, _ = _grown(model, cells, sites, 0.0, runs, seed)
    draw = np.random.default_rng(seed)
    lives = draw.random(runs) < -np.expm1(there * math.log(model.death / model.birth)) if model.death > 0 else there > 0
    later, _ = _held(model, cells, sites, 0.0, runs, seed + 11)
    return np.asarray(lives | later)


def _two_steps(model: Resistance, cells: int, before: float, after: float, runs: int, seed: int) -> NDArray[np.bool_]:
    """Draw whether a line lives on that resists both drugs, by way of the one named first.

    A second mutation that lives on is a departure from the mutants: at rate v (b - d) a cell and day. That it takes its
    mother along changes their number by one in 1 / v.
    """
    second = model.mutation * (after + model.both)
    if before == 0.0 or second == 0.0:
        return np.zeros(runs, dtype=np.bool_)
    leaving = second * model.growth
    there, gone = _grown(model, cells, before, leaving, runs, seed)
    _, later = _held(model, cells, before / model.lives, leaving, runs, seed + 13)
    escaped = gone > 0
    # Lines that were there on the day of treatment decline, and may still escape.
    for run in np.flatnonzero(~escaped & (there > 0)):
        last = sample_mutants(
            int(there[run]), birth=model.birth, death=model.treated_death, mutation=second * model.lives, mutant_birth=0.0,
            mutant_death=0.0, days=_REACH / model.decline, runs=1, seed=seed + 17 + int(run),
        )  # fmt: skip
        escaped[run] = last.mutations[0] > 0
    return np.asarray(escaped | later)
