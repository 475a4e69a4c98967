"""Orders of one arm that cannot all be carried out: each is sound alone, and together they contradict each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TypeAlias, TypeGuard

from seedsoil.body.state import STEP_DAYS
from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.orders.sampling.looks import Biopsy, BloodDraw, Count, Culture
from seedsoil.experiment.protocol import Ablate, Course, Inject, Irradiate, Resect, Scan
from seedsoil.foundation.units import plain
from seedsoil.observe.blood import RECOVERY
from seedsoil.trial.study.courses import Give
from seedsoil.trial.study.orders import TARGETS, Deed
from seedsoil.trial.study.reader import Reader
from seedsoil.trial.study.rules.setting import Setting

__all__ = ["Written", "check_together"]

#: An order as a study writes it: a course with its dose per kg or m^2, all others as they are carried out.
Written: TypeAlias = Give | Deed
_DONE = {Resect: "resected", Ablate: "ablated", Irradiate: "irradiated", Biopsy: "biopsied", Culture: "biopsied"}


def check_together(
    reader: Reader,
    place: str,
    orders: Sequence[Written],
    parents: Sequence[Sequence[Written]],
    setting: Setting,
) -> None:
    """Note what an arm's orders make impossible for each other; what is a parent's fault already is left to it."""
    known = {fault for parent in parents for fault in _faults(parent, setting)}
    for fault in _faults(orders, setting):
        if fault not in known:
            reader.fault(place, fault)


def _faults(orders: Sequence[Written], setting: Setting) -> Iterator[str]:
    yield from _primary_faults(orders)
    courses = [order.course for order in orders if isinstance(order, Give)]
    for one, other in combinations(courses, 2):
        if (one.agent, one.route) == (other.agent, other.route) and not (_on_condition(one) or _on_condition(other)):
            yield from _overlap(one, other, setting.until_days)
    yield from _unseen(orders)
    yield from _never_judged(orders)
    yield from _nothing_labelled(orders)


def _primary_faults(orders: Sequence[Written]) -> Iterator[str]:
    """Yield what is done to a primary that has been taken out."""
    resections = [order for order in orders if isinstance(order, Resect) and order.target == "primary"]
    for one, other in combinations(resections, 2):
        yield f"the primary is resected twice, on day {one.at_day:g} and on day {other.at_day:g}"
    gone = min((order.at_day for order in resections if order.margin == 0.0), default=math.inf)
    for order in orders:
        if (
            isinstance(order, Ablate | Biopsy | Culture | Irradiate)
            and order.target == "primary"
            and _last_day(order) > gone
        ):
            yield (
                f"the primary is {_DONE[type(order)]} on day {_last_day(order):g}, but taken out on day {gone:g}; "
                "do it before, or leave a margin"
            )


def _last_day(order: Ablate | Biopsy | Culture | Irradiate) -> float:
    if isinstance(order, Irradiate):
        return order.start + (order.fractions - 1) * order.every
    return order.at_day


def _overlap(one: Course, other: Course, end: float) -> Iterator[str]:
    """Yield why two courses of one agent by one route would, or could, run at the same time."""
    who = f"two courses of {one.agent} by {one.route}"
    if one.after != other.after:
        early, late = sorted((one, other), key=lambda course: course.opens_at)
        if early.ends_at > late.opens_at:
            begins = "progression" if late.after == "progression" else f"the {late.after}"
            yield f'{who} could overlap, for one begins at {begins}; end the other there, until = "{late.after}"'
        return
    first, second = replace(one, after=None), replace(other, after=None)
    if first.start <= second.last_day(end) and second.start <= first.last_day(end):
        days = f"on day {one.start:g} and on day {other.start:g}"
        if one.after is not None:
            days = f"{one.start:g} and {other.start:g} days after {one.after}"
        yield f"{who} overlap (they start {days})"


def _on_condition(course: Course) -> bool:
    """Whether what is read decides when a course is given: then nobody knows whether it meets another."""
    return any(isinstance(rule, Condition) for rule in (course.only_if, course.after, course.until))


def _counts_cells(order: Written) -> TypeGuard[BloodDraw]:
    """Whether an order draws blood and counts the tumour cells in it."""
    return isinstance(order, BloodDraw) and any(assay in RECOVERY for assay in order.assays)


def _never_judged(orders: Sequence[Written]) -> Iterator[str]:
    """Yield conditions on what no order of the arm looks at, or looks at only after they are judged."""
    first = {
        "scan": min((order.start for order in orders if isinstance(order, Scan)), default=math.inf),
        "draw": min((order.start for order in orders if _counts_cells(order)), default=math.inf),
        "biopsy": min((order.at_day for order in orders if isinstance(order, Biopsy)), default=math.inf),
    }
    for order in orders:
        act = order.course if isinstance(order, Give) else order
        what = (
            act.agent if isinstance(act, Course) else act.target if isinstance(act, Resect | Ablate | Irradiate) else ""
        )
        for rule in ("after", "until", "only_if"):
            condition = getattr(act, rule, None)
            if not isinstance(condition, Condition):
                continue
            day = act.at_day if isinstance(act, Resect | Ablate) else getattr(act, "start", 0.0)
            for tool in sorted(condition.instruments):
                due = (
                    f"{what} waits until {condition.words()}"
                    if rule != "only_if"
                    else f"{what} depends on whether {condition.words()}"
                )
                if math.isinf(first[tool]):
                    yield f"{due}, but {_LOOKS[tool]}"
                elif rule == "only_if" and day < first[tool] + STEP_DAYS:
                    yield (
                        f"{due} by day {day:g}, but the first {tool} is on day {first[tool]:g} and read within "
                        f"{plain(STEP_DAYS)}; look earlier, or act on day {first[tool] + STEP_DAYS:g} or later"
                    )


_LOOKS = {
    "scan": 'nobody scans; add { scan = "ct" }',
    "draw": 'no blood is drawn; add { draw = "7.5 mL", every = "28 days" }',
    "biopsy": 'no biopsy is taken; add { biopsy = "primary", at = "14 days" }',
}


def _nothing_labelled(orders: Sequence[Written]) -> Iterator[str]:
    """Yield each count of a label that nothing carries yet."""
    first = min((one.at_day for one in orders if isinstance(one, Inject) and one.what == "cells"), default=math.inf)
    for order in orders:
        if isinstance(order, Count) and order.what == "label" and order.days[0] < first:
            since = f"cells are injected on day {first:g}" if math.isfinite(first) else "no cells are injected"
            yield f"a label is counted on day {order.days[0]:.3g}, but {since}; only injected cells carry one"


def _unseen(orders: Iterable[Written]) -> Iterator[str]:
    """Yield each operation on metastases that comes before the first scan has been read."""
    listed = tuple(orders)
    first = min((order.start for order in listed if isinstance(order, Scan)), default=math.inf)
    for order in listed:
        if not isinstance(order, Resect | Ablate | Biopsy | Culture | Irradiate) or order.target == "primary":
            continue
        if isinstance(order, Irradiate) and order.target != TARGETS[1]:
            continue  # a whole site is irradiated, whatever scans have shown in it
        day = order.start if isinstance(order, Irradiate) else order.at_day
        if day < first + STEP_DAYS:
            what = "visible metastases" if order.target == TARGETS[1] else f"metastases of the {order.target}"
            yield (
                f"{what} are {_DONE[type(order)]} on day {day:g}, when no scan has shown any; "
                f"{'operate' if isinstance(order, Resect) else 'do it'} on day {first + STEP_DAYS:g} or later "
                f"(scans begin on day {first:g} and are read within {plain(STEP_DAYS)}), or scan earlier"
            )
