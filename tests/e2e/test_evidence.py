"""`seedsoil evidence`: JSON on stdout and nothing else, a page, a second run that has nothing to do, mistakes told."""

import json
from pathlib import Path

import pytest

from tests.e2e.command import seedsoil

pytestmark = pytest.mark.e2e


def test_two_claims_from_end_to_end(tmp_path: Path) -> None:
    first = seedsoil("evidence", "G3", "A3", "--json", "--workers", "1", where=tmp_path)
    assert first.returncode == 0, first.stderr
    rows = json.loads(first.stdout)
    assert [row["id"] for row in rows] == ["A3", "G3"]
    assert rows[1]["status"] == "reproduced"
    assert rows[0]["status"] == "direction only"
    assert rows[0]["band_low"] is None
    assert len(rows[0]["tables"]["patients"]["one drug"]) == 22
    assert (tmp_path / "evidence" / "pages" / "index.html").exists()
    again = seedsoil("evidence", "G3", "A3", "--json", "--workers", "2", where=tmp_path)
    assert again.stdout == first.stdout
    table = seedsoil("evidence", "G3", "--no-pages", where=tmp_path)
    assert "reproduced" in table.stdout


def test_parameters_of_a_claim_are_measured_and_kept(tmp_path: Path) -> None:
    first = seedsoil("evidence", "B4", "--parameters", where=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "Parameters at the ends of their ranges" in first.stdout
    page = (tmp_path / "evidence" / "pages" / "B4.html").read_text(encoding="utf-8")
    assert "Parameters moved" in page
    again = seedsoil("evidence", "B4", "--parameters", "--json", where=tmp_path)
    moved = json.loads(again.stdout)[0]["tables"]["parameters"]
    rim = [
        row
        for row in zip(moved["parameter"], moved["end"], moved["value"], strict=True)
        if row[0] == "tumour.diffusion_rim"
    ]
    assert [end for _, end, _ in rim] == ["lowest", "highest"]
    assert rim[0][2] < rim[1][2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("A33",), "no claim 'A33'. Did you mean"),
        (("--section", "Z"), "no section 'Z'"),
        (("--fast", "--full"), "choose one"),
        (("--workers", "0"), "from 1 to 256"),
    ],
)
def test_mistakes_are_told(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = seedsoil("evidence", *words, where=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_list_and_describe(tmp_path: Path) -> None:
    listed = seedsoil("list", "claims", where=tmp_path)
    assert listed.returncode == 0
    assert listed.stdout.startswith("A1 ")
    told = seedsoil("describe", "A3", where=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "Ablation:" in told.stdout
    wrong = seedsoil("describe", "A31", where=tmp_path)
    assert wrong.returncode == 2
    assert "Did you mean" in wrong.stderr
