"""Carrying claims out: kept, taken up, the same for any number of workers, and a failure told instead of raised."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from seedsoil.evidence import review
from seedsoil.evidence.claim import Chart, Figure, Finding, Setting
from seedsoil.evidence.review import chosen, claim_of, home_of
from seedsoil.evidence.runner import work as bench
from seedsoil.evidence.runner.carry_out import carry_out
from seedsoil.evidence.runner.kept import Shelf, identity_of
from seedsoil.evidence.runner.result import Result, result_of
from seedsoil.evidence.runner.work import Done, luck_of
from seedsoil.foundation.errors import CatalogueError, StoreError
from seedsoil.show.evidence.pages import write_claim, write_overview

KEYS = [
    "id", "section", "status", "observable", "value", "low", "high", "unit", "band_low", "band_high", "direction", "ablation",
    "ablation_value", "ablation_breaks", "n", "seed", "seconds", "tables",
]  # fmt: skip


def _rows(results: list[Result]) -> list[dict[str, object]]:
    """Rows without the seconds, which luck decides."""
    return [{key: cell for key, cell in one.row().items() if key != "seconds"} for one in results]


def test_kept_results_are_taken_up_and_workers_change_nothing(tmp_path: Path) -> None:
    """Two processes or this one give the same rows; a second call runs nothing; another seed runs all again."""
    meant = chosen(["G3", "A3"])
    told: list[tuple[str, bool]] = []
    here = carry_out(meant, "tiny", 5, tmp_path / "here", tell=lambda one, kept: told.append((one.claim.id, kept)))
    assert told == [("A3", False), ("G3", False)]
    there = carry_out(meant, "tiny", 5, tmp_path / "there", workers=2)
    assert _rows(here) == _rows(there)
    told.clear()
    again = carry_out(meant, "tiny", 5, tmp_path / "here", tell=lambda one, kept: told.append((one.claim.id, kept)))
    assert told == [("A3", True), ("G3", True)]
    assert [one.row() for one in again] == [one.row() for one in here]
    assert Shelf(tmp_path / "here").find(meant[0], "tiny", 6) is None
    assert list(here[0].row()) == KEYS
    json.dumps([one.row() for one in here], allow_nan=False)
    assert not list((tmp_path / "here").rglob("*.part"))


def test_a_failed_experiment_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback lies in a file, the row says failed, others go on, and the next call tries again."""

    def broken(setting: Setting) -> Finding:
        raise ZeroDivisionError("no mouse")

    real = claim_of("G3")
    monkeypatch.setattr(bench, "claim_of", lambda name: replace(real, experiment=broken))
    found = carry_out([real], "tiny", 5, tmp_path)
    assert found[0].row()["status"] == "failed"
    assert found[0].row()["value"] is None
    assert "ZeroDivisionError: no mouse" in (tmp_path / "failed" / "G3.txt").read_text(encoding="utf-8")
    assert not (tmp_path / "claims" / "G3.json").exists()
    pages: dict[str, bytes] = {}
    write_claim(found[0], pages.__setitem__)
    assert b"no mouse" in pages["G3.html"]
    monkeypatch.undo()
    assert carry_out([real], "tiny", 5, tmp_path)[0].row()["status"] == "reproduced"
    assert not (tmp_path / "failed" / "G3.txt").exists()


def test_half_a_file_is_made_again(tmp_path: Path) -> None:
    claim = claim_of("G3")
    first = carry_out([claim], "tiny", 5, tmp_path)
    path = tmp_path / "claims" / "G3.json"
    path.write_text(path.read_text(encoding="utf-8")[:200], encoding="utf-8")
    assert _rows(carry_out([claim], "tiny", 5, tmp_path)) == _rows(first)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="is a file"):
        carry_out([claim], "tiny", 5, tmp_path / "file")


def test_an_experiment_without_a_check_of_its_claim_fails() -> None:
    real = claim_of("G3")
    bare = replace(real, experiment=lambda setting: Finding(Figure.exact(1.0), 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "claim_of", lambda name: bare)
        assert "no figure for its checks suppression" in bench.work("G3", "tiny", 1).failure


def test_identity_goes_with_the_claim_and_what_it_is_made_of() -> None:
    claim = claim_of("A3")
    names = {identity_of(claim, "fast", 1), identity_of(claim, "fast", 2), identity_of(claim, "full", 1), identity_of(claim_of("A5"), "fast", 1)}  # fmt: skip
    assert len(names) == 4
    assert identity_of(claim, "fast", 1) in names
    assert luck_of("A3", 1) != luck_of("A5", 1)
    assert luck_of("A3", 1) != luck_of("A3", 2)


def test_a_finding_survives_its_file() -> None:
    """Infinite and missing numbers too, and charts."""
    claim = claim_of("A3")
    line = {"x": [1.0, 2.0], "y": [0.5, 0.25]}
    finding = Finding(
        Figure(float("inf"), float("-inf"), float("nan")), 3, dict.fromkeys(("drawn", "formula", "small lesion"), Figure(1.0, 0.5, 2.0)),
        {"t": {"a": [1, 2], "b": ["x", "y"]}}, (Chart("A chart", "x", "y", {"one": line}, log_x=True),), ("a note",),
    )  # fmt: skip
    kept = result_of(claim, "tiny", 1, Done("A3", 1.5, finding, finding))
    again = Result.read(claim, json.loads(json.dumps(kept.kept())))
    assert repr(again.found) == repr(kept.found)
    assert again.row() == kept.row()


def test_pages_hold_question_figures_and_sources(tmp_path: Path) -> None:
    """One page a claim and an overview, each self-contained; every picture beside them as SVG and CSV."""
    results = carry_out(chosen(["G3", "J4"]), "tiny", 5, tmp_path)
    pages: dict[str, bytes] = {}
    names = [write_claim(one, pages.__setitem__) for one in results]
    write_overview(results, pages.__setitem__)
    assert names == ["G3.html", "J4.html"]
    for one in results:
        text = pages[f"{one.claim.id}.html"].decode()
        for piece in (
            "Verdict",
            "Set-up",
            "Ablation",
            "Sources",
            "Parameters that matter most",
            one.claim.sources[0],
            one.verdict.status.capitalize(),
        ):
            assert piece in text
        assert "<script" not in text
        assert {f"{one.claim.id}.svg", f"{one.claim.id}.csv", f"{one.claim.id}-1.svg"} <= set(pages)
    overview = pages["index.html"].decode()
    assert "2 claims as virtual experiments" in overview
    assert "G3.html" in overview


def test_long_tables_lie_folded_and_short_ones_open(tmp_path: Path) -> None:
    """A page tells its verdict first: thirteen rows and more are folded in, twelve are not."""
    claim, figure = claim_of("G3"), Figure.exact(1.0)
    tables = {"short": {"a": list(range(12))}, "long": {"a": list(range(13))}, "longest": {"a": list(range(90))}}
    finding = Finding(figure, 3, {check.name: figure for check in claim.checks}, tables)
    pages: dict[str, bytes] = {}
    write_claim(result_of(claim, "tiny", 1, Done("G3", 1.0, finding, finding)), pages.__setitem__)
    text = pages["G3.html"].decode()
    assert "<details open>\n<summary>Numbers: short<" in text
    assert "<details>\n<summary>Numbers: long<" in text
    assert "<details>\n<summary>Numbers: longest (the first 40 of 90 rows)<" in text


def test_names_that_do_not_exist_are_told_together() -> None:
    with pytest.raises(CatalogueError) as caught:
        chosen(["A99", "Q1", "A3"], "organ")
    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 3
    assert "no claim 'A99'. Section A has A1" in told
    assert "no claim 'Q1'" in told
    assert "no section 'organ'. Did you mean 'organs'?" in told
    assert [claim.id for claim in chosen(["g3"], "d")] == [f"D{number}" for number in range(1, 8)] + ["G3"]
    assert chosen() == review.claims()
    assert home_of(claim_of("D1")) == "seedsoil.evidence.organs.pattern"
