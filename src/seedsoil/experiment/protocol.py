"""What is done, and when: dated orders that explain themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seedsoil.foundation.units import plain

Route = Literal["iv", "oral", "hepatic_artery"]
ROUTES: tuple[Route, ...] = ("iv", "oral", "hepatic_artery")
_ROUTE_WORDS = {"iv": "into a vein", "oral": "by mouth", "hepatic_artery": "into the hepatic artery"}
# Letters whose names start with a vowel: an MRI, but a CT.
_SPOKEN_WITH_VOWEL = frozenset("AEFHILMNORSX")


@dataclass(frozen=True)
class Resect:
    """Surgery: ``target`` is "primary", "visible metastases" or the name of a site; ``margin`` is the share left."""

    target: str
    at_day: float
    margin: float = 0.0

    def sentence(self) -> str:
        """Say what is done."""
        what = {"primary": "the primary", "visible metastases": "every metastasis that a scan has shown"}.get(
            self.target, f"what scans have shown in the {self.target}"
        )
        left = "" if self.margin == 0.0 else f", leaving {self.margin:.2g} of its cells"
        return f"on day {self.at_day:g} {what} is taken out{left}"


@dataclass(frozen=True)
class Course:
    """A drug by a route: ``amount_mg`` a dose, from ``start`` on ``every`` so many days, ``times`` or until told."""

    agent: str
    amount_mg: float
    route: Route
    start: float
    every: float = 0.0
    times: int | None = None
    duration: float = 0.0
    until: Literal["progression"] | None = None

    def last_day(self, end: float) -> float:
        """Return the day on which the course is over at the latest, if all is over on day ``end``."""
        if self.every <= 0.0 or self.times == 1:
            return self.start + self.duration
        return end if self.times is None else self.start + (self.times - 1) * self.every + self.duration

    def sentence(self) -> str:
        """Say what is given."""
        often = f", every {plain(self.every)}" if self.every > 0 and self.times != 1 else ""
        times = f", {self.times} times" if self.times is not None and self.times > 1 else ""
        run_in = f", each over {plain(self.duration)}" if self.duration > 0 else ""
        stop = ", until a scan shows progression" if self.until else ""
        return (
            f"from day {self.start:g} {self.amount_mg:.4g} mg of {self.agent} {_ROUTE_WORDS[self.route]}"
            f"{run_in}{often}{times}{stop}"
        )


@dataclass(frozen=True)
class Scan:
    """A look at the patient with an instrument, every so many days; it ends with the first progression."""

    every: float
    start: float
    instrument: str = "ct"

    def sentence(self) -> str:
        """Say what is looked at."""
        tool = self.instrument.upper()
        article = "an" if tool[0] in _SPOKEN_WITH_VOWEL else "a"
        return f"{article} {tool} scan on day {self.start:g} and every {plain(self.every)} until progression"


@dataclass(frozen=True)
class Protocol:
    """All orders of one arm."""

    resections: tuple[Resect, ...] = ()
    courses: tuple[Course, ...] = ()
    scans: tuple[Scan, ...] = ()

    def explain(self) -> str:
        """Every order in words, one a line, in order of time."""
        dated = [(order.at_day, order.sentence()) for order in self.resections]
        dated += [(course.start, course.sentence()) for course in self.courses]
        dated += [(scan.start, scan.sentence()) for scan in self.scans]
        return "\n".join(sentence for _, sentence in sorted(dated))
