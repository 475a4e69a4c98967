"""Effector cells at a lesion's surface and in its depth: what they kill, how they are called, multiply, and tire."""

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


@leaf
def depth_kill(cells: float, inside: float, seen: float, contacts: float, targets: float) -> float:
    """Hazard of death by lymphocytes in the depth of a lesion, per tumour cell that they wholly see [1/day].

    Law: k / (v + k / c) T / (N + T), times the share v of ``cells`` N that is recognised when met: each of ``inside`` T
    lymphocytes meets c cells a day (``contacts``), and is held by one that it recognises for 1 / k day (``targets`` k), in which
    that one dies, however many others touch it. So T lymphocytes alone kill k T a day of cells that they see well, and a cell
    among many lymphocytes lives for 1 / k day (the double saturation of killing, Gadhamsetty 2014, recalled).
    """
    if inside <= 0.0:
        return 0.0
    return targets / (seen + targets / contacts) * inside / (cells + inside)


@leaf
def inside_after(inside: float, cells: float, seen: float, arriving: float, days: float, expansion: float, drive: float,
                 contacts: float, turnover: float) -> float:  # fmt: skip
    """Lymphocytes in the depth of a lesion after some days [cells], its size and what they find held; exact.

    Law: dT/dt = a + (p s v / (v + p / c) N / (N + T) - d) T: ``arriving`` a come each day; one that recognises cells oftener
    than it can divide does so at ``expansion`` p times the ``drive`` s, else once for each cell that it recognises; d of them
    are lost. The share of contacts that are with tumour cells, N / (N + T), is that of the beginning.
    """
    gone = turnover
    if drive > 0.0 and seen > 0.0:
        gone -= expansion * drive * seen / (seen + expansion / contacts) * cells / (cells + inside)
    x = gone * days
    if abs(x) < 1e-9:
        return inside + (arriving - gone * inside) * days
    return inside * exp(-x) - arriving * expm1(-x) / gone
