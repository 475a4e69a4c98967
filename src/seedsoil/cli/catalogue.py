"""Commands about the catalogue: list its names, describe an entry with its sources."""

from __future__ import annotations

import re
from typing import Literal

from seedsoil.cli.terminal import DONE

Kind = Literal["organs", "tumours", "agents", "hosts", "vessels", "substances", "cells", "studies", "scenes", "claims"]


def list_names(kind: Kind | None = None, /) -> int:
    """List what the catalogue holds, one name a line; without a kind, all kinds.

    Parameters
    ----------
    kind
        organs, tumours, agents, hosts, vessels, substances, cells, studies, scenes or claims.
    """
    if kind is not None:
        for line in _lines(kind):
            print(line)
        return DONE
    for place, each in enumerate(Kind.__args__):  # type: ignore[attr-defined]
        print(f"{'' if place == 0 else chr(10)}{each}:")
        for line in _lines(each):
            print(f"  {line}")
    return DONE


def describe(name: str, /) -> int:
    """Describe an entry of the catalogue: each number with its unit, range, grade and source; or a claim of the review.

    Parameters
    ----------
    name
        A name that `seedsoil list` shows, or kind/name where two kinds share it.
    """
    if re.fullmatch("[A-Ja-j][0-9]{1,2}", name):
        from seedsoil.evidence.review import claim_of
        from seedsoil.evidence.words import described

        print(described(claim_of(name)))
        return DONE
    from seedsoil.catalogue.describe import describe as page

    print(page(name))
    return DONE


def _lines(kind: str) -> list[str]:
    """Return the names of a kind, each with its title where it has one."""
    if kind == "scenes":
        from seedsoil.scene.text import shipped_scenes, written

        return [f"{name:<20}  {written(name)[1]['scene']['title']}" for name in shipped_scenes()]
    if kind == "claims":
        from seedsoil.evidence.review import claims

        return [f"{claim.id:<4}  {claim.statement}" for claim in claims()]
    if kind == "studies":
        from seedsoil.trial.study.file import shipped_names

        return list(shipped_names())
    from seedsoil.catalogue.load import entry, names

    known = names(kind)
    width = max((len(name) for name in known), default=0)
    titles = [str(getattr(entry(kind, name), "title", "") or "") for name in known]
    return [f"{name:<{width}}  {title}".rstrip() for name, title in zip(known, titles, strict=True)]
