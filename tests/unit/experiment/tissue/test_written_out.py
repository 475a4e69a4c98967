"""What is written of a block is read back by others: Parquet by pandas, images by Zarr and the standard's rules, trees by DendroPy."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedsoil.experiment.tissue import images
from seedsoil.experiment.tissue.genealogy import living_tree, write_tree
from seedsoil.experiment.tissue.images import write_images
from seedsoil.experiment.tissue.tables import write_cell_table, write_vessel_table
from seedsoil.foundation.errors import StoreError
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.snapshot import Snapshot, take
from tests.blocks import block

_SHAPE = (3, 15, 21)
_wanted = "Zarr is not installed: pip install 'seedsoil[tissue]'"


@pytest.fixture(scope="module")
def model() -> TissueModel:
    return block(_SHAPE)


@pytest.fixture(scope="module")
def shots(model: TissueModel) -> list[Snapshot]:
    return [take(model.run(day)) for day in (0.0, 1.5, 3.0)]


def test_a_moment_is_a_copy_that_nobody_changes(shots: list[Snapshot], model: TissueModel) -> None:
    first, last = shots[0], shots[-1]
    assert first.counts()["tumour"] == 27 < last.counts()["tumour"]
    assert last.counts() == {kind: count["alive"] for kind, count in model.counts().items()}
    with pytest.raises(ValueError, match="read-only"):
        first.kind[0, 0, 0] = 1
    assert first.fields[0].max() == 38.0  # at rest before the first step


def test_ages_count_over_the_turn_of_their_counter(model: TissueModel) -> None:
    """A cell born 3 steps before the counter's turn is 5 steps old 2 steps after it."""
    born, done = model.lattice.born.copy(), model.steps_done
    model.lattice.born[:], model.steps_done = 65533, 65536 * 2 + 2
    assert take(model).age[model.lattice.kind > 0] == pytest.approx(5 / 12)
    model.lattice.born[:], model.steps_done = born, done


def test_the_table_of_cells_is_the_block(shots: list[Snapshot], tmp_path: Path) -> None:
    """Cell by cell, each column: catches axes exchanged, levels of the neighbour, clones of vessels."""
    import pandas as pd

    table = pd.read_parquet(write_cell_table(tmp_path / "cells.parquet", shots))
    assert table.groupby("day").size().to_dict() == {shot.day: int((shot.kind > 0).sum()) for shot in shots}
    shot = shots[-1]
    rows = table[table["step"] == shot.step]
    z, y, x = (
        (rows[f"{axis}_um"].to_numpy() / shot.edge + size / 2.0 - 0.5).astype(int)
        for axis, size in zip("zyx", _SHAPE, strict=True)
    )
    names = np.array(["", *(kind.name for kind in shot.kinds)], dtype=object)
    assert (rows["kind"].to_numpy() == names[shot.kind[z, y, x]]).all()
    assert (rows["condition"].to_numpy() == np.array(["alive", "apoptotic", "necrotic"])[shot.condition[z, y, x]]).all()
    assert (rows["level_oxygen"].to_numpy() == shot.fields[0][z, y, x]).all()
    assert (rows["level_vegf"].to_numpy() == shot.fields[1][z, y, x]).all()
    assert rows["age_days"].to_numpy() == pytest.approx(shot.age[z, y, x])
    tumour = (rows["part"] == "tumour").to_numpy()
    assert (rows["clone"].to_numpy() == np.where(tumour, shot.clone[z, y, x].astype(int), -1)).all()
    assert shot.cell is not None
    assert (rows["cell"].to_numpy() == np.where(tumour, shot.cell[z, y, x].astype(int), -1)).all()
    vessel = rows["part"].isin(["vessel", "sprout"]).to_numpy()
    assert (rows["piece"].to_numpy() == np.where(vessel, shot.clone[z, y, x].astype(int), -1)).all()
    assert set(rows["resistance"]) <= {"", "efflux"}
    assert rows["programme"].max() > 0.1
    assert rows["clone"].max() > 0


def test_columns_say_their_units(shots: list[Snapshot], tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(write_cell_table(tmp_path / "cells.parquet", shots))
    assert schema.field("level_oxygen").metadata[b"unit"] == b"mmHg"
    assert schema.field("x_um").metadata[b"unit"] == b"um"
    assert all(schema.field(name).metadata[b"meaning"] for name in schema.names)


def test_the_table_of_vessels_is_the_net(shots: list[Snapshot], tmp_path: Path) -> None:
    import pandas as pd

    table = pd.read_parquet(write_vessel_table(tmp_path / "vessels.parquet", shots))
    first = table[table["step"] == 0]
    assert len(first) == 42
    assert first["perfused"].all()
    assert (first["inlet"].sum(), first["outlet"].sum(), first["tip"].sum()) == (2, 2, 0)
    assert sorted(first["y_um"].unique()) == [-120.0, 120.0]
    inner = first[first["parent"] >= 0].merge(first, left_on="parent", right_on="piece", suffixes=("", "_parent"))
    assert (inner["x_um"] - inner["x_um_parent"] == 20.0).all()
    last = table[table["step"] == shots[-1].step]
    assert last["tip"].any()
    assert (last.loc[last["tip"], "kind"] == "tip").all()
    assert last.loc[last["grown"], "parent"].min() >= 0


def test_tables_are_the_same_bytes_each_time(shots: list[Snapshot], tmp_path: Path) -> None:
    """And a moment of another block, or none, is refused, with nothing left behind."""
    for write in (write_cell_table, write_vessel_table):
        one, other = (write(tmp_path / f"{number}.parquet", shots).read_bytes() for number in range(2))
        assert one == other
        with pytest.raises(StoreError, match="no moment"):
            write(tmp_path / "none.parquet", [])
    stranger = dataclasses.replace(shots[0], substances=shots[0].substances[:1])
    with pytest.raises(StoreError, match="other substances"):
        write_cell_table(tmp_path / "mixed.parquet", [*shots, stranger])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.parquet", "1.parquet"]


def test_the_image_is_the_block(shots: list[Snapshot], tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason=_wanted)
    colours = {"tumour": "#D55E00"}
    root = zarr.open_group(write_images(tmp_path / "a.ome.zarr", iter(shots), colours), mode="r")
    assert root["0"].shape == (3, 2, *_SHAPE)
    for number, shot in enumerate(shots):
        assert np.array_equal(root["0"][number], shot.fields)
        assert np.array_equal(root["labels/kinds/0"][number], shot.kind)
        assert np.array_equal(root["labels/conditions/0"][number] > 1, (shot.kind > 0) & (shot.condition > 0))
        clones = root["labels/clones/0"][number]
        assert np.array_equal(clones > 0, shot.kind == 1)
        assert (clones[shot.kind == 1] == shot.clone[shot.kind == 1] + 1).all()
    assert root.attrs["seedsoil"]["days"] == [0.0, 1.5, 3.0]
    assert [path.name for path in tmp_path.iterdir()] == ["a.ome.zarr"]


def _check_multiscale(group: Path, labels: bool) -> dict[str, Any]:
    """The rules of OME-NGFF 0.5 for an image, one by one (image.schema and label.schema of that version, and its text)."""
    ome: dict[str, Any] = json.loads((group / "zarr.json").read_text())["attributes"]["ome"]
    assert ome["version"] == "0.5"
    (image,) = ome["multiscales"]
    names = [axis["name"] for axis in image["axes"]]
    kinds = [axis["type"] for axis in image["axes"]]
    assert 2 <= len(names) <= 5
    assert kinds == sorted(kinds, key=("time", "channel", "space").index)  # time, then channel, then space
    assert kinds.count("space") in {2, 3}
    assert all(axis["unit"] == "micrometer" for axis in image["axes"] if axis["type"] == "space")
    assert all(axis.get("unit", "day") == "day" for axis in image["axes"] if axis["type"] == "time")
    for dataset in image["datasets"]:
        array = json.loads((group / dataset["path"] / "zarr.json").read_text())
        assert (array["zarr_format"], array["node_type"]) == (3, "array")
        assert array["dimension_names"] == names
        assert len(array["shape"]) == len(names)
        assert array["data_type"] in ({"uint8", "uint32"} if labels else {"float32"})
        scale, translation = dataset["coordinateTransformations"]
        assert (scale["type"], translation["type"]) == ("scale", "translation")
        assert len(scale["scale"]) == len(translation["translation"]) == len(names)
    return ome


def test_the_image_keeps_the_rules_of_the_standard(shots: list[Snapshot], tmp_path: Path) -> None:
    pytest.importorskip("zarr", reason=_wanted)
    path = write_images(tmp_path / "a.ome.zarr", shots, {"tumour": "#D55E00"})
    ome = _check_multiscale(path, labels=False)
    scale, translation = ome["multiscales"][0]["datasets"][0]["coordinateTransformations"]
    assert scale["scale"] == [1.5, 1.0, 20.0, 20.0, 20.0]
    assert translation["translation"] == [0.0, 0.0, -20.0, -140.0, -200.0]
    for channel, name in zip(ome["omero"]["channels"], ("oxygen [mmHg]", "vegf [1]"), strict=True):
        assert channel["label"] == name
        assert len(bytes.fromhex(channel["color"])) == 3
        assert channel["window"]["start"] < channel["window"]["end"]
    listed = json.loads((path / "labels" / "zarr.json").read_text())["attributes"]["ome"]["labels"]
    assert listed == ["kinds", "conditions", "clones"]
    for name in listed:
        about = _check_multiscale(path / "labels" / name, labels=True)["image-label"]
        assert about["source"] == {"image": "../../"}
    about = _check_multiscale(path / "labels" / "kinds", labels=True)["image-label"]
    assert [entry["label-value"] for entry in about["properties"]] == [1, 2, 3, 4]
    assert [entry["kind"] for entry in about["properties"]][:2] == ["tumour", "endothelium"]
    assert about["colors"][0] == {"label-value": 1, "rgba": [213, 94, 0, 255]}
    assert len(about["colors"]) == 4


def test_another_reader_of_the_standard_finds_no_fault(shots: list[Snapshot], tmp_path: Path) -> None:
    pytest.importorskip("zarr", reason=_wanted)
    yaozarrs = pytest.importorskip("yaozarrs")
    path = write_images(tmp_path / "a.ome.zarr", shots, {"tumour": "#D55E00"})
    yaozarrs.validate_zarr_store(str(path))
    document = json.loads((path / "zarr.json").read_text())
    document["attributes"]["ome"]["multiscales"][0]["datasets"][0]["path"] = "7"
    (path / "zarr.json").write_text(json.dumps(document))
    with pytest.raises(Exception, match="7"):
        yaozarrs.validate_zarr_store(str(path))


def test_uneven_times_are_counted(shots: list[Snapshot], tmp_path: Path) -> None:
    """A single scale cannot tell them: the axis has no unit then, and an attribute the days."""
    zarr = pytest.importorskip("zarr", reason=_wanted)
    uneven = [shots[0], shots[2], take(block(_SHAPE).run(3.5))]
    root = zarr.open_group(write_images(tmp_path / "a.ome.zarr", uneven), mode="r")
    (image,) = root.attrs["ome"]["multiscales"]
    assert image["axes"][0] == {"name": "t", "type": "time"}
    assert image["datasets"][0]["coordinateTransformations"][0]["scale"][0] == 1.0
    assert root.attrs["seedsoil"]["days"] == [0.0, 3.0, 3.5]


def test_images_are_refused_whole(shots: list[Snapshot], tmp_path: Path) -> None:
    """Nothing is written over, and what fails leaves nothing."""
    pytest.importorskip("zarr", reason=_wanted)
    (tmp_path / "there").mkdir()
    with pytest.raises(StoreError, match="exists already"):
        write_images(tmp_path / "there", shots)
    with pytest.raises(StoreError, match="no moment"):
        write_images(tmp_path / "none.ome.zarr", [])
    with pytest.raises(StoreError, match="different blocks"):
        write_images(tmp_path / "mixed.ome.zarr", [shots[0], take(block())])
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_without_zarr_the_message_names_the_extra(
    shots: list[Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(StoreError, match=r"pip install 'seedsoil\[tissue\]'"):
        images.write_images(tmp_path / "a.ome.zarr", shots)


def test_the_tree_is_that_of_the_living(shots: list[Snapshot], model: TissueModel, tmp_path: Path) -> None:
    """Each living cell is a tip on the last day; two meet at the birth that the record has for them."""
    dendropy = pytest.importorskip("dendropy")
    tree = dendropy.Tree.get(path=str(write_tree(model, tmp_path / "tree.nwk")), schema="newick")
    living = model.lattice.cell[model.alive("tumour")].tolist()
    assert sorted(int(tip.taxon.label.split("_")[1]) for tip in tree.leaf_node_iter()) == sorted(living)
    assert tree.calc_node_root_distances(return_leaf_distances_only=True) == pytest.approx([3.0] * len(living))
    found, names = living_tree(model)
    place = {name.split("_")[1]: node for node, name in enumerate(names) if name.startswith("cell_")}
    for one, other in zip(living[:-1:7], living[1::7], strict=False):
        met = found.common_ancestor(np.array([place[str(one)], place[str(other)]]))
        assert found.day[met] == pytest.approx(_met(model, one, other))


def _met(model: TissueModel, one: int, other: int) -> float:
    """When the lines of two cells parted: the later birth of those below their common ancestor."""
    ways = []
    for cell in (one, other):
        way = [cell]
        while way[-1]:
            way.append(int(model.lattice.tree_parent[way[-1]]))
        ways.append(way)
    common = next(cell for cell in ways[0] if cell in ways[1])
    births = [int(model.lattice.tree_born[way[way.index(common) - 1]]) for way in ways if way[0] != common]
    # Of two daughters of one mother the earlier born leaves the line first.
    return (min(births) if common else 0) * model.setting.step


def test_a_tree_of_many_is_thinned_and_one_without_record_refused(shots: list[Snapshot], model: TissueModel) -> None:
    tree, _ = living_tree(model, most=5)
    assert tree.tips.size == 5
    with pytest.raises(StoreError, match="set tree to true"):
        living_tree(block(tree=False))
    dead = block()
    dead.lattice.condition[:] = 2
    with pytest.raises(StoreError, match="no tumour cell lives"):
        living_tree(dead)
