"""The lineage of a patient of the engine: its record, its tree, and nothing of the run touched."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.experiment.history import History
from seedsoil.observe.lineage.tree import DIVIDED
from seedsoil.trial.study.file import shipped
from seedsoil.trial.trial import simulate


@pytest.fixture(scope="module")
def history() -> History:
    return simulate(shipped("demo").plan(), "surgery", 5)


def test_the_record_adds_up(history: History) -> None:
    """Cells by lesion and clone, summed, are the cells by lesion that were recorded: catches a slot that is not in use."""
    mosaic = history.mosaic
    last = np.zeros(len(history.lesions["lesion"]))
    rows = slice(int(mosaic.first[-2]), int(mosaic.first[-1]))
    np.add.at(last, mosaic.lesion[rows], mosaic.cells[rows])
    assert (last == history.cells[-1]).all()
    assert (np.diff(mosaic.days) >= 0.0).all()


def test_the_tree_goes_through_the_lesions_as_they_were_seeded(history: History) -> None:
    """Each metastasis of the tree joins where and when its founder left; the same a second time, the record untouched."""
    before = [getattr(history.mosaic, name).copy() for name in ("cells", "stream")]
    chosen = np.argsort(-history.lesions["largest_cells"])[:5].tolist()
    found, again = (history.lineage(cells=6, lesions=chosen) for _ in range(2))
    assert (found.tree.day == again.tree.day).all()
    assert all(
        (old == getattr(history.mosaic, name)).all() for old, name in zip(before, ("cells", "stream"), strict=True)
    )
    tree = found.tree
    assert np.count_nonzero(tree.event == DIVIDED) == tree.tips.size - 1
    assert (tree.lengths >= 0.0).all()
    assert len(found.founders) == 4
    for one in found.founders:
        assert one.clonality == "monoclonal"
        assert one.sources == (int(history.lesions["parent"][one.lesion]),)
        tips = tree.tips[tree.lesion[tree.tips] == one.lesion]
        assert tree.day[tree.common_ancestor(tips)] > float(history.lesions["arrival_day"][one.lesion])
    assert found.graph.migrations == len(history.lesions["lesion"]) - 1
