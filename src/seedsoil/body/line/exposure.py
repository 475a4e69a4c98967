"""Founders' families before they are counted: of the cells that one would have, those whose line no treatment has cut.

A founder that succeeds is drawn with the day on which its family has ``ESTABLISHED`` cells, in a host at rest. The lines of
these cells meet one another in the past: in a birth-death family they are a coalescent point process (Lambert and Stadler
2013): line 0 reaches back to the founder, each other line an independent time, at which it leaves the nearest line before it
that reaches further. So treatment needs no new law of growth. On each line, added deaths fall at their rate; a division that
treatment forbids, at birth share ``kept``, is one fork less with chance 1 - kept, and one line less where it lies between
forks: there the line followed a daughter whose sister died out, at the rate b p0(s), p0 the chance that a family of age s is
extinct (derived in ADR 0026). What is left has the law of the family under its treatment, exactly.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.drugs.barrier import felt
from seedsoil.body.drugs.effects import fill_effects
from seedsoil.body.niche import bereave, effector_kill, thrift_of
from seedsoil.body.state import (
    ACTIVE,
    BEGAN,
    CONFINED,
    DEATH,
    DIVISION,
    ESTABLISHED,
    EXPOSED,
    HELD,
    LYMPHOCYTES,
    MACROPHAGES,
    MAXIMUM,
    SEEN,
    SITE,
    SPRING,
    VIGOUR,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, expm1, log1p
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import SEEDING, aim, uniform

#: Columns of ``Work.family``: days back to where a line begins, b p0 summed over them, the risk met on them, the share kept
#: of divisions where it begins, the risk that it bears, and the luck of its first division.
DEPTH, UNSEEN, RISK, KEPT, BORNE, LUCK = range(6)
#: Deaths a day, and share of divisions lost, that count as none: rounding.
HARMLESS = 1e-9
#: What a line bears that never began: less than any risk.
NEVER = -1.0


@inner
def unseen(birth, death, days):  # type: ignore[no-untyped-def]
    """Divisions on a line in its last days whose other daughter's family died out, the line's own being the younger [1]."""
    rate = birth - death
    return birth * days - log1p(birth * expm1(rate * days) / rate)


@inner
def draw_lines(stream, lesion, key, lines, birth, death, work):  # type: ignore[no-untyped-def]
    """Draw how far back each line of a family goes, what it can bear and its luck; no risk is met yet."""
    span, rate, family = lesion[ACTIVE] - lesion[BEGAN], birth - death, work.family
    grown = birth * expm1(rate * span) / rate
    aim(stream, SEEDING, key, 3)
    for line in range(lines):
        chance = uniform(stream) * grown / (1.0 + grown)
        family[line, DEPTH] = min(span, log1p(rate / birth * chance / (1.0 - chance)) / rate)
        family[line, UNSEEN] = birth * family[line, DEPTH] + log1p(-chance)
        family[line, BORNE], family[line, LUCK] = exponential(stream), uniform(stream)
        family[line, RISK], family[line, KEPT] = 0.0, 1.0
    family[0, DEPTH], family[0, UNSEEN] = span, birth * span - log1p(grown)


@inner
def add_risk(late, early, killed, kept, birth, death, lines, work):  # type: ignore[no-untyped-def]
    """Add what each line risks between ``early`` and ``late`` days before its family is counted."""
    family, before, after = work.family, 0.0, 0.0
    if kept < 1.0:
        before, after = unseen(birth, death, early), unseen(birth, death, late)
    for line in range(lines):
        depth = family[line, DEPTH]
        if depth <= late:
            continue
        family[line, RISK] += killed * (min(depth, early) - late)
        if kept < 1.0:
            family[line, RISK] += (1.0 - kept) * ((before if depth > early else family[line, UNSEEN]) - after)
            if depth <= early:
                family[line, KEPT] = kept


@inner
def first_met(day, timeline):  # type: ignore[no-untyped-def]
    """First piece of the timeline that ends after a day."""
    low, high = 0, timeline.end.shape[0]
    while low < high:
        middle = (low + high) // 2
        if timeline.end[middle] > day:
            high = middle
        else:
            low = middle + 1
    return np.int64(low)


@inner
def touches_cells(model):  # type: ignore[no-untyped-def]
    """Whether any agent kills tumour cells, or holds their divisions."""
    most = 0.0
    for agent in range(model.agent.shape[0]):
        most = max(most, model.agent[agent, MAXIMUM], model.agent[agent, HELD])
    return most > 0.0


@inner
def is_no_worse(condition, site, mask, model):  # type: ignore[no-untyped-def]
    """Whether a condition by itself takes nothing from a family: it divides and lives as at rest or better, and is hunted alike."""
    grown = model.site[condition, site, DIVISION] * model.fitness[condition, site, mask]
    if grown < model.site[0, site, DIVISION] * model.fitness[0, site, mask]:
        return False
    if model.site[condition, site, CONFINED] > model.site[0, site, CONFINED]:
        return False
    if model.hormone_death[condition, mask] > model.hormone_death[0, mask]:
        return False
    if model.site[condition, site, DEATH] > model.site[0, site, DEATH]:
        return False
    alike = model.site[condition, site, LYMPHOCYTES] == model.site[0, site, LYMPHOCYTES]
    alike = alike and model.site[condition, site, SEEN] == model.site[0, site, SEEN]
    return alike and model.site[condition, site, MACROPHAGES] == model.site[0, site, MACROPHAGES]


@inner
def meet(stream, lesion, key, mask, lines, model, timeline, work):  # type: ignore[no-untyped-def]
    """Let the lines of a family meet all that was done to the host; whether any of it can harm them. Else none are drawn.

    Against the host at rest: what he does unasked is in the chance to succeed. Barrier, delivery and effector cells are those
    of a lesion of its size half way, in e-folds. What helps a family is not counted.
    """
    site, begun, ready = int(lesion[SITE]), lesion[BEGAN], lesion[ACTIVE]
    birth = model.site[0, site, DIVISION] * exp(lesion[VIGOUR]) * model.fitness[0, site, mask]
    death, poisoned = model.site[0, site, DEATH], touches_cells(model)
    cells, antigen = sqrt(max(1.0, model.trait[ESTABLISHED])), model.antigen[mask]
    usual = model.site[0, site, DIVISION] * model.fitness[0, site, mask] * thrift_of(lesion, 1.0, 0, model)
    seeing, blind = effector_kill(lesion, cells, antigen, 0.0, 0.0, 0, model)
    resting = model.site[0, site, DEATH] + model.hormone_death[0, mask] + seeing * antigen + blind
    at, known, left, more, starved, harmed = first_met(begun, timeline), -1, 1.0, 0.0, 0.0, False
    while at < timeline.start.shape[0] and timeline.start[at] < ready:
        condition = felt(lesion, cells, at, model, timeline)
        if not poisoned and (condition == 0 or is_no_worse(condition, site, mask, model)):
            at += 1
            continue
        if condition != known:
            known = condition
            division = model.site[condition, site, DIVISION] * model.fitness[condition, site, mask]
            left = division * thrift_of(lesion, 1.0, condition, model) / usual
            seeing, blind = effector_kill(lesion, cells, antigen, 0.0, 0.0, condition, model)
            more = model.site[condition, site, DEATH] + seeing * antigen + blind - resting
            bereave(0, condition, model, work)
            starved = work.kill[0, mask]
        killed, kept = starved, left
        if poisoned:
            bereave(0, condition, model, work)
            fill_effects(work, 0, at, condition, lesion, diameter(cells), 1.0, 0.0, 0.0, 0.0, model, timeline)
            killed, kept = work.kill[0, mask], left * work.pace[0, mask]
        killed, kept = max(0.0, more + killed), min(1.0, kept)
        if killed > HARMLESS or kept < 1.0 - HARMLESS:
            if not harmed:
                draw_lines(stream, lesion, key, lines, birth, death, work)
            early = ready - max(begun, timeline.start[at])
            add_risk(max(0.0, ready - timeline.end[at]), early, killed, kept, birth, death, lines, work)
            harmed = True
        at += 1
    return harmed


@inner
def lines_left(lines, work):  # type: ignore[no-untyped-def]
    """How many lines of a family no risk has cut: each begins, if the one that it leaves was there, and bears its own."""
    family, left = work.family, 0.0
    for line in range(lines):
        begins = True
        if line > 0:
            mother = line - 1
            while family[mother, DEPTH] < family[line, DEPTH]:
                mother -= 1
            met = family[mother, RISK] - family[line, RISK]
            begins = met <= family[mother, BORNE] and family[line, LUCK] < family[line, KEPT]
        if not begins:
            family[line, BORNE] = NEVER
        elif family[line, RISK] <= family[line, BORNE]:
            left += 1.0
    return left


@inner
def spared(stream, state, row, model, timeline, work):  # type: ignore[no-untyped-def]
    """Cells of a founder's family on the day from which it is counted: ``ESTABLISHED``, less what treatment has cut.

    Of families larger than there is room for so many lines stand for all.
    """
    lesion, size, pieces = state.lesion[row], max(1.0, model.trait[ESTABLISHED]), timeline.end.shape[0]
    if model.trait[EXPOSED] < 0.5 or pieces == 0 or lesion[BEGAN] >= lesion[ACTIVE]:
        return size
    if timeline.end[pieces - 1] <= lesion[BEGAN] or timeline.start[0] >= lesion[ACTIVE]:
        return size
    mask, lines = model.mask[int(lesion[SPRING])], min(int(size), work.family.shape[0])
    if not meet(stream, lesion, state.lesion_key[row], mask, lines, model, timeline, work):
        return size
    left = lines_left(lines, work)
    return size if left >= lines else np.floor(size * (left / lines) + 0.5)
