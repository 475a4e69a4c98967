"""Effector cells at a lesion's surface: what they kill, how they are called, and how a large lesion tires them."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import exp, expm1, power


@leaf
def surface_kill(cells: float, seeing: float, blind: float, kill_rate: float, half_size: float) -> float:
    """Hazard of death by effector cells, per tumour cell [1/day].

    Law: k (v E_T + E_M) / (E_T + E_M + (N / N50)^(2/3)): effectors reach the surface only, so a lesion of more than
    ``half_size`` cells outgrows effectors of level 1.

    Parameters
    ----------
    cells
        Size of the lesion.
    seeing
        Level of lymphocytes E_T [1]; the share v of targets that they see is left to the caller, who multiplies: this is
        the hazard of a cell that is wholly visible to them.
    blind
        Level of activated macrophages E_M [1], which need no antigen.
    kill_rate, half_size
        k [1/day] and N50 [cells].
    """
    total = seeing + blind
    if total <= 0.0:
        return 0.0
    return kill_rate * total / (total + power(cells / half_size, 2.0 / 3.0))


@leaf
def called(level: float, cells: float, antigen: float, days: float, turnover: float, recruitment: float,
           recruitment_size: float, exhaustion: float) -> float:  # fmt: skip
    """Lymphocytes in a lesion after some days, against their number in the tissue at rest [1].

    Law: dn/dt = d (1 - n) + v p n N / (g + N) - m N n (Kuznetsov 1994, scaled to the resting level), for a constant
    number of tumour cells N; exact.
    """
    gone = turnover + exhaustion * cells - antigen * recruitment * cells / (recruitment_size + cells)
    x = gone * days
    if abs(x) < 1e-9:
        return level + (turnover - gone * level) * days
    return level * exp(-x) - turnover * expm1(-x) / gone
