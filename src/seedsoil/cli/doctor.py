"""The command `doctor`: is this installation well, and are the files of a run what was written?"""

from __future__ import annotations

import math
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

from seedsoil.cli.terminal import DONE, FAILED, quoted, say, say_faults

_LEAST_FREE_BYTES = 500_000_000  # a run of 400 patients and the compiled kernels need less than half of it
_LINES_OF_PROGRESS = 10
_LIBRARIES = ("numpy", "scipy", "numba", "pydantic", "pint", "pyarrow", "matplotlib", "cyclopts", "rich")


def doctor(run: Path | None = None, /, *, repair: bool = False, recompute: float | None = None) -> int:
    """Check this installation, or the files of a run.

    Parameters
    ----------
    run
        Folder of a run: every file is compared with its checksum, and the digest of each table is printed, to hold two runs
        against each other.
    repair
        Forget what is damaged in the run, so that it can be computed again, and set aside what does not belong to it.
    recompute
        Compute this share of the run's patients again here (0.01 for one in a hundred), and compare every row.
    """
    from seedsoil.foundation.errors import StudyError

    if run is None:
        if repair or recompute is not None:
            option = "--repair" if repair else "--recompute"
            raise StudyError(f"{option}: which run? Give its folder: seedsoil doctor RUN {option}")
        return _installation()
    if repair and recompute is not None:
        raise StudyError("--repair and --recompute: one after the other, repair first.")
    if repair:
        return _repair(run)
    code = _run(run)
    return code if code != DONE or recompute is None else _recompute(run, recompute)


def _run(folder: Path) -> int:
    from seedsoil.experiment.store import Store
    from seedsoil.trial.reading.digest import digests
    from seedsoil.trial.runner.failures import absence, read_failures

    store = Store.open(folder)
    faults = store.verify()
    say_faults(f"{folder}: {fault}" for fault in faults)
    if faults:
        say(f"To forget what is damaged and set aside what does not belong: seedsoil doctor {quoted(folder)} --repair")
        return FAILED
    left = store.left
    state = f"{left} of {store.patients} patients are still to be done" if left else f"all {store.patients} patients"
    print(f"{folder}: every file is what was written; {state}; identity {store.identity}")
    if missing := absence(read_failures(folder), store.patients, folder):
        print(missing)
    if left:
        print(f"Go on with: {_go_on(folder)}")
        return DONE
    print("SHA-256 of the rows of each table (alike in two runs: the same values, however the files were cut):")
    for table, digest in digests(folder).items():
        print(f"{digest}  {table}")
    return DONE


def _recompute(folder: Path, share: float) -> int:
    from seedsoil.cli.terminal import progress_of
    from seedsoil.trial.reading.recompute import recompute

    with progress_of("patients", _LINES_OF_PROGRESS) as progress:
        patients, faults, parts = recompute(folder, share, progress)
    if faults:
        say_faults(f"{folder}: {fault}" for fault in faults)
        say(
            "Whoever computed them was wrong, or this machine is: try it on another. To have those patients computed again "
            "(a chunk that lacks one of its parts is computed whole):"
        )
        say(f"  rm {' '.join(quoted(part) for part in parts)}")
        say(f"  {_go_on(folder)}")
        return FAILED
    print(f"{folder}: {patients} patients computed again here have the rows that were written")
    return DONE


def _repair(folder: Path) -> int:
    from seedsoil.experiment.store import Store

    done = Store.repair(folder)
    for first, last in done.redo:
        print(f"{folder}: damaged and forgotten: patients {first} to {last - 1}")
    for name in done.dropped:
        print(f"{folder}: damaged and forgotten: {name}")
    for name in done.aside:
        print(f"{folder}: not the run's, set aside: {name}")
    if done.left:
        print(
            f"{folder}: of no more use, removed: {done.left} {'part' if done.left == 1 else 'parts'} of chunks that are not there"
        )
    if not (done.redo or done.dropped or done.aside or done.left):
        print(f"{folder}: nothing was damaged")
    store = Store.open(folder)
    left = store.left
    if left or done.dropped:
        print(f"{left} of {store.patients} patients are to be done. Go on with: {_go_on(folder)}")
    return DONE


def _go_on(folder: Path) -> str:
    return f"seedsoil run {quoted(folder)} --resume"


def _installation() -> int:
    from seedsoil.foundation.record import versions

    known = versions()
    print(f"seedsoil {known['seedsoil']}, Python {platform.python_version()}, {platform.platform()}")
    print(f"cores: {os.cpu_count() or 1}")
    faults = []
    for task, look in (
        ("libraries", _libraries),
        ("kernels", _kernels),
        ("catalogue", _catalogue),
        ("disk here", _disk),
    ):
        try:
            print(f"{task}: {look()}", flush=True)
        except BrokenPipeError:
            raise
        except Exception as error:  # whatever ails it, the other things are still looked at
            faults.append(f"{task}: {str(error) or type(error).__name__}")
    say_faults(faults)
    if not faults:
        print("all well")
    return FAILED if faults else DONE


def _libraries() -> str:
    from importlib import metadata

    return ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)


def _kernels() -> str:
    """Compile and call a kernel; OSError if the folder of compiled kernels cannot be written."""
    from seedsoil.foundation import compiled  # not a name from it: that would make this room one of kernels

    begin = time.monotonic()
    from seedsoil.foundation.elementary import exp

    value = float(exp(1.0))
    if not math.isclose(value, math.e, rel_tol=1e-14):
        raise ArithmeticError(f"exp(1) is {value!r} here, not {math.e!r}")
    took = time.monotonic() - begin
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"seedsoil")
    return f"compile and agree ({took:.1f} s, {compiled.kernel_fingerprint()}), kept in {folder}"


def _catalogue() -> str:
    from seedsoil.catalogue.load import KINDS, entry, names

    counts = {kind: len([entry(kind, name) for name in names(kind)]) for kind in KINDS}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _disk() -> str:
    free = shutil.disk_usage(Path.cwd()).free
    text = f"{free / 1e9:.1f} GB free in {Path.cwd()}"
    if free < _LEAST_FREE_BYTES:
        raise OSError(f"only {text}")
    return text
