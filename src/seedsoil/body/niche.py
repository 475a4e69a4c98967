"""What one lesion has of its host: hormones, effector cells that kill it, lymphocytes that it calls, shelter, stroma."""

from __future__ import annotations

from seedsoil.biology.crowding import uncrowded
from seedsoil.biology.soils.immunity import called, depth_kill, inside_after, surface_kill
from seedsoil.biology.soils.niche import approach
from seedsoil.biology.soils.vessels import VEGF_BASAL, VEGF_HYPOXIC, diameter, surface_share
from seedsoil.body.state import (
    BYSTANDERS,
    CALLED,
    CAPACITY,
    CONFINED,
    CONTACT_DEPTH,
    CONTACTS,
    DEATH,
    DIVISION,
    DRIVE,
    ENTRY,
    EXHAUSTION,
    EXPANSION,
    FIBROBLASTS,
    HALF_SIZE,
    HYPOXIC_DEATH,
    INSIDE,
    KILL_RATE,
    LYMPHOCYTES,
    MACROPHAGES,
    ONSET,
    RECRUITMENT,
    RECRUITMENT_SIZE,
    REPLACES,
    RESTRAINT,
    SEEN,
    SHELTER,
    SHELTER_TIME,
    SHELTERED,
    SITE,
    STROMA,
    STROMA_TIME,
    TARGETS,
    TURNOVER,
    VEGF_OUTPUT,
    VIGOUR,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp


@inner
def visible(model, work):  # type: ignore[no-untyped-def]
    """What lymphocytes see of a lesion's cells on average [1], by its masks as they stood at the step's start."""
    seen = 0.0
    for mask in range(work.share.shape[0]):
        seen += work.share[mask] * model.antigen[mask]
    return seen


@inner
def bereave(row, condition, model, work):  # type: ignore[no-untyped-def]
    """Write what dies in one piece for want of a hormone as each mask's hazard, to which all others are added; no drug acts yet."""
    for mask in range(work.kill.shape[1]):
        work.kill[row, mask], work.strain[row, mask] = model.hormone_death[condition, mask], 0.0
        work.pace[row, mask] = 1.0


@inner
def vegf_made(lack, site, condition, model, work):  # type: ignore[no-untyped-def]
    """VEGF that a lesion makes against the usual [1]; its masks, as they stood at the step's start, lack their hormone.

    What lack of oxygen calls for is made without the hormone all the same.
    """
    lost, usual = 0.0, model.vessels[VEGF_BASAL]
    for mask in range(work.share.shape[0]):
        lost += work.share[mask] * model.hormone_vegf[condition, mask]
    if lost > 0.0 and usual > 0.0:
        lost *= usual / (usual + model.vessels[VEGF_HYPOXIC] * lack)
    return model.site[condition, site, VEGF_OUTPUT] * (1.0 - lost)


@inner
def net_growth(thrift, lack, holds, row, site, condition, model, work):  # type: ignore[no-untyped-def]
    """Mean growth of a lesion in one piece [1/day], effector cells left out, over its masks as they stood at the start.

    ``holds`` says whether drugs hold any of its divisions.
    """
    kill, held = 0.0, 0.0
    for mask in range(work.kill.shape[1]):
        kill += work.share[mask] * work.kill[row, mask]
    if holds:
        for mask in range(work.pace.shape[1]):
            held += work.share[mask] * (1.0 - work.pace[row, mask])
    death = model.site[condition, site, DEATH] + model.trait[HYPOXIC_DEATH] * lack
    return model.site[condition, site, DIVISION] * thrift * (1.0 - lack) * (1.0 - held) - death - kill


@inner
def effector_kill(lesion, cells, antigen, extra, inside, condition, model):  # type: ignore[no-untyped-def]
    """Kill in a lesion [1/day]: of a cell of antigen 1 by lymphocytes that see it, and of any cell.

    At its surface ``extra`` lymphocytes are there for each one at rest, and all macrophages; ``inside`` lymphocytes are in
    its depth, whose kills take neighbours along. ``antigen`` is that of its cells on average.
    """
    site = int(lesion[SITE])
    seen = model.site[condition, site, SEEN]
    deep = depth_kill(cells, inside, antigen * seen, model.trait[CONTACTS], model.trait[TARGETS]) * seen
    along = model.trait[BYSTANDERS] * deep * antigen
    seeing = model.site[condition, site, LYMPHOCYTES] * (1.0 + extra)
    blind = model.site[condition, site, MACROPHAGES]
    whole = surface_kill(cells, seeing, blind, model.trait[KILL_RATE], model.trait[HALF_SIZE])
    if whole <= 0.0:
        return deep, along
    whole /= seeing + blind
    return whole * seeing * seen + deep, whole * blind + along


@inner
def infiltrated(lesion, cells, antigen, reach, condition, days, model):  # type: ignore[no-untyped-def]
    """Lymphocytes in the depth of a lesion after some days [cells]; ``reach`` is how well blood reaches it [1]."""
    site, trait = int(lesion[SITE]), model.trait
    drive = model.site[condition, site, DRIVE]
    if drive <= 0.0 and lesion[INSIDE] <= 0.0:
        return 0.0
    arriving = trait[ENTRY] * drive * model.site[condition, site, LYMPHOCYTES] * reach * cells
    return inside_after(
        lesion[INSIDE], cells, antigen * model.site[condition, site, SEEN], arriving, days, trait[EXPANSION], drive,
        trait[CONTACTS], trait[TURNOVER],
    )  # fmt: skip


@inner
def thrift_of(lesion, surface, condition, model):  # type: ignore[no-untyped-def]
    """Division in a lesion against the usual [1]: its founder's vigour, what stroma leaves, and what proteases open at its edge.

    ``surface`` is the share of it that lies at the edge, where it grows into tissue.
    """
    thrift = exp(lesion[VIGOUR]) * (1.0 - model.trait[RESTRAINT] * lesion[STROMA])
    confined = model.site[condition, int(lesion[SITE]), CONFINED]
    if confined > 0.0:
        thrift *= 1.0 - confined * surface
    return thrift


@inner
def room_left(lesion, cells, model):  # type: ignore[no-untyped-def]
    """Share of its divisions that crowding leaves a lesion of so many cells [1], by what its founder does in a host at rest."""
    if cells <= model.trait[ONSET]:
        return 1.0
    rates = model.site[0, int(lesion[SITE])]
    birth = rates[DIVISION] * exp(lesion[VIGOUR])
    return uncrowded(cells, birth, rates[DEATH], model.trait[CAPACITY], model.trait[ONSET])


@inner
def recruited(lesion, cells, antigen, condition, days, model):  # type: ignore[no-untyped-def]
    """Lymphocytes in a lesion after some days beyond those at rest [1]; it calls them by what they see of its cells.

    ``antigen`` is that of its cells on average: what hides does not call.
    """
    site, trait = int(lesion[SITE]), model.trait
    if model.site[condition, site, LYMPHOCYTES] <= 0.0:
        return lesion[CALLED]
    seen = antigen * model.site[condition, site, SEEN]
    level = called(
        1.0 + lesion[CALLED], cells, seen, days, trait[TURNOVER], trait[RECRUITMENT], trait[RECRUITMENT_SIZE],
        trait[EXHAUSTION],
    )  # fmt: skip
    return level - 1.0


@inner
def multiplying(site, condition, model):  # type: ignore[no-untyped-def]
    """How fast lymphocytes in the depth of a lesion multiply at most [1/day]; next to nothing if nothing drives them."""
    return max(model.trait[EXPANSION] * model.site[condition, site, DRIVE], 1e-12)


@inner
def move_niche(lesion, cells, antigen, reach, condition, days, model):  # type: ignore[no-untyped-def]
    """Carry the host cells of a lesion of some size through some days: shelter by touch, stroma, lymphocytes."""
    site, trait = int(lesion[SITE]), model.trait
    target = model.site[condition, site, SHELTER]
    if target > 0.0 or lesion[SHELTERED] > 0.0:
        touched = 1.0 if lesion[REPLACES] > 0.5 else surface_share(0.5 * diameter(cells), trait[CONTACT_DEPTH])
        lesion[SHELTERED] = approach(lesion[SHELTERED], target * touched, days, trait[SHELTER_TIME])
    fibroblasts = model.site[condition, site, FIBROBLASTS]
    if fibroblasts > 0.0 or lesion[STROMA] > 0.0:
        lesion[STROMA] = approach(lesion[STROMA], fibroblasts, days, trait[STROMA_TIME])
    lesion[CALLED] = recruited(lesion, cells, antigen, condition, days, model)
    lesion[INSIDE] = infiltrated(lesion, cells, antigen, reach, condition, days, model)
