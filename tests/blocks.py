"""Small blocks of tissue for tests of what is kept, written and drawn: a tumour between vessels, in the plane or in space."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.tissue.model import Setting, TissueModel

_DEAD = {"body_time": "8.6 hours", "ghost_time": "60 days"}


def substances() -> list[Substance]:
    """Oxygen held by vessels, a factor that hypoxic cells give, and a drug behind a barrier."""
    oxygen = {
        "name": "oxygen", "title": "oxygen", "unit": "mmHg", "diffusion": "1e5 um^2/min", "decay": "0.01 /min",
        "reference": "38 mmHg", "in_blood": "38 mmHg", "uptake_half": "1.5 mmHg", "wall": "open",
    }  # fmt: skip
    vegf = {
        "name": "vegf", "title": "VEGF", "unit": "1", "diffusion": "3e3 um^2/min", "decay": "0.133 /min", "reference": "1",
        "in_blood": "0", "every": 2,
    }  # fmt: skip
    return [Substance.model_validate(each) for each in (oxygen, vegf)]


def kinds() -> list[CellKind]:
    """A tumour whose cells remember, vessels that sprout, and what was there before."""
    tumour = {
        "name": "tumour", "title": "tumour", "part": "tumour", **_DEAD, "division": "0.9 /day", "death": "0.05 /day",
        "pushes": 2, "invasion": 1, "variation": 0.05, "uptake": {"oxygen": "10 /min"}, "secretion": {"vegf": "0 /min"},
        "programme_time": "1 day",
        "mechanisms": [{"name": "efflux", "probability": 0.02, "against": {}}],
        "rules": [
            {"signal": "oxygen", "lowers": "division", "half": "2 mmHg", "power": 2, "by": 0.5},
            {"signal": "age", "raises": "necrosis", "by": "0.6 /day", "half": "2 days"},
            {"signal": "age", "raises": "programme", "by": 1, "half": "1 day"},
            {"signal": "space", "raises": "secretion vegf", "by": "1440 /day", "half": 0.5},
        ],
    }  # fmt: skip
    capillary = {
        "name": "endothelium", "title": "endothelium", "part": "vessel", **_DEAD,
        "rules": [{"signal": "vegf", "raises": "sprouting", "by": "0.3 /day", "half": 0.05}],
    }  # fmt: skip
    tip = {"name": "tip", "title": "tip of a sprout", "part": "sprout", **_DEAD, "movement": "0.05 um/min"}
    host = {"name": "parenchyma", "title": "parenchyma", **_DEAD, "yields": True, "uptake": {"oxygen": "1 /min"}}
    return [CellKind.model_validate(each) for each in (tumour, capillary, tip, host)]


def block(shape: tuple[int, int, int] = (1, 15, 21), seed: int = 3, *, tree: bool = True) -> TissueModel:
    """A block with a nodule in its middle and a capillary on either side, at its first moment."""
    model = TissueModel(Setting(shape, step=1.0 / 12.0, seed=seed, tree=tree), kinds(), substances())
    layers, rows, columns = shape
    model.put("parenchyma", np.ones(shape, dtype=bool))
    for row in (1, rows - 2):
        model.lay("endothelium", np.arange(columns) + (layers // 2 * rows + row) * columns)
    nodule = np.zeros(shape, dtype=bool)
    middle = tuple(slice(max(size // 2 - 1, 0), size // 2 + 2) for size in shape)
    nodule[middle] = True
    model.put("tumour", nodule)
    return model
