"""The gallery shows pictures that there are, made by commands that there are, and stays small."""

import re
from pathlib import Path

from seedsoil.show.report import trial_drawings
from tests.unit.show.examples import made_trial

_page = Path(__file__).resolve().parents[3] / "docs" / "gallery.md"


def test_gallery_is_whole_and_small() -> None:
    text = _page.read_text(encoding="utf-8")
    shown = [_page.parent / name for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)]
    assert set(shown) == set((_page.parent / "gallery").iterdir())
    assert sum(path.stat().st_size for path in shown) < 1_000_000
    drawn = {"body", *(name for name, *_ in trial_drawings(made_trial(2)))}
    of_arms = {path.stem for path in shown if not path.stem.startswith("patient-")}
    assert of_arms <= drawn
    assert all(f"makes `{path.name}`" in text for path in shown)
