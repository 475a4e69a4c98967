"""Conditions on what was seen: the stage, a scan, a tube of blood, a biopsy; each says itself in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from seedsoil.foundation.units import write

Sign: TypeAlias = Literal[">=", "<=", ">", "<", "="]
_SIGN_WORDS: dict[Sign, str] = {">=": "at least ", "<=": "at most ", ">": "more than ", "<": "less than ", "=": ""}
_TNM = ("stage", "t", "n", "m")


@dataclass(frozen=True)
class Comparison:
    """A bound on a number that was read."""

    sign: Sign
    number: float

    def holds(self, read: float) -> bool:
        """Whether a reading keeps the bound."""
        match self.sign:
            case ">=":
                return read >= self.number
            case "<=":
                return read <= self.number
            case ">":
                return read > self.number
            case "<":
                return read < self.number
        return read == self.number

    def written(self, unit: str = "1") -> str:
        """Return it as a study file has it: ">= 5", "<= 50 mm"."""
        return f"{self.sign} {write(self.number, unit) if unit != '1' else f'{self.number:.15g}'}"

    def words(self, unit: str = "") -> str:
        """Return it in words: "at least 5"."""
        return f"{_SIGN_WORDS[self.sign]}{self.number:g}{unit}"


@dataclass(frozen=True)
class Condition:
    """What must have been seen, all of it at once; what is left out is not asked.

    ``stage``, ``t``, ``n`` and ``m`` name categories of which the patient's must be one, ``response`` responses by RECIST
    of which the last must be one. ``metastases`` (how many), ``largest`` [mm] and ``sites`` (no other than these) are
    about the last scan. ``ctc`` are circulating tumour cells in 7.5 mL of the last blood drawn; ``resistance`` are shares
    of the cells of the last biopsy with each named mechanism. What was never looked at does not hold.
    """

    stage: tuple[str, ...] = ()
    t: tuple[str, ...] = ()
    n: tuple[str, ...] = ()
    m: tuple[str, ...] = ()
    response: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    metastases: Comparison | None = None
    largest: Comparison | None = None
    ctc: Comparison | None = None
    resistance: tuple[tuple[str, Comparison], ...] = ()

    @property
    def instruments(self) -> frozenset[str]:
        """What must be looked with for it to hold: "scan", "draw", "biopsy"."""
        scans = any((self.stage, self.t, self.n, self.m, self.response, self.sites, self.metastases, self.largest))
        asked = {"scan": scans, "draw": self.ctc is not None, "biopsy": bool(self.resistance)}
        return frozenset(name for name, wanted in asked.items() if wanted)

    def words(self) -> str:
        """Return it in plain English."""
        parts = []
        for name in _TNM:
            if allowed := getattr(self, name):
                parts.append(f"the {'stage' if name == 'stage' else name.upper()} is {_either(allowed)}")
        if self.response:
            parts.append(f"the last response is {_either(self.response)}")
        if self.metastases is not None:
            plural = "metastasis" if self.metastases.number == 1.0 else "metastases"
            parts.append(f"the last scan shows {self.metastases.words()} {plural}")
        if self.largest is not None:
            parts.append(f"the largest metastasis measures {self.largest.words(' mm')}")
        if self.sites:
            parts.append(f"metastases are seen in no other site than the {_either(self.sites).replace('_', ' ')}")
        if self.ctc is not None:
            plural = "cell" if self.ctc.number == 1.0 else "cells"
            parts.append(f"7.5 mL of blood hold {self.ctc.words()} circulating tumour {plural}")
        for mechanism, share in self.resistance:
            bound = Comparison(share.sign, 100.0 * share.number)
            parts.append(f"{bound.words(' %')} of the cells of the last biopsy have the mechanism {mechanism}")
        return " and ".join(parts)


def _either(names: tuple[str, ...]) -> str:
    """Join names by commas and "or"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
