"""Radiation: the share of cells that a dose leaves alive."""

from __future__ import annotations

from collections.abc import Sequence

from seedsoil.biology.clone import Mechanism, Radiosensitivity
from seedsoil.foundation.elementary import exp


def survival(alpha: float, alpha_beta_ratio: float, dose: float, damage_share: float = 1.0) -> float:
    """Share of cells that survive one fraction of ``dose`` [Gy].

    Law: S = exp(-s alpha D (1 + D / ratio)), linear-quadratic. ``damage_share`` s is what a resistant cell feels of it.

    Source: Fowler 1989, Br J Radiol 62:679.

    Examples
    --------
    >>> round(survival(0.3, 10.0, 2.0), 3)
    0.487
    """
    return exp(-damage_share * alpha * dose * (1.0 + dose / alpha_beta_ratio))


def surviving(
    cell: Radiosensitivity, dose: float, hypoxic: float, mask: int = 0, mechanisms: Sequence[Mechanism] = ()
) -> float:
    """Share of the cells of one clone in one lesion that survive a fraction of ``dose`` [Gy].

    Law: cells without oxygen, the share ``hypoxic``, feel ``dose / hypoxic_protection`` (the oxygen enhancement
    ratio); of the damage, the product of ``radiation_share`` over the mechanisms in ``mask`` is left.
    """
    share = damage_share(mask, mechanisms)
    alpha, ratio = float(cell.alpha), float(cell.alpha_beta_ratio)
    breathing = survival(alpha, ratio, dose, share)
    starved = survival(alpha, ratio, dose / float(cell.hypoxic_protection), share) if hypoxic > 0.0 else 0.0
    return (1.0 - hypoxic) * breathing + hypoxic * starved


def damage_share(mask: int, mechanisms: Sequence[Mechanism]) -> float:
    """Share of the damage by radiation that is left to a cell with the mechanisms whose bits are set in ``mask`` [1]."""
    share = 1.0
    for bit, mechanism in enumerate(mechanisms):
        if mask >> bit & 1 and mechanism.radiation_share is not None:
            share *= float(mechanism.radiation_share)
    return share
