"""The body map: every site of a host has its place on the outline, and the colours tell what the tables hold."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from seedsoil.catalogue.load import entry, names
from seedsoil.show.report import trial_drawings
from seedsoil.show.trial.body import body_figure, host_of, outline_of
from seedsoil.show.trial.organs import organs_figure
from tests.unit.show.examples import MadeTrial, made_trial
from tests.unit.show.layout import overlaps, texts

hosts = names("hosts")


def placed(sites: list[str], share: float = 0.5) -> MadeTrial:
    """Return a trial of ten patients in one arm, of whom a share has a metastasis in each of these sites at the end."""
    made = made_trial(10)
    pairs = [(patient, site) for patient in range(round(10 * share)) for site in sites]
    count = len(pairs)
    lesions = {
        "patient": np.array([patient for patient, _ in pairs]),
        "arm": np.array(["surgery"] * count, dtype=object),
        "lesion": np.arange(count),
        "site": np.array([site for _, site in pairs], dtype=object),
        "parent": np.zeros(count, dtype=int),
        "cells_at_diagnosis": np.zeros(count),
        "cells_at_end": np.full(count, 1e6),
        "fate": np.array(["growing"] * count, dtype=object),
    }
    patients = {
        name: column[made.tables["patients"]["arm"] == "surgery"] for name, column in made.tables["patients"].items()
    }
    return MadeTrial(("surgery",), {"patients": patients, "lesions": lesions}, made.study, made.record)


def drawn(host: str) -> Any:
    drawing = outline_of(host)
    assert drawing is not None
    return drawing


@pytest.mark.parametrize("host", hosts)
def test_every_site_of_a_host_has_its_place(host: str) -> None:
    """A new site in the catalogue without a place on the outline fails here, and so does a place of no site."""
    anatomy = entry("hosts", host).anatomy  # type: ignore[union-attr]
    assert {site.name for site in anatomy.sites if site.soil} == set(drawn(host)["sites"])


@pytest.mark.parametrize("host", hosts)
def test_names_of_all_sites_lie_apart_and_inside(host: str) -> None:
    picture = body_figure(placed(list(drawn(host)["sites"])), host)
    assert overlaps(picture) == []
    wide, tall = picture.bbox.width, picture.bbox.height
    outside = [
        text.get_text()
        for text in texts(picture)
        if (box := text.get_window_extent()).x0 < 0 or box.y0 < 0 or box.x1 > wide or box.y1 > tall
    ]
    assert outside == []


@pytest.mark.parametrize("host", hosts)
def test_organs_lie_within_the_outline(host: str) -> None:
    picture = body_figure(placed([]), host)
    outline, _, organs = (each for each in picture.axes[0].collections if isinstance(each, PathCollection))
    for organ in organs.get_paths():
        points = organ.to_polygons()[0]
        inside = np.any([piece.contains_points(points) for piece in outline.get_paths()], axis=0)
        assert inside.mean() > 0.9


def test_colours_and_table_are_the_shares() -> None:
    trial = placed(["liver", "lung", "tail"], share=0.4)
    picture = body_figure(trial, "adult")
    assert picture.table == organs_figure(trial).table
    assert picture.table["at_end"] == [0.4, 0.4, 0.4]
    at_diagnosis, at_end = (
        {to_hex(colour) for colour in axes.collections[-1].get_facecolor()} for axes in picture.axes[:2]
    )
    assert at_diagnosis == {"#ffffff"}
    assert len(at_end) == 2
    assert "Not on the body: tail (up to 40%)." in picture.caption
    assert {text.get_text() for text in picture.axes[0].texts} == {"liver\n0 → 40%", "lung\n0 → 40%"}


def test_no_lesion_and_many_arms_are_drawn() -> None:
    assert "Named are" in body_figure(placed([]), "adult").caption
    trial = made_trial(8)
    picture = body_figure(trial, "adult", most=2)
    assert "Only the first 2 arms are drawn." in picture.caption
    assert len(picture.axes) == 4
    assert set(picture.table["arm"]) == set(trial.arms)


def test_a_host_without_an_outline_has_the_bars_alone() -> None:
    trial = placed(["liver"])
    assert host_of(trial) == ""
    assert [name for name, *_ in trial_drawings(trial) if name in ("body", "organs")] == ["organs"]
    trial.plan = SimpleNamespace(patient=SimpleNamespace(host=SimpleNamespace(name="adult")))  # type: ignore[attr-defined]
    assert [name for name, *_ in trial_drawings(trial) if name in ("body", "organs")] == ["body", "organs"]
    trial.plan.patient.host.name = "../adult"  # type: ignore[attr-defined]
    assert outline_of(host_of(trial)) is None
