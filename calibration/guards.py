"""What a fit of soils must leave as it is known: where tumours grow and where not, whatever autopsies say.

Each guard is a residual that is 0 while all is well, in units in which 1 is as bad as one misjudged site.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.autopsies import PRIMARIES
from calibration.patterns import HELD, Case, Fit, State
from calibration.prediction import Floats, rates
from seedsoil.biology.clone import Tumour
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import match

#: Where each line of cells grows in its experiments.
LINES: dict[str, tuple[str, ...]] = {
    "b16_melanoma": ("skin", "lung", "ovary"),
    "heya8": ("peritoneum", "ovary", "lung"),
    "k1735": ("skin", "lung", "brain"),
    "km12sm": ("colon", "liver", "lung"),
    "l36pl": ("pancreas", "liver", "lung"),
    "pc3mm2": ("bone", "marrow", "lung", "lymph_node"),
    "skov3ip1": ("peritoneum", "ovary", "lung"),
    "uv2237": ("skin", "lung"),
}

#: Least share of the surplus of division over death that a line keeps where it grows.
KEPT = 0.7

#: Soils in which no tumour grows that is not at home there, of lines and of people (Hart and Fidler; Paget).
BARREN = ("kidney", "spleen")

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
        receptors = levels(tumour.receptors)
        before, now = (np.divide(*rates(tumour, receptors, each)) - 1.0 for each in (fit.believed, ligands))
        for name in LINES[tumour.name]:
            where = fit.body.soil(name)
            parts.append(10.0 * max(0.0, KEPT * before[where] - now[where]))
        parts += [60.0 * max(0.0, now[fit.body.soil(name)] + 0.05) for name in BARREN]
    return np.array(parts)


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
            found = fit.assumed.division[tumour.name] / fit.division_rate(tumour, shift, ligands)
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
