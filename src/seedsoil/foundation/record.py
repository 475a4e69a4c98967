"""The record that travels with each result: what went in, which code ran, what the numbers rest on."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from seedsoil.foundation.value import GRADES, Value

__all__ = ["Record", "credibility_card", "identity", "make_record", "sources", "versions"]

_PACKAGE = Path(__file__).parent.parent
_COUNTED = (".py", ".toml", ".bib")  # what can change a result: code and catalogue
_DIGITS = 16  # of a file's SHA-256, where files are only told apart
_UNCOUNTED = ("cli", "show", "web", "studies")  # rooms that only tell of results, and studies, which count themselves

_VERIFIED = (
    "population dynamics, seeding, circulation and drug kinetics against exact formulae and published test suites;"
    " the same bytes for any number of workers"
)


@dataclass(frozen=True)
class Record:
    """What is needed to repeat and to judge a result.

    ``resolved`` is the study with every default written out. ``identity`` names study, seed, code and catalogue:
    two results with one identity are the same bytes. ``citations`` are the sources of all Values used, and
    ``card`` says what is verified, fitted and assumed.
    """

    resolved: str
    seed: int
    identity: str
    versions: Mapping[str, str]
    citations: tuple[Mapping[str, Any], ...]
    grades: Mapping[str, int]
    card: str

    def to_json(self) -> str:
        """Return the record as a JSON document with sorted keys, the same bytes for the same record."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def make_record(
    resolved: str, seed: int, values: Iterable[Value] = (), citations: Iterable[Mapping[str, Any]] = ()
) -> Record:
    """Return the record of a run.

    Parameters
    ----------
    resolved
        The study with every default written out, as text.
    seed
        The study's seed.
    values
        Every Value that the run used; they are counted by grade.
    citations
        The sources of these values, as ``catalogue.describe.citations`` returns them.
    """
    used = tuple(values)
    grades = {grade: sum(value.grade == grade for value in used) for grade in GRADES}
    return Record(
        resolved=resolved,
        seed=seed,
        identity=identity(resolved, seed),
        versions=versions(),
        citations=tuple(dict(line) for line in citations),
        grades=grades,
        card=credibility_card(used),
    )


def identity(resolved: str, seed: int) -> str:
    """Return the SHA-256 (64 hex digits) of a resolved study, its seed, the code and the catalogue.

    Line endings and trailing blanks of the study do not count; every byte of code and catalogue does, but for the rooms
    that only tell of results: a better picture leaves a run what it was.
    """
    lines = [line.rstrip() for line in resolved.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    canonical = "\n".join(lines).strip("\n")
    text = json.dumps({"study": canonical, "seed": int(seed), "package": _package_hash()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of what computed the result."""
    found = {"python": platform.python_version()}
    for name in ("numpy", "numba", "seedsoil"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            # A checkout on the path is not installed, but it says its version itself.
            found[name] = str(getattr(sys.modules.get(name), "__version__", "unknown"))
    return found


def credibility_card(values: Iterable[Value]) -> str:
    """Return in plain words what a result made from these values can be trusted for, and what not."""
    used = tuple(values)
    count = {grade: sum(value.grade == grade for value in used) for grade in GRADES}
    recalled = sum(value.recalled for value in used)
    measured = count["human"] + count["animal"] + count["cells"]
    lines = [
        "Credibility card",
        "Not for clinical decisions: this is a research and teaching model of metastasis, not a medical device.",
        f"Verified: {_VERIFIED}.",
        f"Measured: {measured} of {len(used)} numbers ({count['human']} in humans, {count['animal']} in animals, "
        f"{count['cells']} in cells); {recalled} of all numbers were recalled and must be read again at their source.",
        f"Fitted or derived: {count['fitted']} numbers.",
        f"Assumed: {count['assumed']} numbers; conclusions that hang on them need a sensitivity study.",
        "Use: compare arms and mechanisms under stated assumptions. Do not read absolute times or rates as predictions "
        "for a person.",
    ]
    return "\n".join(lines)


@lru_cache(maxsize=1)
def _package_hash() -> str:
    """Return the SHA-256 of the package's sources and catalogue, in the order of their paths."""
    digest = hashlib.sha256()
    for name, content in _sources():
        path = name.encode()
        digest.update(f"{len(path)} {len(content)} ".encode() + path + content)
    return digest.hexdigest()


def sources() -> dict[str, str]:
    """Return the first digits of the SHA-256 of each file that counts in an identity, so that a change can be named."""
    return {name: hashlib.sha256(content).hexdigest()[:_DIGITS] for name, content in _sources()}


def _sources() -> Iterator[tuple[str, bytes]]:
    """Walk over the files that can change a result, in the order of their paths, with their contents."""
    for path in sorted(_PACKAGE.rglob("*"), key=lambda item: item.relative_to(_PACKAGE).as_posix()):
        inside = path.relative_to(_PACKAGE)
        if path.suffix in _COUNTED and inside.parts[0] not in _UNCOUNTED:
            # A checkout may change line ends, never meaning.
            yield inside.as_posix(), path.read_bytes().replace(b"\r\n", b"\n")
