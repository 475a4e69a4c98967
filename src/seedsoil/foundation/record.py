"""The record that travels with each result: what went in, which code ran, what the numbers rest on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from seedsoil.foundation.origin import package_hash, versions
from seedsoil.foundation.value import GRADES, Value

__all__ = ["Record", "credibility_card", "identity", "make_record", "versions"]

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
    text = json.dumps({"study": canonical, "seed": int(seed), "package": package_hash()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


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
