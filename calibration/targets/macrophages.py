"""P40: mice whose macrophages liposomes woke, fitted by how fast effector cells kill in a mouse."""

from __future__ import annotations

from collections.abc import Mapping

from calibration.target import Aim, Free, Target
from seedsoil.evidence.claim import Setting
from seedsoil.evidence.established.immune import free_of_metastases, woken_mice

_SETTING = Setting("fast", 40)


def _free() -> Mapping[str, float]:
    """Share of treated mice free of visible metastases on day 90, by the experiment of G15."""
    return {"free": float(free_of_metastases(woken_mice(_SETTING, 60, "1 mm"), "woken").mean())}


TARGETS = (
    Target(
        id="P40",
        source="fidler_1981",
        words="the greatest kill by effector cells in a mouse, by the share of mice free of metastases after liposomes with a "
        "muramyl peptide: 0.74. More macrophages would not do: those that are woken kill at nearly the greatest rate already, "
        "and B16 grows almost as fast",
        free=(Free("hosts.mouse.cells.immunity.kill_rate", beside=("hosts.nude_mouse.cells.immunity.kill_rate",)),),
        aims={"free": Aim(0.74, 0.3, "odds")},
        figures=_free,
    ),
)
