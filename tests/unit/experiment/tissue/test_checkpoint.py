"""A kept block goes on to the same bytes; what is not whole, or is another's, is refused in one line and changes nothing."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment import publish
from seedsoil.experiment.publish import DiskError
from seedsoil.experiment.tissue import checkpoint
from seedsoil.experiment.tissue.checkpoint import load, save
from seedsoil.foundation.errors import StoreError
from seedsoil.tissue.dosing import Doses
from seedsoil.tissue.keeping import identity, restore, state_of
from seedsoil.tissue.lattice import Lattice
from seedsoil.tissue.model import Setting, TissueModel
from seedsoil.tissue.snapshot import take
from tests.blocks import block, kinds, substances

_SHAPE = (3, 15, 21)


def _bytes(model: TissueModel) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in state_of(model).items()} | {"steps": bytes([model.steps_done])}


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, bytes]:
    return _bytes(block(_SHAPE).run(4.0))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return save(block(_SHAPE).run(2.0), tmp_path / "state.npz")


def test_going_on_is_the_same_bytes(undisturbed: dict[str, bytes], kept: Path) -> None:
    """By one thread or two, and however often it is left: a single byte of any array would be seen."""
    for threads in (1, 2):
        fresh = block(_SHAPE)
        model = TissueModel(fresh.setting, fresh.kinds, fresh.substances, threads=threads)
        load(kept, model).run(3.0)
        again = load(save(model, kept.parent / "again.npz"), block(_SHAPE))
        assert _bytes(again.run(4.0)) == undisturbed
    assert len(set(undisturbed.values())) > 10  # something has happened


def test_a_state_at_rest_stays_at_rest(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """Blood and fields are not settled twice after a look: a dry piece would count two steps for one."""
    model = block(_SHAPE).run(3.0)
    take(model)
    assert model.steps_done % model.setting.perfuse_every == 0
    assert model.lattice.piece_dry.any()
    again = load(save(model, tmp_path / "state.npz"), block(_SHAPE))
    assert _bytes(again.run(4.0)) == undisturbed


def test_killed_in_the_middle_and_resumed(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """SIGKILL while it steps and keeps; what lies there then is whole, and leads to where it would have led."""
    path = tmp_path / "state.npz"
    code = (
        "import sys; from pathlib import Path; from tests.blocks import block\n"
        "from seedsoil.experiment.tissue.checkpoint import save\n"
        "def keep(model): save(model, Path(sys.argv[1])); print(model.steps_done, flush=True)\n"
        f"block({_SHAPE}).run(1000.0, keep)\n"
    )
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        while int(running.stdout.readline() or 30) < 30:
            pass
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    again = load(path, block(_SHAPE))
    assert 30 <= again.steps_done < 48
    assert _bytes(again.run(4.0)) == undisturbed


def test_the_same_state_is_the_same_file_and_opens_with_numpy(kept: Path) -> None:
    model = load(kept, block(_SHAPE))
    assert save(model, kept.parent / "again.npz").read_bytes() == kept.read_bytes()
    with np.load(kept) as arrays:
        assert set(arrays.files) == {*Lattice._fields, "about.json"}
        assert arrays["piece_voxel"].shape == (int(arrays["used"][1]),)


def test_room_for_more_is_not_kept_and_comes_back(kept: Path) -> None:
    """Only what is used of the tables that grow is in the file; the model can go on to grow them."""
    model = load(kept, block(_SHAPE))
    assert model.lattice.clone_parent.size >= 64
    assert state_of(model)["clone_parent"].size == int(model.lattice.used[0]) < 64


def _altered(**changes: object) -> TissueModel:
    made = block(_SHAPE)
    given = {"setting": made.setting, "kinds": made.kinds, "substances": made.substances, "blood": ()} | changes
    return TissueModel(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("setting", lambda: block(_SHAPE, seed=4)),
        ("setting", lambda: block((3, 15, 22))),
        ("kinds", lambda: _altered(kinds=[*kinds()[:-1], kinds()[-1].model_copy(update={"pushes": 1})])),
        ("substances", lambda: _altered(substances=[substances()[0].model_copy(update={"every": 3}), substances()[1]])),
        ("blood", lambda: _altered(blood=[Doses("vegf", 1.0, 2.0)])),
    ],
)
def test_another_scene_is_refused(part: str, other: object, kept: Path) -> None:
    """The line says in what it differs, and nothing else differs; the model is as it was."""
    model: TissueModel = other()  # type: ignore[operator]
    before = _bytes(model)
    with pytest.raises(StoreError, match=f"another scene: {part} differ") as told:
        load(kept, model)
    assert len(told.value.faults) == 1
    assert _bytes(model) == before


def test_threads_are_no_part_of_the_identity() -> None:
    one = block()
    assert identity(one) == identity(TissueModel(one.setting, one.kinds, one.substances, threads=2))
    assert identity(one)["setting"] != identity(block(tree=False))["setting"]
    course = Setting((1, 3, 3))
    assert dataclasses.asdict(course)["tolerance"] == 1e-4


def test_other_code_is_refused_unless_it_is_allowed(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_code", lambda: "0" * 64)
    with pytest.raises(StoreError, match="kept by other code"):
        load(kept, block(_SHAPE))
    assert load(kept, block(_SHAPE), other_code=True).steps_done == 24


def test_damage_is_told_in_one_line_or_has_done_no_harm(kept: Path) -> None:
    """Cut at 12 lengths, and one bit flipped at 50 places: refused in one line, or not a byte of the state is other."""
    whole, right = kept.read_bytes(), _bytes(load(kept, block(_SHAPE)))
    luck = np.random.default_rng(5)
    flips = [bytearray(whole) for _ in range(50)]
    for content in flips:
        content[int(luck.integers(len(whole)))] ^= 1 << int(luck.integers(8))
    cuts = [whole[: int(length)] for length in np.linspace(0, len(whole) - 1, 12)]
    told: list[StoreError] = []
    model = block(_SHAPE)
    untouched = _bytes(model)
    for content in [*cuts, *flips]:
        kept.write_bytes(bytes(content))
        try:
            load(kept, model)
        except StoreError as error:
            told.append(error)
        after = _bytes(model)
        assert after in (untouched, right)
        if after == right:
            model = block(_SHAPE)
    assert len(told) > 40
    assert all(len(error.faults) == 1 and "\n" not in str(error) and str(kept) in str(error) for error in told)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no kept state"), (b"not a zip", "no kept state"), (None, "No such file")],
)
def test_no_kept_state_there(content: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=told) as error:
        load(path, block())
    assert len(error.value.faults) == 1


def _rewritten(path: Path, **changes: object) -> None:
    """Write a file anew with another description of itself."""
    with zipfile.ZipFile(path) as bundle:
        content = {name: bundle.read(name) for name in bundle.namelist()}
    about = json.loads(content["about.json"]) | changes
    with zipfile.ZipFile(path, "w") as bundle:
        for name, each in content.items():
            bundle.writestr(name, json.dumps(about) if name == "about.json" else each)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 99}, "kept in form 99"),
        ({"steps_done": "many"}, "is damaged"),
        ({"steps_done": -3}, "-3 steps done"),
        ({"arrays": {}}, "is damaged"),
        ({"identity": 3}, "does not say whose state it is"),
    ],
)
def test_a_strange_description_is_refused(changes: dict[str, object], told: str, kept: Path) -> None:
    _rewritten(kept, **changes)
    with pytest.raises(StoreError, match=told):
        load(kept, block(_SHAPE))


def test_arrays_that_do_not_fit_are_refused() -> None:
    model = block()
    arrays = state_of(model)
    wrong = arrays | {"kind": arrays["kind"].astype(np.int16), "clone_bits": arrays["clone_bits"][:0]}
    with pytest.raises(StoreError, match=r"'kind' is int16 .* instead of uint8 .*'clone_bits'"):
        restore(model, wrong, 1, False)
    with pytest.raises(StoreError, match="no array 'fields'"):
        restore(model, {name: array for name, array in arrays.items() if name != "fields"}, 1, False)
    assert model.steps_done == 0


def test_a_bomb_is_not_unpacked(kept: Path, tmp_path: Path) -> None:
    """An array that grows to 200 MB is refused by its announced size, whatever its digest; the file itself is small."""
    bomb = tmp_path / "bomb.npz"
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, bytes(200_000_000) if entry.filename == "kind.npy" else old.read(entry))
    assert bomb.stat().st_size < 2_000_000
    with pytest.raises(StoreError, match="array kind is larger than this block can have"):
        load(bomb, block(_SHAPE))


def test_a_full_disk_leaves_what_was_there(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a half file under the name, nor one under another."""
    before = kept.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish.os, "fsync", full)
    with pytest.raises(DiskError, match="No space left"):
        save(block(_SHAPE), kept)
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
