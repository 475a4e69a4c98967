"""Cells let go in the blood of mice: what several sections share of such experiments."""

from __future__ import annotations

from typing import Any

__all__ = ["EYE", "MICROSCOPE", "UNKILLED"]

#: Width of a colony that a microscope finds, and of one that the eye does.
MICROSCOPE, EYE = "0.05 mm", "0.1 mm"
#: Traits of cells that nothing kills on their way and in their first day.
UNKILLED: dict[str, Any] = {
    "early_loss_rate": "0 /day",
    "transit_loss_rate": "0 /day",
    "spread": {"natural_killer_loss_rate": "0 /day"},
}
