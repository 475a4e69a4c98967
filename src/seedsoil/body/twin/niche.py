"""The host's cells about one lesion, plainly: effector cells that kill, astrocytes that shelter, fibroblasts that come."""

from __future__ import annotations

from seedsoil.body.twin.person import Lesion, Rules, Site
from seedsoil.body.twin.vessels import relaxed, shell
from seedsoil.foundation.elementary import exp, power


def hunted(lesion: Lesion, site: Site, cells: float, called: float, rules: Rules) -> list[float]:
    """Return what lymphocytes and activated macrophages kill [1/day], for each mask: k (v E_T + E_M) / (E + (N/N50)^2/3).

    Lymphocytes kill as far as they see the cell (v), macrophages blindly; both reach the surface only.
    """
    lymphocytes, macrophages = site.lymphocytes * (1.0 + called), site.macrophages
    reach = lymphocytes + macrophages + power(cells / rules.half_size, 2.0 / 3.0)
    return [
        rules.immune_kill * (site.seen * antigen * lymphocytes + macrophages) / reach if reach > 0.0 else 0.0
        for antigen in rules.antigen
    ]


def called_after(lesion: Lesion, site: Site, cells: float, antigen: float, days: float, rules: Rules) -> float:
    """Return the lymphocytes in a lesion after some days, beyond those at rest, while its size is held.

    n, against those at rest: n' = d (1 - n) + v p n N / (g + N) - m N n, where v is what they see of its cells on average:
    their ``antigen``, as far as no checkpoint stays them.
    """
    if site.lymphocytes <= 0.0:
        return lesion.called
    drawn = antigen * site.seen * rules.recruitment * cells / (rules.recruitment_size + cells)
    lost = rules.turnover + rules.exhaustion * cells - drawn
    return relaxed(1.0 + lesion.called, rules.turnover, lost, days) - 1.0


def thrift(lesion: Lesion, site: Site, edge: float, rules: Rules) -> float:
    """Return division against the usual [1]: the founder's vigour, and what stroma and tissue that stays shut leave of it.

    ``edge`` is the share of the lesion that grows into tissue.
    """
    return exp(lesion.vigour) * (1.0 - rules.restraint * lesion.stroma) * (1.0 - site.confined * edge)


def move_niche(lesion: Lesion, site: Site, cells: float, antigen: float, days: float, rules: Rules) -> None:
    """Carry the host cells through some days, the lesion's size held: first-order ways to where each settles (7, 9).

    Astrocytes shelter the cells that they touch.
    """
    touched = 1.0 if lesion.replaces else shell(cells, rules.contact_depth)
    pace = 1.0 / rules.shelter_time
    lesion.sheltered = relaxed(lesion.sheltered, pace * site.shelter * touched, pace, days)
    lesion.stroma = relaxed(lesion.stroma, site.fibroblasts / rules.stroma_time, 1.0 / rules.stroma_time, days)
    lesion.called = called_after(lesion, site, cells, antigen, days, rules)
