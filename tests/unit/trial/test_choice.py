"""Who computes: a choice that cannot be is refused before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedsoil.foundation.errors import StudyError
from seedsoil.trial.run import run
from seedsoil.trial.runner import crew
from seedsoil.trial.study.file import shipped


@pytest.mark.parametrize(
    ("choice", "package", "said"),
    [({"cluster": "local"}, "distributed", "--cluster"), ({"executor": "loky"}, "loky", "--pool loky")],
)
def test_a_library_that_is_not_installed_is_named_before_a_folder_is_made(
    choice: dict[str, str], package: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line with what to install, and no folder."""
    monkeypatch.setattr(crew, "find_spec", lambda name: None)
    with pytest.raises(StudyError) as told:
        run(shipped("demo").with_changes(patients=2), out=tmp_path / "run", **choice)  # type: ignore[arg-type]
    line = f"{said} needs the package {package}. Install it with: pip install 'seedsoil[cluster]'"
    assert told.value.faults == (line,)
    assert not (tmp_path / "run").exists()
