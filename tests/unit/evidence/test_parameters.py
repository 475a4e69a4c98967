"""Parameters of claims, measured: one number of a study moved to an end of its range, and the claim's figure then."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from seedsoil.evidence.bench import study
from seedsoil.evidence.claim import Figure, Move, Setting
from seedsoil.evidence.review import claim_of, claims
from seedsoil.evidence.runner import carry_out
from seedsoil.evidence.runner.kept import Shelf
from seedsoil.evidence.runner.parameters import Moved, by_weight, measure, named_paths
from seedsoil.evidence.runner.result import result_of
from seedsoil.evidence.runner.work import Done
from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.pool import WorkerDiedError

_SET_UP = {
    "animals": 2,
    "tumour": {"is": "b16_f10", "spread": {"platelet_cloak": "0.5"}},
    "host": "mouse",
    "until": "2 days",
}


def _study(move=None):
    return study(
        Setting("tiny", 1, move=move),
        arms={"cells": [{"inject": "1e3 cells", "into": "veins", "at": "0 days"}]},
        **_SET_UP,
    )


@pytest.mark.parametrize(("end", "which"), [("lowest", "low"), ("highest", "high")])
def test_a_number_goes_to_its_end_and_the_rest_stays(end, which):
    """Smallest error caught: another number moved, or the wrong end of the range."""
    before, move = _study(), Move("soils.lung.vessel_density", end)
    after = _study(move)
    stood, stands = before.host.soil("lung").vessel_density, after.host.soil("lung").vessel_density
    assert stands.number == getattr(stood, which)
    assert move.seen == {
        "stands": f"{stood.number:.12g} {stood.unit}".removesuffix(" 1"),
        "goes": f"{stands.number:.12g} {stands.unit}".removesuffix(" 1"),
    }
    assert after.tumour == before.tumour
    assert [soil for soil in after.host.soils if soil.name != "lung"] == [
        soil for soil in before.host.soils if soil.name != "lung"
    ]


def test_a_number_that_the_set_up_gives_is_moved_too():
    """Smallest error caught: what a set-up says itself wins over the end of the range."""
    path = "tumour.spread.platelet_cloak"
    before, after = (_study(move).tumour.spread.platelet_cloak for move in (None, Move(path, "highest")))
    assert before.number == 0.5
    assert before.number < after.number == before.high


def test_a_study_without_the_number_stays_as_it_is():
    """Smallest error caught: a path of another study breaks the experiment, or counts as moved."""
    move = Move("agents.aspirin.blocks.platelet.half", "lowest")
    assert _study(move).resolve() == _study().resolve()
    assert move.seen == {}


def test_measuring_a_claim_gives_its_figure_at_both_ends():
    """Smallest error caught: ends exchanged. A deeper rim lets colonies without vessels grow wider."""
    moved = measure("B4", "tiny", 7)
    rim = {one.end: one for one in moved if one.path == "tumour.diffusion_rim"}
    claim = claim_of("B4")
    assert rim["lowest"].figure.value < rim["highest"].figure.value
    assert {one.path for one in moved} == set(named_paths(claim))
    again = measure("B4", "tiny", 7)
    assert again == moved


def test_what_moves_the_figure_farthest_comes_first():
    """Smallest error caught: the order by the ends' mean, or a failed end that counts as far."""
    low, far = Figure(0.9, 0.8, 1.0), Figure(3.0, 2.0, 4.0)
    moved = (
        Moved("a", "lowest", "1", "0", low), Moved("a", "highest", "1", "2", low), Moved("b", "highest", "1", "2", None, "nobody"),
        Moved("c", "lowest", "1", "0", low), Moved("c", "highest", "1", "2", far),
    )  # fmt: skip
    assert [ends[0].path for ends in by_weight(moved, Figure.exact(1.0))] == ["c", "a", "b"]


def test_what_was_measured_is_kept_and_read_again(tmp_path):
    """Smallest error caught: a figure that is no number, or a failure, lost on the way through the file."""
    claim, shelf = claim_of("B4"), Shelf(tmp_path)
    moved = (
        Moved("tumour.x", "lowest", "1", "0 mm", Figure(0.1, -math.inf, math.inf)), Moved("tumour.x", "highest", "1", "2 mm", None, "nobody"),
    )  # fmt: skip
    shelf.keep_moved(claim, "tiny", 3, moved)
    assert shelf.find_moved(claim, "tiny", 3) == moved
    assert shelf.find_moved(claim, "tiny", 4) is None
    assert replace(moved[0], end="highest") != moved[0]


def test_a_process_that_dies_is_told_and_what_was_measured_stays(tmp_path, monkeypatch):
    """Smallest error caught: a traceback where memory runs out, or what another claim came to lost with it."""
    meant = [claim_of("B4"), claim_of("G10")]
    moved = (Moved("tumour.x", "lowest", "1", "0 mm", Figure(0.1, 0.0, 1.0)),)
    ended = [(meant[0], moved), (meant[1], WorkerDiedError("killed by signal 9"))]
    monkeypatch.setattr(carry_out, "each", lambda *_: iter(ended))
    results = [result_of(claim, "tiny", 3, Done(claim.id, 0.0, failure="")) for claim in meant]
    with pytest.raises(ModelError, match="G10: its parameters were not measured to the end: .*killed by signal 9"):
        carry_out.measure_all(results, tmp_path)
    assert Shelf(tmp_path).find_moved(meant[0], "tiny", 3) == moved


def test_most_claims_name_a_number_that_can_be_moved():
    """Smallest error caught: a way of writing paths that nobody reads any more."""
    assert sum(bool(named_paths(claim)) for claim in claims()) >= 55
