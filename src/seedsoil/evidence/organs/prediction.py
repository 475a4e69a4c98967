"""Where a tumour's metastases lie, by formula: flow, arrest and soil, without a simulated patient.

A patient sheds m cells in a life. Of each, e_ij found a lesion at j when shed at i: the chance to arrest there (the
anatomy's absorbing chain) times the chance to succeed in its soil (the cascade), averaged over how fast founders divide.
Metastases shed as well: a site that holds any sheds ``onward`` times the primary's number. So the expected lesions are

    L_j = m e_ij + onward m sum_k (1 - exp(-L_k)) e_kj,    incidence_j = E[1 - exp(-L_j)] / E[1 - exp(-sum_j L_j)],

the sum taken generation by generation, and the means over patients, whose m is lognormal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.cascade import extravasating, founding, quiescence, surviving
from seedsoil.biology.patient import Host
from seedsoil.biology.signals import Levels, resting
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import match

Floats = NDArray[np.float64]

GENERATIONS = 3
LEAST_CHANCE = 1e-14  # keeps logarithms finite where no founder is fast enough
_nodes, _weights = np.polynomial.hermite_e.hermegauss(25)
PATIENT_NODES, PATIENT_WEIGHTS = _nodes, _weights / _weights.sum()


@dataclass(frozen=True)
class Pace:
    """Numbers that all patients share: spread of ln m between them, and what a metastasis sheds against a primary."""

    spread: float
    onward: float


def rates(tumour: Tumour, receptors: Sequence[float] | Floats, ligands: Floats) -> tuple[Floats, Floats]:
    """Return division and death [1/day, soils] of a tumour with these receptors, by the ligands [soils, factors]."""
    half = float(tumour.ligand_half_saturation)
    division = float(tumour.division_rate) * match(receptors, ligands, half)
    starved = 1.0 - match(levels(tumour.survival_receptors), ligands, half)
    return division, float(tumour.death_rate) + float(tumour.unmatched_death_rate) * starved


def successes(tumour: Tumour, host: Host, division: Floats, death: Floats) -> Floats:
    """Return the chance that a cell which has arrested in each soil founds a lesion there [soils], never quite 0."""
    rest = Levels(resting())
    kept = surviving(tumour, host.soils, rest)[0] * extravasating(tumour, host.soils, rest)[0]
    asleep = np.array([quiescence(tumour, soil) for soil in host.soils])
    return np.asarray(np.maximum(LEAST_CHANCE, kept * founding(tumour, asleep, division, death)))


def expected_lesions(chances: Floats, home: int, shed: Floats, onward: float) -> Floats:
    """Return the expected lesions at each site of patients who shed so many cells [patients, sites].

    ``chances`` holds how likely a cell shed at i, viable in the vessel, founds a lesion at j [sites, sites]; none is
    counted where the primary lies.
    """
    direct = shed[:, None] * chances[home][None, :]
    direct[:, home] = 0.0
    lesions = direct
    for _ in range(GENERATIONS - 1):
        lesions = direct + onward * shed[:, None] * (-np.expm1(-lesions) @ chances)
        lesions[:, home] = 0.0
    return np.asarray(lesions)


def incidence(chances: Floats, home: int, middle: float, pace: Pace, places: Mapping[str, Sequence[int]]) -> Floats:
    """Return the share of patients with a metastasis in each place [places], among those who have any.

    ``middle`` is the mean of ln m; a place is one or several sites.
    """
    shed = np.exp(middle + pace.spread * PATIENT_NODES)
    lesions = expected_lesions(chances, home, shed, pace.onward)
    anywhere = PATIENT_WEIGHTS @ -np.expm1(-lesions.sum(axis=1))
    by_place = np.stack([lesions[:, list(sites)].sum(axis=1) for sites in places.values()], axis=1)
    return np.asarray(PATIENT_WEIGHTS @ -np.expm1(-by_place) / anywhere)
