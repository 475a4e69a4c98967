"""Stage from what was seen: bands and groups as the AJCC's tables have them, and who may say what, and until when."""

from __future__ import annotations

import itertools

import pytest

from seedsoil.biology.staging import fits
from seedsoil.catalogue.load import entry, names
from seedsoil.observe.stage import STAGING_DAYS, stager, stations

ADULT = entry("hosts", "adult")
STAGED = [name for name in names("tumours") if entry("tumours", name).staging is not None]

#: Rows of the AJCC's tables, 8th edition; of lung, colon and pancreas as read, of the others as recalled.
TABLE = [
    ("colon_adenocarcinoma", "T2", "N0", "M0", "I"),
    ("colon_adenocarcinoma", "T3", "N0", "M0", "IIA"),
    ("colon_adenocarcinoma", "T4", "N0", "M0", "IIB"),
    ("colon_adenocarcinoma", "T2", "N1b", "M0", "IIIA"),
    ("colon_adenocarcinoma", "T1", "N2a", "M0", "IIIA"),
    ("colon_adenocarcinoma", "T2", "N2a", "M0", "IIIB"),
    ("colon_adenocarcinoma", "T3", "N1a", "M0", "IIIB"),
    ("colon_adenocarcinoma", "T2", "N2b", "M0", "IIIB"),
    ("colon_adenocarcinoma", "T4", "N2a", "M0", "IIIC"),
    ("colon_adenocarcinoma", "T3", "N2b", "M0", "IIIC"),
    ("colon_adenocarcinoma", "T1", "N0", "M1", "IV"),
    ("lung_squamous", "T1a", "N0", "M0", "IA1"),
    ("lung_squamous", "T1c", "N0", "M0", "IA3"),
    ("lung_squamous", "T2a", "N0", "M0", "IB"),
    ("lung_squamous", "T2b", "N0", "M0", "IIA"),
    ("lung_squamous", "T3", "N0", "M0", "IIB"),
    ("lung_squamous", "T2a", "N1", "M0", "IIB"),
    ("lung_squamous", "T4", "N0", "M0", "IIIA"),
    ("lung_squamous", "T4", "N1", "M0", "IIIA"),
    ("lung_squamous", "T3", "N1", "M0", "IIIA"),
    ("lung_squamous", "T1b", "N2", "M0", "IIIA"),
    ("lung_squamous", "T3", "N2", "M0", "IIIB"),
    ("pancreas_adenocarcinoma", "T1", "N0", "M0", "IA"),
    ("pancreas_adenocarcinoma", "T2", "N0", "M0", "IB"),
    ("pancreas_adenocarcinoma", "T3", "N0", "M0", "IIA"),
    ("pancreas_adenocarcinoma", "T1", "N1", "M0", "IIB"),
    ("pancreas_adenocarcinoma", "T2", "N2", "M0", "III"),
    ("breast_er_positive", "T1b", "N0", "M0", "IA"),
    ("breast_er_positive", "T1c", "N1", "M0", "IIA"),
    ("breast_er_positive", "T2", "N1", "M0", "IIB"),
    ("breast_er_positive", "T3", "N1", "M0", "IIIA"),
    ("breast_er_positive", "T2", "N3", "M0", "IIIC"),
    ("kidney_clear_cell", "T1b", "N0", "M0", "I"),
    ("kidney_clear_cell", "T2a", "N0", "M0", "II"),
    ("kidney_clear_cell", "T1a", "N1", "M0", "III"),
]


@pytest.mark.parametrize(("tumour", "t", "n", "m", "stage"), TABLE)
def test_stage_groups_are_those_of_the_table(tumour: str, t: str, n: str, m: str, stage: str) -> None:
    assert entry("tumours", tumour).staging.stage(t, n, m) == stage


@pytest.mark.parametrize("tumour", STAGED)
def test_every_combination_has_a_stage_and_every_group_known_categories(tumour: str) -> None:
    """Catches a gap in a table, a category that no band gives, and bands out of order."""
    rules = entry("tumours", tumour).staging
    sizes, nodes = [band.name for band in rules.sizes], ["N0", *(band.name for band in rules.nodes)]
    for t, n, m in itertools.product(sizes, nodes, ("M0", "M1")):
        assert rules.stage(t, n, m), (t, n, m)
    for group in rules.groups:
        assert all(any(fits(size, {name}) for size in sizes) for name in group.t), group
        assert all(any(fits(node, {name}) for node in nodes) for name in group.n), group
    edges = [float(band.up_to) for band in rules.sizes[:-1]]
    assert edges == sorted(edges)
    assert rules.sizes[-1].up_to is None
    assert "AJCC 8th" in rules.edition


def test_bands_hold_their_upper_edge() -> None:
    rules = entry("tumours", "lung_adenocarcinoma").staging
    sizes = [10.0, 10.01, 20.0, 30.0, 40.0, 50.0, 70.0, 70.01]
    assert [rules.size_category(size) for size in sizes] == ["T1a", "T1b", "T1b", "T1c", "T2a", "T2b", "T3", "T4"]


def test_nodes_count_by_number_or_by_station() -> None:
    colon, lung = (entry("tumours", name).staging for name in ("colon_adenocarcinoma", "lung_squamous"))
    assert [colon.node_category([1] * count) for count in (0, 1, 2, 3, 4, 6, 7)] == [
        "N0", "N1a", "N1b", "N1b", "N2a", "N2a", "N2b",
    ]  # fmt: skip
    assert [lung.node_category(each) for each in ([], [1, 1, 1], [1, 2], [2])] == ["N0", "N1", "N2", "N2"]


def test_a_category_is_of_what_it_is_part_of() -> None:
    """II is no part of I, nor IV of III: catches names compared by their first letters."""
    assert fits("IIIB", {"III"})
    assert fits("IA3", {"II", "I"})
    assert fits("T1a", {"T1"})
    for category, name in (("II", "I"), ("III", "II"), ("IV", "I"), ("T1", "T1a"), ("IIB", "IIA")):
        assert not fits(category, {name})


def _sites(*wanted: str) -> list[int]:
    return [ADULT.anatomy.index(name) for name in wanted]


def test_lymph_reaches_its_stations_in_turn() -> None:
    lung, hilar, mediastinal = _sites("lung", "hilar_node", "mediastinal_node")
    assert stations(ADULT, lung) == {hilar: 1, mediastinal: 2}


def test_what_a_scan_shows_is_the_stage_that_is_seen() -> None:
    """A node counts from 10 mm, one in another's field is distant, a second focus at home is neither."""
    colon, liver, regional, far = _sites("colon", "liver", "colon_node", "retroperitoneal_node")
    rules = entry("tumours", "colon_adenocarcinoma").staging
    seen = stager(rules, ADULT, colon)
    assert (seen.t, seen.n, seen.m, seen.stage) == ("TX", "NX", "MX", "")
    seen.scan(0.0, [(0, colon, 35.0), (1, regional, 9.9), (2, colon, 12.0)])
    assert (seen.t, seen.n, seen.m, seen.stage) == ("T3", "N0", "M0", "IIA")
    seen.scan(28.0, [(0, colon, 36.0), (1, regional, 10.0)])
    assert (seen.n, seen.stage) == ("N1a", "IIIB")
    seen.scan(56.0, [(3, far, 12.0)])
    assert (seen.m, seen.stage) == ("M1", "IV")
    local = stager(rules, ADULT, colon)
    local.scan(0.0, [(0, colon, 35.0), (4, liver, 15.0)], examined=[colon, liver])
    assert (local.n, local.m, local.stage) == ("NX", "M1", "IV")


def test_the_pathologist_has_the_last_word_and_sees_less_than_a_scan_needs() -> None:
    """Deposits from 0.2 mm on, and no scan takes it back: catches N by scans after the nodes were out."""
    colon, regional, liver = _sites("colon", "colon_node", "liver")
    seen = stager(entry("tumours", "colon_adenocarcinoma").staging, ADULT, colon)
    seen.scan(0.0, [(0, colon, 66.0), (1, regional, 11.0)])
    assert (seen.t, seen.n) == ("T4", "N1a")
    seen.pathology(14.0, 58.0, [(1, regional, 0.19), (2, regional, 0.2), (3, regional, 5.0), (4, liver, 5.0)])
    assert (seen.t, seen.n, seen.stage) == ("T3", "N1b", "IIIB")
    seen.scan(28.0, [(0, colon, 70.0), (5, regional, 12.0)])
    assert (seen.t, seen.n) == ("T3", "N1b")


def test_what_is_seen_after_four_months_is_no_stage() -> None:
    colon, liver = _sites("colon", "liver")
    seen = stager(entry("tumours", "colon_adenocarcinoma").staging, ADULT, colon)
    seen.scan(0.0, [(0, colon, 35.0)])
    seen.scan(STAGING_DAYS + 0.1, [(1, liver, 30.0)])
    assert seen.m == "M0"
    seen.scan(STAGING_DAYS, [(1, liver, 30.0)])
    assert seen.m == "M1"


def test_a_tumour_without_rules_has_m_alone() -> None:
    skin, lung = _sites("skin", "lung")
    seen = stager(None, ADULT, skin)
    seen.scan(0.0, [(0, skin, 10.0), (1, lung, 10.0)])
    assert (seen.t, seen.n, seen.m, seen.stage, seen.edition) == ("", "", "M1", "", "")
