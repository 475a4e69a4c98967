"""A founder's family under treatment, plainly: a tree of lines, each followed back from its last cell to the founder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seedsoil.body.twin.drugs import dosed, felt
from seedsoil.body.twin.kendall import law
from seedsoil.body.twin.niche import hunted, thrift
from seedsoil.body.twin.person import Condition, Lesion, Rules
from seedsoil.body.twin.vessels import Supply
from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import SEEDING, aim, uniform

if TYPE_CHECKING:
    from seedsoil.foundation.streams import Stream

#: Deaths a day, and share of divisions lost, that are rounding.
HARMLESS = 1e-9
#: Lines of a family that are followed at most.
MOST_LINES = 4096
#: Draws of a family's lines: what keeps them apart from those at its founding.
LINES = 3


@dataclass(frozen=True)
class Exposure:
    """Days, counted back from when the family is counted, in which cells die faster [1/day] and keep a share of their divisions."""

    late: float
    early: float
    killed: float
    kept: float


@dataclass
class Line:
    """The way of one cell back to where it left its mother line: days, the risk that it bears, luck at its first division."""

    depth: float
    borne: float
    luck: float
    mother: Line | None = None


def spared(stream: Stream, lesion: Lesion, rules: Rules) -> float:
    """Draw how many of the cells that a founder's family would have are there, all told, when it is counted."""
    exposures = exposed_to(lesion, rules)
    if not exposures:
        return rules.established
    site = rules.resting.sites[lesion.site]
    birth, death = site.division * exp(lesion.vigour) * site.fitness[lesion.spring.mask], site.death
    lines = family(stream, lesion, birth, death, rules)
    alive = sum(is_there(line, 0.0, exposures, birth, death) for line in lines)
    return rules.established if alive == len(lines) else float(np.floor(rules.established * (alive / len(lines)) + 0.5))


def family(stream: Stream, lesion: Lesion, birth: float, death: float, rules: Rules) -> list[Line]:
    """Draw the lines of a family: where each leaves the others has the chance b (e^rs - 1) / (b e^rs - d) to lie s days back."""
    span, rate = lesion.active - lesion.began, birth - death
    within = birth * (exp(rate * span) - 1.0) / (birth * exp(rate * span) - death)
    aim(stream, SEEDING, np.uint64(lesion.key), LINES)
    lines: list[Line] = []
    for number in range(min(int(rules.established), MOST_LINES)):
        chance = within * uniform(stream)
        depth = log((birth - death * chance) / (birth * (1.0 - chance))) / rate
        line = Line(min(span, depth) if number else span, exponential(stream), uniform(stream))
        line.mother = next((one for one in reversed(lines) if one.depth >= line.depth), None)
        lines.append(line)
    return lines


def is_there(line: Line, since: float, exposures: list[Exposure], birth: float, death: float) -> bool:
    """Whether a line is there so many days before its family is counted: it was not cut since it began, and did begin."""
    if risk(since, line.depth, exposures, birth, death) > line.borne:
        return False
    if line.mother is None:
        return True
    kept = next((one.kept for one in exposures if one.late < line.depth <= one.early), 1.0)
    return line.luck < kept and is_there(line.mother, line.depth, exposures, birth, death)


def risk(late: float, early: float, exposures: list[Exposure], birth: float, death: float) -> float:
    """Return the risk of a line between two days: deaths, and divisions that it owes its life to and that are not kept.

    A line goes through a division whose other daughter's family died out as the younger daughter in one of two cases: b p0 a day.
    """
    total = 0.0
    for one in exposures:
        begin, end = min(early, one.early), max(late, one.late)
        if begin > end:
            through = lost(begin, birth, death) - lost(end, birth, death) if one.kept < 1.0 else 0.0
            total += one.killed * (begin - end) + (1.0 - one.kept) * through
    return total


def lost(days: float, birth: float, death: float) -> float:
    """Return the integral of b p0 from 0 to some days [1]: d s + ln(1 - p0(s)), by differentiation."""
    return death * days + log(law([(birth, death, 0.0, days)])[1]) if days > 0.0 else 0.0


def exposed_to(lesion: Lesion, rules: Rules) -> list[Exposure]:
    """Return what was done to the host while a founder's family grew, as far as it can harm that, against the host at rest."""
    cells, mask, found = math.sqrt(rules.established), lesion.spring.mask, []
    rest_death, rest_division = rates(lesion, rules.resting, cells, rules)
    for window in rules.windows if rules.exposed else []:
        begin, end = max(window.start, lesion.began), min(window.end, lesion.active)
        if end <= begin:
            continue
        here = felt(lesion, cells, window)
        death, division = rates(lesion, here, cells, rules)
        drugs = dosed(lesion, window, here, cells, Supply(0.0, 0.0, 0.0, 1.0), 1.0, rules)
        killed = max(0.0, death - rest_death + drugs.kill[mask])
        kept = min(1.0, division * drugs.pace[mask] / rest_division)
        if killed > HARMLESS or kept < 1.0 - HARMLESS:
            found.append(Exposure(lesion.active - end, lesion.active - begin, killed, kept))
    return found


def rates(lesion: Lesion, here: Condition, cells: float, rules: Rules) -> tuple[float, float]:
    """Return death and division of a founder's cells under a condition [1/day], what drugs do to cells left out."""
    site, mask = here.sites[lesion.site], lesion.spring.mask
    bites = hunted(site, cells, rules.antigen[mask], 0.0, 0.0, rules)[mask]
    return site.death + here.starved[mask] + bites, site.division * site.fitness[mask] * thrift(
        lesion, site, 1.0, rules
    )
