"""A claim in plain words, for a shell: what is asked, how, what must come out, and what must break it."""

from __future__ import annotations

import math

from seedsoil.catalogue.describe import reference
from seedsoil.catalogue.sections import wrapped
from seedsoil.evidence.claim import Band, Claim
from seedsoil.evidence.review import section_of

__all__ = ["described"]


def described(claim: Claim) -> str:
    """Return a page of text about a claim."""
    section = section_of(claim)
    lines = [f"{claim.id}, section {section.letter}: {section.title.lower()}", *wrapped(claim.statement), ""]
    parts = {
        "Set-up": claim.setup,
        "Observable": f"{claim.observable}{_unit(claim.unit)}",
        "Band": _band(claim.band),
        "Direction": f"{claim.direction.side} {claim.direction.of:g}" if claim.direction else "",
        "Ablation": f"{claim.ablation.name}: {claim.ablation.words}"
        + (f" (without {', '.join(claim.ablation.without)})" if claim.ablation.without else ""),
        "Disputed": claim.dispute,
    }
    for name, text in parts.items():
        if text:
            lines += [f"{name}:", *wrapped(text, "  ", "  ")]
    for name, items in (
        ("Checks", [f"{one.words}{_unit(one.unit)}: {_band(one.band)}" for one in claim.checks]),
        ("Parameters that matter most", claim.parameters),
        ("Sources", [f"{key}: {reference(key)}" for key in claim.sources]),
    ):
        if items:
            lines.append(f"{name}:")
            for item in items:
                lines += wrapped(item, "  ", "      ")
    return "\n".join([*lines, "", f"Run it: seedsoil evidence {claim.id}. Not for clinical decisions."])


def _unit(unit: str) -> str:
    return f" [{unit}]" if unit not in ("", "1") else ""


def _band(band: Band | None) -> str:
    if band is None:
        return "not given; figure and direction are reported"
    if math.isinf(band.high):
        return f"{band.low:g} or more"
    return f"{band.high:g} or less" if math.isinf(band.low) else f"{band.low:g} to {band.high:g}"
