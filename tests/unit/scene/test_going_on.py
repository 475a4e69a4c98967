"""A scene that is left and taken up again makes the files, to the byte, of one that was not."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedsoil.experiment.tissue import checkpoint
from seedsoil.foundation.errors import StoreError
from seedsoil.scene import build as building
from seedsoil.scene import run as running
from seedsoil.scene.run import SceneRun
from seedsoil.scene.text import Scene, read_scene, written
from seedsoil.tissue.model import TissueModel


def _run(folder: Path, threads: int = 1) -> SceneRun:
    name, table = written("single_capillary")
    head = table["scene"] | {"until": "1.5 days"}
    return SceneRun(read_scene(table | {"scene": head}, name), folder, threads)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scene") / "whole"
    _run(folder).carry_out()
    return folder


@pytest.mark.parametrize("step", [5, 8, 29])
def test_left_and_taken_up_again(step: int, undisturbed: Path, tmp_path: Path) -> None:
    """Between two kept states, at one, and near the end, by another number of threads: each file is the same."""

    def leave(model: TissueModel) -> None:
        if model.steps_done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path / "run").carry_out(tell=leave)
    SceneRun.of_folder(tmp_path / "run", threads=2).carry_out(resume=True)
    assert _files(tmp_path / "run") == _files(undisturbed)
    SceneRun.of_folder(tmp_path / "run").carry_out(resume=True)  # it is finished: nothing changes
    assert _files(tmp_path / "run") == _files(undisturbed)


def test_each_state_is_read_once_for_all_that_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells, vessels and images come of one reading, and of the block that there is: catches one that lays out another."""
    read, laid = list[str](), list[Scene]()

    def load(path: Path, model: TissueModel) -> TissueModel:
        read.append(path.name)
        return checkpoint.load(path, model)

    def build(scene: Scene, threads: int) -> TissueModel:
        laid.append(scene)
        return building.build(scene, threads)

    monkeypatch.setattr(running, "load", load)
    monkeypatch.setattr(running, "build", build)
    run = _run(tmp_path / "run")
    model = run.carry_out()
    assert len(laid) == 1
    assert read == sorted(path.name for path in (run.folder / "state").iterdir())
    assert len(read) == running.MOMENTS
    assert model.steps_done == run.steps()


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    run.carry_out()
    last = sorted((run.folder / "state").iterdir())[-1]
    last.write_bytes(last.read_bytes()[:-300])
    with pytest.raises(StoreError, match="is damaged") as told:
        SceneRun.of_folder(run.folder).carry_out(resume=True)
    assert len(told.value.faults) == 1
