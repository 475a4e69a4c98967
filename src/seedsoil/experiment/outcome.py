"""What is kept of an arm that has run: its rows in the tables of a study."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.state import (
    ACTIVE,
    ARRIVAL_CLONE,
    ARRIVAL_DAY,
    ARRIVAL_FROM,
    ARRIVAL_TO,
    ARRIVALS,
    ARRIVED,
    AT_DIAGNOSIS,
    CELLS,
    CLONE_LESION,
    CLONE_PARENT,
    CLONE_POOLED,
    CLONE_TYPE,
    CLONES,
    DETECTED,
    DORMANT,
    FATE,
    FATES,
    FOUNDER,
    HITS,
    LARGEST,
    LESIONS,
    PARENT,
    REPLACES,
    SITE,
    SPROUTS,
    State,
)
from seedsoil.experiment.arm import Arm
from seedsoil.experiment.columns import Columns, empty, text, who, written
from seedsoil.experiment.orders.sampling.rows import resistances, sampled_rows
from seedsoil.observe.best_response import confirmed_best
from seedsoil.observe.growth_rate import tumour_growth_rate

_patterns, _fates = text(["pushing", "replacing"]), text(list(FATES))


def clone_cells(state: State) -> NDArray[np.float64]:
    """Cells of each clone over all lesions, now [clones]."""
    there, totals = _used(state), np.zeros(int(state.count[CLONES]))
    np.add.at(totals, state.clone_of[there], state.cells[there])
    return totals


def _used(state: State) -> tuple[NDArray[np.intp], ...]:
    """Rows and slots in which a clone lives, lesion by lesion."""
    used = state.used[: state.count[LESIONS]]
    return np.nonzero(np.arange(int(used.max())) < used[:, None])


def patient_row(arm: Arm, name: str) -> Columns:
    """The one row of table ``patients``."""
    state, grown = arm.state, arm.grown
    lesion = state.lesion[: state.count[LESIONS]]
    there = _used(state)
    cells, masks = state.cells[there], arm.model.mask[state.kind[there]]
    total, resistant = float(cells.sum()), float(cells[masks > 0].sum())
    first = grown.state.lesion[: grown.state.count[LESIONS]]
    seen = [event for event in arm.events if event["kind"] == "scan"]
    visible = 0
    if seen:
        day = seen[0]["day"]
        visible = sum(1 for when, _, row, _, _ in arm.observations if when == day and row > 0)
    return who(grown.number, name, 1) | {
        "alive": np.array([arm.alive]),
        "followed": np.array([arm.followed]),
        "end_day": np.array([arm.end_day]),
        "cause": text([arm.cause]),
        "ending": text([arm.ending]),
        "progressed": np.array([not math.isnan(arm.progression_day)]),
        "progression_day": np.array([arm.progression_day]),
        "response": text([arm.follow.best]),
        **_response(arm),
        **_stage(arm),
        "age_years": np.array([float(grown.patient.host.age)]),
        "found_by": text([grown.found_by]),
        "tumour_age_days": np.array([grown.day]),
        "primary_diameter_mm": np.array([diameter(float(first[0, CELLS]))]),
        "metastases_at_diagnosis": np.array([np.count_nonzero(first[1:, CELLS] > 0)], dtype=np.int32),
        "visible_at_diagnosis": np.array([visible], dtype=np.int32),
        "lesions_ever": np.array([lesion.shape[0] - 1], dtype=np.int32),
        "metastatic_cells_at_end": np.array([float(lesion[1:, CELLS].sum())]),
        "resistant_fraction_at_end": np.array([resistant / total if total > 0 else math.nan]),
    }


def _response(arm: Arm) -> Columns:
    """What assessments say beyond the best response: confirmed or not, since when, and how fast the targets grew."""
    follow = arm.follow
    confirmed = confirmed_best(follow.assessments, follow.baseline_day)[1]
    growth = math.nan
    if len(follow.sums) > 1:
        (first, before), (second, after) = follow.sums[:2]
        growth = tumour_growth_rate(before, after, second - first)
    return {
        "confirmed_response": text(["NE" if confirmed == "MISSING" else confirmed]),
        "response_day": np.array([math.nan if follow.response_day is None else follow.response_day]),
        "growth_rate": np.array([growth]),
    }


def _stage(arm: Arm) -> Columns:
    """The stage as seen, and the truth about distant lesions on the day of diagnosis."""
    stage, grown = arm.chart.stager, arm.grown
    lesion = grown.state.lesion[1 : grown.state.count[LESIONS]]
    growing = set(lesion[lesion[:, CELLS] > 0.0, SITE].astype(int).tolist())
    distant = growing - {stage.home, *stage.regional}
    words = {
        "t_stage": stage.t, "n_stage": stage.n, "m_observed": stage.m, "m_true": "M1" if distant else "M0",
        "stage": stage.stage, "stage_edition": stage.edition,
    }  # fmt: skip
    return {name: text([word]) for name, word in words.items()}


def lesion_rows(arm: Arm, name: str) -> Columns:
    """Rows of table ``lesions``; days count from diagnosis."""
    count = int(arm.state.count[LESIONS])
    lesion, day = arm.state.lesion[:count], arm.grown.day
    fate = lesion[:, FATE].astype(int)
    known = lesion[:, DETECTED] >= 0.0
    never = (fate == int(DORMANT)) | ((lesion[:, LARGEST] <= 0.0) & (lesion[:, ARRIVED] > 0.0))
    sites = text([site.name for site in arm.grown.patient.host.anatomy.sites])
    return who(arm.grown.number, name, count) | {
        "lesion": np.arange(count, dtype=np.int32),
        "key": arm.state.lesion_key[:count].copy(),
        "site": sites[lesion[:, SITE].astype(int)],
        "parent": lesion[:, PARENT].astype(np.int32),
        "clone": lesion[:, FOUNDER].astype(np.int32),
        "arrival_day": lesion[:, ARRIVED] - day,
        "active_day": np.where(never, np.nan, lesion[:, ACTIVE] - day),
        "detected_day": np.where(known, lesion[:, DETECTED], np.nan),
        "cells_at_diagnosis": lesion[:, AT_DIAGNOSIS].copy(),
        "cells_at_end": lesion[:, CELLS].copy(),
        "largest_cells": lesion[:, LARGEST].copy(),
        "pattern": _patterns[(lesion[:, REPLACES] > 0.5).astype(int)],
        "vascular": lesion[:, SPROUTS] > 0.5,
        "fate": _fates[fate],
    }


def clone_rows(arm: Arm, name: str) -> Columns:
    """Rows of table ``clones``."""
    count = int(arm.state.count[CLONES])
    clone = arm.state.clone[:count]
    levels = int(arm.model.trait[HITS]) + 1
    kind = clone[:, CLONE_TYPE]
    return who(arm.grown.number, name, count) | {
        "clone": np.arange(count, dtype=np.int32),
        "parent": clone[:, CLONE_PARENT].astype(np.int32),
        "lesion": clone[:, CLONE_LESION].astype(np.int32),
        "born_day": arm.state.clone_born[:count] - arm.grown.day,
        "hits": (kind % levels).astype(np.int32),
        "unstable": kind // levels % 2 == 1,
        "resistance": resistances(arm, kind),
        "pooled": clone[:, CLONE_POOLED] == 1,
        "cells_at_end": clone_cells(arm.state),
    }


def arrival_rows(arm: Arm, name: str) -> Columns:
    """Rows of table ``arrivals``: founders and those that joined a lesion, in the order of days."""
    lesion, joined = arm.state.lesion[1 : arm.state.count[LESIONS]], arm.state.arrival[: arm.state.count[ARRIVALS]]
    founders, count = len(lesion), len(lesion) + len(joined)
    if not count:
        return empty("arrivals")
    days = np.concatenate([lesion[:, ARRIVED], joined[:, ARRIVAL_DAY]])
    order = np.argsort(days, kind="stable")
    return who(arm.grown.number, name, count) | {
        "day": days[order] - arm.grown.day,
        "from_lesion": np.concatenate([lesion[:, PARENT], joined[:, ARRIVAL_FROM]])[order].astype(np.int32),
        "to_lesion": np.concatenate([np.arange(1.0, founders + 1), joined[:, ARRIVAL_TO]])[order].astype(np.int32),
        "clone": np.concatenate([lesion[:, FOUNDER], joined[:, ARRIVAL_CLONE]])[order].astype(np.int32),
        "founded": order < founders,
    }


def rows(arm: Arm, name: str) -> dict[str, Columns]:
    """All rows of one patient in one arm, by table."""
    sites, number = [site.name for site in arm.grown.patient.host.anatomy.sites], arm.grown.number
    seen = [(day, what, row, sites[site], size) for day, what, row, site, size in arm.observations]
    return {
        "patients": patient_row(arm, name),
        "lesions": lesion_rows(arm, name),
        "clones": clone_rows(arm, name),
        "arrivals": arrival_rows(arm, name),
        "events": written("events", number, name, [tuple(event.values()) for event in arm.events]),
        "observations": written("observations", number, name, seen),
        "assessments": written("assessments", number, name, arm.assessed),
    } | sampled_rows(arm, name)
