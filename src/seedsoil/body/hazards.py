"""What each cell risks: division, death, mutation and departure, by site, vessels, host cells, drugs and type of cell."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.soils.vessels import (
    ENDOTHELIUM_KILLED,
    FLOW_RAISED,
    HOST_SPROUTS,
    IMMATURE_PERFUSION,
    MATURE_LEAK,
    MATURE_PERFUSION,
    OXYGEN_REACH,
    VEGF_BLOCKED,
    borrowed_lost,
    diameter,
    ease_of_leaving,
    extracted,
    hypoxia,
    surface_share,
    tone,
    vegf,
    vessel_rates,
    vessel_step,
)
from seedsoil.body.drugs.barrier import felt
from seedsoil.body.drugs.effects import fill_effects
from seedsoil.body.kendall import chance_alive, compose, fill_tails, identity, odds, piece
from seedsoil.body.line.alterations import slips
from seedsoil.body.niche import (
    bereave,
    effector_kill,
    infiltrated,
    move_niche,
    multiplying,
    net_growth,
    recruited,
    room_left,
    thrift_of,
    vegf_made,
    visible,
)
from seedsoil.body.seeding import founding_chance, joining_chance
from seedsoil.body.state import (
    BORROWED_LOST,
    CALLED,
    CELLS,
    CO_OPTION,
    DEATH,
    DEPARTING,
    DIVISION,
    EXCITED,
    HYPOXIA,
    HYPOXIA_ON,
    HYPOXIC_DEATH,
    IMMATURE,
    INSIDE,
    LEAK,
    MATURE,
    MOST_MUTANTS,
    ONSET,
    PERFUSION,
    PIECE_CONDITION,
    PIECE_DAYS,
    PIECE_DEPARTURE,
    PIECE_HOST,
    PIECE_LACK,
    PIECE_SEEDING,
    PIECE_START,
    PIECE_THRIFT,
    PIECES,
    REPLACES,
    RESEEDING,
    RIM,
    SERIAL,
    SHED_GAIN,
    SHED_POWER,
    SHEDDING,
    SITE,
    SLOW,
    SPROUTS,
    SWITCHING,
    VESSEL_CELLS,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, power

#: Largest relative change of a lesion's vessels within one piece, and the shortest piece that this rule may ask for.
VESSEL_CHANGE, SHORTEST_PIECE = 0.05, 0.5
#: Largest change of a lesion's logarithm within one piece where oxygen or effector cells' hold depends on its size.
SIZE_CHANGE = 0.5


@inner
def oxygen(lesion, cells, condition, signal, model):  # type: ignore[no-untyped-def]
    """Perfusion, hypoxic share and leak of a lesion with so many cells, from its own and its borrowed vessels."""
    site = int(lesion[SITE])
    surface = surface_share(0.5 * diameter(cells), model.trait[RIM])
    swept = 1.0 if lesion[REPLACES] > 0.5 else surface
    borrowed = model.site[condition, site, CO_OPTION] * swept * (1.0 - lesion[BORROWED_LOST])
    own = model.vessels[IMMATURE_PERFUSION] * lesion[IMMATURE] + model.vessels[MATURE_PERFUSION] * lesion[MATURE]
    wide = 1.0 + signal[FLOW_RAISED]
    flow = tone(signal[VEGF_BLOCKED], model.vessels) * wide
    given_off = own * extracted(flow, model.vessels) + borrowed * extracted(wide, model.vessels)
    lack = hypoxia(given_off, surface, model.vessels[OXYGEN_REACH]) * model.trait[HYPOXIA_ON]
    leak = lesion[IMMATURE] + model.vessels[MATURE_LEAK] * (lesion[MATURE] + borrowed)
    return own * flow + borrowed * wide, lack, leak, surface


@inner
def vessel_days(lesion, lack, output, signal, model, growth):  # type: ignore[no-untyped-def]
    """Longest stretch over which the lesion's vessels change by no more than a twentieth [day]."""
    immature, mature = lesion[IMMATURE], lesion[MATURE]
    gain_i, loss_i, gain_m, loss_m = vessel_rates(
        immature, mature, lack, lesion[SPROUTS], output, signal, model.vessels
    )
    slow = model.trait[SLOW]
    thinning = max(0.0, growth) + signal[ENDOTHELIUM_KILLED]
    speed = abs((gain_i - loss_i * immature) / slow - thinning * immature)
    speed += abs((gain_m - loss_m * mature) / slow - thinning * mature)
    room = VESSEL_CHANGE * (immature + mature + model.vessels[HOST_SPROUTS])
    return max(SHORTEST_PIECE, room / max(speed, 1e-12))


@inner
def move_vessels(lesion, lack, output, signal, growth, days, model):  # type: ignore[no-untyped-def]
    """Carry a lesion's own vessels, and those that it has borrowed, through a piece."""
    slow = model.trait[SLOW]
    lesion[IMMATURE], lesion[MATURE] = vessel_step(
        lesion[IMMATURE], lesion[MATURE], lack, lesion[SPROUTS], output, signal, growth, days, slow, model.vessels
    )
    if signal[ENDOTHELIUM_KILLED] > 0.0 or lesion[BORROWED_LOST] > 0.0:
        lesion[BORROWED_LOST] = borrowed_lost(
            lesion[BORROWED_LOST], signal[ENDOTHELIUM_KILLED], days, slow, model.vessels
        )


@inner
def find_piece(today, end, at, timeline):  # type: ignore[no-untyped-def]
    """Which piece of the timeline holds today (-1: none), and until when; ``at`` is the first that is not over."""
    if at >= timeline.start.shape[0]:
        return np.int64(-1), end
    if timeline.start[at] <= today + 1e-9:
        return at, min(end, timeline.end[at])
    return np.int64(-1), min(end, timeline.start[at])


@inner
def cut_pieces(state, row, start, end, at, model, timeline, work):  # type: ignore[no-untyped-def]
    """Cut a step of one lesion into pieces of nearly constant hazard; carry its vessels and host cells through them.

    Pieces end where a drug piece ends and where vessels have changed by a twentieth or the lesion by half an e-fold.
    Within the step the lesion's size follows its mean path. What effector cells kill is that of the piece's middle, for
    which size and lymphocytes are foreseen, and so is how crowded it is. ``at`` is a piece of the timeline before which all are
    over. Returns the number of pieces; fills ``work.piece``, ``work.kill``, ``work.strain`` and ``work.pace``.
    """
    lesion, crowds = state.lesion[row], model.trait[ONSET] < np.inf
    site, cells, antigen = int(lesion[SITE]), lesion[CELLS], visible(model, work)
    today, pieces = start, np.int64(0)  # typed: a bare 0 is compiled twice
    lesion[EXCITED] = 0.0
    while at < timeline.start.shape[0] and timeline.end[at] <= today + 1e-9:
        at += 1
    while today < end - 1e-9 and pieces < PIECES:
        inside, until = find_piece(today, end, at, timeline)
        condition, signal = felt(lesion, cells, inside, model, timeline), timeline.signal[inside]
        fed, lack, leak, surface, holds = 0.0, 0.0, 0.0, 1.0, False
        if cells >= VESSEL_CELLS:
            fed, lack, leak, surface = oxygen(lesion, cells, condition, signal, model)
        output = vegf_made(lack, site, condition, model, work)
        bereave(pieces, condition, model, work)
        room = room_left(lesion, cells, model)
        idle = lack if room >= 1.0 else 1.0 - (1.0 - lack) * room
        if inside >= 0:
            holds = fill_effects(
                work, pieces, inside, condition, lesion, diameter(cells), surface, fed, idle, leak, model, timeline
            )
        thrift = thrift_of(lesion, surface, condition, model)
        free = net_growth(thrift * room, lack, holds, pieces, site, condition, model, work)
        seeing, blind = effector_kill(lesion, cells, antigen, lesion[CALLED], lesion[INSIDE], condition, model)
        hunted = seeing * antigen + blind
        growth, days = free - hunted, until - today
        if pieces < PIECES - 1:
            if hunted > 0.0 or cells * exp(max(0.0, growth) * days) >= min(VESSEL_CELLS, model.trait[ONSET]):
                days = min(days, max(SHORTEST_PIECE, SIZE_CHANGE / max(abs(growth), 1e-12)))
            days = min(days, max(SHORTEST_PIECE, SIZE_CHANGE / multiplying(site, condition, model)))
            if cells >= VESSEL_CELLS:
                days = min(days, vessel_days(lesion, lack, output, signal, model, growth))
        reach = surface + (1.0 - surface) * fed
        if crowds and cells * exp(max(0.0, growth) * days) > model.trait[ONSET]:
            room = room_left(lesion, cells * exp(0.5 * growth * days), model)
            free = net_growth(thrift * room, lack, holds, pieces, site, condition, model, work)
            growth = free - hunted
        if seeing + blind > 0.0:
            middle = cells * exp(0.5 * growth * days)
            growth = free - hunt(lesion, middle, antigen, reach, pieces, condition, 0.5 * days, model, work)
        move_niche(lesion, cells * exp(0.5 * growth * days), antigen, reach, condition, days, model)
        if cells >= VESSEL_CELLS:
            lesion[EXCITED] += (
                vegf(lack, output, signal[VEGF_BLOCKED], model.vessels) * model.site[condition, site, SWITCHING] * days
            )
            move_vessels(lesion, lack, output, signal, growth, days, model)
            cells *= exp(growth * days)
            fed, later, leak, surface = oxygen(lesion, cells, condition, signal, model)
            lack = 0.5 * (lack + later)
        else:
            cells *= exp(growth * days)
        leak *= ease_of_leaving(lack, signal, model.vessels)
        lesion[PERFUSION], lesion[HYPOXIA], lesion[LEAK] = fed, lack, leak
        entry, host = work.piece[pieces], timeline.condition[inside]
        fill_piece(entry, lesion, today, days, thrift * room, lack, leak, condition, host, model)
        entry[PIECE_SEEDING] = founding_chance(row, host, state, model)
        entry[PIECE_SEEDING] += joining_chance(row, host, state, model, work)
        today += days
        pieces += 1
        if inside >= 0 and today >= timeline.end[inside] - 1e-9:
            at += 1
    return pieces


@inner
def hunt(lesion, cells, antigen, reach, row, condition, days, model, work):  # type: ignore[no-untyped-def]
    """Add what effector cells kill some days on, at the size then, to each mask's hazard; return their mean [1/day]."""
    extra = recruited(lesion, cells, antigen, condition, days, model)
    inside = infiltrated(lesion, cells, antigen, reach, condition, days, model)
    seeing, blind = effector_kill(lesion, cells, antigen, extra, inside, condition, model)
    for mask in range(work.kill.shape[1]):
        work.kill[row, mask] += seeing * model.antigen[mask] + blind
    return seeing * antigen + blind


@inner
def fill_piece(entry, lesion, today, days, thrift, lack, leak, condition, host, model):  # type: ignore[no-untyped-def]
    """Write one piece: when, under which condition, division and departures against the usual, the share without oxygen."""
    shed = leak * (1.0 + model.trait[SHED_GAIN] * power(lack, model.trait[SHED_POWER]))
    entry[PIECE_START], entry[PIECE_DAYS], entry[PIECE_THRIFT], entry[PIECE_LACK] = today, days, thrift, lack
    entry[PIECE_DEPARTURE] = shed * model.site[condition, int(lesion[SITE]), DEPARTING]
    entry[PIECE_CONDITION], entry[PIECE_HOST] = condition, host


@inner
def prepare(kind, row, pieces, state, model, work):  # type: ignore[no-untyped-def]
    """Fill the calendar of one type of cell in one lesion for this step, unless it is there already."""
    if work.stamp[kind] == state.count[SERIAL]:
        return
    work.stamp[kind] = state.count[SERIAL]
    site, mask = int(state.lesion[row, SITE]), model.mask[kind]
    success = model.trait[SHEDDING] * model.competent[kind]
    if row > 0:
        success *= model.trait[RESEEDING]
    for at in range(pieces):
        entry = work.piece[at]
        condition, lack = int(entry[PIECE_CONDITION]), entry[PIECE_LACK]
        birth = model.site[condition, site, DIVISION] * model.fitness[condition, site, mask]
        birth *= entry[PIECE_THRIFT] * (1.0 - lack)
        birth *= work.pace[at, mask]
        death = model.site[condition, site, DEATH] + model.trait[HYPOXIC_DEATH] * lack + work.kill[at, mask]
        chance = work.mutation[kind] + work.induction[kind] * work.strain[at, mask]
        # Chances that add to more than the most are lowered alike, as where mutants are drawn one by one.
        work.division[kind, at] = birth if chance <= MOST_MUTANTS else birth * MOST_MUTANTS / chance
        mutants = birth * min(MOST_MUTANTS, chance)
        emigrants = entry[PIECE_DEPARTURE] * success * entry[PIECE_SEEDING]
        reverters = slips(kind, at, model, work)
        leavers = emigrants + reverters
        work.calendar[kind, at, 0] = birth - mutants
        work.calendar[kind, at, 1] = death
        work.calendar[kind, at, 2] = mutants + leavers
        work.calendar[kind, at, 3] = entry[PIECE_DAYS]
        work.leaving[kind, at] = leavers / (mutants + leavers) if mutants + leavers > 0.0 else 0.0
        work.reverting[kind, at] = reverters / leavers if leavers > 0.0 else 0.0
        work.path[kind, at], work.climb[kind, at] = 0.0, 0.0


@inner
def forget(work):  # type: ignore[no-untyped-def]
    """Take no calendar for filled: another patient's, or another arm's, may stand there under the same serial number."""
    for kind in range(work.stamp.shape[0]):
        work.stamp[kind] = work.tail_stamp[kind] = work.path_stamp[kind] = -1


@inner
def prepare_tails(kind, pieces, work):  # type: ignore[no-untyped-def]
    """Fill the composites from each piece of a type's calendar to the step's end, unless they are there already."""
    if work.tail_stamp[kind] != work.stamp[kind]:
        work.tail_stamp[kind] = work.stamp[kind]
        fill_tails(work.calendar[kind], work.tail[kind], pieces)


@inner
def prepare_path(kind, pieces, work):  # type: ignore[no-untyped-def]
    """Fill a type's law without marks, where who leaves is lost: of the step, and from the middle of each piece on."""
    if work.path_stamp[kind] == work.stamp[kind]:
        return
    work.path_stamp[kind] = work.stamp[kind]
    now, mean = identity(), 0.0
    for at in range(pieces - 1, -1, -1):
        birth, days = work.calendar[kind, at, 0], work.calendar[kind, at, 3]
        gone = work.calendar[kind, at, 1] + work.calendar[kind, at, 2] * work.leaving[kind, at]
        half = piece(birth, gone, 0.0, 0.5 * days)
        a, beta, c, delta, root = compose(half, now)
        work.late[kind, at, 0] = chance_alive(a, beta, c, delta, root)
        work.late[kind, at, 1] = odds(a, beta, c, delta, root)
        now = compose(half, (a, beta, c, delta, root))
        mean += (birth - gone) * days
    quiet = work.quiet[kind]
    quiet[0], quiet[1], quiet[2], quiet[3], quiet[4] = now
    quiet[5] = mean
