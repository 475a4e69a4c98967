"""Milliseconds of CPU for one patient of the shipped demo study: growth, four arms of ten years, all rows of the tables.

One core, everything compiled beforehand. The aim is a mean of 36 ms: 1e5 patients in half an hour on two cores. Prints the median, the
mean and the most, and what grows the patient against what treats him.

    python benchmarks/demo_patients.py [patients]
"""

import statistics
import sys
import time
from collections.abc import Callable

from seedsoil.trial.plan import Plan, enrol
from seedsoil.trial.runner.patients import run_patient
from seedsoil.trial.study.file import shipped


def milliseconds(work: Callable[[Plan, int], object], plan: Plan, number: int) -> float:
    """CPU time that some work takes for one patient of a plan."""
    begun = time.process_time()
    work(plan, number)
    return 1e3 * (time.process_time() - begun)


def main() -> None:
    """Print the table."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    plan = shipped("demo").plan()
    run_patient(plan, patients)  # compiles, or loads
    taken = {"growth alone": [milliseconds(enrol, plan, number) for number in range(patients)]}
    taken["growth, four arms, all rows"] = [milliseconds(run_patient, plan, number) for number in range(patients)]
    print(f"{patients} patients, one core, milliseconds each\n{'':28s} {'median':>8s} {'mean':>8s} {'most':>8s}")
    for name, each in taken.items():
        figures = (statistics.median(each), statistics.fmean(each), max(each))
        print(f"{name:28s} " + " ".join(f"{figure:8.1f}" for figure in figures))


if __name__ == "__main__":
    main()
