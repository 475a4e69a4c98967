"""C5, C6, C7: labelled melanoma cells in a vein of mice: where they are, how long they live, and what becomes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, cohort, column, counted
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean, median, ratio, share
from seedsoil.evidence.injected import EYE, MICROSCOPE, UNKILLED
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]

_CELLS = 1e5
_MINUTES = (1, 2, 3, 4, 5, 6, 8, 10, 15, 30)
_MINUTE = 1.0 / 1440.0
#: Sites in which the line is known to grow.
_HOMES = ("lung", "ovary")


def _mice(setting: Setting, more: Sequence[Order] = ()) -> Trial:
    """Fidler 1970: 1e5 labelled B16 cells into the tail vein, label from a minute to two weeks later, colonies on day 14."""
    unkilled = UNKILLED if setting.ablated and not setting.without else {}
    return cohort(
        setting, animals=setting.animals(12, 40), tumour={"is": "b16_melanoma", **unkilled}, host="mouse", until="15 days",
        arms={"vein": [
            {"inject": f"{_CELLS:g} cells", "into": "veins", "at": "0 days"},
            {"count": "label", "at": [*(f"{minute} minutes" for minute in _MINUTES), "1 day", "14 days"]},
            {"count": "colonies", "at": "14 days", "size": MICROSCOPE},
            *more,
        ]},
    )  # fmt: skip


def _by_mouse(trial: Trial, what: str, day: float, site: str = "") -> Floats:
    """Return what was counted of each mouse on a day, at a site or in all of them."""
    table = trial.tables["counts"]
    rows = (np.asarray(table["what"]) == what) & np.isclose(np.asarray(table["day"]), day)
    if site:
        rows &= np.asarray(table["site"]) == site
    who, number = np.asarray(table["patient"])[rows], np.asarray(table["number"])[rows]
    return np.bincount(who, weights=number, minlength=trial.plan.patients).astype(np.float64)


def _yield(setting: Setting) -> Finding:
    """Lung colonies of each mouse, and their share of the cells that were let go."""
    lung = _by_mouse(_mice(setting), "colonies", 14.0, "lung")
    return Finding(
        mean(lung),
        len(lung),
        {"percent": mean(100.0 * lung / _CELLS)},
        {"mice": {"lung colonies": lung.tolist()}},
    )


def _places(setting: Setting) -> Finding:
    """Organs that hold label soon after, and mice whose colonies, as a necropsy finds them, lie in lung and ovary alone."""
    trial = _mice(setting, [{"count": "colonies", "at": "14 days", "size": EYE}])
    sites = sorted(set(column(trial, "counts", "site")))
    early = {site: _by_mouse(trial, "label", 10 * _MINUTE, site) for site in sites}
    # Nodules of the lungs are counted under a microscope, and other organs looked over at the necropsy.
    grown = {site: counted(trial, "colonies", "vein", int(site not in _HOMES), site, of=2) for site in sites}
    reached = np.sum([label > 0.0 for label in early.values()], axis=0)
    elsewhere = np.sum([grown[site] for site in sites if site not in _HOMES], axis=0)
    everywhere = np.sum(list(grown.values()), axis=0)
    alone = (elsewhere == 0.0) & (everywhere > 0.0)
    lung = _by_mouse(trial, "label", 1.0, "lung")
    return Finding(
        share(int(alone.sum()), len(alone)),
        len(alone),
        {
            "organs reached": median(reached),
            "colonies elsewhere": ratio(elsewhere, everywhere),
            "label in the lung": ratio(lung, _by_mouse(trial, "label", 1.0)),
        },
        {
            "sites": {
                "site": sites,
                "label after ten minutes": [float(early[site].mean()) for site in sites],
                "colonies": [float(grown[site].mean()) for site in sites],
            }
        },
    )


def _course(setting: Setting) -> Finding:
    """Label of the lung minute by minute, of the body after a day, and of the lung after two weeks."""
    trial = _mice(setting)
    alive = 100.0 * _by_mouse(trial, "label", 1.0) / _CELLS
    minutes = np.array([float(_by_mouse(trial, "label", minute * _MINUTE, "lung").mean()) for minute in _MINUTES])
    late, lung = _by_mouse(trial, "label", 14.0, "lung"), _by_mouse(trial, "colonies", 14.0, "lung")
    return Finding(
        mean(alive),
        len(alive),
        {"dip": Figure.exact(_dip(minutes)), "two weeks": mean(late), "cells per colony": ratio(late, lung)},
        {"lung": {"minute": list(_MINUTES), "label [cells]": minutes.tolist()}},
        (
            Chart(
                "Label in the lung after injection", "Minutes", "Cells' worth of label",
                {"mean": {"x": [float(minute) for minute in _MINUTES], "y": minutes.tolist()}},
            ),
        ),
    )  # fmt: skip


def _dip(minutes: Floats) -> float:
    """Return the minute at which label is least before it rises again by more than a hundredth; nan if it never does."""
    for place in range(1, len(_MINUTES) - 1):
        before, here, after = minutes[:place].max(), minutes[place], minutes[place + 1 :].max()
        if here < 0.99 * before and here < 0.99 * after and here == minutes[:-1].min():
            return float(_MINUTES[place])
    return math.nan


_SETUP = "1e5 labelled B16 cells into the tail vein of mice, colonies of 0.05 mm or more counted after 14 days. "

CLAIMS = (
    Claim(
        id="C5",
        statement="Of melanoma cells let go in a vein of mice fewer than one in a thousand become metastases.",
        sources=("fidler_1970",),
        setup=_SETUP + "As in Fidler 1970; the number let go follows from the published yield.",
        observable="lung colonies of 1e5 cells after 14 days",
        unit="colony",
        band=Band(40.0, 130.0),
        direction=Direction("below", 1000.0),
        ablation=Ablation("no cell is killed on its way", "transit, natural killers and the first day take no cell: thousands of colonies grow"),
        experiment=_yield,
        checks=(Check("percent", "lung colonies in percent of the cells let go", "%", Band(0.04, 0.13)),),
        parameters=("tumour.early_loss_rate", "tumour.spread.natural_killer_loss_rate", "soils.lung.ligands"),
    ),
    Claim(
        id="C6",
        statement="Cells come to all organs, and metastases grow in few of them.",
        sources=("fidler_1970", "hart_fidler_1980"),
        setup=_SETUP + "Label by organ after ten minutes and a day; colonies of other organs than lung and ovary by the eye (0.1 mm), as at a necropsy.",
        observable="share of mice whose colonies lie in lung and ovary alone",
        unit="1",
        band=Band(0.9, 1.0),
        ablation=Ablation("every soil alike", "where the tissue gives no less than the lung, whatever settles grows", ("soil matching",)),
        experiment=_places,
        checks=(
            Check("organs reached", "organs with label after ten minutes, median mouse", "organ", Band(6.0, math.inf)),
            Check("colonies elsewhere", "share of all colonies that lie in neither lung nor ovary", "1"),
            Check("label in the lung", "share of label that the lung holds after a day", "1", Band(0.5, 1.0)),
        ),
        parameters=("host.anatomy.sites.size_trap", "tumour.receptors against soils.*.ligands"),
    ),
    Claim(
        id="C7",
        statement="Cells let go in a vein are caught, in part let go again, and die within a day, but for a few.",
        sources=("fidler_1970",),
        setup=_SETUP + "Label of the lung from a minute to half an hour, of the body after a day, of the lung after 14 days.",
        observable="label left in the body after 24 h",
        unit="%",
        band=Band(0.5, 2.0),
        direction=Direction("below", 50.0),
        ablation=Ablation("no cell is killed on its way", "no shear, no natural killer cell, no early loss: most label stays"),
        experiment=_course,
        checks=(
            Check("dip", "minute at which the lung's label is least before it rises again", "min", Band(3.0, 8.0)),
            Check("two weeks", "label in the lung after 14 days", "cell", Band(250.0, 600.0)),
            Check("cells per colony", "label in the lung over its colonies after 14 days", "cell", Band(3.0, 8.0)),
        ),
        parameters=("tumour.early_loss_rate", "tumour.death_rate: how fast label goes later"),
    ),
)  # fmt: skip
