"""One number is fitted to a figure that is known exactly, within its range, and written where it stood."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from calibration import calibrate_catalogue, shelf
from calibration.target import Aim, Free, Target
from seedsoil.catalogue.load import entry

PLACE = "agents.mifamurtide.raises.macrophage.half"


def _thousandfold() -> Mapping[str, float]:
    return {"level": 1000.0 * float(entry("agents", "mifamurtide").raises[0].half)}


def _target(aim: Aim, path: str = PLACE) -> Target:
    return Target("X1", "assumed", "a level to a figure", (Free(path),), {"level": aim}, _thousandfold)


def test_experiment_sees_the_changed_number_and_nobody_else_does() -> None:
    assert shelf.on_a_copy(_thousandfold, {PLACE: 4e-4})["level"] == pytest.approx(0.4)
    assert _thousandfold()["level"] == pytest.approx(0.1)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the experiment's closed form in its place, so that no process is started."""
    monkeypatch.setattr(calibrate_catalogue, "on_a_copy", lambda _, changes: {"level": 1000.0 * changes[PLACE]})


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("aim", "found"), [(0.3, 3e-4), (30.0, 1e-3)])
def test_number_is_found_and_stays_in_its_range(aim: float, found: float) -> None:
    """A figure within reach is met to 3 %, though the number stood at a third of it; one out of reach leaves it at its edge."""
    result = calibrate_catalogue.fit(_target(Aim(aim, 0.02, "log")))
    assert result.values[PLACE] == pytest.approx(found, rel=0.03)
    assert result.before["level"] == pytest.approx(0.1)


@pytest.mark.usefixtures("known")
def test_vague_figure_moves_nothing() -> None:
    result = calibrate_catalogue.fit(_target(Aim(0.3, 100.0, "log")))
    assert result.values[PLACE] == pytest.approx(1e-4, rel=0.01)


def test_measured_number_is_refused() -> None:
    with pytest.raises(ValueError, match="is measured"):
        calibrate_catalogue.fit(_target(Aim(1.0, 1.0), "agents.mifamurtide.toxicity.daily_limit.iv"))


def test_number_is_written_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Value, grade, day and key are renewed in its line; every other line stays to the byte."""
    home = tmp_path / "catalogue"
    shutil.copytree(shelf.HOME, home)
    for door in (shelf.write_number, shelf.number_at):
        monkeypatch.setattr(door, "__defaults__", (home,))
    target = _target(Aim(0.3, 0.02, "log"))
    calibrate_catalogue.write(target, calibrate_catalogue.Found({PLACE: 2e-4}, {}, {}), date(2026, 1, 2))
    calibrate_catalogue.write(
        target, calibrate_catalogue.Found({PLACE: 2e-4}, {}, {}), date(2026, 1, 2)
    )  # no second tail
    before = (shelf.HOME / "agents/mifamurtide.toml").read_text(encoding="utf-8").splitlines()
    after = (home / "agents/mifamurtide.toml").read_text(encoding="utf-8").splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0].count("on 2026-01-02") == 1
    for said in (
        "value = 0.0002",
        'grade = "fitted"',
        'note = "at the effect site',
        "on 2026-01-02 to X1; 0.0002 stood before",
    ):
        assert said in changed[0]


def test_every_target_names_numbers_that_may_be_fitted() -> None:
    for target in calibrate_catalogue.targets().values():
        for free in target.free:
            for path in (free.path, *free.beside):
                assert shelf.number_at(path)["grade"] in {"assumed", "fitted"}
        assert target.aims
