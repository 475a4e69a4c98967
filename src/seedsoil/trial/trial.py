"""A study that has run: its arms, its tables, what they say, and each patient again, recorded in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seedsoil.catalogue.describe import citations
from seedsoil.experiment.columns import Columns
from seedsoil.experiment.history import History, record, record_growth
from seedsoil.experiment.simulate import open_arm
from seedsoil.foundation.record import Record, make_record
from seedsoil.foundation.value import Value, values_in
from seedsoil.trial.asked import check_patient
from seedsoil.trial.compare import Comparison, compare_arms
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.plan import Plan, Published, enrol
from seedsoil.trial.reading.digest import digests, digests_of
from seedsoil.trial.reading.query import ask
from seedsoil.trial.reading.tables import Table, columns_of, open_tables
from seedsoil.trial.runner.failures import Failure, absence, read_failures
from seedsoil.trial.study.file import Study
from seedsoil.trial.survival import Survival, kaplan_meier

#: Days at which the answer states the share alive.
_ANSWER_DAYS = (365, 730, 1095, 1826, 3652)
#: Columns of the table of patients that answers are made of: of a run folder they are read in one pass.
_ANSWERED_BY = (
    "arm", "alive", "followed", "end_day", "progressed", "progression_day", "response", "response_day",
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A study that has run: its arms, its tables, and what they say.

    ``tables`` maps "patients", "lesions", "clones", "events", "observations" and the others to columns. Of a run folder a
    column is read when it is asked for, and its parts are compared with their checksums then; ``out`` is that folder, or
    None if nothing was written. ``failures`` are the patients who could not be simulated: no table has rows of theirs.
    """

    study: Study
    plan: Plan
    tables: Mapping[str, Table]
    record: Record
    out: Path | None = None
    failures: tuple[Failure, ...] = ()

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in the order of the study."""
        return tuple(self.plan.arms)

    def survival(self, arm: str, endpoint: str = "overall_survival") -> Survival:
        """Kaplan-Meier curve of an arm with its band."""
        return kaplan_meier(*event_times(self._patients, arm, endpoint))

    def compare(self, arm: str, versus: str, endpoint: str = "overall_survival") -> Comparison:
        """Hazard ratio of one arm against another, with interval and test."""
        one, other = (event_times(self._patients, name, endpoint) for name in (arm, versus))
        return compare_arms(*one, *other, arm=arm, versus=versus, endpoint=endpoint)

    def digests(self) -> dict[str, str]:
        """SHA-256 of each table, the same for any number of workers and any size of chunks."""
        return digests_of(self.tables) if self.out is None else digests(self.out)

    def absence(self) -> str:
        """Who is missing from the tables because they could not be simulated, in a sentence; "" if nobody is."""
        return absence(self.failures, self.plan.patients, self.out)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> Columns:
        """Answer one SELECT over the tables, as ``select arm, count(*) as patients from patients group by arm order by arm``.

        Parameters
        ----------
        sql : str
            In DuckDB's dialect; each table is a view of its name. Tables are only read.
        parameters : sequence
            A value for each ``?`` of the question.

        Returns
        -------
        dict of name to array (rows,)
            NULL is nan among floats, None else. Without an ORDER BY, rows come in the same order each time, whatever it is.

        Raises
        ------
        StudyError
            It is not one SELECT, or cannot be answered.
        StoreError
            A part of the run folder is not what was written.
        """
        return ask(self.tables, sql, parameters)

    @property
    def _patients(self) -> Table:
        return columns_of(self.tables["patients"], _ANSWERED_BY)

    def patient(self, number: int, arm: str) -> History:
        """One patient in one arm, run again and recorded; the same bytes as in the trial."""
        return self.histories(number, (arm,))[0]

    def histories(self, number: int, arms: Sequence[str]) -> list[History]:
        """One patient in several arms, as `patient` does for one, but grown once."""
        check_patient(self.plan, number, arms)
        return _recorded(self.plan, number, arms)

    def answer(self) -> dict[str, Any]:
        """The answer as plain data: arms, comparisons with the first arm and between neighbours, identity."""
        endpoints = [self.plan.primary_endpoint]
        endpoints += [name for name in self.plan.secondary_endpoints if name.endswith("_survival")]
        pairs = [(arm, self.arms[0]) for arm in self.arms[1:]]
        pairs += [(self.arms[-1], arm) for arm in self.arms[1:-1]]
        comparisons = [
            self._comparison(arm, versus, endpoint)
            for endpoint in dict.fromkeys(endpoints)
            if endpoint.endswith("_survival")
            for arm, versus in pairs
        ]
        return {
            "study": self.plan.title,
            "identity": self.record.identity,
            "seed": self.plan.seed,
            "patients": self.plan.patients,
            "arms": {arm: self._arm(arm) for arm in self.arms},
            "comparisons": comparisons,
            "failures": [{**asdict(one), "replay": one.replay(self.out)} for one in self.failures],
            "published": [self._against(one) for one in self.plan.published],
            "out": None if self.out is None else str(self.out),
        }

    def _arm(self, arm: str) -> dict[str, Any]:
        table = self._patients
        days, died = event_times(table, arm)
        curve, free = self.survival(arm), self.survival(arm, "progression_free_survival")
        chosen = np.asarray(table["arm"]) == arm
        responses = np.asarray(table["response"])[chosen]
        low, high = curve.median_interval
        return {
            "n": int(days.size),
            "deaths": int(died.sum()),
            "median_survival_days": _number(curve.median),
            "median_survival_low": _number(low),
            "median_survival_high": _number(high),
            "median_progression_free_days": _number(free.median),
            "not_followed": int(np.count_nonzero(~np.asarray(table["followed"], dtype=bool)[chosen])),
            "responders": int(np.isin(responses, ("CR", "PR")).sum()),
            "survival": {str(day): _number(float(curve.at(np.array([float(day)]))[0])) for day in _ANSWER_DAYS},
        }

    def _against(self, one: Published) -> dict[str, Any]:
        """A published median beside the one found; ``inside`` is None where too few had the event to have a median."""
        times = event_times(self._patients, one.arm, one.endpoint)
        found = _number(kaplan_meier(*times).median) if times[0].size else None
        return {
            "arm": one.arm,
            "endpoint": one.endpoint,
            "n": int(times[0].size),
            "median_days": found,
            "low_days": one.low,
            "high_days": one.high,
            "inside": None if found is None else one.low <= found <= one.high,
            "source": one.source,
        }

    def _comparison(self, arm: str, versus: str, endpoint: str) -> dict[str, Any]:
        found = self.compare(arm, versus, endpoint)
        return {
            "arm": arm,
            "versus": versus,
            "endpoint": endpoint,
            "hazard_ratio": _number(found.hazard_ratio),
            "low": _number(found.low),
            "high": _number(found.high),
            "p": _number(found.p),
        }


def _number(value: float) -> float | None:
    """A number that JSON can hold; None for what is not reached."""
    return float(value) if np.isfinite(value) else None


def simulate(plan: Plan, arm: str, number: int = 0) -> History:
    """Run one patient of a plan in one arm and keep what happens in time. StudyError if there is none such."""
    check_patient(plan, number, (arm,))
    return _recorded(plan, number, (arm,))[0]


def _recorded(plan: Plan, number: int, arms: Sequence[str]) -> list[History]:
    """Grow a patient once, and record what happens in each of the arms."""
    grown = enrol(plan, number)
    growth = record_growth(grown)
    histories = []
    for name in arms:
        opened = open_arm(grown, plan.vessels, plan.agents, plan.arms[name], plan.until_days, plan.without)
        histories.append(record(opened, name, plan.arms[name], growth))
    return histories


def values_of(plan: Plan) -> list[Value]:
    """Every Value that a plan uses, once each."""
    nouns = [plan.patient, plan.vessels, *plan.agents.values()]
    return [value for noun in nouns for _, value in values_in(noun)]


def record_of(study: Study, plan: Plan) -> Record:
    """The record of a study: what ran, and the source of every Value that it uses."""
    used = values_of(plan)
    return make_record(study.resolve(), plan.seed, used, citations(used, study.shelf.cited))


def open_run(folder: Path | str) -> Trial:
    """Open a finished run folder; its tables are read when asked for. StoreError if it is none, or is not finished."""
    tables = open_tables(folder)
    study = Study.read(tables.store.study_text(), str(folder))
    plan = study.plan()
    return Trial(study, plan, tables, record_of(study, plan), Path(folder), tuple(read_failures(Path(folder))))
