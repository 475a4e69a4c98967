"""The levels at which predicted organ patterns are those of the autopsies, as far as chance and series allow.

Least squares of log-odds at each site, each against its error: that of a binomial count, and the half a unit by which two
series of autopsies differ beyond chance. Every fitted number is drawn towards what is assumed. Rates of division and death
are not fitted: division_rate follows from the pace that was measured.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from calibration.guards import guards
from calibration.patterns import Case, Fit, State, between, odds
from seedsoil.biology.clone import Tumour
from seedsoil.evidence.organs.autopsies import scored_sites
from seedsoil.evidence.organs.prediction import Floats, Pace, successes

BETWEEN_SERIES = 0.5  # log-odds; the median fold between series is 1.7
SKULL_CLOSED = 1.0  # for the brain, which was often not looked at
MISREAD = 0.001  # share in whom something is counted that came from next door, or is no metastasis

PRIOR_LIGAND = 0.2  # standard deviations: of a ligand's level,
PRIOR_RECEPTOR = 0.5  # of a receptor's log-odds,
PRIOR_MIDDLE = 3.0  # of a primary's mean of ln m about that of all,
PRIOR_PACE = np.array([0.4, 1.0])  # and of the logarithms of the pace
_STEP = 1e-4


def observed(case: Case) -> tuple[Floats, Floats]:
    """Return observed log-odds at the scored sites, and their error."""
    sites = scored_sites(case.row)
    with_it = np.array([case.counts[site].found + 0.5 for site in sites])
    without = np.array([case.counts[site].patients - case.counts[site].found + 0.5 for site in sites])
    series = np.array([SKULL_CLOSED if site == "brain" else BETWEEN_SERIES for site in sites])
    return np.log(with_it / without), np.sqrt(1.0 / with_it + 1.0 / without + series**2)


def fitted(fit: Fit, lines: Sequence[Tumour], start: State, without: Collection[str] = (), most: int = 30) -> State:
    """Return the levels that fit best, the counts of the cases named in ``without`` unseen."""
    problem = _Problem(fit, lines, [number for number, case in enumerate(fit.cases) if case.name not in without])
    found = least_squares(
        problem.residuals, problem.packed(start), problem.jacobian, x_scale="jac", max_nfev=most, ftol=1e-4, xtol=1e-5
    )
    return problem.state(found.x)


def unseen(state: State, number: int) -> State:
    """Return the levels with what belongs to one case alone replaced by the mean of the others'."""
    others = [each for each in range(len(state.middles)) if each != number]
    shifts, middles = state.shifts.copy(), state.middles.copy()
    shifts[number], middles[number] = state.shifts[others].mean(axis=0), state.middles[others].mean()
    return replace(state, shifts=shifts, middles=middles)


class _Problem:
    """Residuals of comparison, priors and guards, as functions of one row of numbers."""

    def __init__(self, fit: Fit, lines: Sequence[Tumour], judged: list[int]) -> None:
        self.fit, self.lines, self.judged = fit, lines, judged
        first = fit.start()
        self.shape = first.ligands.shape, first.shifts.shape
        sizes = [first.ligands.size, first.shifts.size, first.middles.size]
        self.ends = np.cumsum(sizes)
        self.prior = self.packed(first)
        widths = [
            np.full(size, width)
            for size, width in zip(sizes, (PRIOR_LIGAND, PRIOR_RECEPTOR, PRIOR_MIDDLE), strict=True)
        ]
        self.width = np.concatenate([*widths, PRIOR_PACE])

    def packed(self, state: State) -> Floats:
        pace = np.log([state.pace.spread, state.pace.onward])
        return np.concatenate([odds(state.ligands).ravel(), state.shifts.ravel(), state.middles, pace])

    def state(self, packed: Floats) -> State:
        ligands, shifts, middles, pace = np.split(packed, self.ends)
        spread, onward = np.exp(pace)
        levels = between(ligands).reshape(self.shape[0])
        return State(levels, shifts.reshape(self.shape[1]), middles, Pace(float(spread), float(onward)))

    def residuals(self, packed: Floats) -> Floats:
        predicted = self.fit.predict(self.state(packed))
        misfits = []
        for number in self.judged:
            centre, error = observed(self.fit.cases[number])
            share = _seen(predicted[number])
            misfits.append((np.log(share / (1.0 - share)) - centre) / error)
        return np.concatenate([*misfits, self._priors(packed), guards(self.fit, self.lines, self.state(packed))])

    def _priors(self, packed: Floats) -> Floats:
        away, ligands, middles = packed - self.prior, slice(0, self.ends[0]), slice(self.ends[1], self.ends[2])
        away[ligands] = between(packed[ligands]) - between(self.prior[ligands])
        away[middles] = packed[middles] - packed[middles].mean()
        return away / self.width

    def jacobian(self, packed: Floats) -> Floats:
        """Return differences by each number; the costly chance of success is differentiated once for each tumour."""
        state, columns = self.state(packed), []
        priors, guarded = self._priors(packed), guards(self.fit, self.lines, state)
        slopes = [self._slopes(number, state) for number in self.judged]
        for place in range(len(packed)):
            moved = packed.copy()
            moved[place] += _STEP
            there = self.state(moved)
            parts = [self._moved(each, number, there, place) for each, number in zip(slopes, self.judged, strict=True)]
            # Guards read levels alone, not how many cells are shed.
            strain = guards(self.fit, self.lines, there) - guarded if place < self.ends[1] else 0.0 * guarded
            columns.append(np.concatenate([*parts, self._priors(moved) - priors, strain]) / _STEP)
        return np.stack(columns, axis=1)

    def _slopes(self, number: int, state: State) -> list[_Slopes]:
        case, ligands = self.fit.cases[number], self.fit.ligands(state)
        return [_Slopes(self.fit, case, tumour, state, number, ligands) for tumour in case.tumours]

    def _moved(self, slopes: list[_Slopes], number: int, there: State, place: int) -> Floats:
        """Return the change of one case's misfits when the number at ``place`` has moved a step."""
        case = self.fit.cases[number]
        before = sum((share * each.base for share, each in zip(case.shares, slopes, strict=True)), np.zeros(1))
        change, ligands = np.zeros(len(before)), self.fit.ligands(there)
        mine = place < self.ends[0] or place >= self.ends[2]
        mine |= self.ends[0] <= place < self.ends[1] and (place - self.ends[0]) // self.shape[1][1] == number
        mine |= place == self.ends[1] + number
        if not mine:
            return change
        for tumour, share, each in zip(case.tumours, case.shares, slopes, strict=True):
            if place >= self.ends[1]:
                pattern = self.fit.body.pattern(tumour, each.chances, there.middles[number], there.pace, case.row)
                change += share * (pattern - each.base)
            else:
                division, death = self.fit.growth(tumour, there.shifts[number], ligands)
                change += share * (each.logarithm(division, death) @ each.by_chance)
        share_seen = _seen(before)
        return (1.0 - 2.0 * MISREAD) * change / (share_seen * (1.0 - share_seen)) / observed(case)[1]


class _Slopes:
    """How the pattern of one tumour changes with its chance of success in each soil, and that with its rates."""

    def __init__(self, fit: Fit, case: Case, tumour: Tumour, state: State, number: int, ligands: Floats) -> None:
        host, body = fit.body.host, fit.body
        self.division, self.death = fit.growth(tumour, state.shifts[number], ligands)
        self.chances = successes(tumour, host, self.division, self.death)
        faster = successes(tumour, host, self.division * (1.0 + _STEP), self.death)
        dying = successes(tumour, host, self.division, self.death * (1.0 + _STEP))
        self._by_division = np.log(faster / self.chances) / (self.division * _STEP)
        self._by_death = np.log(dying / self.chances) / (self.death * _STEP)
        middle = state.middles[number]
        self.base = body.pattern(tumour, self.chances, middle, state.pace, case.row)
        rows = []
        for soil in range(len(self.chances)):
            raised = self.chances.copy()
            raised[soil] *= 1.0 + _STEP
            rows.append((body.pattern(tumour, raised, middle, state.pace, case.row) - self.base) / _STEP)
        self.by_chance = np.stack(rows)

    def logarithm(self, division: Floats, death: Floats) -> Floats:
        """Return the change of ln success when the rates are these [soils]."""
        return self._by_division * (division - self.division) + self._by_death * (death - self.death)


def _seen(share: Floats) -> Floats:
    return MISREAD + (1.0 - 2.0 * MISREAD) * share
