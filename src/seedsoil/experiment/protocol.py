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
    """A drug by a route: ``amount_mg`` a dose, from ``start`` on ``every`` so many days, ``times`` or until told.

    ``on`` and ``off`` make a rhythm: doses fall only within the first ``on`` days of each ``on + off``. With ``after``
    the clock of the course starts on the day when a scan shows progression, and ``start`` is counted from there. With
    ``adaptive`` (stop, restart) it pauses while the burden that scans show is below ``stop`` times that of the first scan,
    and goes on when it has come back to ``restart`` times. ``guard`` says what is done when blood counts are low:
    "reduce" (a quarter less from then on), "delay" (until they have recovered), or nothing.
    """

    agent: str
    amount_mg: float
    route: Route
    start: float
    every: float = 0.0
    times: int | None = None
    duration: float = 0.0
    until: Literal["progression"] | None = None
    on: float = 0.0
    off: float = 0.0
    after: Literal["progression"] | None = None
    adaptive: tuple[float, float] | None = None
    guard: Literal["reduce", "delay"] | None = None

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
class Ablate:
    """Heat or cold: kills the cells of seen lesions within ``reach_mm`` of their centre; ``target`` as in ``Resect``."""

    target: str
    at_day: float
    reach_mm: float


@dataclass(frozen=True)
class Irradiate:
    """Radiation in ``fractions`` of ``dose_gray``, ``every`` so many days, on a target as in ``Resect`` or a whole site."""

    target: str
    start: float
    dose_gray: float
    fractions: int = 1
    every: float = 1.0


@dataclass(frozen=True)
class Inject:
    """Tumour cells, or inert beads of their size, let go in a vessel or in the artery of a site."""

    amount: float
    into: str
    at_day: float
    what: Literal["cells", "beads"] = "cells"


@dataclass(frozen=True)
class Shunt:
    """Ascites led into a vessel: ``per_day`` living tumour cells for ``duration`` days."""

    per_day: float
    into: str
    start: float
    duration: float


@dataclass(frozen=True)
class Biopsy:
    """A piece of a lesion: of the primary, or of the largest seen metastasis of a site; ``zone`` of how many ``zones``."""

    target: str
    at_day: float
    zone: int = 0
    zones: int = 1


@dataclass(frozen=True)
class BloodDraw:
    """A tube of blood in which circulating tumour cells are counted."""

    start: float
    every: float = 0.0
    millilitres: float = 7.5


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
