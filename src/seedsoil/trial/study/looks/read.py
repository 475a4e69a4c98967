"""Orders that look: what is taken, where, and what is read in it, each refused in words where it makes no sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from seedsoil.experiment.orders.sampling.looks import ASSAYS, Autopsy, Biopsy, BloodDraw, Count, Culture
from seedsoil.observe.blood import bleeding_sites
from seedsoil.trial.study.orders import TARGETS, Deed, complete, interval_of, lesion_of, start_of, time_of
from seedsoil.trial.study.reader import Reader, shown
from seedsoil.trial.study.rules.setting import Setting

__all__ = ["LOOKS", "MOST_CELLS_READ", "MOST_CLONES", "MOST_CULTURES", "MOST_ZONES", "PIECES"]

MOST_ZONES, MOST_CELLS_READ, MOST_CLONES, MOST_CULTURES, MOST_COUNTS = 100, 1_000_000, 100, 1000, 100
MOST_SINGLE_CELLS = 10_000
PIECES = ("needle", "slice", "whole")
#: All the blood of a body, per weight: nobody can give more [mL/kg].
BLOOD_PER_KG = 70.0
#: Mutations of a culture beyond which each holds so many that their number says nothing.
MOST_MUTATIONS = 20.0
_AUTOPSIES, _COUNTS = ("macroscopic", "microscopic"), ("label", "colonies")


def _biopsy(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    target = lesion_of(reader, table["biopsy"], f"{place}.biopsy", setting, TARGETS[:1], "biopsied")
    piece = reader.choice(table.get("piece", "needle"), f"{place}.piece", PIECES, "a kind of piece")
    zones = reader.whole(table.get("zones", 1), f"{place}.zones", 1, MOST_ZONES)
    zone = _zone(reader, table, place, piece, zones)
    depth = reader.whole(table.get("depth", 1000), f"{place}.depth", 1, MOST_CELLS_READ)
    dropout = reader.quantity(table.get("dropout", 0.0), f"{place}.dropout", "1", 0.0, 1.0)
    if dropout == 1.0:
        reader.fault(f"{place}.dropout", f"{shown(table['dropout'])} leaves nothing to read; give a share below 1")
    single = 0
    if "single_cells" in table:
        single = reader.whole(table["single_cells"], f"{place}.single_cells", 1, MOST_SINGLE_CELLS)
    if not complete(reader, table, place, "at"):
        return None
    day = time_of(reader, table["at"], f"{place}.at", setting)
    kind = cast('Literal["needle", "slice", "whole"]', piece or "needle")
    return Biopsy(target, day, zone, zones, kind, float(depth), dropout, single)


def _zone(reader: Reader, table: dict[str, Any], place: str, piece: str, zones: int) -> int:
    """Return the zone of a needle, from 0; which keys there may be depends on the piece."""
    if piece in ("slice", "whole"):
        if "zone" in table:
            reader.fault(f"{place}.zone", f"is where a needle goes; a {piece} piece has no single zone, leave it out")
        if piece == "slice" and "zones" not in table:
            reader.fault(f"{place}.zones", "is missing; say into how many zones the lesion is divided, for example 8")
        if piece == "whole" and "zones" in table:
            reader.fault(f"{place}.zones", "makes no difference to a whole lesion; leave it out")
        return 0
    if "zone" in table and "zones" not in table:
        reader.fault(f"{place}.zones", "is missing; say into how many zones the lesion is divided, for example 4")
    elif "zones" in table and "zone" not in table:
        reader.fault(f"{place}.zone", f"is missing; say which of the {zones} zones is taken, counted from 1")
    return reader.whole(table.get("zone", 1), f"{place}.zone", 1, zones) - 1 if "zones" in table else 0


def _culture(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    target = lesion_of(reader, table["culture"], f"{place}.culture", setting, TARGETS[:1], "biopsied")
    clones = reader.whole(table.get("clones", 10), f"{place}.clones", 1, MOST_CLONES)
    cultures = reader.whole(table.get("cultures", 30), f"{place}.cultures", 10, MOST_CULTURES)
    if not complete(reader, table, place, "at", "against", "cells"):
        return None
    day = time_of(reader, table["at"], f"{place}.at", setting)
    cells = reader.quantity(table["cells"], f"{place}.cells", "cell", 100.0, 1e12)
    known = {one.name: one for one in setting.tumour.mechanisms} if setting.tumour is not None else {}
    if setting.tumour is not None and not known:
        reader.fault(f"{place}.against", f"the tumour {setting.tumour.name} has no mechanism of resistance to look for")
        return None
    against = reader.choice(table["against"], f"{place}.against", list(known), "a mechanism of the tumour")
    if against in known and float(known[against].rate) * cells > MOST_MUTATIONS:
        reader.fault(
            f"{place}.cells",
            f"{shown(table['cells'])} would hold more than {MOST_MUTATIONS:g} mutations to {against} in every culture, and "
            f"none would be empty; use {MOST_MUTATIONS / float(known[against].rate):.1g} cells or fewer",
        )
    return Culture(target, day, against, clones, cultures, cells)


def _draw(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    tube = reader.quantity(table["draw"], f"{place}.draw", "mL", 0.001)
    most = BLOOD_PER_KG * float(setting.host.weight)
    if tube > most:
        reader.fault(
            f"{place}.draw",
            f"{shown(table['draw'])} is more blood than the {setting.host.name} has, about {most:.3g} mL",
        )
    source = ""
    if "from" in table:
        source = reader.choice(
            table["from"], f"{place}.from", bleeding_sites(setting.host.anatomy), "a vessel or organ with blood"
        )
    assays = reader.choices(table.get("assay", ["ctc"]), f"{place}.assay", list(ASSAYS), "an assay")
    if "assay" in table and table["assay"] == []:
        reader.fault(f"{place}.assay", "is empty; say what is read in the tube, or leave it out to count cells")
    _check_assays(reader, assays, place, setting)
    depth = reader.whole(table.get("depth", 10_000), f"{place}.depth", 1, 10_000_000)
    if "depth" in table and "ctdna" not in assays:
        reader.fault(f"{place}.depth", 'is how deep free DNA is sequenced; add "ctdna" to assay, or leave it out')
    often = interval_of(reader, table, place, 0.0)
    return BloodDraw(start_of(reader, table, place, setting), often, tube, source, assays, float(depth))


def _check_assays(reader: Reader, assays: tuple[str, ...], place: str, setting: Setting) -> None:
    """Note what a tube cannot show of this tumour in this host."""
    tumour, host = setting.tumour, setting.host
    if {"ctc", "ctc_size"} <= set(assays):
        reader.fault(
            f"{place}.assay", 'cells of one tube are caught by "ctc" or by "ctc_size"; draw two tubes for both'
        )
    if tumour is None:
        return
    if tumour.traces is None:
        reader.fault(place, f"the tumour {tumour.name} leaves no traces in blood; describe them, [tumour.traces]")
    elif host.blood is None:
        reader.fault(place, f"the {host.name} has no blood; describe it, [host.blood]")
    elif "marker" in assays and tumour.traces.marker is None:
        reader.fault(
            f"{place}.assay",
            f"the tumour {tumour.name} has no marker; describe one, [tumour.traces.marker] with secretion_rate, "
            "half_life, background and background_variation",
        )


def _autopsy(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    how = reader.choice(table["autopsy"], f"{place}.autopsy", _AUTOPSIES, "a kind of autopsy")
    everyone = table.get("everyone", False)
    if not isinstance(everyone, bool):
        reader.fault(
            f"{place}.everyone", f"{shown(everyone)} is neither true nor false; write everyone = true, without quotes"
        )
    spacing = 0.0
    if how == "microscopic":
        if not complete(reader, table, place, "spacing"):
            return None
        spacing = reader.quantity(table["spacing"], f"{place}.spacing", "mm", 0.005, 100.0)
    elif "spacing" in table:
        reader.fault(f"{place}.spacing", 'is the distance of sections; write autopsy = "microscopic", or leave it out')
    return Autopsy(spacing, bool(everyone))


def _count(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    what = reader.choice(table["count"], f"{place}.count", _COUNTS, "something to count")
    if not complete(reader, table, place, "at", *(("size",) if what == "colonies" else ())):
        return None
    listed = table["at"] if isinstance(table["at"], list) else [table["at"]]
    if not listed or len(listed) > MOST_COUNTS:
        reader.fault(f"{place}.at", f"has {len(listed)} days; give 1 to {MOST_COUNTS}")
        return None
    days = tuple(sorted({time_of(reader, day, f"{place}.at[{index}]", setting) for index, day in enumerate(listed)}))
    size = 0.0
    if what == "colonies":
        size = reader.quantity(table["size"], f"{place}.size", "mm", 0.01, 100.0)
    elif "size" in table:
        reader.fault(f"{place}.size", "is the least colony that is seen; a label has no size, leave it out")
    return Count(cast('Literal["label", "colonies"]', what), days, size)


#: The keys of each kind of order, the one that names it first, and what reads it.
LOOKS: Mapping[str, tuple[tuple[str, ...], Callable[[Reader, dict[str, Any], str, Setting], Deed | None]]] = {
    "biopsy": (("biopsy", "at", "zone", "zones", "piece", "depth", "dropout", "single_cells"), _biopsy),
    "culture": (("culture", "at", "against", "clones", "cultures", "cells"), _culture),
    "draw": (("draw", "start", "every", "from", "assay", "depth"), _draw),
    "autopsy": (("autopsy", "spacing", "everyone"), _autopsy),
    "count": (("count", "at", "size"), _count),
}
