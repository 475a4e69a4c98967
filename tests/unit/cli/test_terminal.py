"""How fast a run is and how long it will take, in words that are right."""

import pytest

from seedsoil.cli.terminal import Pace, duration, progress_of


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (119.4, "119 s"), (120.0, "2 min 00 s"), (3725.0, "62 min 05 s"), (7260.0, "2 h 01 min")],
)
def test_times_are_told_as_people_tell_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_what_was_done_before_does_not_count_for_the_rate() -> None:
    """A run taken up at 900 of 1000: catches a rate of 45 a second instead of 5."""
    pace = Pace()
    assert pace.told(900, 1000, 100.0) == ""
    assert pace.told(950, 1000, 110.0) == "5 a second, 10 s left"
    assert pace.told(1000, 1000, 120.0) == "5 a second, 20 s in all"


def test_a_slow_rate_is_told_by_the_minute() -> None:
    pace = Pace()
    pace.told(0, 100, 0.0)
    assert pace.told(1, 100, 30.0) == "2 a minute, 49 min 30 s left"


def test_lines_hold_rate_and_time_left(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    monkeypatch.setattr("seedsoil.cli.terminal.time.monotonic", lambda: now[0])
    with progress_of("patients", 2) as progress:
        for done in range(0, 5):
            progress(done, 4)
            now[0] += 10.0
    assert (
        capsys.readouterr().err
        == "2 of 4 patients (6 a minute, 20 s left)\n4 of 4 patients (6 a minute, 40 s in all)\n"
    )
