"""P04: what becomes of B16-F1 cells in a mouse's liver, step by step (Luzzi 1998)."""

from __future__ import annotations

from collections.abc import Mapping

from calibration.target import Aim, Free, Target
from seedsoil.evidence.cascade.portal import portal
from seedsoil.evidence.claim import Setting

__all__ = ["TARGETS"]


def _steps() -> Mapping[str, float]:
    """Return the share of cells that passes each step, of two mice of the claims' own experiment."""
    injected, inside, begun, large = (float(step.sum()) for step in portal(Setting("fast", 41), 2)[:4])
    return {"extravasated": inside / injected, "begun": begun / inside, "macroscopic": large / begun}


TARGETS = (
    Target(
        id="P04",
        source="luzzi_1998",
        words="B16-F1 in the portal vein: cells in the liver on day 3, of those the share that begins to grow, of those the share seen by eye. "
        "The liver's vessels and the line's sleep there carry the first two, its pace and how far founders differ the third. What stands "
        "was first set by hand: where no cell sleeps no slope leads to where nearly all do.",
        free=(
            Free("hosts.mouse.soils.liver.vessel_loss"),
            Free("hosts.mouse.soils.liver.dormancy_cue", "linear"),
            Free("tumours.b16_f1.quiescence_rate"),
            Free("tumours.b16_f1.dormancy_sensitivity", "linear"),
            Free("tumours.b16_f1.division_rate"),
            Free("tumours.b16_f1.founder_variation", "linear"),
        ),
        aims={
            "extravasated": Aim(0.8, 0.05),
            "begun": Aim(0.025, 0.25, "log"),
            "macroscopic": Aim(0.01, 0.5, "log"),
        },
        figures=_steps,
    ),
)
