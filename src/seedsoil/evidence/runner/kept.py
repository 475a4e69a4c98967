"""Results on disk: one file a claim, written whole or not at all, and known again by what it was made with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from seedsoil.evidence.claim import Budget, Claim
from seedsoil.evidence.review import SECTIONS, home_of, section_of
from seedsoil.evidence.runner.parameters import Moved
from seedsoil.evidence.runner.result import Result
from seedsoil.experiment.publish import disk, publish
from seedsoil.foundation.errors import StoreError
from seedsoil.foundation.origin import package_hash, versions

__all__ = ["Shelf", "identity_of"]

_EVIDENCE = Path(__file__).parent.parent
_SECTIONS = {section.name for section in SECTIONS}


@lru_cache(maxsize=64)
def _sources(section: str, module: str) -> str:
    """Return the hash of what an experiment of a section is made of: facts, bench and judgement, and its own file.

    Of a section's files those count that hold no claims, and the claim's own.
    """
    digest = hashlib.sha256()
    for path in sorted(_EVIDENCE.rglob("*")):
        inside = path.relative_to(_EVIDENCE)
        room = inside.parts[0]
        if path.suffix not in (".py", ".toml") or room == "runner":
            continue
        content = path.read_bytes().replace(b"\r\n", b"\n")
        own = room == section and (inside.stem == module or b"\nCLAIMS = (" not in content)
        if room not in _SECTIONS or own:
            digest.update(f"{inside.as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()


def identity_of(claim: Claim, budget: Budget, seed: int) -> str:
    """Return the SHA-256 of all that a result comes from: code, catalogue, libraries, the claim's own sources, budget, seed."""
    parts = {
        "claim": claim.id,
        "budget": budget,
        "seed": seed,
        "package": package_hash(),
        "sources": _sources(section_of(claim).name, home_of(claim).rpartition(".")[2]),
        "versions": versions(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Shelf:
    """The folder in which results are kept: ``claims/A3.json`` for each, ``failed/A3.txt`` for a traceback, ``parameters/A3.json``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, claim: Claim, budget: Budget, seed: int) -> Result | None:
        """Return the result that is kept for this claim, if it is of the same identity and whole."""
        path = self.folder / "claims" / f"{claim.id}.json"
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["identity"] != identity_of(claim, budget, seed):
                return None
            return Result.read(claim, kept)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (KeyError, TypeError, ValueError):
            return None  # half of a file, or another program's: it is made again

    def keep(self, result: Result) -> None:
        """Write a result; of a failed one the traceback alone, so that it is tried again."""
        claim = result.claim
        if result.failure:
            self.put(f"failed/{claim.id}.txt", result.failure.encode())
            (self.folder / "claims" / f"{claim.id}.json").unlink(missing_ok=True)
            return
        identity = identity_of(claim, result.budget, result.seed)
        text = json.dumps({"identity": identity, **result.kept()}, indent=1, ensure_ascii=False)
        self.put(f"claims/{claim.id}.json", text.encode() + b"\n")
        (self.folder / "failed" / f"{claim.id}.txt").unlink(missing_ok=True)

    def find_moved(self, claim: Claim, budget: Budget, seed: int) -> tuple[Moved, ...] | None:
        """Return what is kept of a claim's parameters, if it is of the same identity and whole."""
        try:
            kept = json.loads((self.folder / "parameters" / f"{claim.id}.json").read_text(encoding="utf-8"))
            if kept["identity"] != identity_of(claim, budget, seed):
                return None
            return tuple(Moved.read(one) for one in kept["moved"])
        except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, ValueError):
            return None

    def keep_moved(self, claim: Claim, budget: Budget, seed: int, moved: Sequence[Moved]) -> None:
        """Write what a claim's parameters came to."""
        kept = {"identity": identity_of(claim, budget, seed), "moved": [one.kept() for one in moved]}
        self.put(f"parameters/{claim.id}.json", json.dumps(kept, indent=1, ensure_ascii=False).encode() + b"\n")

    def put(self, name: str, content: bytes) -> Path:
        """Write a file of the folder, whole or not at all, and return where it lies. StoreError if it is no folder."""
        path = self.folder / name
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.folder}: is a file; results need a folder. Give another with --out.")
        with disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        publish(path, content)
        return path
