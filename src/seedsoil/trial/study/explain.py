"""A study in plain English, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel

from seedsoil.biology.patient import MECHANISMS
from seedsoil.catalogue.numbers import numbers_in
from seedsoil.experiment.orders.limits import cut_short
from seedsoil.foundation.units import plain
from seedsoil.foundation.value import Value
from seedsoil.trial.plan import LAWS
from seedsoil.trial.study.nouns import APART

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study

__all__ = ["cuts", "explain"]


def explain(study: Study) -> str:
    """Return what a study does, one statement a line."""
    arms = study.arms
    lines = [study.title, "", *_start(study, len(arms)), *_transplants(study)]
    if study.vary:
        spread = ", ".join(
            f"{path} by {100 * width:g} %{'' if law == LAWS[0] else f' ({law})'}"
            for path, (width, law) in study.vary.items()
        )
        lines.append(f"Patients differ in (coefficient of variation): {spread}. All differ by chance.")
    else:
        lines.append("Patients differ by chance only.")
    own = [f"{kind.removesuffix('s')} {name}" for kind, found in study.shelf.own.items() for name in found]
    lines += [f"Not of the catalogue but the user's own: {', '.join(own)}."] if own else []
    lines += [f"Switched off: {name} ({MECHANISMS[name]})." for name in study.without]
    changes = list(_changes(study))
    lines += ["Changed against the catalogue:", *(f"  - {change}" for change in changes)] if changes else []
    given = {course.agent for protocol in arms.values() for course in protocol.courses}
    unused = [name for name in study.agents if name not in given]
    lines += [f"Described, but given in no arm: {', '.join(unused)}."] if unused else []
    for name, protocol in arms.items():
        orders = protocol.explain().splitlines()
        limits = cut_short(protocol.courses, study.agents, study.host)
        lines += ["", f"Arm {name}:", *(f"  - {order}" for order in orders), *(f"  - {limit}" for limit in limits)]
    first, *others = arms
    lines += ["", f"The question: {_words(study.primary_endpoint)}."]
    if others:
        lines[-1] = f"The question: {_words(study.primary_endpoint)} in {', '.join(others)} against {first}."
    if study.secondary_endpoints:
        lines.append(f"Also reported: {', '.join(_words(name) for name in study.secondary_endpoints)}.")
    lines += [
        f"Held against published figures: median {_words(one.endpoint)} in {one.arm}, {plain(one.low)} to "
        f"{plain(one.high)} ({one.source})."
        for one in study.published
    ]
    lines.append(f"Seed {study.seed}: the same seed gives the same bytes.")
    return "\n".join(lines)


def cuts(study: Study) -> list[str]:
    """Return what a study orders above the daily limits of its agents, arm by arm."""
    return [
        f"arm {name}: {limit}"
        for name, protocol in study.arms.items()
        for limit in cut_short(protocol.courses, study.agents, study.host)
    ]


def _start(study: Study, arms: int) -> Iterator[str]:
    """Yield who is followed, and from when on."""
    rule, tumour = study.diagnosis, _inside(study.tumour.title)
    who = f"{study.patients} virtual patients ({_inside(study.host.title)})"
    if rule.primary_diameter_mm == 0.0:
        yield f"{who}, healthy at first; what is let into them are cells of {tumour}."
        begin = "On day 0 no tumour grows. The host is copied"
    else:
        home = study.tumour.site.replace("_", " ")
        yield f"{who}, each with one {tumour} that starts from one cell in the {home}."
        found = f"its primary measures {rule.primary_diameter_mm:g} mm"
        if rule.metastases:
            found += f" and {rule.metastases} metastases measure {rule.metastasis_diameter_mm:g} mm or more"
        if rule.screening is not None:
            tool, often = rule.screening.instrument.upper(), plain(rule.screening.every_days)
            found += f", or before that when screening by {tool} every {often} shows it"
        begin = f"A patient is diagnosed when {found}: that is day 0. Then the patient is copied"
    where = f"each of {arms} arms" if arms > 1 else "the one arm"
    yield f"{begin} into {where} and followed for {plain(study.until_days)} or until death."


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence: "colon adenocarcinoma", but "B16 melanoma"."""
    return title[:1].lower() + title[1:] if re.match(r"[A-Z][a-z]+\b", title) else title


def _transplants(study: Study) -> Iterator[str]:
    """Yield what is done to the body before anything grows."""
    made = study.transplants
    if made.exchange is not None:
        yield (
            f"Each is joined to a partner like it, with whom it exchanges {100 * made.exchange:g} % of what leaves the "
            "heart; the partner's sites are named partner_..."
        )
    for each in made.grafts:
        soil, beside = each.soil.replace("_", " "), each.of.replace("_", " ")
        yield f"Grafted before: {each.name}, a piece of {soil} that takes {100 * each.share:g} % of the {beside}'s blood."


def _changes(study: Study) -> Iterator[str]:
    """Yield each number that is not the catalogue's, with what it was."""
    entry = study.shelf.entry
    host = entry("host", study.host.name)
    pairs: list[tuple[str, BaseModel, BaseModel]] = [
        ("tumour", study.tumour, entry("tumour", study.tumour.name)),
        ("host", study.host, host),
        ("vessels", study.vessels, entry("vessels", study.vessels.name)),
        *((f"agents.{name}", agent, entry("agent", name)) for name, agent in study.agents.items()),
    ]
    for place, noun, base in pairs:
        usual = dict(numbers_in(base, place))
        for path, value in numbers_in(noun, place):
            old: Value | None = usual.get(path)
            if old is None or old.number != value.number:
                # Soils and anatomy lie in the host, but are sections of their own in a file.
                yield f"{_outside(path)}: {_told(value)}" + ("" if old is None else f" instead of {_told(old)}")


def _told(value: Value) -> str:
    """Return a number with its unit, without the last digits of a unit's conversion."""
    unit = "" if value.unit == "1" else f" {value.unit.removeprefix('1')}"
    return f"{value.number:.9g}{unit}"


def _outside(path: str) -> str:
    _, _, inner = path.partition(".")
    return inner if inner.startswith(APART["host"]) else path


def _words(endpoint: str) -> str:
    return endpoint.replace("progression_free", "progression-free").replace("_", " ")
