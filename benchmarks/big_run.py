"""A run folder of very many patients, made quickly from a real small one, and what it costs to read it again.

Making repeats the rows of the small run under other numbers of patients, through the run folder's own store; days are stretched by up to one
in a thousand, patient by patient, so that times of death are as distinct as in a real run. Reading starts each command in a process of its own
and prints its seconds and the most memory that it held. Aims for 1e5 patients in 4 arms: `show` within seconds, all below 2 GB.

    seedsoil run demo --patients 40 --out runs/small
    python benchmarks/big_run.py make runs/small runs/big --patients 100000
    python benchmarks/big_run.py read runs/big
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from seedsoil.experiment.columns import TABLES, Columns
from seedsoil.experiment.store import CHUNK, Store
from seedsoil.trial.study.file import Study
from seedsoil.trial.trial import record_of

#: The largest stretch of a patient's days.
STRETCH = 1e-3


def make(small: Path, big: Path, patients: int, chunk: int) -> None:
    """Write the big run folder."""
    source = Store.open(small)
    tables = {name: source.read(name) for name in TABLES}
    text = source.study_text().replace(f"patients = {source.patients}\n", f"patients = {patients}\n", 1)
    study = Study.read(text, str(small))
    record = record_of(study, study.plan())
    edges = {
        name: np.searchsorted(columns["patient"], np.arange(source.patients + 1)) for name, columns in tables.items()
    }
    stretch = 1.0 + STRETCH * np.random.default_rng(1).random(patients)
    with Store.create(big, record.resolved, record.identity, patients, chunk) as store:
        for first, last in store.missing():
            numbers = np.arange(first, last)
            parts = {
                name: repeated(name, columns, edges[name], numbers, source.patients, stretch)
                for name, columns in tables.items()
            }
            store.write_chunk(parts, first, last)
        store.add_file("record.json", record.to_json())


def repeated(
    name: str, columns: Columns, edges: np.ndarray, numbers: np.ndarray, known: int, stretch: np.ndarray
) -> Columns:
    """Return the rows of patients ``numbers``, each a copy of one of the known patients."""
    spans = [np.arange(edges[number % known], edges[number % known + 1]) for number in numbers.tolist()]
    rows = np.concatenate(spans)
    who = np.repeat(numbers, [span.size for span in spans]).astype(np.int32)
    made = {column: values[rows] for column, values in columns.items()}
    made["patient"] = who
    for column, spec in TABLES[name].items():
        if spec.unit == "day":
            made[column] = made[column] * stretch[who]
    return made


def read(run: Path) -> None:
    """Print seconds and memory of each command on a run folder."""
    with tempfile.TemporaryDirectory() as folder:
        shell = [sys.executable, "-m", "seedsoil"]
        count = "select arm, count(*) as lesions, avg(cells_at_end) as cells from lesions group by arm order by arm"
        synergy = ["--both", "both", "--alone", "seed", "--alone", "soil", "--control", "surgery"]
        commands = {
            "show RUN": [*shell, "show", str(run)],
            "show RUN --patient 7": [*shell, "show", str(run), "--patient", "7", "--out", folder],
            "query RUN, one pass over lesions": [*shell, "query", str(run), count],
            "synergy RUN": [*shell, "synergy", str(run), *synergy],
            "lineage RUN --patient 7": [*shell, "lineage", str(run), "--patient", "7", "--out", f"{folder}/tree"],
            "report": [sys.executable, __file__, "report", str(run), f"{folder}/report"],
            "export RUN --form adam": [*shell, "export", str(run), "--form", "adam", "--out", f"{folder}/adam"],
            "export RUN": [*shell, "export", str(run), "--out", f"{folder}/csv"],
            "doctor RUN": [*shell, "doctor", str(run)],
        }
        print(f"{'command':36s} {'seconds':>8s} {'most MB':>8s}")
        for title, command in commands.items():
            seconds, megabytes = cost(command)
            print(f"{title:36s} {seconds:8.1f} {megabytes:8.0f}", flush=True)


def cost(command: list[str]) -> tuple[float, float]:
    """Return the wall-clock time of a command, and the most memory it held [MB]."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begin, usage.ru_maxrss / (1.0 if sys.platform == "linux" else 1024.0) / 1024.0


def report(run: Path, out: Path) -> None:
    """Write the report of a run into a folder of its own, and say what it took on stderr."""
    from seedsoil.show.report import write_report
    from seedsoil.trial.trial import open_run

    begin = time.perf_counter()
    write_report(open_run(run), out)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"report: {time.perf_counter() - begin:.1f} s, {most:.0f} MB", file=sys.stderr)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    making = tasks.add_parser("make")
    making.add_argument("small", type=Path)
    making.add_argument("big", type=Path)
    making.add_argument("--patients", type=int, default=100_000)
    making.add_argument("--chunk", type=int, default=CHUNK)
    tasks.add_parser("read").add_argument("run", type=Path)
    reporting = tasks.add_parser("report")
    reporting.add_argument("run", type=Path)
    reporting.add_argument("out", type=Path)
    given = parser.parse_args()
    if given.task == "make":
        make(given.small, given.big, given.patients, given.chunk)
    elif given.task == "read":
        read(given.run)
    else:
        report(given.run, given.out)


if __name__ == "__main__":
    main()
