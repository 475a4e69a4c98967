"""Levels on file: what is assumed before the fit, what the fit found, and the lines of the catalogue that hold it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from calibration.patterns import COLUMNS, FITTED, HELD, Assumed, Fit, State, reference
from seedsoil.biology.soils.soil import match
from seedsoil.catalogue.load import folder
from seedsoil.evidence.facts import FOLDER as FACTS
from seedsoil.evidence.organs.prediction import Floats, Pace, rates

HERE = Path(__file__).resolve().parent
ASSUMED, FOUND = HERE / "assumed.toml", FACTS / "organ_patterns.toml"

_NOTE = "fitted by calibration/calibrate_soils.py to where autopsies found metastases; {:g} was assumed before"


def read_assumed() -> Assumed:
    """Return the levels towards which the fit draws."""
    table = tomllib.loads(ASSUMED.read_text(encoding="utf-8"))
    return Assumed(table["ligands"], table["receptors"], table["growth"])


def read_found(fit: Fit) -> State:
    """Return what was fitted: the ligands of the catalogue, and the rest from the file beside this one."""
    table = tomllib.loads(FOUND.read_text(encoding="utf-8"))
    shifts = np.array([[table["shifts"][case.name][name] for name in FITTED] for case in fit.cases])
    middles = np.array([table["middles"][case.name] for case in fit.cases])
    return State(fit.body.supply[:, COLUMNS], shifts, middles, Pace(**table["pace"]))


def write_found(fit: Fit, state: State) -> None:
    """Write what the catalogue has no place for: shifts of receptors, cells shed, and the pace of all."""
    lines = [
        "# Written by calibrate_soils.py: what the fit found beside the levels that stand in the catalogue.",
        "[pace]",
    ]
    lines += [f"spread = {state.pace.spread:.4f}  # standard deviation of ln m, the cells that a patient sheds"]
    lines += [f"onward = {state.pace.onward:.4f}  # what metastases at a site shed, against the primary", ""]
    lines += ["# Mean of ln m among the patients with each primary.", "[middles]"]
    lines += [f'"{case.name}" = {middle:.4f}' for case, middle in zip(fit.cases, state.middles, strict=True)]
    lines += ["", "# How far the receptors of each primary's tumours were moved, in log-odds.", "[shifts]"]
    for case, shift in zip(fit.cases, state.shifts, strict=True):
        moved = ", ".join(f"{name} = {number:.4f}" for name, number in zip(FITTED, shift, strict=True))
        lines.append(f'"{case.name}" = {{ {moved} }}')
    FOUND.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_catalogue(fit: Fit, state: State) -> None:
    """Write the fitted ligands into the organs' entries, the receptors and rates of division into the tumours'."""
    ligands = fit.ligands(state)
    ligands[:, COLUMNS] = ligands[:, COLUMNS].round(2)
    for number, soil in enumerate(fit.body.soils):
        lines = _levels(ligands[number], fit.assumed.ligands[soil], 0.3)
        _rewrite(folder("organs") / f"{soil}.toml", "ligands", lines)
    for case, shift in zip(fit.cases, state.shifts, strict=True):
        for tumour in case.tumours if case.row.tumours else ():
            receptors = fit.receptors(tumour, shift)
            receptors[COLUMNS] = receptors[COLUMNS].round(2)
            path = folder("tumours") / f"{tumour.name}.toml"
            _rewrite(path, "receptors", _levels(receptors, fit.assumed.receptors[tumour.name], 0.25))
            if tumour.name not in HELD:
                there = ligands[reference(fit.body, tumour)]
                death = rates(tumour, receptors, there)[1]
                congenial = match(receptors, there, float(tumour.ligand_half_saturation))
                rate = f"\\g<1>{float((fit.assumed.growth[tumour.name] + death) / congenial):.4g}"
                renewed = re.sub(r"(?m)^(division_rate = \{ value = )[^,]+", rate, path.read_text(encoding="utf-8"))
                path.write_text(renewed, encoding="utf-8")


def _levels(levels: Floats, assumed: Mapping[str, float], reach: float) -> dict[str, str]:
    """Return the line of each fitted factor."""
    lines = {}
    for name, column in zip(FITTED, COLUMNS, strict=True):
        level = round(float(levels[column]), 2)
        low, high = max(0.0, round(level - reach, 2)), min(1.0, round(level + reach, 2))
        lines[name] = (
            f'{name} = {{ value = {level:g}, low = {low:g}, high = {high:g}, grade = "fitted", '
            f'source = "disibio_french_2008", note = "{_NOTE.format(assumed[name])}" }}'
        )
    return lines


def _rewrite(path: Path, table: str, renewed: Mapping[str, str]) -> None:
    """Replace the lines of these keys in one table of an entry; all other lines stay as they are."""
    lines, inside = path.read_text(encoding="utf-8").splitlines(), False
    for place, line in enumerate(lines):
        if line.startswith("["):
            inside = line == f"[{table}]"
        name = line.partition(" = ")[0]
        if inside and name in renewed:
            lines[place] = renewed[name]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
