"""Kept states of a block of tissue: a file that appears whole or not at all, from which a run goes on to the same bytes.

The file is NumPy's .npz: a zip of arrays without pickle, and ``about.json``, which says whose state it is, and the SHA-256 of
each array. Nothing is believed without it.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.publish import disk, unfinished
from seedsoil.foundation.errors import StoreError
from seedsoil.foundation.origin import sources, versions
from seedsoil.tissue.keeping import FORMAT, identity, restore, state_of
from seedsoil.tissue.model import TissueModel

__all__ = ["load", "save"]

_ABOUT = "about.json"
#: The most that is read of it: names, shapes and digests of some twenty arrays.
_MOST_ABOUT = 1 << 20
#: No array of a state has more bytes: so many, and so many a voxel (a genealogy has several rows for each).
_FLOOR, _A_VOXEL = 1_000_000, 1000
#: Rooms whose code decides how a block goes on.
_ROOMS = ("foundation/", "biology/", "tissue/")
#: What reading a damaged zip, JSON or array can raise.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, NotImplementedError, RuntimeError,
    OverflowError, MemoryError,
)  # fmt: skip


def save(model: TissueModel, path: Path | str) -> Path:
    """Keep the state of a block in a file, and return where it lies.

    Whatever happens, the name means the old content or the new one, complete and on the disk. The same state makes the
    same bytes. Levels are written as they are, so that keeping changes nothing of what follows.

    Raises
    ------
    DiskError
        The disk refuses.
    """
    path = Path(path)
    digests: dict[str, str] = {}
    with unfinished(path) as file, zipfile.ZipFile(file, "w") as bundle:
        for name, array in state_of(model).items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            told = content.getvalue()
            digests[name] = hashlib.sha256(told).hexdigest()
            # Levels hardly get smaller; kinds, clones and ages do, by far.
            _add(bundle, f"{name}.npy", told, array.dtype.kind != "f")
        about = {
            "format": FORMAT,
            "identity": identity(model),
            "code": _code(),
            "steps_done": model.steps_done,
            "day": model.day,
            "settled": model._fresh,
            "arrays": digests,
            "made_by": versions(),
        }
        _add(bundle, _ABOUT, json.dumps(about, indent=1, sort_keys=True).encode(), True)
    return path


def _add(bundle: zipfile.ZipFile, name: str, content: bytes, smaller: bool) -> None:
    """Put a file into the zip, without the hour at which that was done."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED if smaller else zipfile.ZIP_STORED
    bundle.writestr(entry, content, compresslevel=1)


@lru_cache(maxsize=1)
def _code() -> str:
    """The SHA-256 of all sources that decide how a block goes on."""
    known = {name: digest for name, digest in sources().items() if name.startswith(_ROOMS)}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def load(path: Path | str, model: TissueModel, *, other_code: bool = False) -> TissueModel:
    """Put a kept state into a model that was made from the same scene, and return the model.

    It then goes on to the same bytes as a block that was never left, for any number of threads.

    Parameters
    ----------
    path : path
    model : TissueModel
        If the state is refused, it is as it was.
    other_code : bool
        Go on with other code than the state's, though its way on may not be that of a block that was never left.

    Raises
    ------
    StoreError
        One line: no file, damaged, cut short, of another form, another scene, or other code. DiskError if the disk refuses.
    """
    path = Path(path)
    try:
        with disk(path, "read"), zipfile.ZipFile(path) as bundle:
            about = _about(bundle)
            _refuse_strangers(path, about, model, other_code)
            most = _FLOOR + _A_VOXEL * math.prod(model.setting.shape)
            arrays = {name: _array(bundle, name, about["arrays"][name], most) for name in state_of(model)}
            steps_done, settled = int(about["steps_done"]), bool(about["settled"])
    except _DAMAGE as error:
        what = "; ".join(" ".join(str(error).split())[:120].split("\n")) or type(error).__name__
        raise StoreError(
            f"{path} is damaged or no kept state of a block of tissue ({what}). Take an earlier one, or begin anew."
        ) from error
    return restore(model, arrays, steps_done, settled)


def _about(bundle: zipfile.ZipFile) -> dict[str, Any]:
    """What a file says of itself; ValueError if that cannot be."""
    with bundle.open(_ABOUT) as file:
        about = json.loads(file.read(_MOST_ABOUT))
    known = (
        isinstance(about, dict) and isinstance(about.get("identity"), dict) and isinstance(about.get("arrays"), dict)
    )
    if not known:
        raise ValueError(f"{_ABOUT} does not say whose state it is")
    found: dict[str, Any] = about
    return found


def _refuse_strangers(path: Path, about: dict[str, Any], model: TissueModel, other_code: bool) -> None:
    """Refuse a state of another form, scene or code."""
    if about["format"] != FORMAT:
        raise StoreError(f"{path} is kept in form {about['format']}; this version of seedsoil reads form {FORMAT}.")
    mine = identity(model)
    if others := [name for name, digest in mine.items() if about["identity"].get(name) != digest]:
        raise StoreError(
            f"{path} is a state of another scene: {' and '.join(others)} differ. Go on with the scene that it is of, "
            "or begin anew."
        )
    if about["code"] != _code() and not other_code:
        maker = about.get("made_by", {}).get("seedsoil", "?")
        raise StoreError(
            f"{path} was kept by other code (seedsoil {maker}), with which alone it goes on exactly. Take that, begin anew, "
            "or allow other code."
        )


def _array(bundle: zipfile.ZipFile, name: str, digest: str, most: int) -> NDArray[Any]:
    """One array of the file; ValueError if it is not what was written, or of more bytes than any block's."""
    if bundle.getinfo(f"{name}.npy").file_size > most:
        raise ValueError(f"array {name} is larger than this block can have")
    content = bundle.read(f"{name}.npy")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"array {name} is not what was written")
    found: NDArray[Any] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return found
