"""Entries are read once, and all their faults are named at once."""

from pathlib import Path

import pytest

from seedsoil.catalogue.load import entry, folder, names, read_entry, sources
from seedsoil.foundation.errors import CatalogueError


def shipped(kind: str, name: str) -> str:
    return (folder(kind) / f"{name}.toml").read_text(encoding="utf-8")


def test_an_entry_is_read_once() -> None:
    assert entry("organs", "liver") is entry("organ", "liver")


def test_names_are_sorted_and_complete() -> None:
    assert list(names("tumours")) == sorted(path.stem for path in folder("tumours").iterdir())
    assert {"b16_melanoma", "colon_adenocarcinoma"} <= set(names("tumours"))
    assert {"adult", "mouse"} <= set(names("hosts"))
    assert {"fluorouracil", "floxuridine", "bevacizumab", "oxaliplatin"} <= set(names("agents"))


def test_an_unknown_name_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(CatalogueError, match="no organ named 'livr'.*Did you mean 'liver'.*Known organs: adipose"):
        entry("organs", "livr")
    with pytest.raises(CatalogueError, match="Did you mean 'tumours'"):
        entry("tumors", "colon_adenocarcinoma")


@pytest.mark.parametrize("name", ["../hosts/adult", "/etc/passwd", "", ".", "liver.toml"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(CatalogueError, match="no organ named"):
        entry("organs", name)


def test_a_changed_soil_of_a_host_keeps_the_rest_of_the_organ() -> None:
    mouse, organ = entry("hosts", "mouse").soil("brain"), entry("organs", "brain")
    assert mouse.ligands == organ.ligands
    assert mouse.barrier == organ.barrier
    assert float(mouse.lethal_volume) == pytest.approx(30 * 25 / 70000, rel=1e-5)
    assert entry("hosts", "adult").soil("brain") == organ


def test_all_faults_of_an_entry_come_at_once(tmp_path: Path) -> None:
    text = (
        shipped("organs", "liver")
        .replace("vessel_density", "vesel_density")
        .replace("dormancy_cue = { value = 0.3", "dormancy_cue = { value = 3")
    )
    path = tmp_path / "liver.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_entry("organs", path)
    assert len(caught.value.faults) == 3
    assert any("Did you mean 'vessel_density'?" in fault for fault in caught.value.faults)
    assert all(fault.startswith("organs/liver.toml: ") for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('source = "assumed"', 'source = "smith_1999"', "no key of sources.bib"),
        ('name = "liver"', 'name = "lever"', "differs from the file's name"),
        ("[ligands]", "[[ligands]", "not valid TOML"),
        ("iron = ", "iorn = ", "ligands.iorn: unknown key 'iorn'. Did you mean 'iron'"),
        ('"mm/mm^3"', '"mm"', "is a length, but a length density is due"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "liver.toml"
    path.write_text(shipped("organs", "liver").replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=words):
        read_entry("organs", path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'target = "right_heart", share = { value = 1, low = 1',
            'target = "right_heart", share = { value = 0.9, low = 0.9',
            "add to 0.9, not to 1",
        ),
        ('target = "right_heart"', 'target = "right_hart"', "unknown site 'right_hart'. Did you mean 'right_heart'"),
        ('    "spleen",\n', "", "'spleen' lies in soil 'spleen', which soils lacks"),
        ('    "spleen",\n', '    "splen",\n', "Did you mean 'spleen'"),
        ('    "spleen",\n', '    "spleen",\n    "spleen",\n', "more than once"),
    ],
)
def test_a_fault_of_the_circulation_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = shipped("hosts", "adult")
    assert old in text
    path = tmp_path / "adult.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_entry("hosts", path)
    assert words in str(caught.value)


def test_a_tumour_lives_on_a_hormone_that_there_is(tmp_path: Path) -> None:
    """A wrong name is told with those that there are: catches a tumour that lives on nothing without a word."""
    path = tmp_path / "breast_er_positive.toml"
    text = shipped("tumours", "breast_er_positive")
    assert 'hormone = "oestrogen"' in text
    path.write_text(text.replace('hormone = "oestrogen"', 'hormone = "oestrogn"'), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_entry("tumours", path)
    assert caught.value.faults == (
        "tumours/breast_er_positive.toml: endocrine.hormone: 'oestrogn' is no hormone. Did you mean 'oestrogen'? "
        "Hormones: androgen, oestrogen.",
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            "receptors_kept = { egff = 0.1 }",
            "egff' is no factor. Did you mean 'egf'? Factors: bmp_antagonist, chemokine",
        ),
        ("receptors_freed = { egff = 0.1 }", "receptors_freed: 'egff' is no factor. Did you mean 'egf'?"),
        ('reversed_by = "eflux"', "'eflux' is no signal that can be blocked. Did you mean 'efflux'?"),
        ('reversed_by = "lymphocyte"', "'lymphocyte' is no signal that can be blocked. Signals: androgen,"),
    ],
)
def test_a_mechanism_names_factors_and_signals_that_there_are(tmp_path: Path, lines: str, words: str) -> None:
    path = tmp_path / "b16_melanoma.toml"
    zero = '{ value = 0, low = 0, high = 0, grade = "assumed", source = "assumed" }'
    mechanism = f'\n[[mechanisms]]\nname = "silent"\nrate = {zero}\nfitness_cost = {zero}\n'
    kept = lines.replace("0.1", zero)
    path.write_text(shipped("tumours", "b16_melanoma") + mechanism + kept, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_entry("tumours", path)
    (fault,) = caught.value.faults
    assert fault.startswith("tumours/b16_melanoma.toml: mechanisms.silent.")
    assert words in fault


def test_a_tumour_carries_its_own_mechanisms_only(tmp_path: Path) -> None:
    path = tmp_path / "b16_melanoma.toml"
    path.write_text(
        shipped("tumours", "b16_melanoma").replace("title =", 'carries = ["pump"]\ntitle ='), encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match="carries: 'pump' is none of the tumour's mechanisms"):
        read_entry("tumours", path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('routes = ["iv"]', "routes = []", "routes: is empty; name at least one way to give it"),
        ('routes = ["iv"]', 'routes = ["iv", "iv"]', "routes: 'iv' stands there more than once"),
        ('target = "vegf"', 'target = "vgef"', "blocks[0].target"),
    ],
)
def test_a_fault_of_an_agent_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = shipped("agents", "bevacizumab")
    assert old in text
    path = tmp_path / "bevacizumab.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_entry("agents", path)
    assert words in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_entry("organs", tmp_path / "none.toml")


def test_sources_are_read_with_their_fields() -> None:
    assert sources()["fidler_1970"]["year"] == "1970"
    assert sources()["icrp_2002"]["author"] == "International Commission on Radiological Protection"
