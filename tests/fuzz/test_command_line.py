"""Words on the command line, and questions in SQL: taken, or refused with code 2 in lines; and nothing is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import strategies as st

from seedsoil.trial.reading.query import asked
from seedsoil.trial.reading.tables import open_tables
from seedsoil.trial.runner.crew import POOLS, check_choice
from tests.faults.unlucky import TEXT
from tests.fuzz.damage import WORDS
from tests.fuzz.law import counts, taken, tried
from tests.inputs.cases import command
from tests.unit.experiment.test_store import begin, fill

_words = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.sampled_from(["spawn ", "SPAWN", "locl", "tcp://", "-", "--", "--help=", "1e2", "+1", "9" * 19, "2147483648"]),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to work in that holds a study of nine patients and a run of made-up rows."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(TEXT.format(patients=9), encoding="utf-8")
    with begin(tmp_path / "old") as store:
        fill(store)
    return tmp_path


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def _refused(words: tuple[str, ...], folder: Path, before: set[str]) -> None:
    got = command(words)
    assert not got.crash, got.crash
    assert got.code == 2, (got.code, got.lines)
    assert got.lines
    assert all(line.isprintable() for line in got.lines)
    assert _names(folder) == before


#: Command lines in which one word is due, and what that word may be: then it is not tried, for the command would do its work.
_PLACES: dict[str, tuple[tuple[str, ...], str]] = {
    "only": (("run", "tiny.toml", "--only"), r"0*[0-8]"),
    "pool": (("run", "tiny.toml", "--out", "new", "--pool"), "|".join(POOLS)),
    "cluster": (("run", "tiny.toml", "--out", "new", "--cluster"), r"local|(tcp|tls)://.+:[0-9]+"),
    "chunk": (("run", "tiny.toml", "--out", "new", "--chunk"), r"[0-9]+"),
    "patience": (("run", "tiny.toml", "--out", "new", "--patience"), r"\+?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?"),
    "fork": (("run", "tiny.toml", "--fork"), r"(?!)"),
    "resume": (("run", "tiny.toml", "--resume", "--out"), r"(?!)"),
    "patient": (("show", "old", "--patient"), r"(?!)"),
    "picture": (("show", "old", "--picture"), r"(?!)"),
    "arm": (("lineage", "old", "--patient", "0", "--arm"), r"(?!)"),
    "form": (("export", "old", "--out", "new", "--form"), r"csv|adam"),
    "alone": (("synergy", "old", "--both", "a", "--control", "b", "--alone"), r"(?!)"),
    "describe": (("describe",), r"[a-z_/]+"),
    "worker": (("worker",), r"(tcp|tls)://.+:[0-9]+"),
}  # fmt: skip


@pytest.mark.parametrize("place", _PLACES)
@counts(4, 300)
def test_any_word_is_refused_where_it_means_nothing(place: str, count: int, here: Path) -> None:
    """Catches an option that is taken as something, a traceback, and a folder that is made before the word is looked at."""
    before, (words, meant) = _names(here), _PLACES[place]

    def check(word: str) -> None:
        if not re.fullmatch(meant, word) and not (word.startswith("-") and place in {"describe", "worker"}):
            _refused(
                (*words[:-1], f"{words[-1]}={word}") if words[-1].startswith("--") else (*words, word), here, before
            )

    tried(check, _words, count)


@counts(150, 20_000)
def test_an_address_is_one_or_refused(count: int) -> None:
    """A slip of the pen in a scheduler's address is not waited for: catches what has no host, no port, or a port that none is."""
    pieces = st.sampled_from(
        [
            "tcp://",
            "tls://",
            "tcp:/",
            "http://",
            "node1",
            "127.0.0.1",
            "[::1]",
            "::1",
            ":",
            "8786",
            "0",
            "65536",
            "99999",
            "/",
            "@",
            " ",
            "\0",
            "\u0663",
            "local",
            "-",
            "..",
            "%",
        ]
    )

    def check(words: list[str]) -> None:
        address = "".join(words)
        host, _, port = address.partition("://")[2].rpartition(":")
        good = address == "local" or (
            address[:6] in {"tcp://", "tls://"} and re.fullmatch(r"[0-9]{1,5}", port) is not None and 0 < int(port) < 65536
            and re.fullmatch(r"[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]{2,}\]", host) is not None
        )  # fmt: skip
        told = taken(lambda: check_choice(None, address) or "taken")  # type: ignore[func-returns-value]
        assert (told == "taken") == good, address

    known = [
        ["tcp://"],
        ["tcp://", "node1", ":", "8786"],
        ["tls://", "[::1]", ":", "1"],
        ["tcp://", "node1", ":", "65536"],
        ["tcp://", "\0", ":", "1"],
    ]
    tried(check, st.lists(pieces, max_size=6), count, known)


#: What questions are made of; nothing that counts up by itself, for a question may take as long as it takes.
_SQL = (
    "select", "from", "where", "group by", "order by", "limit", "with x as (", ")", "(", ",", "*", "1", "'a'", "\"arm\"", "patients", "clones", "arm", "patient", "end_day", "count(*)", "avg(end_day)",
    "and", "or", "not", "null", "=", "<", "is", "in", "union all", "join", "on true", "as", "case when", "then", "else", "end", "cast(", "::int", "::varchar", "?", "$1", ";", "--", "/*", "*/", "'", "\"",
    "copy", "to 'out.csv'", "from 'old/study.toml'", "attach 'out.db'", "install httpfs", "load", "pragma", "set", "export database 'out'", "create table t", "insert into", "drop view", "call", "explain",
    "read_csv('/etc/passwd')", "read_text('old/study.toml')", "read_parquet('/x')", "glob('/*')", "getenv('HOME')", "current_setting('home_directory')", "\0", "\u202e", "\ud800", "x" * 500, "(" * 200,
)  # fmt: skip


def _question(given: str, folder: Path, before: set[str]) -> None:
    def answer() -> list[tuple[object, ...]]:
        with asked(open_tables(folder / "old"), given) as (_, rows):
            return [row for row, _ in zip(rows, range(50), strict=False)]

    rows = taken(answer)
    assert "root:" not in repr(rows), "a file was read that is not the run's"
    assert "Seeds and soils" not in repr(rows), "a file was read that is no table"
    assert _names(folder) == before


@counts(40, 5_000)
def test_any_question_is_answered_or_refused(count: int, here: Path) -> None:
    """Catches an error of the database's own that ends in a traceback, a file that is written, and one that is read beside the tables."""
    before = _names(here)
    made = st.lists(st.sampled_from(_SQL), max_size=9).map(" ".join)
    useful = st.lists(st.sampled_from(_SQL), max_size=4).map(lambda words: "select * from patients " + " ".join(words))
    known = [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('old/study.toml')",
        "copy patients to 'out.csv'",
        "select 1; drop view patients",
        "",
        "\0",
        "\ud800",
        "select " + "(" * 5000,
    ]
    tried(lambda given: _question(given, here, before), st.one_of(made, useful, st.text(max_size=30)), count, known)
