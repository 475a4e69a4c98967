"""Fit what is marked for calibration: numbers of the catalogue, moved within their ranges until published figures come out.

    python calibration/calibrate_catalogue.py               list what can be fitted
    python calibration/calibrate_catalogue.py P04 P40       fit these, and print what was found beside what stands there
    python calibration/calibrate_catalogue.py all --write   fit all, and write what was found into the catalogue

Each number is drawn towards what stood there, by its own range; it never leaves that range. What is written is graded
"fitted", with the day and the key of the figures. Claims are then run with the catalogue as it is: nothing else is fitted
to them. Ligands and receptors are fitted to autopsies by calibrate_soils.py.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

if not __package__:  # run as a file, its neighbours are found from the folder above
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.optimize import least_squares

import calibration.targets
from calibration.shelf import number_at, on_a_copy, write_number
from calibration.target import Free, Target, scaled, unscaled

#: A range is taken for two standard deviations on either side of where a number stands.
_ERROR = 0.25
#: The step by which slopes are found, as a share of a number's range: wide enough to stand above what chance leaves.
_STEP = 0.08
_FITTED = "fitted by calibration/calibrate_catalogue.py"
_MOST = 8  # rounds of a fit
_DIGITS = 3


@dataclass(frozen=True)
class Found:
    """What a fit found: the numbers by path, and the figures before and after."""

    values: Mapping[str, float]
    before: Mapping[str, float]
    after: Mapping[str, float]


def targets() -> dict[str, Target]:
    """Return all targets by their key: whatever a file of ``calibration/targets`` lists."""
    found: dict[str, Target] = {}
    for module in pkgutil.iter_modules(calibration.targets.__path__):
        for target in importlib.import_module(f"calibration.targets.{module.name}").TARGETS:
            if target.id in found:
                raise ValueError(f"{target.id} stands in two files of calibration/targets")
            found[target.id] = target
    return dict(sorted(found.items()))


def _edges(free: Free) -> tuple[float, float, float]:
    """Return a number's lowest, present and highest value on its scale. ValueError where it is not free to move."""
    stands = number_at(free.path)
    if stands["grade"] not in {"assumed", "fitted"}:
        raise ValueError(f"{free.path}: is measured ({stands['grade']}), and not to be fitted")
    low, value, high = (scaled(float(stands[field]), free.scale) for field in ("low", "value", "high"))
    return low, value, high


def fit(target: Target) -> Found:
    """Fit a target: least squares of its figures' misses and of how far each number was moved, against their errors."""
    low, start, high = np.array([_edges(free) for free in target.free]).T
    seen: dict[tuple[float, ...], Mapping[str, float]] = {}

    def numbers(place: np.ndarray) -> dict[str, float]:
        """Return the numbers at a place: each range goes from 1 to 2, so that a step is the same share of each."""
        changes: dict[str, float] = {}
        for free, each in zip(target.free, low + (place - 1.0) * (high - low), strict=True):
            value = float(f"{unscaled(float(each), free.scale):.{_DIGITS}g}")
            changes |= dict.fromkeys((free.path, *free.beside), value)
        return changes

    def figures(place: np.ndarray) -> Mapping[str, float]:
        changes = numbers(place)
        key = tuple(changes.values())
        if key not in seen:
            seen[key] = on_a_copy(target.figures, changes)
            told = ", ".join(f"{path.rpartition('.')[2]} {value:g}" for path, value in changes.items())
            print(f"  {told}: " + ", ".join(f"{name} {seen[key][name]:.4g}" for name in target.aims), flush=True)
        return seen[key]

    def misses(place: np.ndarray) -> np.ndarray:
        given = figures(place)
        missed = [
            (scaled(max(given[name], 1e-300), aim.scale) - scaled(aim.value, aim.scale)) / aim.error
            for name, aim in target.aims.items()
        ]
        return np.concatenate([missed, (place - first) / _ERROR])

    first = 1.0 + (start - low) / (high - low)
    before = figures(first)
    inside = np.clip(first, 1.0 + 1e-6, 2.0 - 1e-6)
    best = least_squares(misses, inside, bounds=(1.0, 2.0), diff_step=_STEP, max_nfev=_MOST, ftol=0.02, xtol=0.01)
    return Found(numbers(best.x), before, figures(best.x))


def report(target: Target, found: Found) -> str:
    """Return what a fit found, line by line."""
    lines = [f"{target.id} ({target.source}): {target.words}"]
    for path, value in found.values.items():
        stands = number_at(path)
        lines.append(f"  {path} = {value:g} (was {stands['value']:g}; {stands['low']:g} to {stands['high']:g})")
    for name, aim in target.aims.items():
        lines.append(f"  {name}: {found.after[name]:.4g} for {aim.value:g} (was {found.before[name]:.4g})")
    return "\n".join(lines)


def write(target: Target, found: Found, day: date) -> None:
    """Write fitted numbers into the catalogue, graded so; the day and the key of the figures go behind what a note says."""
    for path, value in found.values.items():
        stands = number_at(path)
        told = str(stands.get("note", "")).partition(_FITTED)[0].removesuffix("; ")
        fitted = f"{_FITTED} on {day.isoformat()} to {target.id}; {float(stands['value']):g} stood before"
        note = f"{told}; {fitted}" if told else fitted
        write_number(path, {"value": value, "grade": "fitted", "source": target.source, "note": note})


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, fit, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help="keys of criteria, or all")
    parser.add_argument("--write", action="store_true", help="put the numbers into the catalogue")
    asked = parser.parse_args(arguments)
    known = targets()
    if not asked.targets:
        print("\n".join(f"{target.id}  {target.words}" for target in known.values()))
        return 0
    wanted = list(known) if asked.targets == ["all"] else asked.targets
    if lacking := [name for name in wanted if name not in known]:
        print(f"no target {', '.join(lacking)}. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in wanted:
        found = fit(known[name])
        print(report(known[name], found), flush=True)
        if asked.write:
            write(known[name], found, datetime.now(UTC).date())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
