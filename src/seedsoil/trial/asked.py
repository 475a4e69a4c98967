"""What a program hands to the public verbs, looked at before any work: each argument that cannot be is named."""

from __future__ import annotations

import os
from typing import Any

from seedsoil.foundation.errors import StudyError, did_you_mean, said

__all__ = ["check_patient", "check_run"]

#: More processes than this are a slip of the pen.
MOST_WORKERS = 10_000


def check_run(study: object, workers: object, out: object, chunk: object, patience: object) -> None:
    """Refuse what is no study, no number of processes or of patients, no folder, no time. StudyError with all of it."""
    faults = []
    if not callable(getattr(study, "plan", None)) or isinstance(study, type):
        faults.append(f"study: {said(study)} is no Study; make one with Study.load(path) or Study.read(text)")
    whole = isinstance(workers, int) and not isinstance(workers, bool)
    if workers is not None and not (whole and 1 <= workers <= MOST_WORKERS):  # type: ignore[operator]
        faults.append(f"workers: {said(workers)} is not a whole number from 1 to {MOST_WORKERS}; None takes all cores")
    if chunk is not None and not (isinstance(chunk, int) and not isinstance(chunk, bool) and chunk >= 1):
        faults.append(
            f"chunk: {said(chunk)} is not a whole number of patients from 1; None lets the study's size choose"
        )
    if isinstance(patience, bool) or not isinstance(patience, int | float) or not patience > 0.0:
        faults.append(f"patience: {said(patience)} is no time in seconds; more than 0 are needed")
    if out is not None and not (isinstance(out, str | os.PathLike) and str(out).strip() and "\0" not in str(out)):
        faults.append(f"out: {said(out)} is no folder; give its path, or None to write nothing")
    if faults:
        raise StudyError(faults)


def check_patient(plan: Any, number: object, arms: object) -> None:
    """Refuse an arm that a plan lacks, or a patient's number that is none. StudyError with all of it."""
    if not hasattr(plan, "arms") or isinstance(plan, type):
        raise StudyError(f"plan: {said(plan)} is no Plan; study.plan() makes one")
    faults = []
    for arm in arms if isinstance(arms, list | tuple) else (arms,):
        if not isinstance(arm, str) or arm not in plan.arms:
            hint = did_you_mean(arm[:60], plan.arms) if isinstance(arm, str) else ""
            faults.append(f"no arm {said(arm)}.{hint} Arms: {', '.join(plan.arms)}.")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < plan.patients:
        faults.append(f"patient: no patient {said(number)}; the study has patients 0 to {plan.patients - 1}.")
    if faults:
        raise StudyError(faults)
