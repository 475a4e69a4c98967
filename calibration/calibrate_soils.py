"""Fit soils' ligands and tumours' receptors to where autopsies found metastases.

    python calibration/calibrate_soils.py --autopsies FILE [--write]

FILE is the table of diSibio and French (2008) as CSV: see autopsies.py. Without --write nothing is changed: the levels are
printed beside those assumed. With it they go into src/seedsoil/catalogue and src/seedsoil/evidence/facts/organ_patterns.toml. About three minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if not __package__:  # run as a file, its neighbours are found from the folder above
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from calibration.autopsies import read_autopsies
from calibration.files import read_assumed, write_catalogue, write_found
from calibration.fit import fitted
from calibration.guards import LINES, guards
from calibration.patterns import COLUMNS, FITTED, Fit, State, cases_of
from seedsoil.catalogue.load import entry
from seedsoil.evidence.organs.autopsies import PRIMARIES
from seedsoil.evidence.organs.body import Body


def problem_of(path: Path) -> Fit:
    """Return all that can be fitted to the autopsies in a file."""
    tumours = {name: entry("tumours", name) for row in PRIMARIES.values() for name in row.tumours}
    return Fit(Body(entry("hosts", "adult")), cases_of(read_autopsies(path), tumours), read_assumed())


def report(fit: Fit, state: State) -> str:
    """Return the fitted levels beside the assumed ones, and the guards that still hold something back."""
    lines = [f"{'soil':17}" + "".join(f"{name:>20}" for name in FITTED) + "   (assumed)"]
    for soil, found, before in zip(fit.body.soils, state.ligands, fit.start().ligands, strict=True):
        lines.append(f"{soil:17}" + "".join(f"{a:14.2f} ({b:.2f})" for a, b in zip(found, before, strict=True)))
    for case, shift in zip(fit.cases, state.shifts, strict=True):
        for tumour in case.tumours if case.row.tumours else ():
            found, before = fit.receptors(tumour, shift)[COLUMNS], fit.receptors(tumour, 0.0 * shift)[COLUMNS]
            lines.append(
                f"{tumour.name:25}" + "".join(f"{a:12.2f} ({b:.2f})" for a, b in zip(found, before, strict=True))
            )
    strained = guards(fit, [entry("tumours", name) for name in LINES], state)
    lines.append(
        f"spread of ln m {state.pace.spread:.2f}, metastases shed {state.pace.onward:.2f} times the primary's number"
    )
    lines.append(f"guards: sum of squares {(strained**2).sum():.1f} over {len(strained)}")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, fit, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--autopsies", type=Path, required=True, help="the table as CSV")
    parser.add_argument("--write", action="store_true", help="put the levels into the catalogue")
    asked = parser.parse_args()
    fit = problem_of(asked.autopsies)
    state = fitted(fit, [entry("tumours", name) for name in LINES], fit.start(), most=60)
    sys.stdout.write(report(fit, state) + "\n")
    if asked.write:
        write_catalogue(fit, state)
        write_found(fit, state)


if __name__ == "__main__":
    main()
