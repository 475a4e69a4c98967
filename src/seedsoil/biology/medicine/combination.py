"""Two drugs together: what each definition of "no interaction" expects, and how far a surface lies from it.

Bliss: the drugs act apart, so surviving fractions multiply; hazards that add are Bliss. Loewe: one drug is a dilution of
the other, so doses add. Highest single agent: the pair is no better than its better half. MuSyC: cells bind either
drug, both or none, and each drug may change the other's potency, steepness and reach. The four ask different
questions and need not agree. Fractions are of cells, from 0 to 1; concentrations in mg/L, or any unit that agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.biology.medicine.effect import fault, hill, level_of, refuse
from seedsoil.foundation.errors import ModelError

__all__ = ["MatrixScores", "Musyc", "bliss", "highest_single", "loewe", "loewe_index", "score_matrix"]

Floats = NDArray[np.float64]
# Odds beyond which a state is as good as certain; three of them multiplied are still a float.
_certain = 1e100


def bliss(*fractions: ArrayLike) -> Floats:
    """Return the fraction affected by several agents that act apart: ``1 - (1 - a)(1 - b)...`` (Bliss 1939).

    An agent without effect changes no bit of the answer. Equal to adding the agents' hazards.

    Raises
    ------
    ModelError
        If a fraction lies outside 0 to 1, or none is given.
    """
    shares = _shares(fractions)
    together = shares[0]
    for share in shares[1:]:
        together = together + share * (1.0 - together)
    return np.asarray(together)


def highest_single(*fractions: ArrayLike) -> Floats:
    """Return the larger of the fractions affected by the agents alone (highest single agent), element by element."""
    shares = _shares(fractions)
    together = shares[0]
    for share in shares[1:]:
        together = np.maximum(together, share)
    return np.asarray(together)


def _shares(fractions: Sequence[ArrayLike]) -> list[Floats]:
    """Return checked fractions."""
    if not fractions:
        raise ModelError("a combination needs the fraction affected by at least one agent")
    shares = [np.asarray(fraction, dtype=np.float64) for fraction in fractions]
    refuse(*(fault(f"fraction {i + 1}", share, "(a share)", high=1.0) for i, share in enumerate(shares)))
    return shares


def loewe(
    concentrations: Sequence[ArrayLike], halves: Sequence[ArrayLike], maximum: ArrayLike, power: ArrayLike
) -> Floats:
    """Return the effect of agents that are dilutions of each other: they share target, ``maximum`` and ``power``.

    Each concentration counts as the first agent's at equal effect, ``C * half_first / half`` (Loewe 1926). Given with
    itself, an agent acts as its doubled dose.

    Parameters
    ----------
    concentrations, halves
        One for each agent, mg/L.
    maximum, power
        As in ``hill``.

    Raises
    ------
    ModelError
        If a number cannot be, or the agents' concentrations and halves differ in number.
    """
    if len(concentrations) != len(halves) or not halves:
        raise ModelError(f"each agent needs a concentration and a half, not {len(concentrations)} and {len(halves)}")
    middles = [np.asarray(half, dtype=np.float64) for half in halves]
    refuse(*(fault(f"halves[{i}]", middle, "mg/L", above=True) for i, middle in enumerate(middles)))
    level = np.asarray(concentrations[0], dtype=np.float64)
    for concentration, middle in zip(concentrations[1:], middles[1:], strict=True):
        level = level + np.asarray(concentration, dtype=np.float64) * (middles[0] / middle)
    return hill(level, maximum, middles[0], power)


def loewe_index(
    effect: ArrayLike,
    concentrations: Sequence[ArrayLike],
    maxima: Sequence[ArrayLike],
    halves: Sequence[ArrayLike],
    powers: Sequence[ArrayLike],
) -> Floats:
    """Return Loewe's combination index of an effect that agents had together: the sum of ``C / C_alone(effect)``.

    1: doses add. Below 1: less was needed than of the agents alone (synergy). Above 1: more. nan where nothing was given.

    Parameters
    ----------
    effect
        What the combination did, in the unit of the maxima, at least 0.
    concentrations, maxima, halves, powers
        One of each for each agent; its single-agent Hill curve, as in ``hill``.

    Notes
    -----
    Berenbaum (1989), recalled. An agent of which no concentration alone has the effect counts as nothing, so that a
    partner without any effect leaves the index at 1.
    """
    counts = {len(concentrations), len(maxima), len(halves), len(powers)}
    if len(counts) > 1 or not concentrations:
        raise ModelError("each agent needs a concentration, a maximum, a half and a power")
    levels = [np.asarray(concentration, dtype=np.float64) for concentration in concentrations]
    refuse(*(fault(f"concentrations[{i}]", level, "mg/L") for i, level in enumerate(levels)))
    total, given = np.zeros(()), np.zeros((), dtype=bool)
    for level, *curve in zip(levels, maxima, halves, powers, strict=True):
        alone = level_of(effect, *curve)
        with np.errstate(divide="ignore", invalid="ignore"):
            total = total + np.where(level > 0.0, level / alone, 0.0)
        given = given | (level > 0.0)
    return np.where(given, total, np.nan)


@dataclass(frozen=True)
class MatrixScores:
    """How far a matrix of doses lies from its null surfaces, summed over the pairs of doses above 0.

    Signs as the NCATS publishes them, which compare *surviving* cells: negative means more killing than expected.

    ``excess_hsa`` [per cent]: ``sum(C - min(A, B))``. ``bliss_positive`` and ``bliss_negative`` [1]: the sums of the
    positive and of the negative parts of ``C - A B``.
    """

    excess_hsa: float
    bliss_positive: float
    bliss_negative: float


def score_matrix(viability: ArrayLike, first: ArrayLike, second: ArrayLike) -> MatrixScores:
    """Return the scores of a measured matrix of doses against its own single-agent row and column.

    Parameters
    ----------
    viability : (first doses, second doses) array
        Surviving cells in per cent of the untreated. Plates are noisy: what lies below 0 or above 100 is taken for 0
        or 100 first, or the noise of a dead well would be scored as synergy.
    first, second : (n,) arrays
        The doses of the rows and of the columns; each holds the dose 0 once.

    Raises
    ------
    ModelError
        If shapes do not fit, a number is not finite, or a single agent is missing.
    """
    survived = np.asarray(viability, dtype=np.float64)
    doses = [np.asarray(dose, dtype=np.float64) for dose in (first, second)]
    if survived.shape != tuple(dose.size for dose in doses):
        raise ModelError(f"viability has shape {survived.shape}, but there are {doses[0].size} x {doses[1].size} doses")
    refuse(
        fault("viability", survived, "per cent", low=-np.inf),
        *(fault(f"{name} doses", dose, "", low=0.0) for name, dose in zip(("first", "second"), doses, strict=True)),
        *(
            f"the {name} doses hold 0 {np.count_nonzero(dose == 0.0)} times; once is needed, for the other agent alone"
            for name, dose in zip(("first", "second"), doses, strict=True)
            if np.count_nonzero(dose == 0.0) != 1
        ),
    )
    killed = 1.0 - np.clip(survived, 0.0, 100.0) / 100.0
    rows, columns = (dose > 0.0 for dose in doses)
    both = killed[np.ix_(rows, columns)]
    alone, partner = killed[np.ix_(rows, ~columns)], killed[np.ix_(~rows, columns)]
    excess = bliss(alone, partner) - both
    return MatrixScores(
        excess_hsa=100.0 * float(np.sum(highest_single(alone, partner) - both)),
        bliss_positive=float(excess[excess > 0.0].sum()),
        bliss_negative=float(excess[excess < 0.0].sum()),
    )


@dataclass(frozen=True)
class Musyc:
    """The two-dimensional Hill surface of two drugs (MuSyC): four states of a cell, and what each does.

    Cells go from untouched (0) to either drug (1, 2) and from there to both (3), and back. The effect is that of the
    states, weighted by their shares at steady state. Detailed balance is not forced: the order of binding may matter.

    Attributes
    ----------
    effects : (E0, E1, E2, E3)
        Effect of nothing, the first drug, the second and both, at endless concentration; any finite numbers of one unit.
    halves, powers : (C1, C2), (h1, h2)
        Concentration of half effect and steepness of each drug alone, above 0.
    alpha12, alpha21
        Potency, at least 0: beside much first drug, a concentration of the second counts ``alpha12`` times (and the first
        ``alpha21`` times beside the second). 1: none; 0: whoever holds one drug never takes up the other.
    gamma12, gamma21
        Cooperativity, above 0: the steepness of the second drug beside the first is ``gamma12 h2``, and the reverse.

    Notes
    -----
    Meyer et al. 2019 (Cell Systems 8:97) and Wooten et al. 2021 (Nature Communications 12:4607), both recalled; the
    meaning of each parameter agrees with the documentation of the authors' package. Without detailed balance the shares
    depend on the speed of return as well; it is 1 for either drug here, in either order.

    The shares follow from the spanning trees of the ring of four states: sums of products, nothing cancels.
    """

    effects: tuple[float, float, float, float]
    halves: tuple[float, float]
    powers: tuple[float, float]
    alpha12: float = 1.0
    alpha21: float = 1.0
    gamma12: float = 1.0
    gamma21: float = 1.0

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be, all at once."""
        alphas, gammas = (self.alpha12, self.alpha21), (self.gamma12, self.gamma21)
        refuse(
            fault("effects", np.asarray(self.effects), "(one unit)", low=-np.inf),
            fault("halves", np.asarray(self.halves), "mg/L", above=True),
            fault("powers", np.asarray(self.powers), "(a number)", above=True),
            fault("alpha12 and alpha21", np.asarray(alphas), "(a fold)"),
            fault("gamma12 and gamma21", np.asarray(gammas), "(a fold)", above=True),
        )

    def shares(self, first: ArrayLike, second: ArrayLike) -> Floats:
        """Return the share of cells in states 0 to 3 at concentrations of the drugs (mg/L); shape (4, ...)."""
        one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
        refuse(fault("first", one, "mg/L"), fault("second", two, "mg/L"))
        (half1, half2), (power1, power2) = self.halves, self.powers
        x, y = _odds(one, half1, power1), _odds(two, half2, power2)
        x_beside = _odds(self.alpha21 * one, half1, power1 * self.gamma21)
        y_beside = _odds(self.alpha12 * two, half2, power2 * self.gamma12)
        weights = np.stack(
            np.broadcast_arrays(
                2.0 + x_beside + y_beside,
                x * (2.0 + x_beside) + y * x_beside,
                y * (2.0 + y_beside) + x * y_beside,
                x_beside * y_beside * (x + y) + y * x_beside + x * y_beside,
            )
        )
        return np.asarray(weights / weights.sum(axis=0))

    def effect(self, first: ArrayLike, second: ArrayLike) -> Floats:
        """Return the effect at concentrations of the two drugs (mg/L), in the unit of ``effects``."""
        untouched, one, two, both = self.shares(first, second)
        e0, e1, e2, e3 = self.effects
        return np.asarray(untouched * e0 + one * e1 + two * e2 + both * e3)

    @property
    def beta(self) -> float:
        """Synergistic efficacy: how far the pair goes beyond the stronger drug, as a share of that drug's reach."""
        e0, e1, e2, e3 = self.effects
        stronger = max(e1, e2, key=lambda effect: abs(effect - e0))
        return (e3 - stronger) / (stronger - e0) if stronger != e0 else float("nan")


def _odds(level: Floats, half: float, power: float) -> Floats:
    """Return the odds ``(C / half)^power`` of holding a drug, bounded so that products of three stay finite."""
    with np.errstate(over="ignore"):
        return np.asarray(np.minimum((level / half) ** power, _certain))
