"""P39: what batimastat takes of a colon cancer in the colon of nude mice, fitted by the division that needs proteases."""

from __future__ import annotations

from collections.abc import Mapping

from calibration.target import Aim, Free, Target
from seedsoil.evidence.bench import column
from seedsoil.evidence.claim import Setting
from seedsoil.evidence.prevention.spread import colon_mice

_SETTING = Setting("fast", 39)


def _weight() -> Mapping[str, float]:
    """Weight of primaries after four weeks of batimastat over that of untreated ones, by the experiment of F1."""
    trial = colon_mice(_SETTING, 40, "28 days", "burden death")
    first = column(trial, "lesions", "lesion") == 0
    arm, cells = (column(trial, "lesions", name)[first] for name in ("arm", "cells_at_end"))
    return {"weight": float(cells[arm == "early"].mean() / cells[arm == "control"].mean())}


TARGETS = (
    Target(
        id="P39",
        source="wang_1994",
        words="the share of division at a lesion's edge that needs proteases, by the weight of primaries under batimastat: "
        "144 mg for 293. The share of departures that needs them is not told by it: what is found of metastases after four "
        "weeks had left before the first dose",
        free=(Free("tumours.km12sm.spread.protease_growth"),),
        aims={"weight": Aim(0.49, 0.15, "log")},
        figures=_weight,
    ),
)
