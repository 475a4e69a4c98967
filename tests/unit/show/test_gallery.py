"""The gallery shows every picture that there is, made by commands that there are, and stays small."""

import re
from pathlib import Path

from seedsoil.scene.text import shipped_scenes
from seedsoil.show.pictures import NAMES

_page = Path(__file__).resolve().parents[3] / "docs" / "gallery.md"


def test_gallery_is_whole_and_small() -> None:
    text = " ".join(_page.read_text(encoding="utf-8").split())
    shown = [_page.parent / name for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)]
    assert set(shown) == set((_page.parent / "gallery").iterdir())
    assert sum(path.stat().st_size for path in shown) < 1_500_000
    tissue = {path for path in shown if path.stem.split("-")[-1] in shipped_scenes()}
    assert {path.stem.split("-")[0].split("_")[0] for path in tissue} == {"strip", "layer", "block"}
    # Survival without progression looks like survival, and is named there.
    assert {path.stem.split("-")[0] for path in {*shown} - tissue} == set(NAMES) - {"progression_free"}
    assert "`progression_free`" in text
    assert all(f"makes `{path.name}`" in text for path in shown)
