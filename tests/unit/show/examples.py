"""A made-up trial and a made-up patient in the tables' form, so that figures can be tested without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from seedsoil.experiment.protocol import Resect, Scan
from seedsoil.foundation.record import Record, make_record
from seedsoil.foundation.value import Value
from seedsoil.trial.compare import Comparison, compare_arms
from seedsoil.trial.survival import Survival, kaplan_meier

Table = dict[str, np.ndarray]
arms = ("surgery", "seed", "soil", "both")
sites = (
    "colon",
    "liver",
    "lung",
    "peritoneum",
    "bone",
    "brain",
    "adrenal",
    "ovary",
    "lymph node",
    "skin",
    "kidney",
    "muscle",
    "spleen",
)
_share = (0.0, 0.55, 0.3, 0.15, 0.08, 0.06, 0.03, 0.02, 0.25, 0.02, 0.02, 0.003, 0.004)
_years = 365.25
_agents = {"surgery": (), "seed": ("fluorouracil",), "soil": ("bevacizumab",), "both": ("fluorouracil", "bevacizumab")}


def spheres(diameter: Any) -> Any:
    """Return the cells of spheres of a diameter in mm."""
    return np.pi * 1e6 / 6.0 * np.asarray(diameter, dtype=float) ** 3


def patients(n: int, generator: np.random.Generator) -> Table:
    """Return a table of patients in which the later arms live longer."""
    rows: dict[str, list[Any]] = {}
    luck = generator.weibull(0.9, n)
    for place, arm in enumerate(arms):
        time = luck * (2.5, 3.4, 3.0, 5.2)[place] * _years
        alive = time > 10 * _years
        end = np.minimum(time, 10 * _years)
        progressed = generator.random(n) < 0.7
        progression = np.where(progressed, end * generator.uniform(0.2, 0.9, n), np.nan)
        cause = generator.choice(
            ["liver burden", "lung burden", "brain burden", "other causes"], n, p=[0.6, 0.2, 0.05, 0.15]
        )
        response = generator.choice(
            ["CR", "PR", "SD", "PD", "NE"], n, p=[0.05, 0.1 + 0.1 * place, 0.3, 0.45 - 0.1 * place, 0.1]
        )
        for name, column in {
            "patient": np.arange(n, dtype=np.int32),
            "arm": np.full(n, arm, dtype=object),
            "alive": alive,
            "end_day": end,
            "followed": np.ones(n, dtype=bool),
            "cause": np.where(alive, "", cause).astype(object),
            "ending": np.where(alive, "alive at the end of follow-up", "died").astype(object),
            "progressed": progressed,
            "progression_day": progression,
            "response": response.astype(object),
            "resistant_fraction_at_end": generator.random(n),
            "metastatic_cells_at_end": np.where(alive, 0.0, 1e11),
        }.items():
            rows.setdefault(name, []).append(column)
    return {name: np.concatenate(columns) for name, columns in rows.items()}


def lesions(n: int, generator: np.random.Generator) -> Table:
    """Return a table of lesions: a primary each, and metastases by organ."""
    rows: dict[str, list[Any]] = {
        name: []
        for name in ("patient", "arm", "lesion", "site", "parent", "cells_at_diagnosis", "cells_at_end", "fate")
    }
    for patient in range(n):
        grown = [(0, "colon", -1, 2e10)]
        grown += [
            (0, site, 0, 10 ** generator.uniform(3, 10))
            for site, p in zip(sites, _share, strict=True)
            for _ in range(generator.poisson(p * 1.5))
        ]
        for place, arm in enumerate(arms):
            for number, (_, site, parent, cells) in enumerate(grown):
                dead = parent < 0 or generator.random() < 0.08 * place
                fate = "resected" if parent < 0 else "extinct" if dead else "growing"
                row = (
                    patient,
                    arm,
                    number,
                    site,
                    parent,
                    cells if generator.random() < 0.8 else 0.0,
                    0.0 if dead else cells * 10,
                    fate,
                )
                for name, value in zip(rows, row, strict=True):
                    rows[name].append(value)
    return {
        name: np.array(column, dtype=object if name in ("arm", "site", "fate") else None)
        for name, column in rows.items()
    }


@dataclass
class MadeTrial:
    """What the figures need of a Trial."""

    arms: tuple[str, ...]
    tables: dict[str, Table]
    study: Any
    record: Any
    asked: list[tuple[int, str]] = field(default_factory=list)

    def _times(self, arm: str, endpoint: str) -> tuple[np.ndarray, np.ndarray]:
        table = self.tables["patients"]
        mine = table["arm"] == arm
        end, dead = table["end_day"][mine], ~table["alive"][mine]
        if endpoint == "overall_survival":
            return end, dead
        first = np.fmin(end, table["progression_day"][mine])
        return first, dead | table["progressed"][mine]

    def survival(self, arm: str, endpoint: str = "overall_survival") -> Survival:
        return kaplan_meier(*self._times(arm, endpoint))

    def compare(self, arm: str, versus: str, endpoint: str = "overall_survival") -> Comparison:
        return compare_arms(
            *self._times(arm, endpoint), *self._times(versus, endpoint), arm=arm, versus=versus, endpoint=endpoint
        )

    def histories(self, patient: int, arms: Sequence[str]) -> list[SimpleNamespace]:
        return [self.patient(patient, arm) for arm in arms]

    def patient(self, patient: int, arm: str) -> SimpleNamespace:
        self.asked.append((patient, arm))
        return made_history(patient=patient, arm=arm)


def made_record() -> Record:
    """Return a record as a run makes it."""
    values = [
        Value(number=0.2, unit="1/day", grade="human", source="tomasetti2015"),
        Value(number=70.0, unit="1", grade="assumed", source="assumed"),
    ]
    citations = [
        {"key": "tomasetti2015", "reference": "Tomasetti and Vogelstein <b>2015</b>", "values": 1, "recalled": 1},
        {"key": "assumed", "reference": "assumed", "values": 1, "recalled": 0},
    ]
    return make_record('[study]\ntitle = "made up"\n', 20150527, values, citations)


def made_trial(n: int = 100, title: str = "Colon cancer with liver metastases: seed, soil, or both?") -> MadeTrial:
    """Return a trial of four arms with n patients each."""
    generator = np.random.default_rng(5)
    tables = {"patients": patients(n, generator), "lesions": lesions(n, generator)}
    return MadeTrial(arms, tables, SimpleNamespace(study=SimpleNamespace(title=title)), made_record())


def _size(days: np.ndarray, arrival: float, rate: float, response: float, relapse: float) -> np.ndarray:
    age = np.maximum(days - arrival, 0.0)
    grown = np.exp(np.minimum(rate * age, 24.0 * (1 - np.exp(-rate * age / 20.0))))
    treated = np.clip(days - 42.0, 0.0, 300.0)
    regrown = np.clip(days - 42.0 - relapse, 0.0, None)
    cells = grown * np.exp(-response * treated) * np.exp(np.minimum(0.02 * regrown, 6.0))
    return np.where(days < arrival, 0.0, np.where(cells < 1.0, 0.0, np.round(cells)))


def made_history(patient: int = 17, arm: str = "both", count: int = 14) -> SimpleNamespace:
    """Return one patient recorded in time: a primary that is resected, metastases that shrink and grow again."""
    generator = np.random.default_rng(patient + 1)
    end = 1500.0
    days = np.arange(-2000.0, end + 1.0, 5.0)
    site = np.array(
        [
            "colon",
            "liver",
            "liver",
            "liver",
            "lung",
            "peritoneum",
            "bone",
            "brain",
            "adrenal",
            "lymph node",
            "skin",
            "ovary",
            "liver",
            "lung",
        ][:count],
        dtype=object,
    )
    arrival = np.concatenate([[-2000.0], generator.uniform(-1500.0, 300.0, count - 1)])
    rate = generator.uniform(0.01, 0.03, count)
    response = generator.choice([0.0, 0.01, 0.03, 0.06], count)
    cells = np.stack([_size(days, a, r, q, 240.0) for a, r, q in zip(arrival, rate, response, strict=True)], axis=1)
    cells[:, 0] = np.where(days >= 14.0, 0.0, np.minimum(np.exp(0.02 * (days + 2000.0)), 2.2e10))
    total = cells.sum(axis=1)
    births = np.array([-2000.0, -1200.0, -1000.0, -700.0, 100.0, 50.0])
    parents = np.array([-1, 0, 0, 1, 2, 1], dtype=np.int32)
    resistance = np.array(["", "", "fluorouracil", "bevacizumab", "fluorouracil+bevacizumab", ""], dtype=object)
    weight = np.stack(
        [
            np.where(days < b, 0.0, np.exp(np.clip(g * (days - b), -50, 50)))
            for b, g in zip(births, (0.0, 0.004, 0.0045, 0.004, 0.014, 0.003), strict=True)
        ],
        axis=1,
    )
    clone_cells = np.round(total[:, None] * weight / weight.sum(axis=1, keepdims=True))
    scans = np.arange(0.0, end, 84.0)
    sizes = np.cbrt(6.0 * cells[np.searchsorted(days, scans)] / (np.pi * 1e6))
    seen = [
        (day, lesion, site[lesion], sizes[k, lesion] * 1.03)
        for k, day in enumerate(scans)
        for lesion in range(count)
        if sizes[k, lesion] > 7.0
    ]
    doses = tuple((42.0 + 14.0 * k, agent, 700.0) for k in range(24) for agent in _agents[arm])
    fine = np.arange(0.0, 500.0, 0.05)
    levels = {
        agent: (
            fine,
            sum(
                np.where(
                    fine >= d,
                    20.0 * np.exp(-np.maximum(fine - d, 0.0) * (0.1 if agent == "bevacizumab" else 30.0)),
                    0.0,
                )
                for d, a, _ in doses
                if a == agent
            ),
        )
        for agent in _agents[arm]
    }
    return SimpleNamespace(
        patient=patient,
        arm=arm,
        days=days,
        cells=cells,
        clone_cells=clone_cells,
        doses=doses,
        concentrations=levels,
        arteries={},
        titles={"fluorouracil": "5-Fluorouracil", "bevacizumab": "Bevacizumab"},
        done=[(14.0, Resect("primary", 14.0)), *((float(day), Scan(84.0, 0.0, "ct")) for day in scans)],
        site_names=sites,
        lesions={
            "lesion": np.arange(count, dtype=np.int32),
            "site": site,
            "parent": np.where(np.arange(count) == 0, -1, 0),
            "arrival_day": arrival,
            "active_day": arrival + 30.0,
            "largest_cells": cells.max(axis=0),
            "fate": np.array(["resected", *["growing"] * (count - 1)], dtype=object),
        },
        clones={
            "clone": np.arange(6, dtype=np.int32),
            "parent": parents,
            "born_day": births,
            "resistance": resistance,
            "pooled": np.zeros(6, dtype=bool),
        },
        events=[
            {"day": 0.0, "kind": "diagnosis", "detail": "primary of 35 mm"},
            {"day": 14.0, "kind": "resection", "detail": "primary"},
            {"day": 420.0, "kind": "progression", "detail": "liver"},
            {"day": end, "kind": "death", "detail": "liver burden"},
        ],
        observations={
            "day": np.array([s[0] for s in seen]),
            "lesion": np.array([s[1] for s in seen], dtype=np.int32),
            "site": np.array([s[2] for s in seen], dtype=object),
            "diameter_mm": np.array([s[3] for s in seen]),
        },
        ending="died at day 1500: liver burden 1.3 kg",
    )


def scanned_trial() -> MadeTrial:
    """Return two arms of four patients each, whose scans are told one by one.

    In arm "drug" patient 0 shrinks to half and stays there, 1 vanishes and comes back, 2 grows, and 3 has nothing to see.
    In arm "none" all but 3 grow, and 2 is dead before the second scan.
    """
    nan = np.nan
    scans: dict[tuple[str, int], tuple[tuple[float, str, float], ...]] = {
        ("none", 0): ((28.0, "BASELINE", 40.0), (84.0, "PD", 50.0), (84.0, "BASELINE", 50.0), (140.0, "SD", 20.0)),
        ("none", 1): ((28.0, "BASELINE", 20.0), (84.0, "PD", 50.0)),
        ("none", 2): ((28.0, "BASELINE", 30.0),),
        ("none", 3): ((28.0, "BASELINE", nan), (84.0, "NE", nan)),
        ("drug", 0): ((28.0, "BASELINE", 40.0), (84.0, "PR", 24.0), (140.0, "PR", 20.0), (196.0, "PR", 21.0)),
        ("drug", 1): ((28.0, "BASELINE", 20.0), (84.0, "CR", 0.0), (140.0, "CR", nan), (196.0, "PD", 16.0)),
        ("drug", 2): ((28.0, "BASELINE", 30.0), (84.0, "SD", 33.0), (140.0, "PD", 40.0)),
        ("drug", 3): ((28.0, "BASELINE", nan), (84.0, "NE", nan)),
    }
    told = [
        (patient, arm, day, "ct", 1 + sum(one[1] == "PD" for one in looks[:place]), response, total)
        for (arm, patient), looks in scans.items()
        for place, (day, response, total) in enumerate(looks)
    ]
    names = ("patient", "arm", "day", "instrument", "line", "response", "target_sum_mm")
    assessments = {
        name: np.array([row[k] for row in told], dtype=object if name in ("arm", "instrument", "response") else None)
        for k, name in enumerate(names)
    }
    rows = [
        # patient, arm, alive, end, cause, response, progression
        (0, "none", False, 200.0, "liver burden", "PD", 84.0),
        (1, "none", False, 300.0, "liver burden", "PD", 84.0),
        (2, "none", False, 60.0, "other causes", "NE", nan),
        (3, "none", True, 1000.0, "", "NE", nan),
        (0, "drug", True, 240.0, "", "PR", nan),
        (1, "drug", False, 800.0, "liver burden", "CR", 196.0),
        (2, "drug", False, 200.0, "lung burden", "PD", 140.0),
        (3, "drug", True, 1000.0, "", "NE", nan),
    ]
    text = ("arm", "cause", "response")
    columns = ("patient", "arm", "alive", "end_day", "cause", "response", "progression_day")
    table = {
        name: np.array([row[k] for row in rows], dtype=object if name in text else None)
        for k, name in enumerate(columns)
    }
    table["progressed"] = np.isfinite(table["progression_day"])
    table["followed"] = np.ones(len(rows), dtype=bool)
    table["ending"] = np.array(["as told"] * len(rows), dtype=object)
    made = made_trial(4)
    lesions_of_none = {name: column[:0] for name, column in made.tables["lesions"].items()}
    tables = {"patients": table, "lesions": lesions_of_none, "assessments": assessments}
    return MadeTrial(("none", "drug"), tables, made.study, made.record)
