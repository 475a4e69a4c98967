"""Zoom: a patient's lesion on a day becomes a scene with its clones, vessels, soil and drugs, and counts go back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from seedsoil.biology.soils.vessels import CELLS_PER_CUBIC_MILLIMETRE, diameter
from seedsoil.experiment.history import History
from seedsoil.foundation.errors import StudyError, UnitError, did_you_mean
from seedsoil.foundation.units import read
from seedsoil.scene.build import build
from seedsoil.scene.lesion_tables import UM_A_MM, VOXEL, Carried, recorded_on, scene_of
from seedsoil.scene.measure import lesion as lesion_of
from seedsoil.scene.text import Scene, read_scene
from seedsoil.tissue.model import TissueModel

__all__ = ["PARTS", "Zoom", "zoom"]

#: What of a lesion a block can show.
PARTS: dict[str, str] = {
    "whole": "the lesion as a ball in the middle, with its organ about it",
    "rim": "tumour in the western half, the organ in the eastern",
    "core": "tumour everywhere",
}
#: A whole lesion leaves so much of the block's edge to its organ.
_MARGIN = 0.7
#: Edges that a block can have [um].
_EDGES = (100.0, 5000.0)


@dataclass(frozen=True)
class Zoom:
    """A lesion as a scene.

    Attributes
    ----------
    scene : Scene
    lesion : int
        Its number, ``site`` where it lies, ``part`` (of ``PARTS``) what of it the block shows.
    first, last : dict
        The lesion's cells at body scale by the mechanisms of resistance that they carry, at the start and at the end.
    days : tuple of float
        The days of the patient's record that the two are of.
    cells_per_voxel : float
        How many cells of the body one of the block's stands for [1].
    notes : tuple of str
        What of the patient the block leaves out.
    """

    scene: Scene
    lesion: int
    site: str
    part: str
    first: dict[Carried, float]
    last: dict[Carried, float]
    days: tuple[float, float]
    cells_per_voxel: float
    notes: tuple[str, ...]

    def open(self, threads: int = 1) -> TissueModel:
        """The block at its start."""
        return build(self.scene, threads)

    def cells(self, model: TissueModel) -> dict[Carried, float]:
        """Live tumour cells of a block, as the body counts them, by the mechanisms that they carry."""
        clones, counts = np.unique(model.lattice.clone[lesion_of(model, True)], return_counts=True)
        found: dict[Carried, float] = {}
        for clone, count in zip(clones.tolist(), counts.tolist(), strict=True):
            bits = int(model.lattice.clone_bits[clone])
            carried = tuple(name for gene, name in enumerate(model.mechanisms) if bits >> gene & 1)
            found[carried] = found.get(carried, 0.0) + count * self.cells_per_voxel
        return found

    def held_against(self, start: TissueModel, end: TissueModel) -> list[dict[str, Any]]:
        """What became of the cells, in the patient's record and in the block: first of all, then by what they carry.

        Each row: ``carry`` (a tuple of mechanisms; None: all cells), cells at start and end of ``patient`` and ``block``, and
        the ratio of the two; nan where there was none at the start.
        """
        tables = (self.first, self.last, self.cells(start), self.cells(end))
        names = ("patient_start", "patient_end", "block_start", "block_end")
        kinds = sorted({carried for table in tables for carried in table}, key=lambda carried: (len(carried), carried))
        found = []
        for carried in (None, *kinds):
            row: dict[str, Any] = {"carry": carried}
            for name, table in zip(names, tables, strict=True):
                row[name] = math.fsum(table.values()) if carried is None else table.get(carried, 0.0)
            for whose in ("patient", "block"):
                first = row[f"{whose}_start"]
                row[f"{whose}_ratio"] = row[f"{whose}_end"] / first if first else math.nan
            found.append(row)
        return found


def zoom(
    history: History, lesion: int | None = None, *, site: str | None = None, day: str = "0 days", edge: str = "0.8 mm",
    until: str = "14 days", part: str | None = None, seed: int = 1,
) -> Zoom:  # fmt: skip
    """Make a scene of one lesion of a patient.

    Parameters
    ----------
    history : History
        The patient, in one arm.
    lesion : int, optional
        Number of the lesion; else the largest of ``site``; else the metastasis with most cells on the day, or the primary.
    day, until : str
        When the block begins, since diagnosis, and how long it goes on, such as "42 days".
    edge : str
        Edge of the block, such as "1.2 mm".
    part : str, optional
        Of ``PARTS``; without it the whole lesion where it fits, else its rim.
    seed : int
        The block's luck.

    Raises
    ------
    StudyError
        With a line for each thing that cannot be: no such lesion or part, no cells on that day, a record that ends before
        the block does, an edge that does not hold the whole lesion.
    """
    size, begins, length = _read(edge, "um", "edge"), _read(day, "day", "day"), _read(until, "day", "until")
    faults, first, ends = [], float(history.days[0]), float(history.days[-1])
    if not (first <= begins and length > 0.0 and begins + length <= ends + 1e-9):
        faults.append(
            f"day {day!r}, until {until!r}: the record of patient {history.patient} in arm {history.arm!r} goes from day "
            f"{first:.0f} to {ends:.0f} ({history.ending}); take an earlier day or a shorter time."
        )
    if part is not None and part not in PARTS:
        faults.append(f"part {part!r} is none of {', '.join(PARTS)}.{did_you_mean(part, PARTS)}")
    if not _EDGES[0] <= size <= _EDGES[1]:
        faults.append(f"edge {edge!r}: from {_EDGES[0] / 1000:g} to {_EDGES[1] / 1000:g} mm.")
    if faults:
        raise StudyError(faults)
    number = _chosen(history, lesion, site, begins)
    recorded, cells = _cells_on(history, number, begins)
    after, later = _cells_on(history, number, begins + length)
    width = float(diameter(math.fsum(cells.values()))) * UM_A_MM
    fits = width <= _MARGIN * size
    if part == "whole" and not fits:
        raise StudyError(
            f"part 'whole': the lesion is {width / UM_A_MM:.2g} mm wide; take an edge of {width / _MARGIN / UM_A_MM:.2g} mm, "
            "or its rim or core."
        )
    chosen = part or ("whole" if fits else "rim")
    table, notes = scene_of(history, number, begins, size, length, chosen, cells, seed)
    return Zoom(
        read_scene(table, f"lesion {number}"), number, str(np.asarray(history.lesions["site"])[number]), chosen, cells,
        later, (recorded, after), CELLS_PER_CUBIC_MILLIMETRE * (VOXEL / UM_A_MM) ** 3, tuple(notes),
    )  # fmt: skip


def _chosen(history: History, lesion: int | None, site: str | None, day: float) -> int:
    """The number of the lesion that is meant; StudyError if there is none, or it has no cells on the day."""
    count = len(np.asarray(history.lesions["lesion"]))
    who = f"patient {history.patient} in arm {history.arm!r}"
    if lesion is None and site is not None:
        try:
            lesion = history.largest(site)
        except ValueError as error:
            sites = sorted(set(np.asarray(history.lesions["site"]).tolist()))
            raise StudyError(
                f"site {site!r}: {error}.{did_you_mean(site, sites)} Sites: {', '.join(sites)}."
            ) from error
    if lesion is None:
        cells = [math.fsum(_cells_on(history, number, day)[1].values()) for number in range(count)]
        lesion = 1 + int(np.argmax(cells[1:])) if any(cells[1:]) else 0
    if not 0 <= lesion < count:
        raise StudyError(f"lesion {lesion}: {who} has lesions 0 to {count - 1}.")
    if not _cells_on(history, lesion, day)[1]:
        came = float(np.asarray(history.lesions["arrival_day"])[lesion])
        raise StudyError(f"lesion {lesion}: {who} has no cells in it on day {day:g}; it came on day {came:.0f}.")
    return lesion


def _read(text: str, unit: str, name: str) -> float:
    """A quantity that was given as text."""
    try:
        return read(text, unit)
    except (UnitError, ValueError) as error:
        raise StudyError(f"{name}: {error}") from error


def _cells_on(history: History, lesion: int, day: float) -> tuple[float, dict[Carried, float]]:
    """The last recorded day not after ``day``, and the cells of a lesion then, by what they carry; the most first."""
    mosaic = history.mosaic
    place = recorded_on(mosaic.days, day)
    carried = np.asarray(history.clones["resistance"])
    found: dict[Carried, float] = {}
    for clone, cells in zip(*mosaic.of_lesion(lesion, place), strict=True):
        key = tuple(filter(None, str(carried[clone]).split("+")))
        found[key] = found.get(key, 0.0) + float(cells)
    return float(mosaic.days[place]), dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
