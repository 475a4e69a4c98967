"""The host's cells about one lesion, plainly: effector cells that kill, astrocytes that shelter, fibroblasts that come."""

from __future__ import annotations

from seedsoil.body.twin.person import Lesion, Rules, Site
from seedsoil.body.twin.vessels import relaxed, shell
from seedsoil.foundation.elementary import exp, log, power


def hunted(site: Site, cells: float, usual: float, called: float, inside: float, rules: Rules) -> list[float]:
    """Return what lymphocytes and activated macrophages kill [1/day], for each mask: k (v E_T + E_M) / (E + (N/N50)^2/3).

    Lymphocytes kill as far as they see the cell (v), macrophages blindly; these reach the surface only. Those ``inside``
    meet cells one by one, and killing one that they recognise takes its time, and neighbours along; ``usual`` is the antigen of the
    cells on average.
    """
    lymphocytes, macrophages = site.lymphocytes * (1.0 + called), site.macrophages
    reach = lymphocytes + macrophages + power(cells / rules.half_size, 2.0 / 3.0)
    met = rules.contacts * inside / (cells + inside) if inside > 0.0 else 0.0
    busy = rules.contacts / rules.targets * site.seen * usual
    slain = site.seen * met / (1.0 + busy)
    return [
        (rules.immune_kill * (site.seen * antigen * lymphocytes + macrophages) / reach if reach > 0.0 else 0.0)
        + slain * (antigen + rules.bystanders * usual)
        for antigen in rules.antigen
    ]


def inside_after(
    lesion: Lesion, site: Site, cells: float, antigen: float, reach: float, days: float, rules: Rules
) -> float:
    """Return the lymphocytes in a lesion's depth after some days, its size held: T' = a s E Q N + (p s r - d) T.

    r = N / (N + T) c v / (c v + p): of its contacts so many are with tumour cells, and it divides no oftener than it recognises.
    ``reach`` is the blood's Q, at the edge and by its vessels.
    """
    if site.drive <= 0.0 and lesion.inside <= 0.0:
        return 0.0
    recognised = rules.contacts * antigen * site.seen
    dividing = rules.expansion * site.drive * recognised / (recognised + rules.expansion) if recognised > 0.0 else 0.0
    dividing *= cells / (cells + lesion.inside)
    won = rules.entry * site.drive * site.lymphocytes * reach * cells
    return relaxed(lesion.inside, won, rules.turnover - dividing, days)


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


def uncrowded(lesion: Lesion, cells: float, rules: Rules) -> float:
    """Return the share of its divisions that a lesion of some size has left [1].

    Beyond the onset it loses them by the logarithm of its size, until at its capacity the share d / b is left.
    """
    site = rules.resting.sites[lesion.site]
    turnover = site.death / (site.division * exp(lesion.vigour)) if site.division > 0.0 else 1.0
    if cells <= rules.onset or turnover >= 1.0:
        return 1.0
    return max(0.0, 1.0 - (1.0 - turnover) * log(cells / rules.onset) / log(rules.capacity / rules.onset))


def move_niche(
    lesion: Lesion, site: Site, cells: float, antigen: float, reach: float, days: float, rules: Rules
) -> None:
    """Carry the host cells through some days, the lesion's size held: first-order ways to where each settles (7, 9).

    Astrocytes shelter the cells that they touch.
    """
    touched = 1.0 if lesion.replaces else shell(cells, rules.contact_depth)
    pace = 1.0 / rules.shelter_time
    lesion.sheltered = relaxed(lesion.sheltered, pace * site.shelter * touched, pace, days)
    lesion.stroma = relaxed(lesion.stroma, site.fibroblasts / rules.stroma_time, 1.0 / rules.stroma_time, days)
    lesion.called = called_after(lesion, site, cells, antigen, days, rules)
    lesion.inside = inside_after(lesion, site, cells, antigen, reach, days, rules)
