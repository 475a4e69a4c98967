"""The whole table of diSibio and French, and primaries of it that stand for no tumour and help to find the soils.

The table is no part of this repository: a CSV file with a line for each primary and site (columns ``primary``, ``site``,
``n_site``, ``n_patients``), which the caller names.
"""

from __future__ import annotations

import csv
from pathlib import Path

from seedsoil.evidence.organs.autopsies import NODES, PRIMARIES, SOILS, Count, Row

#: Primaries without a tumour of their own: the tumour that they are likened to, their site, who bears them. They help to
#: find the soils, and are no result.
HELPERS: dict[str, tuple[str, str, Row]] = {
    "stomach": ("pancreas_adenocarcinoma", "stomach", Row({}, ("stomach",))),
    "thyroid": ("breast_er_positive", "thyroid", Row({}, ("thyroid",))),
    "uterus": ("breast_er_negative", "uterus", Row({}, ("uterus",), women=1.0)),
    "cervix": ("lung_squamous", "uterus", Row({}, ("uterus",), women=1.0)),
    "bladder": ("lung_squamous", "bladder", Row({}, ("bladder",), women=0.25)),
}


def read_autopsies(path: Path) -> dict[str, dict[str, Count]]:
    """Return the counts by primary and site.

    Raises
    ------
    ValueError
        If a column is missing, or a primary or site that is needed.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        needed = {"primary", "site", "n_site", "n_patients"}
        if not needed <= set(lines.fieldnames or ()):
            raise ValueError(f"{path}: needs the columns {', '.join(sorted(needed))}")
        table: dict[str, dict[str, Count]] = {}
        for line in lines:
            count = Count(round(float(line["n_site"])), round(float(line["n_patients"])))
            table.setdefault(line["primary"], {})[line["site"]] = count
    for primary in (*PRIMARIES, *HELPERS):
        lacking = {*SOILS, *NODES} - set(table.get(primary, {}))
        if lacking:
            raise ValueError(f"{path}: primary {primary!r} has no line for {', '.join(sorted(lacking))}")
    return table
