"""`seedsoil run` answers, keeps its promises about bytes, and ends with the right code."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import seedsoil, tables

tables_of_a_run = {"patients", "lesions", "clones", "arrivals", "events", "observations", "assessments", "biopsies", "blood"} | {
    "single_cells", "cultures", "autopsies", "counts",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to work in."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def answer(folder: Path) -> dict[str, Any]:
    """Run eight patients of the shipped study once, on one worker."""
    done = seedsoil("run", "--patients", "8", "--workers", "1", "--out", "one", "--json", where=folder)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_json_is_one_document_with_the_promised_keys(answer: dict[str, Any]) -> None:
    assert {"study", "identity", "seed", "patients", "arms", "comparisons", "out"} <= set(answer)
    assert answer["patients"] == 8
    assert {"surgery", "seed", "soil", "both"} <= set(answer["arms"])
    for name, arm in answer["arms"].items():
        assert arm["n"] == 8, name
        assert 0 <= arm["deaths"] <= 8
        fractions = list(arm["survival"].values())
        assert all(0.0 <= fraction <= 1.0 for fraction in fractions)
        assert fractions == sorted(fractions, reverse=True)
    for comparison in answer["comparisons"]:
        assert {"arm", "versus", "endpoint", "hazard_ratio", "low", "high", "p"} <= set(comparison)
        numbers = [comparison[key] for key in ("hazard_ratio", "low", "high", "p")]
        assert all(number is None or math.isfinite(number) for number in numbers)


def test_run_folder_holds_what_is_needed_to_repeat_it(answer: dict[str, Any], folder: Path) -> None:
    out = folder / "one"
    assert (folder / answer["out"]).resolve() == out.resolve()
    for name in ("study.toml", "manifest.json", "ro-crate-metadata.json", "report/index.html"):
        assert (out / name).is_file(), f"{name} is missing"
    assert {path.name for path in (out / "tables").iterdir()} == tables_of_a_run
    assert json.loads((out / "manifest.json").read_text())["identity"] == answer["identity"]
    html = (out / "report" / "index.html").read_text(encoding="utf-8")
    outside = re.findall(r"(?:src|srcset)\s*=\s*[\"']?https?:|@import|url\(\s*[\"']?https?:", html)
    assert not outside, "the report must not need the network"
    leftovers = [path.name for path in out.rglob("*") if path.name.endswith((".tmp", ".part", "~"))]
    assert not leftovers


def test_two_workers_give_the_same_bytes_as_one(answer: dict[str, Any], folder: Path) -> None:
    done = seedsoil("run", "--patients", "8", "--workers", "2", "--out", "two", "--json", where=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["identity"] == answer["identity"]
    assert tables(folder / "one") == tables(folder / "two")
    assert len(tables(folder / "one")) >= len(tables_of_a_run)


def test_resolved_study_repeats_the_run(answer: dict[str, Any], folder: Path) -> None:
    done = seedsoil("run", "one/study.toml", "--workers", "1", "--out", "again", "--json", where=folder)
    assert done.returncode == 0, done.stderr
    assert tables(folder / "one") == tables(folder / "again")
    assert answer["seed"] == json.loads(done.stdout)["seed"]


def test_another_seed_is_another_cohort(answer: dict[str, Any], folder: Path) -> None:
    done = seedsoil("run", "--patients", "8", "--seed", "7", "--out", "seven", "--json", where=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["identity"] != answer["identity"]
    assert tables(folder / "one") != tables(folder / "seven")


def test_a_finished_run_is_not_overwritten(answer: dict[str, Any], folder: Path) -> None:
    before = tables(folder / "one")
    done = seedsoil("run", "--patients", "4", "--seed", str(answer["seed"]), "--out", "one", where=folder)
    assert done.returncode in {2, 74}, done.stdout
    assert tables(folder / "one") == before


def test_show_tells_one_patient(answer: dict[str, Any], folder: Path) -> None:
    done = seedsoil("show", answer["out"], "--patient", "3", where=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_grow_draws_the_very_patient_of_the_run_and_leaves_nothing_else(answer: dict[str, Any], folder: Path) -> None:
    """Without a run, from the same study: catches one other byte of the picture or another story, and any file beside the two."""
    arm = next(iter(answer["arms"]))
    shown = seedsoil("show", answer["out"], "--patient", "2", "--arm", arm, "--out", "shown", where=folder)
    grown = seedsoil("grow", "--patient", "2", "--out", "grown", where=folder)
    assert (shown.returncode, grown.returncode) == (0, 0), grown.stderr
    stories = [done.stdout.split("Picture: ")[0] for done in (shown, grown)]
    assert stories[0] == stories[1]
    assert "How it ended: " in stories[1]
    pictures = [{path.name: path.read_bytes() for path in (folder / at).iterdir()} for at in ("shown", "grown")]
    assert pictures[0] == pictures[1]
    assert set(pictures[1]) == {f"patient-2-{arm}.png", f"patient-2-{arm}.svg"}


def test_pictures_of_all_arms_are_saved_where_asked_for(answer: dict[str, Any], folder: Path) -> None:
    done = seedsoil("show", answer["out"], "--out", "pictures", where=folder)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "pictures").iterdir()}
    assert {f"{name}.{kind}" for name in ("survival", "body", "organs") for kind in ("png", "svg")} <= names
    assert all(f"Picture: {Path('pictures') / name}" in done.stdout for name in names)


def test_report_stands_in_the_manifest_and_is_made_anew_when_damaged(answer: dict[str, Any], folder: Path) -> None:
    out, again = folder / "one", ("run", "--patients", "8", "--out", "one", "--json")
    kept = set(json.loads((out / "manifest.json").read_text())["files"])
    assert {f"report/{path.name}" for path in (out / "report").iterdir()} <= kept
    page = (out / "report" / "index.html").read_bytes()
    assert seedsoil("doctor", "one", where=folder).returncode == 0
    with (out / "report" / "survival.svg").open("ab") as file:
        file.write(b"<!-- changed -->")
    found = seedsoil("doctor", "one", where=folder)
    assert found.returncode == 1
    assert "report/survival.svg is not what was written" in found.stderr
    repaired = seedsoil(*again, where=folder)
    assert repaired.returncode == 0, repaired.stderr
    assert json.loads(repaired.stdout) == answer
    assert seedsoil("doctor", "one", where=folder).returncode == 0
    assert (out / "report" / "index.html").read_bytes() == page


def test_an_agent_of_ones_own_is_run_and_repeated_without_its_file(tmp_path: Path) -> None:
    """A TOML file beside the study is enough; the run's own study repeats it to the byte once that file is gone."""
    base = Path(__file__).parents[2] / "src/seedsoil/catalogue/agents/fluorouracil.toml"
    own = base.read_text(encoding="utf-8").replace('name = "fluorouracil"', 'name = "my_drug"')
    (tmp_path / "my_drug.toml").write_text(own, encoding="utf-8")
    case = Path(__file__).parents[1] / "cases/valid/least.toml"
    text = case.read_text(encoding="utf-8") + '\n[arms.own]\ndo = [{ give = "my_drug", dose = "700 mg" }]\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    often = ("--patients", "2", "--workers", "1", "--no-report", "--json")
    done = seedsoil("run", "study.toml", *often, "--out", "one", where=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "my_drug.toml").unlink()
    again = seedsoil("run", "one/study.toml", *often, "--out", "two", where=tmp_path)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["identity"] == json.loads(done.stdout)["identity"]
    assert tables(tmp_path / "one") == tables(tmp_path / "two")
