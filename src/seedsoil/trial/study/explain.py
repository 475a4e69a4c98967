"""A study in plain English, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel

from seedsoil.biology.patient import MECHANISMS
from seedsoil.catalogue.load import entry
from seedsoil.catalogue.numbers import numbers_in
from seedsoil.foundation.units import plain
from seedsoil.foundation.value import Value
from seedsoil.trial.study.nouns import APART

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study

__all__ = ["explain"]


def explain(study: Study) -> str:
    """Return what a study does, one statement a line."""
    rule = study.diagnosis
    found = f"its primary measures {rule.primary_diameter_mm:g} mm"
    if rule.metastases:
        found += f" and {rule.metastases} metastases measure {rule.metastasis_diameter_mm:g} mm or more"
    arms = study.arms
    lines = [
        study.title,
        "",
        f"{study.patients} virtual patients ({study.host.title.lower()}), each with one {study.tumour.title.lower()} "
        f"that starts from one cell in the {study.tumour.site.replace('_', ' ')}.",
        f"A patient is diagnosed when {found}: that is day 0. Then the patient is copied into "
        + (f"each of {len(arms)} arms" if len(arms) > 1 else "the one arm")
        + f" and followed for {plain(study.until_days)} or until death.",
    ]
    if study.vary:
        spread = ", ".join(f"{path} by {100 * share:g} %" for path, share in study.vary.items())
        lines.append(f"Patients differ in (coefficient of variation): {spread}. All differ by chance.")
    else:
        lines.append("Patients differ by chance only.")
    lines += [f"Switched off: {name} ({MECHANISMS[name]})." for name in study.without]
    changes = list(_changes(study))
    lines += ["Changed against the catalogue:", *(f"  - {change}" for change in changes)] if changes else []
    given = {course.agent for protocol in arms.values() for course in protocol.courses}
    unused = [name for name in study.agents if name not in given]
    lines += [f"Described, but given in no arm: {', '.join(unused)}."] if unused else []
    for name, protocol in arms.items():
        orders = protocol.explain().splitlines()
        lines += ["", f"Arm {name}:", *(f"  - {order}" for order in orders)]
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


def _changes(study: Study) -> Iterator[str]:
    """Yield each number that is not the catalogue's, with what it was."""
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
                yield f"{_outside(path)}: {value}" + ("" if old is None else f" instead of {old}")


def _outside(path: str) -> str:
    _, _, inner = path.partition(".")
    return inner if inner.startswith(APART["host"]) else path


def _words(endpoint: str) -> str:
    return endpoint.replace("progression_free", "progression-free").replace("_", " ")
