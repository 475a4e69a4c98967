"""What cells of a block of tissue cost: a tumour with hourly oxygen, growth with clones kept and with the whole genealogy, memory.

1. A ball of cells divides, dies and takes oxygen that is solved for each hour (tasks T6 and T12 of the notes on baselines): cell-hours per CPU second
   at 1e4, 1e5, 1e6 cells, with oxygen alone and with a drug and a factor as well. Gate: the last field is within 1e-3 of its own
   close solution.
2. From one cell to a million, clones kept (T7), and with the mother of every cell (T8). Gate: a mother is born before her daughter, and lived then.

    python benchmarks/tissue_cells.py [most cells, 1000000]

Not modelled, so that no speed is set beside that of off-lattice tools: forces, volumes of cells, phases of the cycle.
"""

import sys
import time

import numpy as np

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.tissue.lattice import CELLS, CLONES
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


def hourly(cells: int, extra: bool) -> bool:
    """Print one line of the first table; whether its gate was passed."""
    model = ball(cells, extra)
    model.step()
    alive, before = model.counts()["tumour"]["alive"], time.process_time()
    for _ in range(HOURS):
        model.step()
    taken = time.process_time() - before
    error = field_error(model)
    state = sum(table.nbytes for table in model.lattice)
    fields = sum(table.nbytes for table in (model.supplied._loss, model.supplied._source, model.supplied._taken))
    fields += 22 * int(np.prod(model.setting.shape))  # the solver's scratch, 21.9 bytes a voxel
    print(
        f"{alive:>9,} cells, {model.setting.shape[0]}^3 voxels, {'oxygen, drug, factor' if extra else 'oxygen':<21}"
        f"{alive * HOURS / taken:9.2e} cell-hours/CPU s, field error {error:.1e}, {(state + fields) / alive:5.0f} bytes a cell"
    )
    return error <= 1e-3


def growth(cells: int, tree: bool) -> bool:
    """Print one line of the second table; whether its gate was passed."""
    edge = 2 * int((3.0 * cells / (4.0 * np.pi) * 1.6) ** (1.0 / 3.0)) + 5
    kind = CellKind.model_validate(
        {"name": "tumour", "title": "tumour", "part": "tumour", "body_time": "1 min", "ghost_time": "1 min",
         "division": "1 /day", "death": "0.5 /day", "variation": 0.02}
    )  # fmt: skip
    setting = Setting((edge,) * 3, step=0.25, tree=tree, seed=3)
    begun = time.process_time()
    model = TissueModel(setting, [kind], [])
    middle = edge // 2
    model.put("tumour", np.array([(middle * edge + middle) * edge + middle + shift for shift in range(20)]))
    while 0 < (alive := model.counts()["tumour"]["alive"]) < cells and model.steps_done < 4000:
        for _ in range(4):
            model.step()
    taken = time.process_time() - begun
    lattice, cells_made = model.lattice, int(model.lattice.used[CELLS])
    what = f"{cells_made:,} cells in the genealogy" if tree else f"{int(lattice.used[CLONES]):,} clones"
    print(f"{alive:>9,} cells in {edge}^3 voxels after {model.day:.0f} days, {what}: {taken:.2f} CPU s")
    if not tree:
        return alive >= cells
    mother, born, died = (
        lattice.tree_parent[:cells_made],
        lattice.tree_born[:cells_made],
        lattice.tree_died[:cells_made],
    )
    made = np.flatnonzero(mother > 0)
    before = born[mother[made]] <= born[made]
    lived = (died[mother[made]] < 0) | (died[mother[made]] >= born[made])
    return alive >= cells and bool(np.all(before & lived))


def main() -> None:
    """Print both tables."""
    most = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    passed = [
        hourly(cells, extra)
        for extra in (False, True)
        for cells in (10_000, 100_000, 1_000_000, 4_000_000)
        if cells <= most
    ]
    growth(1000, False), growth(1000, True)  # compiled here
    passed += [growth(min(most, 1_000_000), tree) for tree in (False, True)]
    if not all(passed):
        raise SystemExit("a gate was not passed")


if __name__ == "__main__":
    main()
