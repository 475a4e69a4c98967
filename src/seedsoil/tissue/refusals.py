"""What a scene may not ask of its kinds of cell: vessels that walk, tumour cells that sprout, and the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seedsoil.biology.lesion.cell import CellKind

__all__ = ["refused"]

#: What only a piece of vessel can do, and only it (or a sprout) can sense.
_OF_VESSELS = ("sprouting", "covering", "uncovering", "pruning", "opening", "admission")
_SENSED_BY_PIECES = ("perfused", "covered", "native", "crowding")
_PIECES = ("vessel", "sprout")


def refused(kinds: Sequence[CellKind]) -> list[str]:
    """Return a line for everything that the kinds of a scene ask for and that has no meaning for their parts.

    The pieces of a vessel are numbered, and the clones of cells: a cell that did what only vessels do would change a
    vessel somewhere else.
    """
    parts: dict[str, str] = {kind.name: kind.part for kind in kinds}
    faults = [fault for kind in kinds for fault in (*_of_behaviours(kind, parts), *_of_senses(kind))]
    for kind in kinds:
        others = parts.get(kind.becomes, kind.part)
        if (kind.part in _PIECES) != (others in _PIECES):
            faults.append(f"{kind.name}.becomes: a {kind.part} cannot become a {others}")
        chance = float(kind.variation) + sum(float(each.probability) for each in kind.mechanisms)
        if chance > 1.0:
            faults.append(
                f"{kind.name}: variation and the probabilities of its mechanisms make {chance:g}, more than 1"
            )
        faults += [
            f"{kind.name}.mechanisms.{each.name}.changes: {name!r} is for vessels, and clones are of cells"
            for each in kind.mechanisms for name in each.changes if name.split(" ", maxsplit=1)[0] in _OF_VESSELS
        ]  # fmt: skip
    if list(parts.values()).count("sprout") > 1:
        faults.append("kinds: at most one kind of sprout in a scene")
    if "sprout" in parts.values() and "vessel" not in parts.values():
        faults.append("kinds: sprouts leave vessels behind; add a kind of part vessel")
    return faults


def _of_behaviours(kind: CellKind, parts: dict[str, str]) -> Iterator[str]:
    """What a kind does and cannot do."""
    unasked = {name for name in ("division", "movement", *_OF_VESSELS[:4]) if float(getattr(kind, name)) > 0.0}
    does = set(unasked)
    does |= {rule.raises for rule in kind.rules if rule.raises}
    if kind.part in _PIECES and "division" in does:
        yield f"{kind.name}.division: a {kind.part} does not divide; vessels grow by sprouts that move"
    if kind.part == "vessel" and "movement" in does:
        yield f"{kind.name}.movement: a vessel stands still; its sprouts move"
    if kind.part in _PIECES and kind.yields:
        yield f"{kind.name}.yields: a {kind.part} gives way to nobody"
    asked = [(f"{kind.name}.{name}", name) for name in sorted(unasked)]
    asked += [(f"{kind.name}.rules[{index}]", rule.behaviour) for index, rule in enumerate(kind.rules)]
    for where, behaviour in asked:
        verb, _, guest = behaviour.partition(" ")
        if verb in _OF_VESSELS and kind.part != "vessel":
            yield f"{where}: {behaviour!r} is for vessels, and {kind.name} is a {kind.part}"
        elif verb == "sprouting" and "sprout" not in parts.values():
            yield f"{where}: no kind of part sprout that could leave the vessel"
        elif verb == "admission" and parts.get(guest) in _PIECES:
            yield f"{where}: blood brings no {parts[guest]}, {guest!r}"


def _of_senses(kind: CellKind) -> Iterator[str]:
    """What a kind cannot sense."""
    if kind.part in _PIECES:
        return
    for index, rule in enumerate(kind.rules):
        shifts = (each.signal for each in rule.shifted_by)
        for signal in (rule.signal, rule.needs and rule.needs.signal, *shifts):
            if signal in _SENSED_BY_PIECES:
                yield f"{kind.name}.rules[{index}]: {signal!r} is sensed by vessels, and {kind.name} is a {kind.part}"
