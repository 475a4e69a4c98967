"""Entries of a user's own: a TOML file beside the study, or in a folder that it names, is as good as the catalogue's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seedsoil.catalogue.load import folder
from seedsoil.foundation.errors import StudyError
from seedsoil.foundation.record import identity
from seedsoil.trial.study.file import Study
from seedsoil.trial.trial import record_of

STUDY = """
[study]
title = "Own"
patients = 2
[tumour]
is = "{tumour}"
[host]
is = "{host}"
[diagnosis]
primary_diameter = "20 mm"
[arms.drug]
do = [{{ give = "{agent}", dose = "100 mg" }}]
"""


def _own(kind: str, name: str, new: str, home: Path, *changes: tuple[str, str]) -> Path:
    """The catalogue's file under a name of the user's own, with some of its text changed."""
    text = (folder(kind) / f"{name}.toml").read_text(encoding="utf-8")
    for old, other in ((f'name = "{name}"', f'name = "{new}"'), *changes):
        assert text.count(old) >= 1, old
        text = text.replace(old, other, 1)
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{new}.toml").write_text(text, encoding="utf-8")
    return home / f"{new}.toml"


def _study(
    home: Path, more: str = "", tumour: str = "colon_adenocarcinoma", host: str = "adult", agent: str = "my_drug"
) -> Path:
    (home / "study.toml").write_text(more + STUDY.format(tumour=tumour, host=host, agent=agent), encoding="utf-8")
    return home / "study.toml"


@pytest.mark.parametrize(
    ("where", "more"),
    [("", ""), ("agents", ""), ("mine", '[catalogue]\nfolder = "mine"\n'), ("mine/agents", '[catalogue]\nfolder = "mine"\n')],
)  # fmt: skip
def test_a_file_is_found_by_its_name(tmp_path: Path, where: str, more: str) -> None:
    """Beside the study or in the folder that it names, there or in the folder of its kind; written out, it needs no file."""
    _own("agents", "erlotinib", "my_drug", tmp_path / where, ("value = 0.028", "value = 0.031"))
    study = Study.load(_study(tmp_path, more))
    assert float(study.agents["my_drug"].barrier_passage) == 0.031
    assert study.plan().agents["my_drug"] is study.agents["my_drug"]
    assert "agent my_drug" in study.explain()
    text = study.resolve()
    shutil.rmtree(tmp_path)
    again = Study.read(text)
    assert again.agents == study.agents
    assert again.resolve() == text


def test_every_byte_that_matters_is_in_the_identity(tmp_path: Path) -> None:
    """Another number in the file is another run, and so is another source: its line stands in the record."""
    seen = []
    for change in (
        ("value = 0.15,", "value = 0.15,"),
        ("value = 0.15,", "value = 0.16,"),
        ('"jacus_2016"', '"me_2026"'),
    ):
        _own("agents", "erlotinib", "my_drug", tmp_path, change)
        (tmp_path / "sources.bib").write_text("@article{me_2026,\n  author = {Me, A.},\n  title = {Mine},\n}\n")
        study = Study.load(_study(tmp_path))
        seen.append(identity(study.resolve(), 1))
    assert len(set(seen)) == 3
    lines = {str(line["key"]): line["reference"] for line in record_of(study, study.plan()).citations}
    assert lines["me_2026"] == "Me, A. Mine"


def test_a_tumour_in_a_host_of_an_organ_of_ones_own(tmp_path: Path) -> None:
    """An organ that the own host names, in its own file; both keep the numbers of those files, in the plan as well."""
    _own("organs", "brain", "my_brain", tmp_path, ("egf = { value = 0.19", "egf = { value = 0.41"))
    _own("hosts", "adult", "my_host", tmp_path, ('"brain"', '"my_brain"'), ('soil = "brain"', 'soil = "my_brain"'))
    _own("tumours", "colon_adenocarcinoma", "my_tumour", tmp_path)
    study = Study.load(_study(tmp_path, tumour="my_tumour", host="my_host", agent="docetaxel"))
    assert study.tumour.name == "my_tumour"
    assert float(study.plan().patient.host.soil("my_brain").ligands.egf) == 0.41
    assert Study.read(study.resolve()) == study


def test_faults_name_the_file_the_field_and_the_value(tmp_path: Path) -> None:
    """One line for each, and none that follows from them: an agent that is broken is not also unknown."""
    change = ('half = { value = 0.15, unit = "mg/L"', 'half = { value = 0.15, unit = "mm"')
    _own("agents", "erlotinib", "my_drug", tmp_path / "agents", change, ('target = "egf"', 'target = "egg"'))
    with pytest.raises(StudyError) as caught:
        Study.load(_study(tmp_path))
    assert len(caught.value.faults) == 2
    assert all(
        line.startswith("study.toml: catalogue: agents/my_drug.toml: blocks[0].") for line in caught.value.faults
    )
    assert "'0.15 mm' is a length" in "".join(caught.value.faults)
    assert "egg" in "".join(caught.value.faults)


def test_the_catalogue_is_not_overruled_in_silence(tmp_path: Path) -> None:
    """In a folder that the study chose, a file of a name of the catalogue is refused; beside it, a study may be called so."""
    _own("agents", "erlotinib", "my_drug", tmp_path / "mine")
    (tmp_path / "mine" / "my_drug.toml").rename(tmp_path / "mine" / "erlotinib.toml")
    with pytest.raises(StudyError, match="mine|erlotinib.toml: 'erlotinib' is the name of an agent of the catalogue"):
        Study.load(_study(tmp_path, '[catalogue]\nfolder = "mine"\n', agent="erlotinib"))
    named = _study(tmp_path, agent="erlotinib").rename(tmp_path / "erlotinib.toml")
    assert Study.load(named).agents["erlotinib"].title == "Erlotinib"


def test_text_reads_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that comes as text, as from a page, finds no file where the program happens to stand."""
    _own("agents", "erlotinib", "my_drug", tmp_path)
    text = _study(tmp_path).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match="my_drug"):
        Study.read(text)
    with pytest.raises(StudyError, match="is seen from the study's file"):
        Study.read('[catalogue]\nfolder = "."\n' + text)
