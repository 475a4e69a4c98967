"""An entry in plain words: each number with its unit, range, grade and source."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import KINDS, entry, names, sources
from seedsoil.foundation.errors import CatalogueError, did_you_mean, known_words
from seedsoil.foundation.value import OPEN_SOURCES, Value, values_in

__all__ = ["citations", "describe", "reference"]


def describe(name: str) -> str:
    """Return an entry of the catalogue in plain words; ``name`` may be "kind/name" where two kinds share a name.

    Raises
    ------
    CatalogueError
        If no entry has this name, with the names that exist.
    """
    kind, _, short = name.rpartition("/")
    found = [each for each in KINDS if short in names(each) and kind in ("", each, each.removesuffix("s"))]
    if not found:
        known = {each: names(each) for each in KINDS}
        hint = did_you_mean(short, [item for items in known.values() for item in items])
        lists = " ".join(f"{each.capitalize()}: {known_words(items, 40)}." for each, items in known.items())
        raise CatalogueError(f"the catalogue has no entry {name!r}.{hint} {lists}")
    return "\n\n".join(_page(each, entry(each, short)) for each in found)


def reference(key: str) -> str:
    """Return a source as a line of a reference list; an open source ("assumed", "study file") as itself."""
    fields = sources().get(key)
    if fields is None:
        return {"assumed": "a design choice, open to calibration", "study file": "the study file"}.get(key, key)
    author = fields.get("author", "").replace(" and others", " et al.").replace(" and ", "; ")
    venue = " ".join(fields[part] for part in ("journal", "volume") if part in fields)
    if "pages" in fields:
        venue += f":{fields['pages']}"
    parts = [author, fields.get("title", ""), venue, fields.get("year", "")]
    line = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{line} ({fields['note']})" if "note" in fields else line


def citations(values: Iterable[Value] | BaseModel) -> tuple[dict[str, object], ...]:
    """Return what the values rest on: one line for each source, the most used first.

    ``values`` are Values, or a noun whose Values are all taken. Each line has ``key``, ``reference``, ``values``
    (how many rest on it) and ``recalled`` (how many of them were written down from memory).
    """
    each = [value for _, value in values_in(values)] if isinstance(values, BaseModel) else list(values)
    count: dict[str, list[int]] = {}
    for value in each:
        line = count.setdefault(value.source, [0, 0])
        line[0] += 1
        line[1] += value.recalled
    order = sorted(count, key=lambda key: (-count[key][0], key))
    return tuple(
        {"key": key, "reference": reference(key), "values": count[key][0], "recalled": count[key][1]} for key in order
    )


def _page(kind: str, noun: BaseModel) -> str:
    """Return one entry as text."""
    title = getattr(noun, "title", "") or getattr(noun, "name", "")
    lines = [f"{title} ({kind.removesuffix('s')} {getattr(noun, 'name', '')!r})", ""]
    values = []
    for place, value in values_in(noun):
        if isinstance(noun, Host) and place.startswith("soils["):
            continue  # each soil has its own page
        if isinstance(noun, Host) and place.startswith("anatomy.vessels["):
            values.append(value)
            continue
        values.append(value)
        lines.append(f"  {_name(noun, place)}: {_number(value)}")
    if isinstance(noun, Host):
        lines += ["", "  Blood and lymph:"]
        lines += [
            f"    {vessel.source} -> {vessel.target}: {float(vessel.share):.6g}"
            + (" (lymph)" if vessel.lymphatic else "")
            for vessel in noun.anatomy.vessels
        ]
        lines += ["", "  Soils: " + ", ".join(soil.name for soil in noun.soils)]
    for name in ("routes", "site"):
        held = getattr(noun, name, None)
        if held:
            lines.append(f"  {name}: {held if isinstance(held, str) else ', '.join(held)}")
    lines += ["", "Sources:"]
    lines += [f"  {line['key']}: {line['reference']}" for line in citations(values)]
    weak = sum(value.grade == "assumed" for value in values)
    lines += [
        "",
        f"{weak} of {len(values)} numbers are assumed: calibrate before you conclude. Not for clinical decisions.",
    ]
    return "\n".join(lines)


def _name(noun: BaseModel, place: str) -> str:
    """Return a field's place in plain words, with the site's or mechanism's own name in place of its number."""
    here: object = noun
    words = []
    for part in place.replace("[", ".[").split("."):
        if part.startswith("["):
            here = here[int(part[1:-1])]  # type: ignore[index]
            words.append(str(getattr(here, "name", None) or getattr(here, "target", None) or f"{int(part[1:-1]) + 1}"))
        else:
            here = here.get(part) if isinstance(here, dict) else getattr(here, part)
            words.append(part.replace("_", " "))
    return " ".join(word for word in words if word not in ("anatomy", "sites"))


def _number(value: Value) -> str:
    """Return a number with its unit, range, grade, source and note."""
    unit = "" if value.unit == "1" else f" {value.unit.removeprefix('1')}"
    text = f"{value.number:.4g}{unit}"
    if value.low is not None and value.high is not None and value.low < value.high:
        text += f" ({value.low:.4g} to {value.high:.4g})"
    source = "" if value.source in OPEN_SOURCES and value.source == value.grade else f", {value.source}"
    text += f" [{value.grade}{source}{', recalled' if value.recalled and value.source != 'recalled' else ''}]"
    return f"{text}: {value.note}" if value.note else text
