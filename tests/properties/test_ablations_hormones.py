"""Hormones taken from tumours that live on them: division, death and VEGF, who escapes, and the mechanism switched off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.clone import Endocrine
from seedsoil.biology.patient import Patient
from seedsoil.body.state import (
    CELLS,
    EXTINCT,
    FATE,
    GROWING,
    HYPOXIA,
    IMMATURE,
    LESIONS,
    SHEDDING,
    STEP_DAYS,
    with_room,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.foundation.streams import new_stream
from tests.properties.examples import ONE_CLONE, add_clone, follow, lesion_of, own
from tests.properties.plain import AT, agent, exposed, lived, made, mechanism, speed, valued, who

#: Four divisions in five go with the hormone, two cells in a hundred die a day, half of the VEGF is not made.
NEED = made(Endocrine, hormone="androgen", division=0.8, death=0.02, vegf=0.5)
TAKER = agent("taker", blocks={"androgen": 1e-9})
GONE = {"taker": 1.0}
OFF = ("hormone withdrawal",)


def test_withdrawal() -> None:
    """Without the hormone it grows at 0.1 * 0.2 - 0.05 - 0.02 a day; off, or for one that needs none, as ever: catches 0.5 %."""
    still = (*ONE_CLONE, "hypoxia")
    runs = {
        (need, bool(level), without): lived(who(endocrine=need and NEED), [(56.0, level)], [TAKER], (*still, *without), cells=1e10)
        for need in (True, None) for level in (GONE, {}) for without in ((), OFF)
    }  # fmt: skip
    assert speed(runs[True, True, ()], 1e10) == pytest.approx(-0.05, rel=5e-3)
    assert speed(runs[True, False, ()], 1e10) == pytest.approx(0.05, rel=5e-3)
    rest = {key: rows.tobytes() for key, rows in runs.items() if key != (True, True, ())}
    assert len(set(rest.values())) == 1


def test_vegf_falls_with_the_hormone() -> None:
    """As much as VEGF made by half, of that with oxygen; off, no byte differs: catches 1e-9 of the vessels."""
    still = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
    mute = who(**still, endocrine=made(Endocrine, hormone="androgen", division=0.0, death=0.0, vegf=0.5))
    given = {"cells": 1e12, "sprouts": True, "vessels": (1.4874, 0.5873)}
    on, off, rest = (
        lived(mute, [(28.0, level)], [TAKER], (*ONE_CLONE, *without), **given)  # type: ignore[arg-type]
        for level, without in ((GONE, ()), (GONE, OFF), ({}, ()))
    )
    assert off.tobytes() == rest.tobytes()
    assert on[-1, IMMATURE] < 0.85 * rest[-1, IMMATURE]
    bare = ("hypoxia",)  # then all VEGF is that of cells with oxygen
    holder = agent("holder", blocks={"vegf": 1.0})
    half, held = (
        lived(person, [(28.0, level)], [TAKER, holder], (*ONE_CLONE, *bare, "vessel tone"), **given)  # type: ignore[arg-type]
        for person, level in ((mute, GONE), (who(**still), {"holder": 1.0}))
    )
    assert half[-1, IMMATURE] == pytest.approx(held[-1, IMMATURE], rel=1e-9)
    assert on[-1, HYPOXIA] > 0.0


def test_cells_that_need_no_hormone_grow_out() -> None:
    """Freed of nine tenths of the need, one cell in a hundred outgrows by 0.72 b + 0.018 a day: catches 2 % of the odds."""
    free = tuple(name for name in (*ONE_CLONE, "hypoxia") if name != "resistance")
    person = who(mechanisms=(mechanism("freed", hormone_freed=valued(0.9)),), endocrine=NEED)
    model, timeline = exposed(person, [TAKER], [(70.0, GONE)], free)
    state = lesion_of(model, AT["skin"], 1e10)
    add_clone(state, 2, 1e8)
    stream, work = new_stream(5, 0), scratch(model)
    _, state = run_until(stream, state, 70.0, model, timeline, work)
    used = int(state.used[0])
    cells, freed = state.cells[0, :used], state.kind[0, :used] >= 2
    odds = float(cells[freed].sum() / cells[~freed].sum())
    assert odds == pytest.approx(1e-2 * np.exp((0.072 + 0.018) * 70.0), rel=0.02)
    assert state.lesion[0, CELLS] > cells[~freed].sum()


def test_cells_that_need_no_hormone_found_lesions() -> None:
    """Freed of the need, they found as many without the hormone as with it; those in need found none that grows.

    If treatment does not fall on families but on the chance to found one, that of the usual cell is for all: none is founded.
    """
    person = who(mechanisms=(mechanism("freed", hormone_freed=valued(1.0)),), endocrine=NEED)
    off = ("instability", "competence", "hypoxia", "dormancy")
    free, rest, needy, lost = (
        _founded(person, kind, level, without)
        for kind, level, without in (
            (2, GONE, off), (2, {}, off), (0, GONE, off), (2, GONE, (*off, "treated founders"))
        )
    )  # fmt: skip
    counts = [float((rows[:, FATE] == GROWING).sum()) for rows in (free, rest)]
    assert min(counts) > 60
    assert abs(counts[0] - counts[1]) < 6.0 * np.sqrt(sum(counts))
    assert (needy[:, FATE] == EXTINCT).sum() > 20
    assert (needy[:, FATE] != GROWING).all()
    assert len(lost) == 0


def _founded(person: Patient, kind: int, level: Any, without: tuple[str, ...]) -> Any:
    """Lesions that one of 1e7 cells of a kind founds in a week, and all of which are counted 300 days later [lesions, columns]."""
    model, timeline = exposed(person, [TAKER], [(308.0, level)], without)
    model = own(model)
    state = with_room(lesion_of(model, AT["skin"], 1e7, vessels=(1.5, 0.6)), 4000, 1000)
    state.kind[0, 0] = kind
    model.trait[SHEDDING] = 4e-4
    state, _ = follow(model, state, STEP_DAYS, timeline=timeline)
    model.trait[SHEDDING] = 0.0
    state, _ = follow(model, state, 301.0, timeline=timeline)
    return state.lesion[1 : state.count[LESIONS]]
