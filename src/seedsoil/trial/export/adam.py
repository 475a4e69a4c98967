"""Analysis tables of a trial under the names of CDISC's ADaM: subjects, times to an event, responses, tumour sizes.

Names follow the ADaM implementation guide and its oncology examples (recalled, not read for this). Virtual patients have no
calendar: days count from diagnosis, day 0, and variables that end in DT are left out. One patient is treated in every arm,
with the same luck; USUBJID tells the copies apart and TWINID, which is not CDISC's, puts them together again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.observe.response import BASELINE, RESPONSES
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.reading.tables import Table, columns_of, pieces_of
from seedsoil.trial.targets import SCANNED

Columns = dict[str, NDArray[Any]]
Tables = Mapping[str, Table]

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
    "ADRS": _subject | _parameter | {
        "AVALC": Variable("Analysis Value (C)", "Char"),
        "ADY": Variable("Analysis Relative Day", "Num"),
        "AVISITN": Variable("Analysis Visit (N)", "Num"),
        "LINE": Variable("Baseline That It Is Judged Against", "Num"),
    },
    "ADTR": _subject | _parameter | {
        "AVALU": Variable("Analysis Value Unit", "Char"),
        "ADY": Variable("Analysis Relative Day", "Num"),
        "AVISITN": Variable("Analysis Visit (N)", "Num"),
        "ABLFL": Variable("Baseline Record Flag", "Char"),
        "BASE": Variable("Baseline Value", "Num"),
        "CHG": Variable("Change from Baseline", "Num"),
        "PCHG": Variable("Percent Change from Baseline", "Num"),
        "NADIR": Variable("Smallest Value Before", "Num"),
        "PCHGN": Variable("Percent Change from Smallest Before", "Num"),
    },
}  # fmt: skip

TITLES: Mapping[str, str] = {
    "ADSL": "Subject-Level Analysis Dataset",
    "ADTTE": "Time-to-Event Analysis Dataset",
    "ADRS": "Tumor Response Analysis Dataset",
    "ADTR": "Tumor Results Analysis Dataset",
}

#: Columns of the table of patients that are read for ADSL and for ADTTE.
_OF_SUBJECTS = (
    "patient", "arm", "alive", "followed", "end_day", "cause", "age_years", "tumour_age_days", "primary_diameter_mm",
    "metastases_at_diagnosis", "visible_at_diagnosis",
)  # fmt: skip
_OF_TIMES = ("patient", "arm", "alive", "followed", "end_day", "progressed", "progression_day")
#: Rows of a piece of ADTTE.
_ROWS = 10_000
_parameters = {
    "OS": ("Overall Survival (days)", "overall_survival", "DEATH"),
    "PFS": ("Progression-Free Survival (days)", "progression_free_survival", "PROGRESSION OR DEATH"),
}


def analysis_tables(study: str, arms: tuple[str, ...], tables: Tables) -> dict[str, Iterator[Columns]]:
    """Return ADSL, ADTTE, ADRS and ADTR, each piece by piece: columns of text (objects) and float64; missing numbers are nan.

    Parameters
    ----------
    study : str
        STUDYID.
    arms : tuple of str
        In the order of the study.
    tables : tables of a run
        ``patients`` and ``assessments``; of a run folder they are read part by part.
    """
    makers: dict[str, Callable[[str, tuple[str, ...], Tables], Iterator[Columns]]] = {
        "ADSL": _subjects, "ADTTE": _times, "ADRS": _responses, "ADTR": _sizes,
    }  # fmt: skip
    return {name: _in_order(name, maker(study, arms, tables)) for name, maker in makers.items()}


def _in_order(name: str, pieces: Iterator[Columns]) -> Iterator[Columns]:
    for piece in pieces:
        yield {variable: piece[variable] for variable in VARIABLES[name]}


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


def _subjects(study: str, arms: tuple[str, ...], tables: Tables) -> Iterator[Columns]:
    for rows in pieces_of(tables["patients"], _OF_SUBJECTS):
        died, followed = ~np.asarray(rows["alive"], dtype=bool), np.asarray(rows["followed"], dtype=bool)
        end = np.asarray(rows["end_day"], dtype=np.float64)
        count = end.size
        status = np.where(died, "DISCONTINUED", np.where(followed, "COMPLETED", "DISCONTINUED"))
        yield _who(study, np.asarray(rows["arm"]), np.asarray(rows["patient"])) | {
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


def _times(study: str, arms: tuple[str, ...], tables: Tables) -> Iterator[Columns]:
    """One row for each subject and endpoint; who was lost from sight is censored, and the row says why."""
    rows = columns_of(tables["patients"], _OF_TIMES)
    for code, (title, endpoint, event) in _parameters.items():
        for arm in arms:
            mine = np.asarray(rows["arm"]) == arm
            days, happened = event_times(rows, arm, endpoint)
            followed, patient = np.asarray(rows["followed"], dtype=bool)[mine], np.asarray(rows["patient"])[mine]
            lost = np.where(followed, "END OF FOLLOW-UP", "MORE LESIONS THAN CAN BE COUNTED")
            for first in range(0, days.size, _ROWS):
                some = slice(first, first + _ROWS)
                count = days[some].size
                yield _who(study, _text([arm] * count), patient[some]) | {
                    "PARAM": _text([title] * count),
                    "PARAMCD": _text([code] * count),
                    "AVAL": days[some],
                    "AVALU": _text(["DAYS"] * count),
                    "CNSR": np.where(happened[some], 0.0, 1.0),
                    "EVNTDESC": _text(np.where(happened[some], event, lost[some])),
                }


def _visits(rows: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Number of each assessment in its patient and arm: 0 for the first scan, as days go; a new baseline shares its scan's."""
    number: dict[tuple[str, int], int] = {}
    last: dict[tuple[str, int], float] = {}
    found = []
    for arm, patient, day in zip(rows["arm"].tolist(), rows["patient"].tolist(), rows["day"].tolist(), strict=True):
        key = (arm, patient)
        if last.get(key) != day:
            number[key] = number.get(key, -1) + 1
            last[key] = day
        found.append(number[key])
    return np.array(found, dtype=np.float64)


def _responses(study: str, arms: tuple[str, ...], tables: Tables) -> Iterator[Columns]:
    """Each assessment after a baseline, and the best of each subject up to the first progression (RECIST 1.1)."""
    rank = {response: float(place) for place, response in enumerate(RESPONSES, 1)}
    for rows in pieces_of(tables["assessments"], SCANNED):
        later = np.asarray(rows["response"]) != BASELINE
        each = {name: np.asarray(column)[later] for name, column in rows.items()}
        yield _who(study, each["arm"], each["patient"]) | {
            "PARAM": _text(["Overall Response by Visit"] * each["day"].size),
            "PARAMCD": _text(["OVRLRESP"] * each["day"].size),
            "AVAL": np.array([rank[one] for one in each["response"].tolist()], dtype=np.float64),
            "AVALC": _text(each["response"]),
            "ADY": np.asarray(each["day"], dtype=np.float64),
            "AVISITN": _visits(rows)[later],
            "LINE": np.asarray(each["line"], dtype=np.float64),
        }
    for subjects in pieces_of(tables["patients"], ("patient", "arm", "response", "response_day")):
        count = len(subjects["response"])
        yield _who(study, np.asarray(subjects["arm"]), np.asarray(subjects["patient"])) | {
            "PARAM": _text(["Best Overall Response"] * count),
            "PARAMCD": _text(["BOR"] * count),
            "AVAL": np.array([rank[one] for one in subjects["response"].tolist()], dtype=np.float64),
            "AVALC": _text(subjects["response"]),
            "ADY": np.asarray(subjects["response_day"], dtype=np.float64),
            "AVISITN": np.full(count, np.nan),
            "LINE": np.ones(count),
        }


def _sizes(study: str, arms: tuple[str, ...], tables: Tables) -> Iterator[Columns]:
    """The sum of the targets' diameters on each scan of the first line: the baseline, and the change from it."""
    for rows in pieces_of(tables["assessments"], SCANNED):
        yield _sizes_of(study, rows)


def _sizes_of(study: str, rows: Table) -> Columns:
    mine = (np.asarray(rows["line"]) == 1) & np.isfinite(np.asarray(rows["target_sum_mm"], dtype=np.float64))
    arm, patient = np.asarray(rows["arm"])[mine], np.asarray(rows["patient"])[mine]
    total = np.asarray(rows["target_sum_mm"], dtype=np.float64)[mine]
    first = np.asarray(rows["response"])[mine] == BASELINE
    base, nadir = np.full(total.size, np.nan), np.full(total.size, np.nan)
    start, lowest = np.nan, np.nan
    for row in range(total.size):
        # The smallest before this scan is what progression is judged against.
        start, before = (total[row], total[row]) if first[row] else (start, lowest)
        base[row], nadir[row] = start, before
        lowest = min(before, total[row])
    count = total.size
    return _who(study, arm, patient) | {
        "PARAM": _text(["Sum of Diameters of Target Lesions"] * count),
        "PARAMCD": _text(["SUMDIAM"] * count),
        "AVAL": total,
        "AVALU": _text(["mm"] * count),
        "ADY": np.asarray(rows["day"], dtype=np.float64)[mine],
        "AVISITN": _visits(rows)[mine],
        "ABLFL": _text(np.where(first, "Y", "")),
        "BASE": base,
        "CHG": np.where(first, np.nan, total - base),
        "PCHG": np.where(first, np.nan, 100.0 * (total - base) / base),
        "NADIR": nadir,
        "PCHGN": np.where(first, np.nan, 100.0 * (total - nadir) / np.where(nadir > 0.0, nadir, np.nan)),
    }
