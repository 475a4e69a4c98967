"""What a fit of soils must leave as it is known: where tumours grow and where not, whatever autopsies say.

Each guard is a residual that is 0 while all is well, in units in which 1 is as bad as one misjudged site.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.patterns import HELD, Case, Fit, State
from seedsoil.biology.clone import Tumour
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.soil import match
from seedsoil.evidence.organs.autopsies import PRIMARIES
from seedsoil.evidence.organs.prediction import Floats, rates

#: Growth of each line of cells in soils of its experiments: the least and the most that it may be [1/day].
LINES: dict[str, dict[str, tuple[float, float]]] = {
    "b16_melanoma": {"skin": (0.10, 0.13), "lung": (0.23, 0.29), "ovary": (0.15, 0.4)},
    "heya8": {"peritoneum": (0.25, 0.4), "ovary": (0.25, 0.6)},
    "k1735": {"skin": (0.19, 0.24), "lung": (0.25, 0.5), "brain": (0.18, 0.4)},
    "km12sm": {"colon": (0.2, 0.3), "liver": (0.2, 0.4), "brain": (0.085, 0.2)},
    "l36pl": {"pancreas": (0.2, 0.26), "liver": (0.3, 0.8), "lymph_node": (0.2, 0.7)},
    "pc3mm2": {"bone": (0.265, 0.35), "lymph_node": (0.2, 0.6), "prostate": (0.15, 0.4)},
    "skov3ip1": {"peritoneum": (0.18, 0.3), "ovary": (0.2, 0.5)},
    "uv2237": {"skin": (0.21, 0.25), "lung": (0.25, 0.5), "brain": (0.12, 0.3)},
}

#: Soils in which no tumour grows that is not at home there, of lines and of people (Hart and Fidler; Paget).
BARREN = ("kidney", "spleen")

#: What inflammation and a fresh wound add there at most, and still no line of cells may grow.
STIRRED = {"egf": 0.08, "pdgf": 0.05, "chemokine": 0.03}

#: Tumours that grow in the brain, of which the autopsies say too little: the skull was often left closed.
IN_BRAIN = ("melanoma", "lung_adenocarcinoma", "lung_small_cell", "breast_er_negative")

#: Share of a soil's greatest effect that a tumour finds where its pace was measured, and how far ln of it may differ.
CONGENIAL, CONGENIAL_WIDTH = 0.68, 0.12


def guards(fit: Fit, lines: Sequence[Tumour], state: State) -> Floats:
    """Return the residuals of all guards."""
    ligands, parts = fit.ligands(state), []
    for case, shift in zip(fit.cases, state.shifts, strict=True):
        if case.name in PRIMARIES:
            parts += _of_case(fit, case, shift, ligands)
    for tumour in lines:
        parts += _of_line(fit, tumour, ligands)
    return np.array(parts)


def _of_line(fit: Fit, tumour: Tumour, ligands: Floats) -> list[float]:
    """Return the guards of one line of cells."""
    receptors, stirred = levels(tumour.receptors), ligands.copy()
    growth = np.subtract(*rates(tumour, receptors, ligands))
    parts = []
    for name, (least, most) in LINES[tumour.name].items():
        found = growth[fit.body.soil(name)]
        parts.append(30.0 * max(0.0, 1.0 - found / least, found / most - 1.0))
    for name, more in STIRRED.items():
        stirred[:, FACTORS.index(name)] += more
    surplus = np.divide(*rates(tumour, receptors, stirred)) - 1.0
    return [*parts, *(60.0 * max(0.0, surplus[fit.body.soil(name)] + 0.03) for name in BARREN)]


def _of_case(fit: Fit, case: Case, shift: Floats, ligands: Floats) -> list[float]:
    """Return the guards of the tumours of one primary: at home and in lungs above the threshold, in barren soil below."""
    parts: list[float] = []
    for tumour in case.tumours:
        division, death = fit.growth(tumour, shift, ligands)
        surplus, home = division / death - 1.0, fit.body.home(tumour)
        growing = [home, fit.body.soil("lung"), *([fit.body.soil("brain")] if tumour.name in IN_BRAIN else [])]
        parts += [60.0 * max(0.0, 0.1 - surplus[where]) for where in growing]
        barren = [fit.body.soil(name) for name in BARREN]
        parts += [60.0 * max(0.0, surplus[where] + 0.05) for where in barren if where != home]
        if tumour.name in HELD:
            parts += _drift(fit, tumour, shift, ligands)
        else:
            found = fit.congenial(tumour, shift, ligands)
            parts.append(float(np.log(found / CONGENIAL) / CONGENIAL_WIDTH))
    return parts


def _drift(fit: Fit, tumour: Tumour, shift: Floats, ligands: Floats) -> list[float]:
    """Return how far a held tumour's match has moved in its soils, against how far it may."""
    where = [fit.body.soil(name) for name in HELD[tumour.name]]
    half, survival = float(tumour.ligand_half_saturation), levels(tumour.survival_receptors)
    still = fit.receptors(tumour, np.zeros_like(shift))
    grown = match(fit.receptors(tumour, shift), ligands[where], half) - match(still, fit.believed[where], half)
    spared = match(survival, ligands[where], half) - match(survival, fit.believed[where], half)
    return [*(grown / 0.003), *(spared / 0.01)]
