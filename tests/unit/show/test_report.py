"""The report holds the answer, asks nothing of the network, runs no script, and believes no name."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from seedsoil.show.answer import arm_rows, comparison_rows
from seedsoil.show.report import NOTICE, choose_example, example_histories, published, write_report
from tests.unit.show.examples import MadeTrial, made_history, made_trial

_void = {"meta", "img", "br", "hr", "link"}


class _Reader(HTMLParser):
    """Collects tags, addresses and text, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in _void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[MadeTrial, Path]:
    trial = made_trial(40, title='<script>alert("x")</script> & colon')
    return trial, write_report(trial, tmp_path_factory.mktemp("report"))


def test_page_is_self_contained_and_needs_no_script(reported: tuple[MadeTrial, Path]) -> None:
    reader = _read(reported[1])
    assert not reader.tags & {"script", "link", "iframe", "object", "form"}
    outside = [
        address
        for address in reader.addresses
        if not address.startswith("data:") and not re.fullmatch(r"[a-z_]+\.(png|svg|csv)", address)
    ]
    assert outside == []
    assert all(
        (reported[1].parent / address).is_file() for address in reader.addresses if not address.startswith("data:")
    )
    assert "default-src 'none'" in reported[1].read_text(encoding="utf-8")


def test_names_are_escaped(reported: tuple[MadeTrial, Path]) -> None:
    text = reported[1].read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "&lt;b&gt;2015&lt;/b&gt;" in text


def test_page_holds_answer_record_and_notice(reported: tuple[MadeTrial, Path]) -> None:
    trial, path = reported
    said = " ".join(_read(path).words)
    for cell in (*arm_rows(trial)[3], *comparison_rows(trial)[2]):
        assert cell in said
    assert said.count(NOTICE) == 2
    for piece in (
        "The question",
        "The answer",
        "Survival".lower(),
        "Clones",
        "What happened",
        trial.record.identity,
        "20150527",
        "tomasetti2015",
    ):
        assert piece in said


def test_each_figure_has_its_files(reported: tuple[MadeTrial, Path]) -> None:
    folder = reported[1].parent
    names = {path.stem for path in folder.glob("*.svg")}
    assert names == {
        "survival",
        "progression_free",
        "pairs",
        "causes",
        "organs",
        "swimmers",
        "patient_lesions",
        "patient_clones",
        "patient_drugs",
        "patient_spread",
        "patient_side_by_side",
    }
    for name in names:
        assert (folder / f"{name}.svg").read_bytes().startswith(b"<?xml")
        assert len((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()) > 1
    assert {"arms.csv", "comparisons.csv"} <= {path.name for path in folder.iterdir()}


def test_report_is_the_same_bytes_each_time(reported: tuple[MadeTrial, Path], tmp_path: Path) -> None:
    trial, path = reported
    again = write_report(trial, tmp_path / "again")
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == {
        p.name: p.read_bytes() for p in again.parent.iterdir()
    }


def test_example_can_be_named_or_given() -> None:
    """The patient stands beside himself in the first arm, unless that is the arm that is shown."""
    trial = made_trial(20)
    named, other = example_histories(trial, (3, "seed"))
    assert named is not None
    assert other is not None
    assert (named.patient, named.arm, other.patient, other.arm) == (3, "seed", 3, "surgery")
    given = made_history(patient=9, arm="soil")
    assert example_histories(trial, given)[0] is given
    assert trial.asked == [(3, "seed"), (3, "surgery"), (9, "surgery")]
    assert example_histories(trial, (3, "surgery"))[1] is None


def test_example_chosen_responded_relapsed_resistant_and_died() -> None:
    trial = made_trial(100)
    chosen = choose_example(trial)
    assert chosen is not None
    patient, arm = chosen
    table = trial.tables["patients"]
    row = np.flatnonzero((table["patient"] == patient) & (table["arm"] == arm))[0]
    assert arm == "both"
    assert table["response"][row] in ("CR", "PR")
    assert table["progressed"][row]
    assert not table["alive"][row]
    assert table["cause"][row] != "other causes"


def test_one_arm_and_nobody_dead(tmp_path: Path) -> None:
    """A trial without comparison, death or response still has a report."""
    made = made_trial(5)
    rows = {name: column[:5].copy() for name, column in made.tables["patients"].items()}
    rows |= {"alive": np.ones(5, dtype=bool), "cause": np.array([""] * 5, dtype=object), "end_day": np.full(5, 100.0)}
    rows |= {
        "response": np.array(["NE"] * 5, dtype=object),
        "progressed": np.zeros(5, dtype=bool),
        "progression_day": np.full(5, np.nan),
    }
    trial = MadeTrial(("surgery",), {**made.tables, "patients": rows}, made.study, made.record)
    said = " ".join(_read(write_report(trial, tmp_path)).words)
    for piece in ("not reached", "nobody evaluable", "beyond follow-up"):
        assert piece in said


def test_report_of_a_whole_trial_tells_of_every_picture(tmp_path: Path) -> None:
    """Four arms of 400 patients: as many pictures are told of as the page holds, one after the other."""
    trial = made_trial(400)
    told: list[tuple[int, int]] = []
    page = write_report(trial, tmp_path, progress=lambda done, total: told.append((done, total)))
    pictures = page.read_text(encoding="utf-8").count("<figure>")
    assert told == [(done, pictures) for done in range(1, pictures + 1)]


def test_what_keeps_the_files_is_given_all_of_them(reported: tuple[MadeTrial, Path], tmp_path: Path) -> None:
    """The page comes last, so that a page that exists is whole; nothing is written behind the keeper's back."""
    trial, path = reported
    kept: dict[str, bytes] = {}
    assert write_report(trial, tmp_path / "none", put=kept.__setitem__) == tmp_path / "none" / "index.html"
    assert kept == {each.name: each.read_bytes() for each in path.parent.iterdir()}
    assert list(kept)[-1] == "index.html"
    assert not (tmp_path / "none").exists()


def test_report_tells_published_medians_and_who_was_not_followed() -> None:
    """Both stand in the terminal's answer; the page has to say the same. Nothing is said where there is nothing."""
    trial = made_trial(8)
    one = {
        "arm": "seed", "endpoint": "overall_survival", "n": 8, "median_days": 600.0, "low_days": 365.25, "high_days": 730.5,
        "inside": True, "source": "A trial of <1999>",
    }  # fmt: skip
    answer = {"arms": {"surgery": {"not_followed": 2}, "seed": {"not_followed": 0}}, "published": [one]}
    trial.answer = lambda: answer  # type: ignore[attr-defined]
    files: dict[str, bytes] = {}
    said = unescape(" ".join(published(trial, files.__setitem__)))
    for piece in ("Against published figures", "19.7", "12.0 to 24.0", "inside", "A trial of <1999>", "2 in surgery."):
        assert piece in said
    assert "in seed." not in said
    assert b"19.7" in files["published.csv"]
    trial.answer = lambda: {"arms": {"surgery": {"not_followed": 0}}, "published": []}  # type: ignore[attr-defined]
    assert published(trial, files.__setitem__) == []
