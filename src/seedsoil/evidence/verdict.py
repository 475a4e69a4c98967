"""Verdicts, computed from figures by one rule and never by hand: reproduced, partly, not reproduced, not a test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from seedsoil.evidence.claim import Claim, Figure, Finding

Status = Literal["reproduced", "partly", "not reproduced", "direction only", "not a test", "failed"]

#: Each status in words, as pages and the manual tell it.
RULES: dict[Status, str] = {
    "reproduced": "the figure lies in its band, the interval on the claimed side, and every check with a band holds",
    "partly": "the direction holds and the size does not; without a direction, the interval reaches into the band; or a check fails",
    "not reproduced": "neither size nor direction is as claimed",
    "direction only": "no band is given: figure and direction are told, and nothing is judged",
    "not a test": "what should break the effect leaves it standing, so that the figure proves nothing",
    "failed": "the experiment broke off with an error",
}


@dataclass(frozen=True)
class Verdict:
    """What becomes of a claim: its status, the direction found, and whether the ablation broke it."""

    status: Status
    direction: str
    ablation_breaks: bool


def judge(claim: Claim, found: Finding, ablated: Finding) -> Verdict:
    """Return the verdict on a claim by what its experiment found, as it is and with the ablation."""
    status, breaks = _status(claim, found), ablation_breaks(claim, found, ablated)
    if not breaks and status in ("reproduced", "partly", "direction only"):
        status = "not a test"
    return Verdict(status, direction_found(claim, found.figure), breaks)


def direction_found(claim: Claim, figure: Figure) -> str:
    """Return on which side of the reference the figure was found, and which side is claimed; "" for a claim without."""
    if claim.direction is None:
        return ""
    side, of = claim.direction.found(figure), f"{claim.direction.of:g}"
    told = f"neither above nor below {of}" if side == "neither" else f"{side} {of}"
    return f"{told} (claimed: {claim.direction.side})"


def failed_checks(claim: Claim, found: Finding) -> list[str]:
    """Return the names of the checks with a band whose figures lie outside of it."""
    return [
        check.name
        for check in claim.checks
        if check.band is not None and not check.band.holds(found.checks[check.name].value)
    ]


def reason(claim: Claim, found: Finding, verdict: Verdict) -> str:
    """Return in words why a claim has its verdict; of one that is partly reproduced, what is missing."""
    if verdict.status != "partly" or claim.band is None:
        return RULES[verdict.status]
    wide = {check.name: check.words for check in claim.checks}
    parts = []
    if claim.band.holds(found.figure.value):
        if claim.direction is not None and not claim.direction.holds(found.figure):
            parts.append("the figure lies in its band, but its interval not wholly on the claimed side")
    elif claim.direction is not None and claim.direction.holds(found.figure):
        parts.append("the figure lies on the claimed side, but outside of its band")
    else:
        parts.append("the figure lies outside of its band, and its interval reaches into it")
    parts += [f"outside of its band: {wide[name]}" for name in failed_checks(claim, found)]
    return "; ".join(parts)


def _status(claim: Claim, found: Finding) -> Status:
    """Return what the figure says by itself."""
    figure, side = found.figure, claim.direction
    if claim.band is None:
        return "direction only"
    inside = claim.band.holds(figure.value)
    leans = side.holds(figure) if side is not None else claim.band.meets(figure)
    if inside and leans and not failed_checks(claim, found):
        return "reproduced"
    return "partly" if leans or inside else "not reproduced"


def ablation_breaks(claim: Claim, found: Finding, ablated: Finding) -> bool:
    """Say whether the ablation takes away what was found.

    Its figure must leave the interval of the intact one, and the effect must not stand: if the figure was in its band,
    the ablated one is outside, or, where the band begins at what no effect would give, its interval reaches there; if only
    the direction held, it holds no more. A figure that is no number stands for an effect that did not come about.
    """
    intact, broken = found.figure, ablated.figure
    if math.isnan(broken.value):
        return not math.isnan(intact.value)
    if intact.low <= broken.value <= intact.high:
        return False
    if claim.band is not None and claim.band.holds(intact.value):
        nothing = claim.direction.of if claim.direction is not None else math.nan
        level = nothing in (claim.band.low, claim.band.high) and broken.low <= nothing <= broken.high
        return level or not claim.band.holds(broken.value)
    if claim.direction is not None and claim.direction.holds(intact):
        return not claim.direction.holds(broken)
    return True
