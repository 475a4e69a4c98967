"""The sections of the review, their claims, and which of them somebody means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from seedsoil.evidence.claim import Claim
from seedsoil.foundation.errors import CatalogueError, did_you_mean, known_words

__all__ = ["SECTIONS", "Section", "chosen", "claim_of", "claims", "home_of", "section_of"]


@dataclass(frozen=True)
class Section:
    """A section of the review: its letter, the folder of its claims, and its subject."""

    letter: str
    name: str
    title: str


SECTIONS: tuple[Section, ...] = (
    Section("A", "frame", "Clinical frame"),
    Section("B", "cascade", "The cascade"),
    Section("C", "circulation", "Circulation and arrest"),
    Section("D", "organs", "Organ specificity"),
    Section("E", "heterogeneity", "Heterogeneity and instability"),
    Section("F", "prevention", "Preventing metastasis"),
    Section("G", "established", "Treating established metastases"),
    Section("H", "brain", "Brain metastases"),
    Section("I", "vasculature", "Targeting vessels of lesions"),
    Section("J", "conclusion", "Conclusion"),
)
_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _found() -> dict[str, tuple[Claim, str]]:
    """Return every claim with the module that holds it; each file of a section that has ``CLAIMS`` is a chapter of it."""
    pairs = []
    for section in SECTIONS:
        for file in sorted((_HERE / section.name).glob("*.py")):
            module = f"seedsoil.evidence.{section.name}.{file.stem}"
            pairs += [(claim, module) for claim in getattr(import_module(module), "CLAIMS", ())]
    pairs.sort(key=lambda pair: (pair[0].section, int(pair[0].id[1:])))
    return {claim.id: (claim, module) for claim, module in pairs}


def claims() -> tuple[Claim, ...]:
    """Return all claims, by section and number."""
    return tuple(claim for claim, _ in _found().values())


def section_of(claim: Claim) -> Section:
    """Return the section of a claim."""
    return next(section for section in SECTIONS if section.letter == claim.section)


def home_of(claim: Claim) -> str:
    """Return the module that holds a claim."""
    return _found()[claim.id][1]


def claim_of(name: str) -> Claim:
    """Return the claim of a name, such as "A3". CatalogueError if there is none."""
    return chosen([name])[0]


def chosen(names: Sequence[str] = (), section: str | None = None) -> tuple[Claim, ...]:
    """Return the claims that are meant: all, those named, and those of a section by its letter or name.

    Raises
    ------
    CatalogueError
        With a line for each name or section that does not exist.
    """
    known = _found()
    faults = [_no_claim(name, known) for name in names if name.upper() not in known]
    meant = None if section is None else _section(section, faults)
    if faults:
        raise CatalogueError(faults)
    wanted = {name.upper() for name in names}
    if meant is not None:
        wanted |= {claim.id for claim, _ in known.values() if claim.section == meant.letter}
    every = not names and meant is None
    return tuple(claim for claim, _ in known.values() if every or claim.id in wanted)


def _no_claim(name: str, known: Iterable[str]) -> str:
    """Return what is said of a name that no claim has."""
    ids = list(known)
    hint = did_you_mean(name.upper(), ids)
    if not hint and re.fullmatch("[A-Za-z][0-9]{1,2}", name):
        same = [one for one in ids if one[0] == name[0].upper()]
        hint = f" Section {name[0].upper()} has {known_words(same, 30)}." if same else ""
    return f"the review has no claim {name!r}.{hint} See: seedsoil list claims."


def _section(name: str, faults: list[str]) -> Section | None:
    """Return a section by its letter or name, or note a fault."""
    for section in SECTIONS:
        if name.upper() == section.letter or name.lower() == section.name:
            return section
    words = [section.name for section in SECTIONS]
    told = ", ".join(f"{section.letter} ({section.name})" for section in SECTIONS)
    faults.append(f"the review has no section {name!r}.{did_you_mean(name, words)} Sections: {told}.")
    return None
