"""A host with its soils and the primaries of the autopsies in it: what is predicted, from which levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibration.autopsies import HELPERS
from seedsoil.biology.clone import Tumour
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.soil import match
from seedsoil.evidence.organs.autopsies import PRIMARIES, Count, Row, scored_sites
from seedsoil.evidence.organs.body import Body
from seedsoil.evidence.organs.prediction import Floats, Pace, rates, successes

#: Factors whose levels are fitted: few, and those that differ most between tissues.
FITTED = ("egf", "igf", "chemokine")
COLUMNS = [FACTORS.index(name) for name in FITTED]

#: Soils in which a tumour's doubling time was measured, where that is not its home.
REFERENCE = {"kidney_clear_cell": "lung", "melanoma": "lung", "osteosarcoma": "lung"}

#: Tumours whose division_rate is left alone, and the soils in which a fit must leave their growth as it was.
HELD = {"colon_adenocarcinoma": ("colon", "liver", "lung", "lymph_node")}


@dataclass(frozen=True)
class Case:
    """A primary to predict: its tumours with their shares, and the counts."""

    name: str
    tumours: tuple[Tumour, ...]
    shares: tuple[float, ...]
    row: Row
    counts: Mapping[str, Count]


@dataclass(frozen=True)
class Assumed:
    """What is believed without the autopsies: levels of the fitted factors, and growth where it was measured [1/day]."""

    ligands: Mapping[str, Mapping[str, float]]
    receptors: Mapping[str, Mapping[str, float]]
    growth: Mapping[str, float]


@dataclass(frozen=True)
class State:
    """What is fitted: ligands [soils, fitted], shifts of receptors [cases, fitted], means of ln m [cases], pace."""

    ligands: Floats
    shifts: Floats
    middles: Floats
    pace: Pace


def cases_of(table: Mapping[str, Mapping[str, Count]], tumours: Mapping[str, Tumour]) -> tuple[Case, ...]:
    """Return the primaries that have tumours in the catalogue, then the helpers."""
    found = [
        Case(name, tuple(tumours[each] for each in row.tumours), tuple(row.tumours.values()), row, table[name])
        for name, row in PRIMARIES.items()
    ]
    for name, (like, site, row) in HELPERS.items():
        found.append(Case(name, (tumours[like].model_copy(update={"site": site}),), (1.0,), row, table[name]))
    return tuple(found)


def reference(body: Body, tumour: Tumour) -> int:
    """Return the number of the soil where a tumour's pace was measured."""
    return body.soil(REFERENCE[tumour.name]) if tumour.name in REFERENCE else body.home(tumour)


class Fit:
    """Levels about which a fit may decide, and what follows from them for each case."""

    def __init__(self, body: Body, cases: tuple[Case, ...], assumed: Assumed) -> None:
        self.body, self.cases, self.assumed = body, cases, assumed
        self.believed = body.supply.copy()
        self.believed[:, COLUMNS] = [[assumed.ligands[soil][name] for name in FITTED] for soil in body.soils]

    def start(self) -> State:
        """Return the levels as they are assumed."""
        none = np.zeros((len(self.cases), len(FITTED)))
        return State(self.believed[:, COLUMNS], none, np.full(len(self.cases), 12.0), Pace(2.5, 10.0))

    def ligands(self, state: State) -> Floats:
        """Return the levels of all factors [soils, factors]."""
        supply = self.believed.copy()
        supply[:, COLUMNS] = state.ligands
        return supply

    def receptors(self, tumour: Tumour, shift: Floats) -> Floats:
        """Return a tumour's receptors, the fitted ones shifted in log-odds [factors]."""
        held = np.array(levels(tumour.receptors))
        held[COLUMNS] = between(odds(np.array([self.assumed.receptors[tumour.name][name] for name in FITTED])) + shift)
        return held

    def congenial(self, tumour: Tumour, shift: Floats, ligands: Floats) -> float:
        """Return the match in the soil where the tumour's pace was measured [1]."""
        return float(match(self.receptors(tumour, shift), ligands[reference(self.body, tumour)], _half(tumour)))

    def division_rate(self, tumour: Tumour, shift: Floats, ligands: Floats) -> float:
        """Return the rate at which the tumour grows as was measured in the soil where it was measured [1/day]."""
        if tumour.name in HELD:
            return float(tumour.division_rate)
        there = reference(self.body, tumour)
        death = rates(tumour, levels(tumour.receptors), ligands[there])[1]
        return float((self.assumed.growth[tumour.name] + death) / self.congenial(tumour, shift, ligands))

    def growth(self, tumour: Tumour, shift: Floats, ligands: Floats) -> tuple[Floats, Floats]:
        """Return division and death [1/day, soils]."""
        division, death = rates(tumour, self.receptors(tumour, shift), ligands)
        return division * self.division_rate(tumour, shift, ligands) / float(tumour.division_rate), death

    def predict(self, state: State) -> list[Floats]:
        """Return the incidence at the scored sites of each case."""
        ligands, found = self.ligands(state), []
        for case, shift, middle in zip(self.cases, state.shifts, state.middles, strict=True):
            mixed = np.zeros(len(scored_sites(case.row)))
            for tumour, share in zip(case.tumours, case.shares, strict=True):
                chances = successes(tumour, self.body.host, *self.growth(tumour, shift, ligands))
                mixed += share * self.body.pattern(tumour, chances, middle, state.pace, case.row)
            found.append(mixed)
        return found


def odds(share: Floats) -> Floats:
    """Return log-odds of levels [1], kept off 0 and 1."""
    kept = np.clip(share, 0.01, 0.99)
    return np.asarray(np.log(kept / (1.0 - kept)))


def between(number: Floats) -> Floats:
    """Return the levels whose log-odds these are [1]."""
    return np.asarray(1.0 / (1.0 + np.exp(-number)))


def _half(tumour: Tumour) -> float:
    return float(tumour.ligand_half_saturation)
