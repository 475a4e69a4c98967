"""What a figure needs of a result: the shapes of a Trial and of a History, and how their columns are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.biology.soils.vessels import CELLS_PER_CUBIC_MILLIMETRE

if TYPE_CHECKING:
    from seedsoil.experiment.protocol import Protocol as Orders
    from seedsoil.trial.targets import TargetSums

Table = Mapping[str, NDArray[Any]]
Floats = NDArray[np.float64]

YEAR = 365.25
#: The size at which a lesion without vessels stalls [mm].
AVASCULAR_LIMIT_MM = 1.0
#: Years of growth before diagnosis that are drawn.
BEFORE_DIAGNOSIS = 2.0


class Curve(Protocol):
    """A survival curve with its band and its median."""

    @property
    def days(self) -> Floats: ...  # noqa: D102
    @property
    def fraction(self) -> Floats: ...  # noqa: D102
    @property
    def low(self) -> Floats: ...  # noqa: D102
    @property
    def high(self) -> Floats: ...  # noqa: D102
    @property
    def median(self) -> float: ...  # noqa: D102
    @property
    def median_interval(self) -> tuple[float, float]: ...  # noqa: D102
    def at_risk(self, days: ArrayLike, /) -> NDArray[np.int64]: ...  # noqa: D102


class Ratio(Protocol):
    """A comparison of two arms."""

    @property
    def hazard_ratio(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102
    @property
    def p(self) -> float: ...  # noqa: D102


@runtime_checkable
class TrialLike(Protocol):
    """Many patients in several arms."""

    @property
    def arms(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def tables(self) -> Mapping[str, Table]: ...  # noqa: D102
    @property
    def study(self) -> Any: ...  # noqa: D102
    @property
    def record(self) -> Any: ...  # noqa: D102
    def survival(self, arm: str, endpoint: str = ..., /) -> Curve: ...  # noqa: D102
    def compare(self, arm: str, versus: str, endpoint: str = ..., /) -> Ratio: ...  # noqa: D102
    def patient(self, patient: int, arm: str, /) -> Any: ...  # noqa: D102
    def histories(self, patient: int, arms: Sequence[str], /) -> Sequence[Any]: ...  # noqa: D102


@runtime_checkable
class HistoryLike(Protocol):
    """One patient in one arm, recorded in time."""

    @property
    def patient(self) -> int: ...  # noqa: D102
    @property
    def arm(self) -> str: ...  # noqa: D102
    @property
    def days(self) -> Floats: ...  # noqa: D102
    @property
    def lesions(self) -> Table: ...  # noqa: D102
    @property
    def cells(self) -> Floats: ...  # noqa: D102
    @property
    def clones(self) -> Table: ...  # noqa: D102
    @property
    def clone_cells(self) -> Floats: ...  # noqa: D102
    @property
    def doses(self) -> Sequence[tuple[float, str, float]]: ...  # noqa: D102
    @property
    def concentrations(self) -> Mapping[str, tuple[Floats, Floats]]: ...  # noqa: D102
    @property
    def arteries(self) -> Mapping[str, tuple[str, Floats, Floats]]: ...  # noqa: D102
    @property
    def titles(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def done(self) -> Sequence[tuple[float, Any]]: ...  # noqa: D102
    @property
    def events(self) -> Sequence[Mapping[str, Any]]: ...  # noqa: D102
    @property
    def observations(self) -> Table: ...  # noqa: D102
    @property
    def ending(self) -> str: ...  # noqa: D102


def of_arm(table: Table, arm: str, *names: str) -> dict[str, NDArray[Any]]:
    """Return columns of the rows of one arm; a name that the table does not have is left out."""
    from seedsoil.trial.reading.tables import columns_of

    there = [name for name in names if name in table]
    read = columns_of(table, ("arm", *there))
    mine = np.asarray(np.asarray(read["arm"]) == arm, dtype=np.bool_)
    return {name: np.asarray(read[name])[mine] for name in there}


def size_of(trial: TrialLike, arm: str) -> int:
    """Return how many patients an arm has."""
    return int(np.count_nonzero(np.asarray(trial.tables["patients"]["arm"]) == arm))


def protocol_of(trial: TrialLike, arm: str) -> Orders | None:
    """Return what an arm orders; None if the trial does not tell."""
    return getattr(getattr(trial, "plan", None), "arms", {}).get(arm)


def followed(trial: TrialLike, arm: str, numbers: NDArray[np.integer[Any]]) -> list[TargetSums]:
    """Return what scans said of some patients of an arm (sorted numbers) up to progression; nothing where nobody was scanned."""
    from seedsoil.trial.reading.tables import rows_of_patients
    from seedsoil.trial.targets import SCANNED, target_sums

    if "assessments" not in trial.tables:
        return []
    return target_sums(rows_of_patients(trial.tables["assessments"], numbers, SCANNED), arm)


def instrument_of(trial: TrialLike) -> str:
    """Return the instrument of the first scan that any arm plans, or that was judged; "" if nobody is scanned."""
    for arm in trial.arms:
        protocol = protocol_of(trial, arm)
        for scan in sorted(() if protocol is None else protocol.scans, key=lambda scan: scan.start):
            return str(scan.instrument)
    used = np.asarray(trial.tables.get("assessments", {}).get("instrument", ()))
    return str(used[0]) if used.size else ""


def limit_mm(tool: str, slice_mm: float = 0.0) -> float:
    """Return the diameter of which an instrument shows half, in slices of this thickness (0: as usual) [mm]."""
    from seedsoil.observe.scan import instrument

    found = instrument(tool)
    return float(found.d50) * found.blur(slice_mm)


def title_of(study: Any) -> str:
    """Return the study's title, or a plain one."""
    for holder in (getattr(study, "study", None), study):
        title = holder.get("title") if isinstance(holder, Mapping) else getattr(holder, "title", None)
        if isinstance(title, str) and title.strip():
            return title.strip()
    return "A trial of virtual patients"


def diameter_mm(cells: ArrayLike) -> Floats:
    """Return the diameter [mm] of a sphere of so many cells; nan for none."""
    count = np.asarray(cells, dtype=np.float64)
    return np.asarray(
        np.cbrt(np.where(count > 0.0, count, np.nan) * (6.0 / (np.pi * CELLS_PER_CUBIC_MILLIMETRE))), dtype=np.float64
    )


def words(name: str) -> str:
    """Return a name of the files as a reader says it."""
    return name.replace("_", " ").replace("progression free", "progression-free")


def thinned(length: int, most: int) -> NDArray[np.int64]:
    """Return at most so many evenly spaced places of a sequence, the first and the last among them."""
    return (
        np.unique(np.linspace(0, max(length - 1, 0), min(length, most)).round().astype(np.int64))
        if length
        else np.zeros(0, np.int64)
    )
