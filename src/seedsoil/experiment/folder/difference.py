"""How two runs differ that do not have the same identity: keys of the study, files of code, entries of the catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

#: So many keys or files are named before the rest is only counted.
_MOST = 6
_absent = object()


def differences(
    there: str, here: str | None, sources_there: Mapping[str, str], sources_here: Mapping[str, str]
) -> list[str]:
    """Return what differs between a run in a folder and the run that was asked for, one line each.

    Parameters
    ----------
    there, here : str
        Their resolved studies; None if the second one is not at hand.
    sources_there, sources_here : mapping
        SHA-256 of each file of code and catalogue (`seedsoil.foundation.record.sources`); empty if not known.
    """
    lines = [] if here is None else _shortened(_keys(there, here), "study: ")
    if not sources_there:
        return [*lines, "code and catalogue: that run kept no list of its files, so whether they differ cannot be told"]
    changed = [
        f"{name} {'is new' if name not in sources_there else 'is gone' if name not in sources_here else 'has changed'}"
        for name in sorted({*sources_there, *sources_here})
        if sources_there.get(name) != sources_here.get(name)
    ]
    catalogue = [line for line in changed if line.startswith("catalogue/") and ".py " not in line]
    code = [line for line in changed if line not in catalogue]
    return [*lines, *_shortened(code, "code: "), *_shortened(catalogue, "catalogue: ")]


def _shortened(lines: list[str], start: str) -> list[str]:
    rest = [f"{start}{len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return [start + line for line in lines[:_MOST]] + rest


def _keys(there: str, here: str) -> list[str]:
    """Return a line for each key of the study that differs."""
    old, new = (dict(_flat(tomllib.loads(text))) for text in (there, here))
    return [
        f"{key} is {_shown(old.get(key, _absent))} there and {_shown(new.get(key, _absent))} here"
        for key in [*old, *(key for key in new if key not in old)]
        if old.get(key, _absent) != new.get(key, _absent)
    ]


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{place}[{number}]")
    else:
        yield place, value


def _shown(value: object) -> str:
    text = "absent" if value is _absent else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
