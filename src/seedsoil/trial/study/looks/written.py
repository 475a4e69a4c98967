"""Orders that look, as the tables of a study file that they are read from."""

from __future__ import annotations

from typing import Any, TypeAlias

from seedsoil.experiment.orders.sampling.looks import Autopsy, Biopsy, BloodDraw, Count, Culture
from seedsoil.foundation.units import write

__all__ = ["Look", "look_table"]

Look: TypeAlias = Biopsy | BloodDraw | Culture | Autopsy | Count


def look_table(order: Look) -> dict[str, Any]:
    """Return an order that looks as the table it is read from, with what is not usual."""
    if isinstance(order, Biopsy):
        return _biopsy(order)
    if isinstance(order, Culture):
        table: dict[str, Any] = {"culture": order.target, "at": write(order.at_day, "day"), "against": order.against}
        return table | {"clones": order.clones, "cultures": order.cultures, "cells": write(order.cells, "cell")}
    if isinstance(order, Autopsy):
        table = {"autopsy": "microscopic" if order.spacing_mm > 0.0 else "macroscopic"}
        table |= {"spacing": write(order.spacing_mm, "mm")} if order.spacing_mm > 0.0 else {}
        return table | ({"everyone": True} if order.everyone else {})
    if isinstance(order, Count):
        table = {"count": order.what, "at": [write(day, "day") for day in order.days]}
        return table | ({"size": write(order.size_mm, "mm")} if order.what == "colonies" else {})
    table = {"draw": write(order.millilitres, "mL"), "start": write(order.start, "day")}
    table |= {"every": write(order.every, "day")} if order.every > 0.0 else {}
    table |= {"from": order.source} if order.source else {}
    table |= {"assay": list(order.assays)}
    return table | ({"depth": round(order.depth)} if "ctdna" in order.assays else {})


def _biopsy(order: Biopsy) -> dict[str, Any]:
    table: dict[str, Any] = {"biopsy": order.target, "at": write(order.at_day, "day")}
    if order.piece == "needle" and order.zones > 1:
        table |= {"zone": order.zone + 1, "zones": order.zones}
    elif order.piece != "needle":
        table |= {"piece": order.piece} | ({"zones": order.zones} if order.piece == "slice" else {})
    table |= {"depth": round(order.depth)}
    table |= {"dropout": order.dropout} if order.dropout > 0.0 else {}
    return table | ({"single_cells": order.single_cells} if order.single_cells else {})
