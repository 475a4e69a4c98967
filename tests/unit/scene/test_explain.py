"""A scene is told in words and reckoned up before it runs: what it says is what is there."""

from __future__ import annotations

import json
import math
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest

from seedsoil.cli.main import execute
from seedsoil.foundation.errors import StudyError
from seedsoil.foundation.value import values_in
from seedsoil.scene import build as building
from seedsoil.scene.build import build
from seedsoil.scene.estimate import size_up
from seedsoil.scene.explain import explain, notes
from seedsoil.scene.schema import json_schema
from seedsoil.scene.text import is_scene, read_scene, shipped_scenes, written


@pytest.mark.parametrize("name", shipped_scenes())
def test_every_number_of_a_scene_stands_in_its_explanation(name: str) -> None:
    """Each Value with a range has a row, each source a line, each kind its count: catches one that is left out."""
    scene = read_scene(name)
    text, model = explain(scene), build(scene)
    assert text.startswith(scene.scene.title)
    for noun in (*model.substances, *model.kinds):
        page = text.split(f"Numbers of {noun.name}\n")[1].split("Numbers of ")[0].split("Sources:")[0]
        rows = [line.split()[0] for line in page.splitlines() if line.startswith("  ") and not line.startswith("   ")]
        held = [(place, value) for place, value in values_in(noun) if value.number or value.high]
        assert rows == [place for place, _ in held]
        for _, value in held:
            if value.source not in ("study file", "assumed"):
                assert f"  {value.source}: " in text
    for kind, count in model.counts().items():
        assert (f"{count['alive']:,} {kind}" in text) == bool(count["alive"])


def test_what_a_scene_changes_is_told() -> None:
    """With what the catalogue has; doses, sides, switches and what is filled in."""
    table = written("invasion")[1]
    table["scene"] |= {"without": ["death"], "genealogy": True}
    table["give"] = [
        {
            "substance": "oxygen",
            "peak": "5 mmHg",
            "half_life": "2 hours",
            "every": "1 day",
            "times": 3,
            "start": "2 days",
        }
    ]
    lines = explain(read_scene(table)).splitlines()
    assert "  - cells.melanoma.movement: 0.1 um/min, 0.02 um/min in the catalogue" in lines
    assert "  - matrix from 200 um to 800 um along x, at 1" in lines
    assert "Switched off: death." in lines
    assert "The mother of every cell is kept." in lines
    assert "Note: il23_antibody is described, but nothing gives it" in lines
    told = " ".join(" ".join(lines).split())
    assert "Held at 60 mmHg: the side to the west and the east and the north and the south." in told
    assert "Blood gets 5 mmHg on day 2, 3 times, every 24 hours, which halves in 2 hours." in told.replace(
        "1 day,", "24 hours,"
    )


@pytest.mark.parametrize(("faster", "told"), [(1.0, False), (70.0, True)])
def test_a_voxel_wider_than_oxygen_reaches_is_told(faster: float, told: bool) -> None:
    """A lattice coarser than the depth of penetration, sqrt(2 D / k) of 146 um or, at seventy times the uptake, 17 um: one note, no fault."""
    table = written("slab")[1]
    table["cells"]["carcinoma"]["uptake"] = {"oxygen": f"{9.4 * faster} /min"}
    scene = read_scene(table)
    model = build(scene)
    reach = math.sqrt(2.0 * float(model.substances[0].diffusion) / (9.4 * faster))
    expected = (
        f"oxygen reaches {reach:.3g} um into carcinoma, and a voxel is 20 um wide: how it falls off is not seen; "
        f"take block.voxel of at most {reach:.2g} um"
    )
    assert notes(scene, model) == ([expected] if told else [])


def test_traits_of_clones_are_told_and_idle_ones_noted() -> None:
    """What a clone does more or less is a sentence; what its kind never does is a note, and no fault."""
    table = written("invasion")[1]
    table["cells"]["melanoma"] |= {
        "visibility": 0.3,
        "mechanisms": [
            {"name": "rover", "probability": 1e-4, "cost": 0.1, "changes": {"movement": 3, "secretion il23": 2}}
        ],
    }
    said = " ".join(explain(read_scene(table)).split())
    assert (
        "a clone with rover has 3 times the movement, has 2 times the secretion il23, divides 10% less; it arises"
        in said
    )
    assert "killers that go by antigen see it with probability 0.3." in said
    assert "Note: rover changes 'secretion il23', which melanoma never does" in said
    table["cells"]["melanoma"]["mechanisms"][0]["changes"] = {"movment": 3}
    with pytest.raises(StudyError) as wrong:
        build(read_scene(table))
    assert wrong.value.faults[0].startswith(
        "mechanisms.rover.changes: no behaviour 'movment' here. Did you mean 'movement'?"
    )


def test_commands_know_scenes(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    """`check`, `explain`, `resolve` and `schema scene`; a file with a fault is told with its place and code 2."""
    assert execute(["check", "astrocyte_coculture"]) == 0
    said = capsys.readouterr().out
    assert "astrocyte_coculture: no faults" in said
    assert "note: fibroblast is described, but placed nowhere" in said
    assert execute(["explain", "slab"]) == 0
    assert "20 x 10 x 1 voxels of 20 um" in capsys.readouterr().out
    assert execute(["resolve", "slab"]) == 0
    path = tmp_path / "mine.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert execute(["check", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8").replace("seed = 1", "seed = -1"), encoding="utf-8")
    capsys.readouterr()
    assert execute(["check", str(path)]) == 2
    assert "scene.seed" in capsys.readouterr().err
    assert execute(["schema", "scene"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


def test_a_study_is_no_scene() -> None:
    """Names and files are told apart; what cannot be read is left to the study's own reader."""
    assert is_scene("slab")
    assert not is_scene("demo")
    assert not is_scene("nowhere.toml")


_DEFINITIONS = json_schema()["$defs"]


def _unknown(schema: dict[str, Any], item: object, place: str = "") -> list[str]:
    """The places that a schema does not know."""
    if "$ref" in schema:
        schema = _DEFINITIONS[schema["$ref"].rsplit("/", 1)[-1]]
    if isinstance(item, list):
        inner = schema.get("items", {})
        return [each for number, one in enumerate(item) for each in _unknown(inner, one, f"{place}[{number}]")]
    if not isinstance(item, dict) or schema.get("type") != "object":
        return []
    found = []
    for key, inner in item.items():
        known = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
        found += _unknown(known, inner, f"{place}.{key}") if isinstance(known, dict) else [f"{place}.{key}"]
    return found


@pytest.mark.parametrize("name", shipped_scenes())
def test_schema_knows_every_key_of_a_scene(name: str) -> None:
    """And no other: a key that is misspelt, at any depth, is none that it knows."""
    schema, table = json_schema(), written(name)[1]
    assert _unknown(schema, table) == []
    assert set(schema["required"]) <= set(table)
    table["scene"]["untill"] = "1 day"
    table["cells"] = {"carcinoma": {"divisions": 1}}
    assert _unknown(schema, table) == [".scene.untill", ".cells.carcinoma.divisions"]


@pytest.mark.parametrize("name", ["brain_metastasis", "avascular_nodule"])
def test_memory_is_reckoned_up(name: str) -> None:
    """What a block takes after a step, to a quarter: catches an array of a voxel's four bytes that is forgotten."""
    scene = read_scene(name)
    build(scene).run(0.3)  # what is compiled, or kept for good, is there
    tracemalloc.start()
    model = build(scene)
    model.step()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert 0.75 <= size_up(scene, model.kinds, model.substances).memory_bytes / taken <= 1.35


def test_a_block_without_room_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line with what it takes and what is free, before anything is laid out."""
    monkeypatch.setattr(building, "free_memory", lambda: 1e6)
    with pytest.raises(StudyError, match=r"block.size: 27,000 voxels take .* MB of memory, and 1 MB are free") as told:
        build(read_scene("brain_metastasis"))
    assert len(told.value.faults) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_scenes())
def test_time_is_reckoned_up(name: str) -> None:
    """Within a factor of four of what steps take on this machine, as the estimate says of itself."""
    scene = read_scene(name)
    model = build(scene)
    estimate = size_up(scene, model.kinds, model.substances, int(model.laws.rounds.max()))
    model.run(0.5)  # what is compiled is there
    begin, steps = time.process_time(), 24
    for _ in range(steps):
        model.step()
    taken = (time.process_time() - begin) / steps
    assert 0.25 <= estimate.seconds / estimate.steps / taken <= 4.0
    assert np.prod(scene.block.shape) == estimate.voxels
