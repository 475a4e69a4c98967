"""From nouns to tables: every wrong name, unit and wish is told in a line, all at once, and right ones become numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.rule import Rule
from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.lattice import DEATH, MOVEMENT, Laws
from seedsoil.tissue.laws import compile_laws
from tests.tissue_scenes import kind, substance

SUBSTANCES = (substance("oxygen", "mmHg"), substance("factor"))


def compiled(kinds: Sequence[CellKind], days: float = 1.0 / 24.0) -> Laws:
    """The tables of kinds at 20 um in space."""
    return compile_laws(kinds, SUBSTANCES, 20.0, days, False, 60.0, False)


def faults(*kinds: CellKind, days: float = 1.0 / 24.0) -> list[str]:
    """What is said of kinds that cannot be."""
    with pytest.raises(ModelError) as caught:
        compiled(kinds, days)
    return list(caught.value.faults)


def _rule(**given: Any) -> dict[str, Any]:
    return {"signal": "factor", "raises": "death", "by": "1 /day", "half": "1"} | given


WRONG_RULES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "signal": (_rule(signal="oxigen"), ["rules[0].signal: no signal 'oxigen' here. Did you mean 'oxygen'?"]),
    "contact": (_rule(signal="contact tumor"), ["no signal 'contact tumor' here. Did you mean 'contact tumour'?"]),
    "behaviour": (_rule(raises="deth"), ["rules[0]: no behaviour 'deth' here. Did you mean 'death'?"]),
    "substance of a behaviour": (_rule(raises="uptake glucose"), ["no behaviour 'uptake glucose' here"]),
    "unit of the half-point": (_rule(half="3 mmHg"), ["rules[0].half: 3 mmHg is not in the unit of 'factor', '1'"]),
    "unit of how much": (_rule(by=0.5), ["rules[0].by: 0.5 is not in the unit of 'death', '1/day'"]),
    "unit of a speed": (_rule(raises="movement"), ["rules[0].by: 1 /day is not in the unit of 'movement', 'um/min'"]),
    "need": (_rule(needs={"signal": "lactate", "half": "1"}), ["rules[0].needs: no signal 'lactate' here"]),
    "unit of a need": (
        _rule(needs={"signal": "oxygen", "half": "1"}),
        ["rules[0].needs.half: 1 is not in the unit of 'oxygen', 'mmHg'"],
    ),
    "shift": (_rule(shifted_by={"signal": "antagonist", "by": 2.0}), ["rules[0].shifted_by: no signal 'antagonist'"]),
    "programme without its time": (_rule(raises="programme", by=1.0), ["tumour has no programme_time"]),
    "sprouting of a tumour": (_rule(raises="sprouting"), ["'sprouting' is for vessels, and tumour is a tumour"]),
    "admission by a tumour": (_rule(raises="admission host"), ["'admission host' is for vessels"]),
    "flow sensed by a tumour": (_rule(signal="perfused"), ["'perfused' is sensed by vessels, and tumour is a tumour"]),
    "cover needed by a tumour": (_rule(needs={"signal": "covered", "half": "1"}), ["'covered' is sensed by vessels"]),
    "four at once": (
        _rule(signal="oxigen", raises="deth", needs={"signal": "lactate", "half": "1"},
              shifted_by={"signal": "antagonist", "by": 2.0}),
        ["no behaviour 'deth'", "no signal 'oxigen'", "no signal 'lactate'", "no signal 'antagonist'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_RULES)
def test_a_wrong_rule_is_told(name: str) -> None:
    """One line for each fault, in this order, and no other: catches a name or unit that passes, or hides another."""
    rule, expected = WRONG_RULES[name]
    said = faults(kind("tumour", rules=[rule]), kind("host", "host"))
    assert len(said) == len(expected), said
    for line, part in zip(said, expected, strict=True):
        assert line.startswith("tumour")
        assert part in line


TIP, VESSEL = {"name": "tip", "part": "sprout"}, {"name": "vessel", "part": "vessel"}
WRONG_KINDS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "twice": ([{"name": "host"}, {"name": "host"}], ["host: stands among the kinds and substances more than once"] * 2),
    "uptake": ([{"name": "a", "uptake": {"oxigen": "1 /min"}}], ["a.uptake: no behaviour 'uptake oxigen' here"]),
    "secretion": ([{"name": "a", "secretion": {"vegf": "1 /min"}}], ["a.secretion: no behaviour 'secretion vegf' here"]),
    "attraction": ([{"name": "a", "attraction": {"vegf": 1.0}}], ["a.attraction: no behaviour 'attraction vegf' here"]),
    "becomes": ([{"name": "a", "change": "1 /day", "becomes": "b"}], ["a.becomes: no kind of cell 'b' here"]),
    "targets": ([{"name": "a", "attack": "1 /day", "targets": ("b", "c")}], ["no kind of cell 'b'", "no kind of cell 'c'"]),
    "against": (
        [{"name": "a", "mechanisms": [{"name": "pump", "probability": 0.1, "against": {"drug": 2.0}}]}],
        ["mechanisms.pump.against: no substance 'drug' here"],
    ),
    "changes": (
        [{"name": "a", "part": "tumour", "mechanisms": [
            {"name": "rover", "probability": 0, "changes": {"movemnt": 2.0, "uptake matrix": 2.0, "opening": 2.0}}]}],
        ["mechanisms.rover.changes: no behaviour 'movemnt' here. Did you mean 'movement'?",
         "mechanisms.rover.changes: no behaviour 'uptake matrix' here",
         "a.mechanisms.rover.changes: 'opening' is for vessels, and clones are of cells"],
    ),
    "changes of two meanings": (
        [{"name": name, "mechanisms": [{"name": "rover", "probability": 0, "changes": {"movement": times}}]}
         for name, times in (("a", 2.0), ("b", 3.0))],
        ["b.mechanisms: 'rover' means something else for another kind"],
    ),
    "a clone too quick": (
        [{"name": "a", "part": "tumour", "movement": "2 um/min",
          "mechanisms": [{"name": "rover", "probability": 0, "changes": {"movement": 10.0}}]}],
        ["a.movement: at most 15.1 um/min at steps of 0.0417 days"],
    ),
    "two meanings": (
        [{"name": name, "mechanisms": [{"name": "pump", "probability": 0.1, "against": {"factor": fold}}]}
         for name, fold in (("a", 2.0), ("b", 3.0))],
        ["b.mechanisms: 'pump' means something else for another kind"],
    ),
    "too many mechanisms": (
        [{"name": "a", "mechanisms": [
            {"name": f"m{number}", "probability": 0.01, "against": {"factor": 2.0}} for number in range(33)]}],
        ["mechanisms: at most 32 in a scene, got 33"],
    ),
    "chances above one": (
        [{"name": "a", "variation": 0.9,
          "mechanisms": [{"name": "pump", "probability": 0.3, "against": {"factor": 2.0}}]}],
        ["a: variation and the probabilities of its mechanisms make 1.2, more than 1"],
    ),
    "a vessel that divides": ([{**VESSEL, "division": "1 /day"}], ["vessel.division: a vessel does not divide"]),
    "a vessel that walks": ([{**VESSEL, "movement": "1 um/min"}], ["vessel.movement: a vessel stands still"]),
    "a vessel that yields": ([{**VESSEL, "yields": True}], ["vessel.yields: a vessel gives way to nobody"]),
    "a tip that divides": (
        [VESSEL, {**TIP, "rules": [_rule(raises="division")]}], ["tip.division: a sprout does not divide"]
    ),
    "a host that prunes": ([{"name": "a", "pruning": "1 /day"}], ["a.pruning: 'pruning' is for vessels, and a is a host"]),
    "sprouting without a tip": ([{**VESSEL, "sprouting": "1 /day"}], ["vessel.sprouting: no kind of part sprout"]),
    "a tip without a vessel": ([TIP], ["kinds: sprouts leave vessels behind; add a kind of part vessel"]),
    "two kinds of tip": ([VESSEL, TIP, {**TIP, "name": "other"}], ["kinds: at most one kind of sprout in a scene"]),
    "a guest that is a vessel": (
        [{**VESSEL, "rules": [_rule(raises="admission vessel")]}], ["blood brings no vessel, 'vessel'"]
    ),
    "a cell that becomes a vessel": (
        [VESSEL, {"name": "a", "change": "1 /day", "becomes": "vessel"}], ["a.becomes: a host cannot become a vessel"]
    ),
    "too quick": ([{"name": "a", "movement": "20 um/min"}], ["a.movement: at most 15.1 um/min at steps of 0.0417 days"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_KINDS)
def test_a_wrong_kind_is_told(name: str) -> None:
    """One line for each fault and no other: catches a kind that would read or write what is another's."""
    kinds, expected = WRONG_KINDS[name]
    said = faults(
        *(kind(each["name"], **({"part": "host"} | {k: v for k, v in each.items() if k != "name"})) for each in kinds)
    )
    assert len(said) == len(expected), said
    for line, part in zip(said, expected, strict=True):
        assert part in line


def test_all_faults_are_told_at_once() -> None:
    """Of two kinds and five places: catches the first that hides the rest."""
    one = kind("one", uptake={"oxigen": "1 /min"}, rules=[_rule(signal="x"), _rule(half="1 mg/L")])
    other = kind("other", "vessel", yields=True, change="1 /day", becomes="nobody")
    assert len(faults(one, other)) == 5


NONSENSE: dict[str, tuple[dict[str, Any], str]] = {
    "both ways": (_rule(lowers="death"), "name one behaviour in one of the two"),
    "no way": (_rule(raises=""), "name one behaviour in one of the two"),
    "no amount": (_rule(by=None), "say how much a strong signal adds to 'death'"),
    "more than all": (_rule(raises="", lowers="death", by=1.5), "the share of 'death' that is taken away, from 0 to 1"),
    "half of nothing": (_rule(half="0"), "half: a level above 0"),
    "need of nothing": (_rule(needs={"signal": "factor", "half": "0"}), "half: a level above 0"),
    "power": (_rule(power=30.0), "power"),
    "unit that nothing has": (_rule(half="3 kg"), "kg"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_rule_without_sense_is_refused(name: str) -> None:
    """By the noun, before any scene: catches 0 / 0 in a response, and a share above all."""
    given, part = NONSENSE[name]
    with pytest.raises(ValidationError, match="(?s)" + part.replace("(", r"\(")):
        Rule.model_validate(given)


def test_tables_hold_what_was_written() -> None:
    """Rates per day, hops for speeds, the most that can happen: catches minutes for days, or a bound that is too low."""
    rules = [_rule(), _rule(raises="movement", by="0.2 um/min"), _rule(raises="", lowers="death", by=0.5)]
    laws = compiled([kind("a", death="0.5 /day", movement="0.1 um/min", uptake={"factor": "2 /min"}, rules=rules)])
    hop = 20.0 * (6.0 + 12.0 * math.sqrt(2.0) + 8.0 * math.sqrt(3.0)) / 26.0
    assert laws.base[1, DEATH] == 0.5
    assert laws.base[1, MOVEMENT] == pytest.approx(0.1 * 1440.0 / hop, rel=1e-14)
    assert 2.0 * 1440.0 in laws.base[1]
    hops = 0.3 * 60.0 / hop
    assert laws.chance[1] == pytest.approx(1.0 - math.exp(-1.5 / 24.0) * (1.0 - hops), rel=1e-12)
    assert laws.cleared[1, 1:] == pytest.approx([1.0 - math.exp(-1.0 / 8.0), 1.0 - math.exp(-1.0 / 20.0)])


@pytest.mark.parametrize(("speed", "rounds"), [(0.4, 1), (0.5, 3), (1.0, 5), (15.0, 64)])
def test_a_quick_kind_gets_rounds(speed: float, rounds: int) -> None:
    """So many that it hops once in two of them: catches one that is slowed down without a word."""
    assert compiled([kind("a", "host", movement=f"{speed} um/min")]).rounds[1] == rounds
