"""What it costs to grow a lesion to a million cells, clones kept, and with the mother of every cell (tasks T7, T8 of the notes on baselines).

Cells divide once a day if a place beside them is free, half as often they die; each fiftieth daughter begins a clone. The same
law is played event by event as well (Waclaw's algorithm with his CONST_BIRTH_RATE, in forty lines), on the same machine in the same run.

Gates at every length of step, against that: days from a tenth of the cells to all within 10 per cent, share of the inner places taken within
0.04, clones made, and clones alive within 15 per cent (mutations of a cell vary too much between runs). Genealogy: mothers are born before their daughters, and
live then.

    python benchmarks/tissue_growth.py [cells, 1000000]
"""

import sys
import time

import numpy as np

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.streams import aim, new_stream, uniform
from seedsoil.tissue.lattice import CELLS, CLONES
from seedsoil.tissue.model import Setting, TissueModel

HOUR, QUARTER = 1.0 / 24.0, 0.25
STEPS = ((HOUR, "an hour"), (3.0 * HOUR, "three hours"), (QUARTER, "a quarter of a day"))


@kernel
def _free_about(grid, edge, place):  # type: ignore[no-untyped-def]
    found = 0
    for z in range(-1, 2):
        for y in range(-1, 2):
            for x in range(-1, 2):
                found += grid[place + (z * edge + y) * edge + x] < 0
    return found


@kernel
def _free_place(grid, edge, place, which):  # type: ignore[no-untyped-def]
    for z in range(-1, 2):
        for y in range(-1, 2):
            for x in range(-1, 2):
                there = place + (z * edge + y) * edge + x
                if grid[there] < 0:
                    if which == 0:
                        return there
                    which -= 1
    return -1


@kernel
def event_by_event(stream, edge, founders, cells):  # type: ignore[no-untyped-def]
    """Grow to so many cells; returns the clone of each place (-1: empty), each clone's mother, the days, and those to a tenth."""
    grid, parents = np.full(edge * edge * edge, -1, np.int32), np.zeros(cells, np.int32)
    places = np.empty(cells + 1, np.int32)
    alive, clones, day, tenth = founders.size, 1, 0.0, 0.0
    places[:alive] = founders
    grid[founders] = 0
    aim(stream, 1, 0, 0)
    while 0 < alive < cells:
        number = int(uniform(stream) * alive)
        day += 1.0 / (1.5 * alive)
        place = places[number]
        if uniform(stream) < 1.0 / 1.5:
            free = _free_about(grid, edge, place)
            if free:
                there = _free_place(grid, edge, place, int(uniform(stream) * free))
                grid[there] = grid[place]
                if uniform(stream) < 0.02:
                    parents[clones] = grid[place]
                    grid[there] = clones
                    clones += 1
                places[alive] = there
                alive += 1
        else:
            grid[place] = -1
            alive -= 1
            places[number] = places[alive]
        if tenth == 0.0 and alive >= cells // 10:
            tenth = day
    return grid, parents[:clones], day, tenth


def edge_for(cells: int) -> int:
    """Voxels a side of a cube that holds a ball of so many cells with room to spare."""
    return 2 * int((3.0 * cells / (4.0 * np.pi) * 1.6) ** (1.0 / 3.0)) + 5


def founders(edge: int) -> np.ndarray:
    """Twenty cells in a row in the middle."""
    middle = edge // 2
    return np.array([(middle * edge + middle) * edge + middle + shift for shift in range(-10, 10)])


def measures(clone: np.ndarray, alive: np.ndarray, parents: np.ndarray, days: float) -> dict[str, float]:
    """What is compared."""
    grid = np.indices(alive.shape, dtype=np.float32)
    radius = np.sqrt(sum((axis - axis[alive].mean()) ** 2 for axis in grid))
    outer = np.sqrt(5.0 / 3.0 * (radius[alive] ** 2).mean())
    depth = np.zeros(parents.size, int)
    for number in range(1, parents.size):
        depth[number] = depth[parents[number]] + 1
    return {
        "days": days, "taken": float(alive[radius < outer / 2.0].mean()), "clones": parents.size,
        "alive": np.unique(clone[alive]).size, "mutations": float(depth[clone[alive]].mean()),
    }  # fmt: skip


def plain(cells: int) -> tuple[float, dict[str, float]]:
    """CPU seconds and measures, event by event."""
    edge = edge_for(cells)
    begun = time.process_time()
    grid, parents, day, tenth = event_by_event(new_stream(1, 0), edge, founders(edge), cells)
    taken = time.process_time() - begun
    grid = grid.reshape((edge,) * 3)
    return taken, measures(grid, grid >= 0, parents, day - tenth)


def ours(cells: int, step: float, tree: bool) -> tuple[float, dict[str, float], TissueModel]:
    """CPU seconds, measures and the model."""
    edge, tenth = edge_for(cells), 0.0
    kind = CellKind.model_validate(
        {"name": "tumour", "title": "tumour", "part": "tumour", "body_time": "1 min", "ghost_time": "1 min",
         "division": "1 /day", "death": "0.5 /day", "variation": 0.02}
    )  # fmt: skip
    begun = time.process_time()
    model = TissueModel(Setting((edge,) * 3, step=step, tree=tree, seed=3), [kind], [])
    alive = begun_with = model.put("tumour", founders(edge))
    while 0 < alive < cells and model.day < 1000.0:
        for _ in range(round(QUARTER / step)):
            model.step()
        done = model.tallies()["tumour"]
        alive = begun_with + done["divisions"] - done["deaths"]
        tenth = tenth or (model.day if alive >= cells // 10 else 0.0)
    taken = time.process_time() - begun
    parents = model.lattice.clone_parent[: int(model.lattice.used[CLONES])]
    found = measures(model.lattice.clone.astype(np.int64), model.alive("tumour"), parents, model.day - tenth)
    return taken, found, model


def genealogy_holds(model: TissueModel) -> bool:
    """Whether mothers are born before their daughters, and live then."""
    lattice, count = model.lattice, int(model.lattice.used[CELLS])
    mother, born, died = lattice.tree_parent[:count], lattice.tree_born[:count], lattice.tree_died[:count]
    made = np.flatnonzero(mother > 0)
    lived = (died[mother[made]] < 0) | (died[mother[made]] >= born[made])
    return bool(np.all((born[mother[made]] <= born[made]) & lived))


def agrees(found: dict[str, float], expected: dict[str, float]) -> bool:
    """Whether the gate is passed."""
    near = [abs(found[name] / expected[name] - 1.0) < 0.10 for name in ("days",)]
    near += [abs(found[name] / expected[name] - 1.0) < 0.15 for name in ("clones", "alive")]
    return all(near) and abs(found["taken"] - expected["taken"]) < 0.04


def show(what: str, taken: float, found: dict[str, float], more: str = "") -> None:
    """Print a line."""
    print(
        f"{what:<44}{taken:6.2f} CPU s; {found['days']:5.1f} days from a tenth, {found['taken']:.3f} of the inner places taken, "
        f"{found['clones']:,} clones, {found['alive']:,} alive, {found['mutations']:.2f} mutations a cell{more}"
    )


def main() -> None:
    """Print the table; a gate that is not passed ends with code 1."""
    cells = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    plain(1000)
    for tree in (False, True):
        ours(1000, HOUR, tree)  # compiled here
    taken, expected = plain(cells)
    show("event by event, this law only", taken, expected)
    passed = True
    for step, name in STEPS:
        for tree in (False, True):
            taken, found, model = ours(cells, step, tree)
            more = ""
            if tree:
                passed &= genealogy_holds(model)
                more = f"; {int(model.lattice.used[CELLS]):,} cells in the genealogy"
            passed &= agrees(found, expected)
            show(f"steps of {name}, {'genealogy' if tree else 'clones'} kept", taken, found, more)
    if not passed:
        raise SystemExit("a gate was not passed")


if __name__ == "__main__":
    main()
