"""What is done, and when: dated orders that explain themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.orders.sampling.looks import (
    Autopsy,
    Biopsy,
    BloodDraw,
    Count,
    Culture,
    counted,
    interval,
    spoken,
)
from seedsoil.foundation.units import plain

Route = Literal["iv", "oral", "hepatic_artery"]
ROUTES: tuple[Route, ...] = ("iv", "oral", "hepatic_artery")
ROUTE_WORDS: dict[Route, str] = {"iv": "into a vein", "oral": "by mouth", "hepatic_artery": "into the hepatic artery"}
Progression = Literal["progression", "second progression", "third progression"]
#: By which words a study names a progression that scans show, and which one it is.
PROGRESSIONS: dict[Progression, int] = {"progression": 1, "second progression": 2, "third progression": 3}
_TIMES = {1: "", 2: " for the second time", 3: " for the third time"}
# Letters whose names start with a vowel: an MRI, but a CT.
_SPOKEN_WITH_VOWEL = frozenset("AEFHILMNORSX")
_AIMS = {"primary": "the primary", "visible metastases": "every metastasis that a scan has shown"}
_GUARD_WORDS = {
    "reduce": "a quarter less from then on whenever blood counts are low",
    "delay": "waiting for blood counts to recover whenever they are low",
}


@dataclass(frozen=True)
class Resect:
    """Surgery: ``target`` is "primary", "visible metastases" or the name of a site; ``margin`` is the share left.

    With ``nodes`` the regional lymph nodes come out with the primary, and a pathologist looks at them. ``only_if``, here
    and in other orders, is what must have been seen by then: else nothing is done.
    """

    target: str
    at_day: float
    margin: float = 0.0
    nodes: bool = False
    only_if: Condition | None = None

    def sentence(self) -> str:
        """Say what is done."""
        left = "" if self.margin == 0.0 else f", leaving {self.margin:.2g} of its cells"
        nodes = " with its lymph nodes" if self.nodes else ""
        return f"on day {self.at_day:g} {_aimed_at(self.target)} is taken out{nodes}{left}{_if(self.only_if)}"


@dataclass(frozen=True)
class Course:
    """A drug by a route: ``amount_mg`` a dose, from ``start`` on ``every`` so many days, ``times`` or until told.

    ``on`` and ``off`` make a rhythm: doses fall only within the first ``on`` days of each ``on + off``. With
    ``after`` the clock of the course starts on the day when a scan shows progression, or shows it for the second or
    third time, and ``start`` is counted from there. With ``adaptive`` (stop, restart) it pauses while the burden that
    scans show is below ``stop`` times that of the first scan, and goes on when it has come back to ``restart`` times.
    Where ``after`` or ``until`` is a condition, the course opens or ends on the first day on which a reading meets it;
    ``only_if`` is judged once, on the day on which it is due. ``guard`` says what is done when blood counts are low:
    "reduce" (a quarter less from then on), "delay" (until they have recovered), or nothing.
    """

    agent: str
    amount_mg: float
    route: Route
    start: float
    every: float = 0.0
    times: int | None = None
    duration: float = 0.0
    until: Progression | Condition | None = None
    on: float = 0.0
    off: float = 0.0
    after: Progression | Condition | None = None
    adaptive: tuple[float, float] | None = None
    guard: Literal["reduce", "delay"] | None = None
    only_if: Condition | None = None

    @property
    def opens_at(self) -> int:
        """The progression that opens it; 0 if none does."""
        return PROGRESSIONS[self.after] if isinstance(self.after, str) else 0

    @property
    def ends_at(self) -> float:
        """The progression that ends it, the next one at the earliest; infinity if none does."""
        return max(PROGRESSIONS[self.until], self.opens_at + 1) if isinstance(self.until, str) else math.inf

    def last_day(self, end: float) -> float:
        """Return the day on which the course is over at the latest, if all is over on day ``end``."""
        if self.after is not None:
            return end
        if self.every <= 0.0 or self.times == 1:
            return self.start + self.duration
        if self.times is None or self.adaptive is not None or self.guard == "delay":
            return end
        rounds, within = 0, self.times - 1
        if self.on > 0.0:
            rounds, within = divmod(within, max(1, math.ceil(self.on / self.every - 1e-9)))
        return self.start + rounds * (self.on + self.off) + within * self.every + self.duration

    def sentence(self) -> str:
        """Say what is given."""
        parts = [f"{self._opening()} {self.amount_mg:.4g} mg of {self.agent} {ROUTE_WORDS[self.route]}"]
        if self.duration > 0:
            parts.append(f"each over {plain(self.duration)}" if self._is_repeated() else f"over {plain(self.duration)}")
        if self._is_repeated():
            parts.append(f"every {interval(self.every)}")
            if self.on > 0.0:
                parts.append(f"for {plain(self.on)} on and {plain(self.off)} off in turn")
            if self.times is not None:
                parts.append(f"{self.times} times")
        if self.adaptive is not None:
            stop, restart = (f"{100.0 * share:g} %" for share in self.adaptive)
            parts.append(
                f"paused when scans show less than {stop} of what the first scan showed "
                f"and resumed when they show {restart} of it"
            )
        if self.guard is not None:
            parts.append(_GUARD_WORDS[self.guard])
        if self.until:
            parts.append(self._closing())
        return ", ".join(parts) + _if(self.only_if)

    def _is_repeated(self) -> bool:
        return self.every > 0.0 and self.times != 1

    def _opening(self) -> str:
        """Say from when it is given."""
        if self.after is None:
            return f"from day {self.start:g}" if self._is_repeated() else f"on day {self.start:g}"
        later = f"{plain(self.start)} after" if self.start > 0.0 else "from the day on which"
        if isinstance(self.after, Condition):
            return f"{later if self.start == 0.0 else f'{later} the day on which'} {self.after.words()},"
        return f"{later} a scan shows progression{_TIMES[self.opens_at]}"

    def _closing(self) -> str:
        """Say which scan, or which reading, ends it."""
        if isinstance(self.until, Condition):
            return f"until {self.until.words()}"
        if self.until == "progression" and self.opens_at:
            return "until a later scan shows it again"
        return f"until a scan shows progression{_TIMES[int(self.ends_at)]}"


@dataclass(frozen=True)
class Scan:
    """A look at the patient with an instrument, every so many days, up to day ``end``.

    It ends with the first progression, unless a course waits for what later scans show. ``regions`` are the sites that
    it covers, all if there are none; ``slice_mm`` the thickness of its slices, 0 for the instrument's usual one.
    """

    every: float
    start: float
    instrument: str = "ct"
    end: float = math.inf
    regions: tuple[str, ...] = ()
    slice_mm: float = 0.0

    def sentence(self) -> str:
        """Say what is looked at."""
        tool = self.instrument.upper()
        article = "an" if tool[0] in _SPOKEN_WITH_VOWEL else "a"
        field = f" of the {' and '.join(map(spoken, self.regions))}" if self.regions else ""
        thick = f" in slices of {self.slice_mm:g} mm" if self.slice_mm > 0.0 else ""
        last = f" or day {self.end:g}" if math.isfinite(self.end) else ""
        often = f"on day {self.start:g} and every {plain(self.every)}"
        return f"{article} {tool} scan{field}{thick} {often} until progression{last}"


@dataclass(frozen=True)
class Ablate:
    """Heat or cold: kills the cells of seen lesions within ``reach_mm`` of their centre; ``target`` as in ``Resect``."""

    target: str
    at_day: float
    reach_mm: float
    only_if: Condition | None = None

    def sentence(self) -> str:
        """Say what is destroyed."""
        return (
            f"on day {self.at_day:g} {_aimed_at(self.target)} is ablated by heat or cold, "
            f"up to {self.reach_mm:g} mm from its centre{_if(self.only_if)}"
        )


@dataclass(frozen=True)
class Irradiate:
    """Radiation in ``fractions`` of ``dose_gray``, ``every`` so many days; ``target`` as in ``Resect``, or a whole site."""

    target: str
    start: float
    dose_gray: float
    fractions: int = 1
    every: float = 1.0
    only_if: Condition | None = None

    def sentence(self) -> str:
        """Say what is irradiated, and with how much in all."""
        usual = f"the whole {spoken(self.target)}, with all that lies in it,"
        what = _aimed_at(self.target) if self.target in _AIMS else usual
        if self.fractions == 1:
            return f"on day {self.start:g} {what} is irradiated with {self.dose_gray:g} Gy{_if(self.only_if)}"
        return (
            f"from day {self.start:g} {what} is irradiated with {self.dose_gray:g} Gy every {interval(self.every)}, "
            f"{self.fractions} times ({self.fractions * self.dose_gray:g} Gy in all){_if(self.only_if)}"
        )


@dataclass(frozen=True)
class Inject:
    """Tumour cells, or inert beads of their size, let go in a vessel or in the artery of a site."""

    amount: float
    into: str
    at_day: float
    what: Literal["cells", "beads"] = "cells"

    def sentence(self) -> str:
        """Say what is injected, and where."""
        one = self.amount == 1.0
        what = "tumour cell" if self.what == "cells" else "inert bead"
        what += ("" if one else "s") + (" of a cell's size" if self.what == "beads" else "")
        return (
            f"on day {self.at_day:g} {counted(self.amount)} {what} {'is' if one else 'are'} let go into the blood of the "
            f"{spoken(self.into)}"
        )


@dataclass(frozen=True)
class Shunt:
    """Ascites led into a vessel: ``per_day`` living tumour cells for ``duration`` days."""

    per_day: float
    into: str
    start: float
    duration: float

    def sentence(self) -> str:
        """Say what the shunt brings, and where."""
        return (
            f"from day {self.start:g} a shunt leads {counted(self.per_day)} living tumour cells of ascites a day into the "
            f"blood of the {spoken(self.into)}, for {plain(self.duration)}"
        )


Order: TypeAlias = (
    Resect | Course | Scan | Ablate | Irradiate | Inject | Shunt | Biopsy | BloodDraw | Culture | Autopsy | Count
)


@dataclass(frozen=True)
class Protocol:
    """All orders of one arm, kind by kind."""

    resections: tuple[Resect, ...] = ()
    courses: tuple[Course, ...] = ()
    scans: tuple[Scan, ...] = ()
    ablations: tuple[Ablate, ...] = ()
    irradiations: tuple[Irradiate, ...] = ()
    injections: tuple[Inject, ...] = ()
    shunts: tuple[Shunt, ...] = ()
    biopsies: tuple[Biopsy, ...] = ()
    draws: tuple[BloodDraw, ...] = ()
    cultures: tuple[Culture, ...] = ()
    autopsies: tuple[Autopsy, ...] = ()
    counts: tuple[Count, ...] = ()

    def orders(self) -> Iterator[Order]:
        """Yield every order, kind by kind."""
        for field in fields(self):
            yield from getattr(self, field.name)

    def explain(self) -> str:
        """Every order in words, one a line, in order of time; what waits for a progression comes last."""
        return "\n".join(order.sentence() for order in sorted(self.orders(), key=_day_of))


def _day_of(order: Order) -> float:
    """Return the first day of an order, by which orders are told."""
    if isinstance(order, Course) and order.after is not None:
        return math.inf
    if isinstance(order, Autopsy):
        return math.inf
    if isinstance(order, Count):
        return min(order.days)
    return order.at_day if isinstance(order, Resect | Ablate | Inject | Biopsy | Culture) else order.start


def _aimed_at(target: str) -> str:
    """Return in words what an operation is aimed at."""
    return _AIMS.get(target, f"what scans have shown in the {spoken(target)}")


def _if(condition: Condition | None) -> str:
    """Return in words what an order is done under."""
    return "" if condition is None else f", if by then {condition.words()}"
