"""What cells of a block of tissue cost: cell-hours of a tumour with hourly oxygen, its fields against the memory's speed, and memory.

A ball of cells divides, dies and takes oxygen that is solved for each hour (tasks T6 and T12 of the notes on baselines): cell-hours per CPU second
at 1e4, 1e5, 1e6 and, if asked for, 4e6 cells, with oxygen alone and with a drug and a factor as well. Gate: the last field is within 1e-3 of its own
close solution. A field's solution from that of an hour before is told in readings: how often its three arrays could have
been read in the meantime, at the speed of STREAM's triad in the same run.

    python benchmarks/tissue_cells.py [most cells, 1000000]

Not modelled, so that no speed is set beside that of off-lattice tools: forces, volumes of cells, phases of the cycle.
"""

import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.foundation.compiled import leaf
from seedsoil.tissue.model import Setting, TissueModel

HOURS = 6
BODY = {"body_time": "8.6 hours", "ghost_time": "10 days"}


def substance(name: str, diffusion: float, decay: float, **more: object) -> Substance:
    """A substance in shares of its reference, held at 1 at the faces if it has no source."""
    return Substance.model_validate(
        {"name": name, "title": name, "unit": "1", "diffusion": f"{diffusion} um^2/min", "decay": f"{decay} /min",
         "reference": 1, "in_blood": 0, **more}
    )  # fmt: skip


def ball(cells: int, extra: bool) -> TissueModel:
    """A ball of so many cells in a cube half as wide again in volume; oxygen, and a drug and a factor, from the faces."""
    radius = (3.0 * cells / (4.0 * np.pi)) ** (1.0 / 3.0)
    edge = 2 * int(radius) + 5
    oxygen = substance("oxygen", 1e5, 0.1)
    others = [substance("drug", 1e4, 0.5), substance("factor", 3e3, 0.13)] if extra else []
    rules = [
        {"signal": "oxygen", "raises": "division", "by": "0.96 /day", "half": 0.2},
        {"signal": "oxygen", "lowers": "necrosis", "half": 0.02, "power": 2},
    ]
    if extra:
        rules += [
            {"signal": "drug", "raises": "death", "by": "0.3 /day", "half": 0.5},
            {"signal": "oxygen", "lowers": "secretion factor", "by": 0.8, "half": 0.2},
        ]
    kind = CellKind.model_validate(
        {"name": "tumour", "title": "tumour", "part": "tumour", **BODY, "death": "0.048 /day", "necrosis": "1.2 /day",
         "uptake": {"oxygen": "10 /min"}, "secretion": {"factor": "0.1 /min"} if extra else {}, "rules": rules}
    )  # fmt: skip
    faces = dict.fromkeys(("top", "bottom", "north", "south", "west", "east"), 1.0)
    sides = {"oxygen": faces} | ({"drug": faces} if extra else {})
    model = TissueModel(Setting((edge,) * 3, tolerance=2e-5, sides=sides), [kind], [oxygen, *others])
    place = np.indices((edge,) * 3, dtype=np.float32) - (edge - 1) / 2.0
    model.put("tumour", (place**2).sum(axis=0) <= radius**2)
    return model


def field_error(model: TissueModel) -> float:
    """How far the oxygen is from its close solution, as a share of what is held at the faces."""
    model.settle()
    shown = model.level("oxygen").copy()
    close = TissueModel(
        Setting(model.setting.shape, tolerance=1e-6, sides=model.setting.sides), model.kinds, model.substances
    )
    for name in ("kind", "condition", "clone"):
        getattr(close.lattice, name)[...] = getattr(model.lattice, name)
    close.settle()
    return float(np.abs(shown - close.level("oxygen")).max())


def scratch(model: TissueModel) -> list[NDArray[Any]]:
    """What fields keep besides the state."""
    supplied, lattices = model.supplied, model.supplied._solvers[0].lattices
    levels = [each for level in lattices.levels for each in level if isinstance(each, np.ndarray)]
    own = [] if np.may_share_memory(supplied._loss, lattices.loss) else [supplied._loss]
    return [*own, supplied._source, supplied._taken, lattices.way, lattices.row, lattices.sums, *levels]


def hourly(cells: int, extra: bool, bandwidth: float) -> bool:
    """Print one line of the first table; whether its gate was passed."""
    model = ball(cells, extra)
    model.step()
    alive, before, solving = model.counts()["tumour"]["alive"], time.process_time(), 0.0
    for _ in range(HOURS):
        begun = time.process_time()
        model.settle()
        solving += time.process_time() - begun
        model.step()
    taken = time.process_time() - before
    solves = HOURS * len(model.substances) / solving
    readings = bandwidth / solves / (12 * int(np.prod(model.setting.shape)))
    error = field_error(model)
    kept = sum(table.nbytes for table in (*model.lattice, *scratch(model)))
    print(
        f"{alive:>9,} cells, {model.setting.shape[0]}^3 voxels, {'oxygen, drug, factor' if extra else 'oxygen':<21}"
        f"{alive * HOURS / taken:9.2e} cell-hours/CPU s, field error {error:.1e}, {kept / alive:5.0f} bytes a cell, "
        f"{solves:7.1f} fields/CPU s of {readings:.0f} readings each"
    )
    return error <= 1e-3


def triad() -> float:
    """Bytes a CPU second of a = b + s * c, read and written, with arrays far larger than the caches."""
    a, b, c = np.ones((3, 16_000_000))
    add(a, b, c, 0.5)
    rates = []
    for _ in range(5):
        begun = time.process_time()
        add(a, b, c, 0.5)
        rates.append(3 * a.nbytes / (time.process_time() - begun))
    return float(np.median(rates))


@leaf
def add(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], s: float) -> None:
    """The triad of STREAM."""
    for place in range(a.shape[0]):
        a[place] = b[place] + s * c[place]


def main() -> None:
    """Print the table."""
    most = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    bandwidth = triad()
    print(f"triad of 128 MB arrays: {bandwidth / 1e9:.1f} GB/CPU s")
    hourly(1000, False, bandwidth), hourly(1000, True, bandwidth)  # compiled here
    sizes = [cells for cells in (10_000, 100_000, 1_000_000, 4_000_000) if cells <= most]
    if not all([hourly(cells, extra, bandwidth) for extra in (False, True) for cells in sizes]):
        raise SystemExit("a gate was not passed")


if __name__ == "__main__":
    main()
