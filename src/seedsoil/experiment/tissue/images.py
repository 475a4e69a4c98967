"""A block of tissue as images: OME-Zarr 0.5, the levels as channels in time, and kinds, conditions and clones as labels.

Axes t, c, z, y, x for levels, t, z, y, x for labels; micrometres from the middle of the block, so that places in the tables
and in the images agree, and days. One resolution. The standard: OME-NGFF 0.5 (ngff.openmicroscopy.org/0.5), on Zarr 3.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.publish import UNFINISHED, disk, sync_folder
from seedsoil.foundation.errors import StoreError
from seedsoil.tissue.lattice import TUMOUR
from seedsoil.tissue.snapshot import CONDITIONS, Snapshot

__all__ = ["image", "write_images"]

_VERSION = "0.5"
#: Voxels of a chunk along z, y and x, at most.
_CHUNK = (32, 256, 256)
#: Colours of channels where a viewer lays them over each other.
_CHANNELS = ("00FFFF", "FF00FF", "FFFF00", "FF8000", "80FF80", "FFFFFF")
_NO_COLOUR = "#8C8C8C"
#: What each set of labels counts.
_LABELS = {"kinds": np.uint8, "conditions": np.uint8, "clones": np.uint32}


def write_images(path: Path | str, shots: Iterable[Snapshot], colours: Mapping[str, str] | None = None) -> Path:
    """Write moments of a block as an OME-Zarr 0.5 image, and return where it lies.

    Parameters
    ----------
    path : path
        A folder, usually NAME.ome.zarr, which must not exist; it appears whole or not at all.
    shots : iterable of Snapshot
        Of one block, in order of time; looked at once, one at a time.
    colours : mapping of str to str, optional
        The colour of each kind as "#RRGGBB"; grey for those left out.

    Notes
    -----
    Labels count from 1, 0 is an empty voxel: ``labels/kinds`` in the order of the scene's kinds, ``labels/conditions`` alive,
    apoptotic, necrotic, ``labels/clones`` clone number plus 1 of tumour cells alone. Where moments do not follow each other evenly, the
    time axis counts them, and attribute ``seedsoil.days`` says when each was.

    Raises
    ------
    StoreError
        Something lies there; no moment; moments of different blocks; Zarr is not installed. DiskError if the disk refuses.
    """
    with image(path, colours) as add:
        for shot in shots:
            add(shot)
    return Path(path)


@contextlib.contextmanager
def image(path: Path | str, colours: Mapping[str, str] | None = None) -> Iterator[Callable[[Snapshot], None]]:
    """Open the image of `write_images`: within the context, what it gives adds a moment.

    Without ``colours`` kinds have those that `write_images` gives them.
    """
    try:
        import zarr
    except ImportError as error:
        raise StoreError("images need Zarr 3, which is not installed: pip install 'seedsoil[tissue]'") from error
    path = Path(path)
    if path.exists() or path.is_symlink():
        raise StoreError(f"{path} exists already. Choose another name, or remove it.")
    with _whole(path) as folder:
        root, days = zarr.create_group(store=folder, zarr_format=3), list[float]()
        begun, arrays, highest = list[Snapshot](), dict[str, Any](), list[NDArray[np.float64]]()

        def add(shot: Snapshot) -> None:
            """Write a moment."""
            if not begun:
                begun.append(shot)
                arrays.update(_arrays(root, shot))
            elif _block_of(shot) != _block_of(begun[0]):
                raise StoreError(f"{path}: the moments are of different blocks; write an image for each")
            for name, values in _values(shot).items():
                arrays[name].resize((len(days) + 1, *arrays[name].shape[1:]))
                arrays[name][len(days)] = values
            days.append(shot.day)
            highest.append(shot.fields.max(axis=(1, 2, 3), initial=0.0))

        yield add
        if not begun:
            raise StoreError(f"{path}: no moment was taken that could be written")
        _describe(root, begun[0], days, np.max(highest, axis=0), colours or {})


def _block_of(shot: Snapshot) -> tuple[Any, ...]:
    """What moments of one block have in common."""
    return shot.kinds, shot.substances, shot.kind.shape


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[str]:
    """Make a folder under another name, and give it its own when all in it is on the disk."""
    with disk(path):
        folder = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED)
        try:
            yield folder
            for place, _, files in os.walk(folder):
                for name in files:
                    handle = os.open(Path(place, name), os.O_RDONLY)
                    try:
                        os.fsync(handle)
                    finally:
                        os.close(handle)
                sync_folder(Path(place))
            os.rename(folder, path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        sync_folder(path.parent)


def _arrays(root: Any, shot: Snapshot) -> dict[str, Any]:
    """Make the arrays of the image and of its labels, without a moment in them."""
    shape, channels = shot.kind.shape, len(shot.substances)
    chunk = tuple(min(size, most) for size, most in zip(shape, _CHUNK, strict=True))
    made = {}
    if channels:
        made["levels"] = root.create_array(
            "0", shape=(0, channels, *shape), chunks=(1, 1, *chunk), dtype="float32", dimension_names=tuple("tczyx")
        )
    labels = root.create_group("labels")
    for name, kind in _LABELS.items():
        made[name] = labels.create_group(name).create_array(
            "0", shape=(0, *shape), chunks=(1, *chunk), dtype=np.dtype(kind).name, dimension_names=tuple("tzyx")
        )
    return made


def _values(shot: Snapshot) -> dict[str, NDArray[Any]]:
    """What is written of a moment, by array."""
    levels = {"levels": shot.fields} if shot.substances else {}
    there = shot.kind > 0
    return levels | {
        "kinds": shot.kind,
        "conditions": np.where(there, shot.condition + np.uint8(1), np.uint8(0)),
        "clones": np.where(there & (shot.parts[shot.kind] == TUMOUR), shot.clone + np.uint32(1), np.uint32(0)),
    }


def _describe(
    root: Any, shot: Snapshot, days: list[float], highest: NDArray[np.float64], colours: Mapping[str, str]
) -> None:
    """Write what the arrays are, as the standard has it; when the arrays are whole."""
    if shot.substances:
        channels = [
            {
                "label": f"{each.name} [{each.unit}]",
                "color": _CHANNELS[number % len(_CHANNELS)],
                "active": number == 0,
                "window": {"start": 0.0, "end": top, "min": 0.0, "max": top},
            }
            for number, each in enumerate(shot.substances)
            for top in [float(highest[number]) or 1.0]
        ]
        image = {"multiscales": [_multiscale("levels", shot, days, "tczyx")], "omero": {"channels": channels}}
        root.attrs["ome"] = {"version": _VERSION, **image}
    root.attrs["seedsoil"] = {"days": days, "notice": "Research and teaching instrument: not for clinical decisions."}
    root["labels"].attrs["ome"] = {"version": _VERSION, "labels": list(_LABELS)}
    known = {
        "kinds": [{"kind": kind.name, "title": kind.title, "part": kind.part} for kind in shot.kinds],
        "conditions": [{"condition": name} for name in CONDITIONS],
        "clones": [],
    }
    for name, entries in known.items():
        about: dict[str, Any] = {"source": {"image": "../../"}} if shot.substances else {}
        if entries:
            about["properties"] = [{"label-value": number, **entry} for number, entry in enumerate(entries, 1)]
        if name == "kinds" and colours:
            tints = enumerate((colours.get(kind.name, _NO_COLOUR) for kind in shot.kinds), 1)
            about["colors"] = [{"label-value": number, "rgba": _rgba(tint)} for number, tint in tints]
        root[f"labels/{name}"].attrs["ome"] = {
            "version": _VERSION,
            "multiscales": [_multiscale(name, shot, days, "tzyx")],
            "image-label": about,
        }


def _multiscale(name: str, shot: Snapshot, days: list[float], axes: str) -> dict[str, Any]:
    """The axes of an array, and where its voxels lie in them."""
    steps = np.diff(days)
    even = bool(np.allclose(steps, steps[:1], rtol=1e-9, atol=0.0))
    time = {"name": "t", "type": "time"} | ({"unit": "day"} if even else {})
    about = {"t": time, "c": {"name": "c", "type": "channel"}}
    about |= {axis: {"name": axis, "type": "space", "unit": "micrometer"} for axis in "zyx"}
    scale = {"t": float(steps[0]) if even and steps.size else 1.0, "c": 1.0} | dict.fromkeys("zyx", float(shot.edge))
    start = {"t": float(days[0]) if even else 0.0, "c": 0.0}
    start |= {axis: (0.5 - size / 2.0) * shot.edge for axis, size in zip("zyx", shot.kind.shape, strict=True)}
    transformations = [
        {"type": "scale", "scale": [scale[axis] for axis in axes]},
        {"type": "translation", "translation": [start[axis] for axis in axes]},
    ]
    return {
        "name": name,
        "axes": [about[axis] for axis in axes],
        "datasets": [{"path": "0", "coordinateTransformations": transformations}],
    }


def _rgba(colour: str) -> list[int]:
    """A colour "#RRGGBB" as the standard has it."""
    return [*bytes.fromhex(colour.lstrip("#")), 255]
