"""The host's cells about one lesion: effector cells that kill it, lymphocytes that it calls, shelter and stroma."""

from __future__ import annotations

from seedsoil.biology.soils.immunity import called, surface_kill
from seedsoil.biology.soils.niche import approach
from seedsoil.biology.soils.vessels import diameter, surface_share
from seedsoil.body.state import (
    CALLED,
    CONFINED,
    CONTACT_DEPTH,
    EXHAUSTION,
    FIBROBLASTS,
    HALF_SIZE,
    KILL_RATE,
    LYMPHOCYTES,
    MACROPHAGES,
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
    TURNOVER,
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
def effector_kill(lesion, cells, extra, condition, model):  # type: ignore[no-untyped-def]
    """Kill at a lesion's surface [1/day]: by lymphocytes, of a cell of antigen 1, and by macrophages, of any cell.

    ``extra`` lymphocytes are there for each one at rest.
    """
    site = int(lesion[SITE])
    seeing = model.site[condition, site, LYMPHOCYTES] * (1.0 + extra)
    blind = model.site[condition, site, MACROPHAGES]
    whole = surface_kill(cells, seeing, blind, model.trait[KILL_RATE], model.trait[HALF_SIZE])
    if whole <= 0.0:
        return 0.0, 0.0
    whole /= seeing + blind
    return whole * seeing * model.site[condition, site, SEEN], whole * blind


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
def move_niche(lesion, cells, antigen, condition, days, model):  # type: ignore[no-untyped-def]
    """Carry the host cells about a lesion of some size through some days: shelter by touch, stroma, lymphocytes."""
    site, trait = int(lesion[SITE]), model.trait
    target = model.site[condition, site, SHELTER]
    if target > 0.0 or lesion[SHELTERED] > 0.0:
        touched = 1.0 if lesion[REPLACES] > 0.5 else surface_share(0.5 * diameter(cells), trait[CONTACT_DEPTH])
        lesion[SHELTERED] = approach(lesion[SHELTERED], target * touched, days, trait[SHELTER_TIME])
    fibroblasts = model.site[condition, site, FIBROBLASTS]
    if fibroblasts > 0.0 or lesion[STROMA] > 0.0:
        lesion[STROMA] = approach(lesion[STROMA], fibroblasts, days, trait[STROMA_TIME])
    lesion[CALLED] = recruited(lesion, cells, antigen, condition, days, model)
