"""Patients who could not be simulated: kept as data, each with its seed, the reason, and the command that repeats it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from seedsoil.experiment.publish import disk
from seedsoil.foundation.errors import ModelError, StoreError

FILE = "failures.json"
#: So many are told one by one.
_MOST_TOLD = 10


@dataclass(frozen=True)
class Failure:
    """A patient of whom there are no rows.

    ``kind`` is "raised" (an error in the simulation), "died" (it ended its worker process, twice by itself) or "overdue" (it
    took longer than the patience, twice).
    """

    patient: int
    seed: int
    kind: str
    reason: str

    def replay(self, folder: Path | None) -> str:
        """Return the command that simulates this patient again, alone and in plain sight."""
        study = "STUDY" if folder is None else str(folder / "study.toml")
        return shlex.join(["seedsoil", "run", study, "--only", str(self.patient)])

    def told(self, folder: Path | None) -> str:
        """Return the failure in one line."""
        return f"patient {self.patient} (seed {self.seed}): {self.reason.rstrip('.')}. Again: {self.replay(folder)}"


class PatientError(ModelError):
    """A run is done but for patients who could not be simulated; ``failures`` names them."""

    def __init__(self, faults: str | Iterable[str], failures: Iterable[Failure] = ()) -> None:
        super().__init__(faults)
        self.failures = tuple(failures)


def refusal(failures: list[Failure], patients: int, folder: Path | None) -> PatientError:
    """Return the error that ends a run without an answer: who failed, why, and what can be done."""
    lines = [failure.told(folder) for failure in failures[:_MOST_TOLD]]
    if len(failures) > _MOST_TOLD:
        lines.append(f"and {len(failures) - _MOST_TOLD} more" + ("" if folder is None else f": {folder / FILE}"))
    lines.append(
        f"{len(failures)} of {patients} patients failed; the others are kept. An answer without them may mislead, so there is none. "
        f"Try them again with --resume, perhaps with more --patience; or accept their absence with --skip-failed."
    )
    return PatientError(lines, failures)


def absence(failures: Iterable[Failure], patients: int, folder: Path | None) -> str:
    """Return in a sentence who is missing from a run's tables, and where the reasons are; "" if nobody is."""
    numbers = sorted(failure.patient for failure in failures)
    if not numbers:
        return ""
    who = ", ".join(map(str, numbers[:_MOST_TOLD]))
    more = f" and {len(numbers) - _MOST_TOLD} more" if len(numbers) > _MOST_TOLD else ""
    where = "Trial.failures" if folder is None else folder / FILE
    return (
        f"{len(numbers)} of {patients} patients could not be simulated, and {'is' if len(numbers) == 1 else 'are'} missing here, in all arms: {who}{more}. "
        f"Why, and the command that repeats each: {where}"
    )


def to_json(failures: list[Failure], folder: Path) -> str:
    """Return failures as a JSON document, in the order of patients."""
    ordered = sorted(failures, key=lambda failure: failure.patient)
    return (
        json.dumps([{**asdict(one), "replay": one.replay(folder)} for one in ordered], indent=1, ensure_ascii=False)
        + "\n"
    )


def read_failures(folder: Path) -> list[Failure]:
    """Return the failures that a run folder tells of; StoreError if the file is not what a run writes."""
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        with disk(path, "read"):
            lines = json.loads(path.read_text(encoding="utf-8"))
        found = [Failure(line["patient"], line["seed"], line["kind"], line["reason"]) for line in lines]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise _damaged(path) from error
    kinds = {"patient": int, "seed": int, "kind": str, "reason": str}
    if not all(type(getattr(one, name)) is kind for one in found for name, kind in kinds.items()):
        raise _damaged(path)
    return found


def _damaged(path: Path) -> StoreError:
    return StoreError(
        f"{path} is damaged: it is no list of failures. Repair the run: seedsoil doctor {path.parent} --repair"
    )
