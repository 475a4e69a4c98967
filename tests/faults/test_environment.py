"""F22 to F26, F33 to F35: clock, language, terminal, limits, caches and processors around a real run change no byte of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import ready
from tests.faults.machine import environment, linux, needs_other_user, needs_root, repository, run, small_disk, store

pytestmark = [pytest.mark.faults, linux]
#: A real run, as small as can be.
tiny = ("-m", "seedsoil", "run", "demo", "--patients", "2", "--seed", "3", "--workers", "1", "--no-report", "--out")
ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the SHA-256 of each table of a real run in an ordinary environment."""
    return tables(tmp_path_factory.mktemp("plain") / "run")


def tables(folder: Path, *before: str, **more: str) -> dict[str, str]:
    """Carry out the tiny study in an environment, and return the SHA-256 of each part."""
    done = run([*tiny, str(folder)], before=before, **more)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return {name: digest for name, digest in ready.hashes(folder).items() if name.startswith("tables/")}


def compiled_locales(folder: Path) -> dict[str, str]:
    """Make the locales with a decimal comma and with the Turkish i; without their sources, names that are not known."""
    for language in ("de_DE", "tr_TR"):
        subprocess.run(["localedef", "-i", language, "-f", "UTF-8", str(folder / f"{language}.UTF-8")], check=False, capture_output=True)  # fmt: skip
    return {"LOCPATH": str(folder)}


#: Processors without the newer instructions, as far as libraries choose their own code by them.
older_processors = {
    "numpy": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3"},
    "libc": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"},
    "blas": {"OPENBLAS_CORETYPE": "Nehalem"},
    "threads": {"OPENBLAS_NUM_THREADS": "1"},
}


def test_f35_all_at_once(tmp_path: Path, plain: dict[str, str]) -> None:
    """F22, F23, F26, F35 together: fails if one byte of one table hangs on zone, language, TMPDIR or the four settings."""
    more = {name: value for setting in older_processors.values() for name, value in setting.items()}
    more |= compiled_locales(tmp_path) | {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"}
    assert tables(tmp_path / "run", TMPDIR=str(tmp_path / "nowhere"), **more) == plain


@pytest.mark.slow
@pytest.mark.parametrize("setting", older_processors)
def test_f35_older_processor(setting: str, tmp_path: Path, plain: dict[str, str]) -> None:
    assert tables(tmp_path / "run", **older_processors[setting]) == plain


@pytest.mark.slow
def test_f35_kernels_for_any_processor(tmp_path: Path, plain: dict[str, str]) -> None:
    """All kernels compiled anew for a processor without vector units: the same bytes of every table."""
    generic = {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CACHE_DIR": str(tmp_path / "kernels"),
    }  # and no features, by Numba's rule
    assert tables(tmp_path / "run", **generic) == plain


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de_DE.UTF-8", "tr_TR.UTF-8", "C"])
def test_f23_language(language: str, tmp_path: Path, plain: dict[str, str]) -> None:
    assert tables(tmp_path / "run", LC_ALL=language, **compiled_locales(tmp_path)) == plain


@pytest.mark.parametrize("command", [("explain", "demo"), ("--help",)], ids=" ".join)
def test_f23_terminal_knows_ascii_only(command: tuple[str, ...]) -> None:
    done = run(["-m", "seedsoil", *command], **ascii_only)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout) > 200


def test_f23_error_on_a_terminal_that_knows_ascii_only(tmp_path: Path) -> None:
    (tmp_path / "größe.toml").write_text('[study]\ntitle = "Größe – ≥ 5"\nkrötenzahl = 1\n', encoding="utf-8")
    done = run(["-m", "seedsoil", "check", str(tmp_path / "größe.toml")], **ascii_only)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "ending", ["| head -1", ">&-", *(pytest.param(end, marks=pytest.mark.slow) for end in ("2>&-", "| true"))]
)
def test_f24_nobody_listens(ending: str) -> None:
    """The reader goes away, or was never there: no traceback, no complaint, a code that says what happened."""
    command = f"set -o pipefail; {sys.executable} -m seedsoil explain demo {ending}"
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode in {0, 141}, done.stderr
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("ending", [">&- 2>&-", "| true"])
def test_f24_nobody_listens_to_a_run(ending: str, tmp_path: Path, plain: dict[str, str]) -> None:
    command = f"{sys.executable} {' '.join(tiny)} {tmp_path / 'run'} {ending}"
    subprocess.run(
        ["bash", "-c", command], env=environment(), capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    found = {name: digest for name, digest in ready.hashes(tmp_path / "run").items() if name.startswith("tables/")}
    assert found == plain


@pytest.mark.slow
def test_f25_a_real_run_with_few_open_files(tmp_path: Path, plain: dict[str, str]) -> None:
    assert tables(tmp_path / "run", "prlimit", "--nofile=64") == plain


@needs_root
@pytest.mark.parametrize("most", [3, pytest.param(64, marks=pytest.mark.slow)])
def test_f25_few_processes_may_be_begun(most: int, tmp_path: Path, plain: dict[str, str]) -> None:
    """Two workers for a user who may have so many processes and threads (root may have any): refused in one line, or the same bytes.

    Catches a traceback, and a run that waits for ever for workers that the system refuses.
    """
    # Another user, who may read and write what root may, but to whom the limit applies.
    rights = "+dac_override,+dac_read_search"
    nobody = [
        "setpriv",
        "--reuid=65533",
        "--regid=65533",
        "--clear-groups",
        f"--inh-caps={rights}",
        f"--ambient-caps={rights}",
    ]
    two = ["2" if word == "1" else word for word in tiny]
    done = run([*two, str(tmp_path / "run")], before=[*nobody, "prlimit", f"--nproc={most}"], OPENBLAS_NUM_THREADS="1")
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode == 0:
        found = {name: one for name, one in ready.hashes(tmp_path / "run").items() if name.startswith("tables/")}
        assert found == plain
    else:
        assert most < 64, done.stderr
        assert "worker processes cannot be started" in done.stderr


@pytest.mark.slow
@needs_root
def test_f05_a_real_run_on_a_full_disk(tmp_path: Path, plain: dict[str, str]) -> None:
    """Code 74, the file and the bytes; with room again the same command with --resume ends with the same bytes."""
    with small_disk(tmp_path / "disk", 160) as disk:  # the run needs 236 kB
        done = run([*tiny, str(disk / "run")])
        assert done.returncode == 74, done.stderr
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
        again = ["--resume"] if (disk / "run/manifest.json").exists() else []
        done = run([*tiny, str(disk / "run"), *again])
        assert done.returncode == 0, done.stderr
        found = {name: digest for name, digest in ready.hashes(disk / "run").items() if name.startswith("tables/")}
        assert found == plain


@needs_root
def test_f07_a_real_run_on_a_disk_for_reading_only(tmp_path: Path) -> None:
    """Refused before the first patient."""
    with small_disk(tmp_path / "disk", 300) as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = run([*tiny, str(disk / "run")])
        assert done.returncode == 74, done.stderr
        assert "Read-only file system" in done.stderr
        assert "of 2 patients" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_f03_a_real_run_killed_at_a_call(call: str, tmp_path: Path, plain: dict[str, str]) -> None:
    """`seedsoil run` killed at ten of its calls: taken up each time, with the same bytes in the end."""
    from tests.faults.machine import injected

    for number in range(3, 43, 4):
        folder = tmp_path / f"{call}{number}"
        run([*tiny, str(folder)], before=injected("signal=KILL", call, str(number)))
        again = ["--resume"] if (folder / "manifest.json").exists() else []
        done = run([*tiny, str(folder), *again])
        assert done.returncode == 0, done.stderr
        found = {name: digest for name, digest in ready.hashes(folder).items() if name.startswith("tables/")}
        assert found == plain


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_f33_start_methods(method: str, tmp_path: Path) -> None:
    """A worker started in any way, even forked off a process with threads, finds the rows that this one finds."""
    script = tmp_path / "script.py"
    script.write_text(
        f"""
import hashlib, multiprocessing, threading, time
from seedsoil.experiment.folder.parts import parts_of
from seedsoil.trial.runner.patients import run_patients
from seedsoil.trial.study.file import shipped

def digest(queue):
    plan = shipped("demo").with_changes(patients=1, seed=3).plan()
    parts = parts_of(run_patients(plan, 0, 1), 0, 1)
    queue.put(hashlib.sha256(b"".join(parts[name] for name in sorted(parts))).hexdigest())

if __name__ == "__main__":
    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    context = multiprocessing.get_context("{method}")
    queue = context.Queue()
    worker = context.Process(target=digest, args=(queue,))
    worker.start()
    theirs = queue.get(timeout=300)
    worker.join()
    digest(queue)
    assert theirs == queue.get(timeout=300)
"""
    )
    done = run(["-W", "ignore::DeprecationWarning", str(script)])
    assert done.returncode == 0, done.stderr


one_kernel = "from seedsoil.foundation.elementary import exp, log1p; print(exp(1.0).hex(), log1p(0.5).hex())"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a folder of compiled kernels, and what they find."""
    folder = tmp_path_factory.mktemp("kernels")
    done = run(["-c", one_kernel], NUMBA_CACHE_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.mark.parametrize(
    ("ending", "damage"),
    [
        ("*.nbi", "cut"),
        ("*.nbc", "flipped"),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in (("*.nbi", "flipped"), ("*.nbc", "cut"))),
    ],
)
def test_f34_compiled_kernels_are_damaged(ending: str, damage: str, cache: tuple[Path, str]) -> None:
    """Machine code on disk that was cut or flipped is compiled again: fails if it is run, or ends in a traceback."""
    folder, expected = cache
    files = sorted(folder.rglob(ending))
    assert files
    for number, path in enumerate(files):
        content = path.read_bytes()
        place = len(content) * (number + 1) // (len(files) + 1)
        damaged = content[:place] + (b"" if damage == "cut" else bytes([content[place] ^ 4]) + content[place + 1 :])
        path.write_bytes(damaged)
    done = run(["-c", one_kernel], NUMBA_CACHE_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected


@needs_root
@needs_other_user
def test_f34_home_cannot_be_written(cache: tuple[Path, str]) -> None:
    """Another user without a home: kernels are compiled into a folder of their own."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = run(["-c", one_kernel], before=nobody, HOME="/nonexistent", XDG_CACHE_HOME="", NUMBA_CACHE_DIR="")
    assert done.returncode == 0, done.stderr
    assert done.stdout == cache[1]


def test_f26_a_store_and_its_temporary_folder(quick: Path, whole: dict[str, str]) -> None:
    done = store(quick / "run", TMPDIR="/dev/null")
    assert done.returncode == 0, done.stderr
    assert ready.hashes(quick / "run") == whole
    assert repository.is_dir()
