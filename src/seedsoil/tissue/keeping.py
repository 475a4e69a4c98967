"""The whole state of a block as plain arrays, and back: what is kept so that a block goes on as if it had never been left."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import StoreError
from seedsoil.tissue.lattice import CELLS, CLONES, PIECES, Lattice
from seedsoil.tissue.model import TissueModel

__all__ = ["FORMAT", "identity", "restore", "state_of"]

#: Number of the form in which a state is kept; another one is refused.
FORMAT = 1
#: Tables that grow, by the beginning of their names: where `Lattice.used` says how much of them is used.
_GROWING = {"clone_": CLONES, "piece_": PIECES, "tree_": CELLS}
_LEAST = 64


def identity(model: TissueModel) -> dict[str, str]:
    """Return what a state belongs to: the SHA-256 of the setting, kinds, substances and blood of its scene, each of its own.

    The number of threads is none of it: no byte of the state depends on that.
    """
    parts: dict[str, Any] = {
        "setting": dataclasses.asdict(model.setting),
        "kinds": [kind.model_dump(mode="json") for kind in model.kinds],
        "substances": [substance.model_dump(mode="json") for substance in model.substances],
        "blood": [[type(each).__name__, dataclasses.asdict(each)] for each in model.blood],
    }
    return {name: hashlib.sha256(_plain(part)).hexdigest() for name, part in parts.items()}


def _plain(part: Any) -> bytes:
    """Return data as text that is the same for the same data; numbers to the last digit."""
    return json.dumps(part, sort_keys=True, default=lambda array: np.asarray(array).tolist()).encode()


def state_of(model: TissueModel) -> dict[str, NDArray[Any]]:
    """Return all arrays of the state by name, of tables that grow the used part; they are the model's own, not copies."""
    lattice = model.lattice
    return {name: getattr(lattice, name)[: _used(name, lattice.used, lattice)] for name in Lattice._fields}


def _used(name: str, used: NDArray[np.int64], lattice: Lattice) -> int:
    """How many entries of an array are kept, along its first axis."""
    whole = int(getattr(lattice, name).shape[0])
    grows = next((place for start, place in _GROWING.items() if name.startswith(start)), None)
    if grows is None:
        return whole
    return int(used[grows])


def restore(model: TissueModel, arrays: Mapping[str, NDArray[Any]], steps_done: int, settled: bool) -> TissueModel:
    """Put a kept state into a model made from the same scene, and return the model.

    Parameters
    ----------
    arrays : mapping
        As `state_of` returned them; the model takes those of the block as they are.
    steps_done : int
    settled : bool
        Whether blood and fields were already at rest with what was kept.

    Raises
    ------
    StoreError
        If an array is missing, or has another type or shape than this scene's; the model is then as it was.
    """
    faults = [f"no array {name!r}" for name in Lattice._fields if name not in arrays]
    if not faults:
        used = np.asarray(arrays["used"])
        if used.shape != model.lattice.used.shape or used.dtype != model.lattice.used.dtype or int(used.min()) < 0:
            faults.append("'used' is not what it should be")
        else:
            faults += _misfits(model.lattice, arrays, used)
    if faults or steps_done < 0:
        raise StoreError(f"the kept state does not fit the scene: {'; '.join(faults) or f'{steps_done} steps done'}")
    kept = {name: np.ascontiguousarray(arrays[name]) for name in Lattice._fields}
    for name, table in kept.items():
        if any(name.startswith(start) for start in _GROWING) and table.size < _LEAST:
            wider = np.zeros(_LEAST, table.dtype)
            wider[: table.size] = table
            kept[name] = wider
    model.lattice = Lattice(**kept)
    model.steps_done = steps_done
    model._fresh = settled
    return model


def _misfits(lattice: Lattice, arrays: Mapping[str, NDArray[Any]], used: NDArray[np.int64]) -> list[str]:
    """What is wrong with types and shapes of kept arrays."""
    faults = []
    for name in Lattice._fields:
        mine, kept = getattr(lattice, name), np.asarray(arrays[name])
        shape = (_used(name, used, lattice), *mine.shape[1:])
        if kept.dtype != mine.dtype or kept.shape != shape:
            faults.append(f"{name!r} is {kept.dtype} {kept.shape} instead of {mine.dtype} {shape}")
    return faults
