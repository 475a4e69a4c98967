"""The bench of the experiments: cohorts of animals or patients, set up as a study and carried out here and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.claim import Setting
from seedsoil.evidence.moved import moved_tables
from seedsoil.trial.run import run
from seedsoil.trial.study.file import Study
from seedsoil.trial.trial import Trial

__all__ = ["HEALTHY", "Order", "cohort", "column", "counted", "lesions_of_each", "per_patient", "study"]

Order = Mapping[str, Any]
_NAME = "the experiment"
#: A host without a tumour: cells are injected.
HEALTHY = {"primary": "none"}


def cohort(
    setting: Setting,
    *,
    animals: int,
    tumour: str | Mapping[str, Any],
    host: str | Mapping[str, Any],
    until: str,
    arms: Mapping[str, Sequence[Order]],
    diagnosis: Mapping[str, Any] = HEALTHY,
    without: Sequence[str] = (),
    **sections: Any,
) -> Trial:
    """Carry a study out in this process and return its trial; the parameters are those of `study`."""
    made = study(
        setting, animals=animals, tumour=tumour, host=host, until=until, arms=arms, diagnosis=diagnosis, without=without,
        **sections,
    )  # fmt: skip
    return run(made, workers=1, executor="serial", anyway=True)


def study(
    setting: Setting,
    *,
    animals: int,
    tumour: str | Mapping[str, Any],
    host: str | Mapping[str, Any],
    until: str,
    arms: Mapping[str, Sequence[Order]],
    diagnosis: Mapping[str, Any] = HEALTHY,
    without: Sequence[str] = (),
    **sections: Any,
) -> Study:
    """Return the study of an experiment.

    Parameters
    ----------
    setting
        Gives the seed, and the mechanisms that the claim's ablation switches off.
    animals
        Patients; each is in every arm, with the same luck.
    tumour, host
        Name of an entry of the catalogue, or the table of a study file (``{"is": "b16_f1", "division_rate": "1 /day"}``).
    until
        How long, as "21 days".
    arms
        Orders of each arm, as in a study file.
    diagnosis
        When the clock starts; a healthy host if not given.
    without
        Mechanisms that the set-up has switched off anyhow.
    **sections
        Further tables of a study file: ``vary``, ``grafts``, ``parabiosis``, ``agents``, ``soils``, ``vessels``, ``endpoints``.
    """
    off = sorted({*without, *setting.without})
    tables: dict[str, Any] = {
        "study": {"title": "an experiment", "patients": animals, "seed": setting.seed, "until": until, "without": off},
        "tumour": {"is": tumour} if isinstance(tumour, str) else dict(tumour),
        "host": {"is": host} if isinstance(host, str) else dict(host),
        "diagnosis": dict(diagnosis),
        "arms": {name: {"do": [dict(order) for order in orders]} for name, orders in arms.items()},
        **sections,
    }
    made = Study.from_tables(tables, _NAME)
    return made if setting.move is None else Study.from_tables(moved_tables(tables, made, setting.move), _NAME)


def column(trial: Trial, table: str, name: str, arm: str | None = None) -> NDArray[Any]:
    """Return a column of a table of a trial, of one arm or of all."""
    found = trial.tables[table]
    values = np.asarray(found[name])
    return values if arm is None else values[np.asarray(found["arm"]) == arm]


def per_patient(
    trial: Trial, table: str, name: str, arm: str, among: Mapping[str, Any] | None = None
) -> NDArray[np.float64]:
    """Return, for each patient, the sum of a column over the rows of an arm whose other columns hold what ``among`` says."""
    found = trial.tables[table]
    rows = np.asarray(found["arm"]) == arm
    for other, wanted in (among or {}).items():
        values = np.asarray(found[other])
        rows &= np.isclose(values, wanted) if isinstance(wanted, float) else values == wanted
    who = np.asarray(found["patient"])[rows]
    weights = np.asarray(found[name])[rows].astype(np.float64)
    return np.bincount(who, weights=weights, minlength=trial.plan.patients).astype(np.float64)


def lesions_of_each(trial: Trial, chosen: NDArray[np.bool_], arm: str | None = None) -> NDArray[np.float64]:
    """Return how many lesions each patient has among the chosen rows of an arm, or of all arms."""
    who = column(trial, "lesions", "patient", arm)[chosen]
    return np.bincount(who, minlength=trial.plan.patients).astype(np.float64)


def counted(
    trial: Trial, what: str, arm: str, order: int = 0, site: str | None = None, of: int = 1
) -> NDArray[np.float64]:
    """Return the counts at the bench of each animal: what of an arm, at one site or all, summed.

    Where an arm has ``of`` orders that count the same on the same days, ``order`` says which of them, from 0: their rows lie
    one order after the other within an animal and day.
    """
    found = trial.tables["counts"]
    rows = (np.asarray(found["arm"]) == arm) & (np.asarray(found["what"]) == what)
    if site is not None:
        rows &= np.asarray(found["site"]) == site
    number, who = np.asarray(found["number"])[rows], np.asarray(found["patient"])[rows]
    total = np.zeros(trial.plan.patients)
    for animal in range(trial.plan.patients):
        mine = number[who == animal]
        total[animal] = mine.reshape(of, -1)[order].sum() if mine.size else 0.0
    return total
