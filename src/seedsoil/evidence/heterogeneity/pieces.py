"""E7, E9: what cultures and needles tell of a tumour: how often its cells mutate, and how much of it one needle misses."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, cohort, column
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, median
from seedsoil.trial.trial import Trial

_ZONES = 8
#: Cells of a clone, of a thousand told apart in a zone, from which on it counts as seen.
_SEEN = 5.0


def _fluctuation(setting: Setting) -> Finding:
    """Cifone and Fidler 1981: clones of a mouse sarcoma in parallel cultures; the unstable against the stable."""
    steady = {"instability_factor": 1.0} if setting.ablated else {}
    trial = cohort(
        setting, animals=setting.animals(4, 20), tumour={"is": "uv2237", "instability_rate": 0.004, **steady}, host="mouse",
        until="1 day", diagnosis={"primary_diameter": "6 mm"}, without=("metastasis",),
        arms={"culture": [{"culture": "primary", "at": "0 days", "against": "efflux", "clones": 30, "cultures": 20,
                           "cells": "1e6 cells"}]},
    )  # fmt: skip
    rate, unstable = column(trial, "cultures", "rate_mss"), column(trial, "cultures", "unstable").astype(bool)
    known = np.isfinite(rate)
    fast, slow = np.log(rate[known & unstable]), np.log(rate[known & ~unstable])
    return Finding(
        again((fast, slow), _fold) if fast.size and slow.size else mean([]),
        int(known.sum()),
        {
            "stable rate": again((slow,), lambda one: math.exp(one.mean())),
            "spread, unstable over stable": again((np.exp(fast), np.exp(slow)), lambda a, b: float(np.ptp(a) / np.ptp(b)))
            if min(fast.size, slow.size) > 1 else mean([]),
            "unstable clones": mean(unstable[known]),
        },
        {"clones": {"unstable": unstable[known].tolist(), "rate per division": rate[known].tolist()}},
    )  # fmt: skip


def _fold(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return math.exp(float(one.mean() - other.mean()))


def _needle(setting: Setting) -> Finding:
    """Needles into eight zones of a renal cancer: the share of its clones that one misses, and how many needles find nine in ten."""
    zones = 1 if setting.ablated else _ZONES
    orders: list[Order] = [
        {"biopsy": "primary", "at": "0 days", "zone": zone + 1, "zones": zones} for zone in range(zones)
    ]
    patients = setting.animals(10, 60)
    trial = cohort(
        setting, animals=patients, tumour="kidney_clear_cell", host="adult", until="1 day",
        diagnosis={"primary_diameter": "70 mm"}, without=("metastasis",), arms={"needles": orders},
    )  # fmt: skip
    found = [_found(trial, patient, zones) for patient in range(patients)]
    missed = np.array([1.0 - one.mean() for one in found if one.size])
    needles = np.array([_needed(one) for one in found if one.size])
    shared = np.array([one.all(axis=0).mean() for one in found if one.size])
    return Finding(
        mean(missed),
        len(missed),
        {
            "needles": median(needles),
            "not in every zone": mean(1.0 - shared),
            "clones": mean([one.shape[1] for one in found if one.size]),
        },
        {"patients": {"missed by one needle": missed.tolist(), "needles for nine in ten": needles.tolist()}},
    )


def _found(trial: Trial, patient: int, zones: int) -> NDArray[np.bool_]:
    """Return which clones were seen in which zone of a patient's primary [zones, clones]."""
    mine = (column(trial, "biopsies", "patient") == patient) & (column(trial, "biopsies", "cells") >= _SEEN)
    zone, clone = column(trial, "biopsies", "zone")[mine], column(trial, "biopsies", "clone")[mine]
    names, place = np.unique(clone, return_inverse=True)
    seen = np.zeros((zones, names.size), dtype=np.bool_)
    seen[zone, place] = True
    return seen


def _needed(seen: NDArray[np.bool_]) -> float:
    """Return how many zones must be met, one after the other, until nine clones in ten have been seen; a mean over starts."""
    zones, needed = seen.shape[0], []
    for first in range(zones):
        order = [(first + step) % zones for step in range(zones)]
        covered = np.cumsum(seen[order], axis=0) > 0
        needed.append(1 + int(np.argmax(covered.mean(axis=1) >= 0.9)))
    return float(np.mean(needed))


CLAIMS = (
    Claim(
        id="E7",
        statement="Cells that metastasise are less stable: their genes change more often than those of cells that do not.",
        sources=("cifone_fidler_1981",),
        setup="UV-2237 sarcomas of 6 mm in mice, 30 cells of each grown into clones, 20 parallel cultures of 1e6 cells of each; mutants "
        "that resist by efflux are counted and the rate read by the largest likelihood (thioguanine and ouabain in the study). "
        "Unstable against stable clones; instability is made to arise in one division of 250 so that both kinds are met.",
        observable="mutation rate of unstable clones over that of stable ones",
        unit="1",
        band=Band(3.0, 7.0),
        direction=Direction("above", 1.0),
        ablation=Ablation("instability multiplies nothing", "unstable cells mutate as often as stable ones"),
        experiment=_fluctuation,
        checks=(
            Check("stable rate", "mutations per division of stable clones", "1"),
            Check("spread, unstable over stable", "range of rates between unstable clones over that between stable ones", "1"),
            Check("unstable clones", "share of clones that are unstable", "1"),
        ),
        parameters=("tumour.instability_factor: from this study", "tumour.mechanisms.efflux.rate"),
        dispute="Shares of altered genome in metastases against primaries have no law here: copy numbers are not modelled.",
    ),
    Claim(
        id="E9",
        statement="One part of a tumour is not like another: zones of the same primary differ.",
        sources=("gerlinger_2012",),
        setup="Clear-cell renal cancers of 70 mm; a needle into each of eight zones on the day they are found, a thousand cells of each told "
        "apart; clones of five or more cells count as seen.",
        observable="share of the clones found by all needles that one needle misses",
        unit="1",
        band=Band(0.2, 1.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("a tumour of one zone", "cells lie mixed, and a needle meets all clones"),
        experiment=_needle,
        checks=(
            Check("needles", "needles until nine clones in ten are found", "needles"),
            Check("not in every zone", "share of clones that some zone lacks", "1"),
            Check("clones", "clones that all needles found", "clones"),
        ),
        parameters=("zones of a biopsy: clones lie where they are born", "tumour.hit_rate", "tumour.instability_rate"),
    ),
)  # fmt: skip
