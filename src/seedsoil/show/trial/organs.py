"""Where the lesions are: the share of patients with a metastasis in each organ, as bars and points."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from seedsoil.biology.soils.vessels import cells_of
from seedsoil.show.palette import PALE, Picture, arm_colour, grid, house_style
from seedsoil.show.results import TrialLike, instrument_of, limit_mm, size_of, words
from seedsoil.trial.reading.summaries import patients_by_site

SEEN = "#A6A6A6"
_shapes = ("o", "s", "D", "^", "v", "P", "X", "*")


def organs_figure(trial: TrialLike, most: int = 14) -> Picture:
    """Draw, for each organ, the share of patients with at least one metastasis at diagnosis and at the end.

    Parameters
    ----------
    trial : Trial
        Its table ``lesions`` needs patient, arm, site, parent, cells_at_diagnosis and cells_at_end.
    most : int
        How many organs are drawn, the commonest first.

    Returns
    -------
    Picture
        ``table`` holds site, arm, patients, at_diagnosis, seen_at_diagnosis, at_end: shares of all patients of the arm.
        Seen is what reaches the diameter of which the trial's first instrument shows half; nothing without one.
    """
    arms = list(trial.arms)
    shares = site_shares(trial)
    tool = instrument_of(trial)
    sites = sorted({site for share in shares.values() for site in share})
    weight = {site: max(max(share.get(site, (0.0, 0.0, 0.0))) for share in shares.values()) for site in sites}
    sites = sorted((site for site in sites if weight[site] > 0.0), key=lambda site: (-weight[site], site))
    shown = sites[:most]
    with house_style():
        picture = Picture(8.2, 1.7 + max(0.46, 0.2 + 0.075 * len(arms)) * max(len(shown), 2))
        axes = picture.subplots()
        for row, site in enumerate(shown):
            any_size, seen, _ = shares[arms[0]].get(site, (0.0, 0.0, 0.0))
            axes.barh(row, 100 * any_size, height=0.8, color=PALE)
            if tool:
                axes.barh(row, 100 * seen, height=0.8, color=SEEN)
            for place, arm in enumerate(arms):
                y = row + (place - (len(arms) - 1) / 2) * 0.66 / max(len(arms) - 1, 1)
                at_end = 100 * shares[arm].get(site, (0.0, 0.0, 0.0))[2]
                axes.plot(at_end, y, _shapes[place % len(_shapes)], color=arm_colour(place), markersize=5, markeredgecolor="white",
                          markeredgewidth=0.6, clip_on=False, zorder=3)  # fmt: skip
        axes.set_yticks(range(len(shown)), [words(site) for site in shown])
        axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
        axes.set_xlim(0, max(5.0, 100 * max([weight[site] for site in shown], default=0.0)) * 1.04)
        axes.set_xlabel("Patients with at least one metastasis there [%]")
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
        grid(axes, "x")
        if not shown:
            axes.text(0.5, 0.5, "no metastasis in any patient", transform=axes.transAxes, ha="center")
        bars: list[Any] = [Patch(color=PALE, label="at diagnosis, of any size")]
        if tool:
            label = f"at diagnosis, {limit_mm(tool):g} mm or more, as {tool.upper()} shows"
            bars.append(Patch(color=SEEN, label=label))
        bars += [_dot(place, f"at the end: {words(arm)}") for place, arm in enumerate(arms)]
        picture.explain(bars, 3 if len(arms) > 1 else 2)
    left_out = f" {len(sites) - len(shown)} rarer organs are left out." if len(sites) > len(shown) else ""
    picture.caption = (
        "Share of patients with at least one metastasis in each organ, as it truly was. Bars: at diagnosis. Points: at death or the "
        f"end of follow-up, by arm.{left_out}"
    )
    picture.table = share_rows(trial, shares, sites)
    return picture


def _dot(place: int, label: str) -> Line2D:
    return Line2D(
        [], [], marker=_shapes[place % len(_shapes)], linestyle="", color=arm_colour(place), markersize=6, label=label
    )


def site_shares(trial: TrialLike) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Return for each arm and site the shares of patients: any at diagnosis, large enough to be seen, any at the end."""
    tool = instrument_of(trial)
    counts = patients_by_site(trial.tables, float(cells_of(limit_mm(tool))) if tool else math.inf)
    shares: dict[str, dict[str, tuple[float, float, float]]] = {}
    for arm in trial.arms:
        patients = max(size_of(trial, arm), 1)
        shares[arm] = {
            site: (at_diagnosis / patients, visible / patients, at_end / patients)
            for site, (at_diagnosis, visible, at_end) in counts.get(arm, {}).items()
        }
    return shares


def share_rows(
    trial: TrialLike, shares: dict[str, dict[str, tuple[float, float, float]]], sites: list[str]
) -> dict[str, list[Any]]:
    """Return the shares of each site and arm as columns."""
    names = ("site", "arm", "patients", "at_diagnosis", "seen_at_diagnosis", "at_end")
    rows: dict[str, list[Any]] = {name: [] for name in names}
    for site in sites:
        for arm in trial.arms:
            patients = size_of(trial, arm)
            cells = (site, arm, patients, *shares[arm].get(site, (0.0, 0.0, 0.0)))
            for column, cell in zip(rows.values(), cells, strict=True):
                column.append(cell)
    return rows
