"""Analysis tables of a trial under the names of CDISC's ADaM: subjects, times to an event, responses, tumour sizes.

Names follow the ADaM implementation guide and its oncology examples (recalled, not read for this). Virtual patients have no
calendar: days count from diagnosis, day 0, and variables that end in DT are left out. One patient is treated in every arm,
with the same luck; USUBJID tells the copies apart and TWINID, which is not CDISC's, puts them together again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.trial.endpoints import event_times

Columns = dict[str, NDArray[Any]]
Tables = Mapping[str, Mapping[str, NDArray[Any]]]

#: Longest label that the transport format of such tables takes.
LONGEST_LABEL = 40


class Variable(NamedTuple):
    """A variable: its label (40 characters at most) and its type, Char or Num."""

    label: str
    type: str


_subject = {
    "STUDYID": Variable("Study Identifier", "Char"),
    "USUBJID": Variable("Unique Subject Identifier", "Char"),
    "SUBJID": Variable("Subject Identifier for the Study", "Char"),
    "TWINID": Variable("Same Virtual Patient in Every Arm", "Num"),
    "TRT01P": Variable("Planned Treatment for Period 01", "Char"),
}
_parameter = {
    "PARAM": Variable("Parameter", "Char"),
    "PARAMCD": Variable("Parameter Code", "Char"),
    "AVAL": Variable("Analysis Value", "Num"),
}

VARIABLES: Mapping[str, Mapping[str, Variable]] = {
    "ADSL": _subject | {
        "TRT01A": Variable("Actual Treatment for Period 01", "Char"),
        "ITTFL": Variable("Intent-To-Treat Population Flag", "Char"),
        "AGE": Variable("Age", "Num"),
        "AGEU": Variable("Age Units", "Char"),
        "TUMAGE": Variable("Age of the Tumour at Diagnosis (days)", "Num"),
        "PRIMDIAM": Variable("Diameter of the Primary (mm)", "Num"),
        "METTRUE": Variable("Metastases at Diagnosis, Seen or Not", "Num"),
        "METSEEN": Variable("Metastases on the First Scan", "Num"),
        "EOSSTT": Variable("End of Study Status", "Char"),
        "EOSDY": Variable("Day of the End of Study", "Num"),
        "DTHFL": Variable("Subject Death Flag", "Char"),
        "DTHDY": Variable("Day of Death", "Num"),
        "DTHCAUS": Variable("Cause of Death", "Char"),
    },
    "ADTTE": _subject | _parameter | {
        "AVALU": Variable("Analysis Value Unit", "Char"),
        "CNSR": Variable("Censor", "Num"),
        "EVNTDESC": Variable("Event or Censoring Description", "Char"),
    },
}  # fmt: skip

TITLES: Mapping[str, str] = {
    "ADSL": "Subject-Level Analysis Dataset",
    "ADTTE": "Time-to-Event Analysis Dataset",
}

_parameters = {
    "OS": ("Overall Survival (days)", "overall_survival", "DEATH"),
    "PFS": ("Progression-Free Survival (days)", "progression_free_survival", "PROGRESSION OR DEATH"),
}


def analysis_tables(study: str, arms: tuple[str, ...], tables: Tables) -> dict[str, Columns]:
    """Return ADSL, ADTTE, ADRS and ADTR as columns of text (objects) and float64; missing numbers are nan.

    Parameters
    ----------
    study : str
        STUDYID.
    arms : tuple of str
        In the order of the study.
    tables : tables of a run
        ``patients`` and ``assessments``.
    """
    makers: dict[str, Callable[[str, tuple[str, ...], Tables], Columns]] = {"ADSL": _subjects, "ADTTE": _times}
    made = {name: maker(study, arms, tables) for name, maker in makers.items()}
    return {name: {variable: columns[variable] for variable in VARIABLES[name]} for name, columns in made.items()}


def _text(values: Any) -> NDArray[Any]:
    return np.array([str(value) for value in values], dtype=object)


def _who(study: str, arm: NDArray[Any], patient: NDArray[Any]) -> Columns:
    """The variables that say whose row it is."""
    pairs = list(zip(arm.tolist(), patient.tolist(), strict=True))
    return {
        "STUDYID": _text([study] * len(pairs)),
        "USUBJID": _text([f"{study}-{name}-{number:06d}" for name, number in pairs]),
        "SUBJID": _text([f"{name}-{number:06d}" for name, number in pairs]),
        "TWINID": np.asarray(patient, dtype=np.float64),
        "TRT01P": _text(arm.tolist()),
    }


def _subjects(study: str, arms: tuple[str, ...], tables: Tables) -> Columns:
    rows = tables["patients"]
    died, followed = ~np.asarray(rows["alive"], dtype=bool), np.asarray(rows["followed"], dtype=bool)
    end = np.asarray(rows["end_day"], dtype=np.float64)
    count = end.size
    status = np.where(died, "DISCONTINUED", np.where(followed, "COMPLETED", "DISCONTINUED"))
    return _who(study, np.asarray(rows["arm"]), np.asarray(rows["patient"])) | {
        "TRT01A": _text(rows["arm"]),
        "ITTFL": _text(["Y"] * count),
        "AGE": np.asarray(rows["age_years"], dtype=np.float64),
        "AGEU": _text(["YEARS"] * count),
        "TUMAGE": np.asarray(rows["tumour_age_days"], dtype=np.float64),
        "PRIMDIAM": np.asarray(rows["primary_diameter_mm"], dtype=np.float64),
        "METTRUE": np.asarray(rows["metastases_at_diagnosis"], dtype=np.float64),
        "METSEEN": np.asarray(rows["visible_at_diagnosis"], dtype=np.float64),
        "EOSSTT": _text(status),
        "EOSDY": end,
        "DTHFL": _text(np.where(died, "Y", "")),
        "DTHDY": np.where(died, end, np.nan),
        "DTHCAUS": _text([cause.upper() for cause in rows["cause"].tolist()]),
    }


def _times(study: str, arms: tuple[str, ...], tables: Tables) -> Columns:
    """One row for each subject and endpoint; who was lost from sight is censored, and the row says why."""
    rows = tables["patients"]
    parts: list[Columns] = []
    for code, (title, endpoint, event) in _parameters.items():
        for arm in arms:
            mine = np.asarray(rows["arm"]) == arm
            days, happened = event_times(rows, arm, endpoint)
            followed = np.asarray(rows["followed"], dtype=bool)[mine]
            lost = np.where(followed, "END OF FOLLOW-UP", "MORE LESIONS THAN CAN BE COUNTED")
            parts.append(
                _who(study, np.asarray(rows["arm"])[mine], np.asarray(rows["patient"])[mine])
                | {
                    "PARAM": _text([title] * days.size),
                    "PARAMCD": _text([code] * days.size),
                    "AVAL": days,
                    "AVALU": _text(["DAYS"] * days.size),
                    "CNSR": np.where(happened, 0.0, 1.0),
                    "EVNTDESC": _text(np.where(happened, event, lost)),
                }
            )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
