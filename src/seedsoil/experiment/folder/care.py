"""Looking after a run folder: is each file what was written, and what lies in it that is not the run's?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seedsoil.experiment import crate
from seedsoil.experiment.folder.ledger import JOURNAL, MANIFEST, STUDY, Ledger
from seedsoil.experiment.publish import LOCK, UNFINISHED, digest_of, disk, make_folders, sync_folder
from seedsoil.foundation.errors import StoreError

#: Where repair puts files among the tables that are not the run's: nobody else's file is ever deleted.
ASIDE = "set_aside"


@dataclass(frozen=True)
class Repair:
    """What was done to make a run folder whole.

    ``redo`` are the chunks (first, last) that were damaged and are missing now; ``dropped`` files beside the tables that
    were damaged and are to be made anew; ``aside`` where files now lie that were not the run's; ``left`` how many files of
    killed processes were removed.
    """

    redo: tuple[tuple[int, int], ...]
    dropped: tuple[str, ...]
    aside: tuple[str, ...]
    left: int


def refuse_occupied(folder: Path) -> None:
    """Refuse a folder with a run or with anything that a run which barely began would not have left."""
    with disk(folder, "look into"):
        names = {path.name for path in folder.iterdir() if not path.name.endswith(UNFINISHED)}
    parts = [path for path in _files(folder / "tables") if not path.name.endswith(UNFINISHED)]
    if (folder / MANIFEST).exists():  # looked for last: another program may have begun a run meanwhile
        raise StoreError(f"{folder} already holds a run. Resume it, or choose another folder for a new one.")
    others = sorted(names - {LOCK, STUDY, crate.NAME, "tables"})
    if others or parts:
        raise StoreError(
            f"{folder} is not empty (it holds {', '.join(others[:3]) or 'tables'}). Choose another folder for the run."
        )


def is_whole(path: Path, digest: str) -> bool:
    """Whether a file is there and is what was written; DiskError if the disk does not let it be read."""
    with disk(path, "read"):
        try:
            return digest_of(path) == digest
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False


def faults_of(folder: Path, ledger: Ledger, beside: str | None = None) -> Iterator[str]:
    """Walk over all faults, one line each: files lost, changed or unreadable, and strangers among the tables.

    With ``beside``, only files beside the tables whose names begin so are looked at.
    """
    known = ledger.known() if beside is None else (item for item in ledger.files.items() if item[0].startswith(beside))
    # A kill may leave the description newer than the manifest, until the journal is folded into it.
    ahead = {crate.NAME} if (folder / JOURNAL).exists() else set()
    for name, digest in sorted(known):
        path = folder / name
        try:
            found = digest_of(path)
        except (FileNotFoundError, NotADirectoryError):
            yield f"{name} is missing"
        except OSError as error:
            yield f"{name} cannot be read: {error.strerror or error}"
        else:
            if found != digest and name not in ahead:
                yield f"{name} is not what was written"
    if beside is None:
        yield from (f"{name} does not belong to this run" for name in strangers(folder, ledger))


def strangers(folder: Path, ledger: Ledger) -> list[str]:
    """Return the files among the tables that are neither the run's nor left by a chunk that was cut short."""
    known = {name for first in ledger.chunks for name in ledger.parts(first)}
    left = {path.relative_to(folder).as_posix() for path in leftovers(folder, ledger)}
    there = {path.relative_to(folder).as_posix() for path in _files(folder / "tables")}
    return sorted(there - known - left)


def leftovers(folder: Path, ledger: Ledger) -> list[Path]:
    """Return what a process that was killed left behind: half-written files, and parts of chunks that never counted."""
    half = [path for path in _files(folder) if path.name.startswith(".") and path.name.endswith(UNFINISHED)]
    tables = folder / "tables"
    return half + [path for path in _files(tables) if path.parent.parent == tables and ledger.lacks(path.name)]


def remove(paths: Iterable[Path]) -> None:
    """Remove files of the run itself that are of no use any more. For the owner of the lock only."""
    for path in paths:
        with disk(path, "remove"):
            path.unlink(missing_ok=True)


def set_aside(folder: Path, names: Iterable[str]) -> list[str]:
    """Move files out of the way into `ASIDE`, under their old names, and return the new ones."""
    moved = []
    for name in names:
        goal = f"{ASIDE}/{name}"
        make_folders(folder, goal.rpartition("/")[0])
        number = 0
        while (folder / goal).exists():
            number += 1
            goal = f"{ASIDE}/{name}.{number}"
        with disk(folder / name, "move"):
            os.rename(folder / name, folder / goal)
            sync_folder((folder / goal).parent)
            sync_folder((folder / name).parent)
        moved.append(goal)
    return moved


def _files(folder: Path) -> Iterator[Path]:
    """Walk over all files under a folder; links count as files and are not followed."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in files)
        yield from (Path(place, name) for name in folders if Path(place, name).is_symlink())
