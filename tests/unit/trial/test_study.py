"""A study is read strictly, keeps the catalogue's evidence, and becomes a plan."""

import itertools
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Course, Resect, Scan
from seedsoil.foundation.errors import StudyError
from seedsoil.trial.study import Study, check, shipped, shipped_names
from seedsoil.trial.study_text import MOST_BYTES

_least = """
[study]
[tumour]
is = "colon_adenocarcinoma"
[host]
is = "adult"
[diagnosis]
primary_diameter = "35 mm"
[arms.watched]
do = []
"""


def _changed(tumour: str = "", host: str = "") -> Study:
    text = _least.replace('"colon_adenocarcinoma"', f'"colon_adenocarcinoma"\n{tumour}')
    return Study.read(text.replace('"adult"', f'"adult"\n{host}'))


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_study_resolves_to_itself_and_explains_itself(name: str) -> None:
    study = shipped(name)
    again = Study.read(study.resolve(), f"{name}.toml")
    assert again == study
    assert again.resolve() == study.resolve()
    assert study.title in study.explain()
    assert all(f"Arm {arm}:" in study.explain() for arm in study.arms)
    assert study.plan().title == study.title


def test_the_demo_is_the_study_of_seed_and_soil() -> None:
    plan = shipped("demo").plan()
    assert (plan.patients, plan.seed, plan.until_days) == (400, 20150527, 3652.5)
    assert list(plan.arms) == ["surgery", "seed", "soil", "both"]
    scan = Scan(every=56.0, start=28.0, instrument="ct")
    seed = Course("fluorouracil", 400 * 1.8, "iv", 42.0, every=14.0, times=12)
    soil = Course("bevacizumab", 5 * 70.0, "iv", 42.0, every=14.0, until="progression")
    assert plan.arms["both"].resections == (Resect("primary", 14.0),)
    assert plan.arms["both"].courses == (seed, soil)
    assert all(arm.scans == (scan,) for arm in plan.arms.values())
    assert set(plan.agents) == {"bevacizumab", "fluorouracil"}
    assert plan.vary == {"tumour.division_rate": 0.1, "tumour.shedding_rate": 1.0, "tumour.hit_rate": 0.5}


def test_the_opening_patient_has_a_pump_in_the_hepatic_artery() -> None:
    plan = shipped("opening_patient").plan()
    (course,) = plan.arms["hepatic_artery"].courses
    assert course.route == "hepatic_artery"
    assert course.amount_mg / course.duration == pytest.approx(0.2 * 70.0)
    assert plan.diagnosis.metastases > 0
    assert plan.arms["no_treatment"].courses == ()


def test_defaults() -> None:
    study = Study.read(_least, "mine.toml")
    assert (study.title, study.patients, study.seed, study.until_days) == ("mine", 100, 1, 5 * 365.25)
    assert study.tumour == entry("tumour", "colon_adenocarcinoma")
    assert study.host == entry("host", "adult")
    assert study.primary_endpoint == "overall_survival"


def test_a_number_of_the_catalogue_keeps_its_evidence() -> None:
    known = entry("tumour", "colon_adenocarcinoma").division_rate
    assert _changed(tumour=f'division_rate = "{known.number} /day"').tumour.division_rate == known


def test_a_changed_number_is_the_users_word_and_widens_the_range() -> None:
    value = _changed(tumour='viable_when_shed = 0.9\nhit_rate = "1 %"').tumour.viable_when_shed
    assert (value.number, value.grade, value.source) == (0.9, "assumed", "study file")
    assert value.high == 0.9
    assert value.low == entry("tumour", "colon_adenocarcinoma").viable_when_shed.low


def test_doses_follow_the_host() -> None:
    text = _least.replace("do = []", 'do = [ { give = "bevacizumab", dose = "5 mg/kg" } ]')
    heavy = Study.read(text.replace('"adult"', '"adult"\nweight = "100 kg"'))
    assert heavy.arms["watched"].courses[0].amount_mg == 500.0


def test_grandchildren_inherit_each_order_once_whatever_the_order_of_arms() -> None:
    arms = {
        "a": '[arms.a]\ndo = [ { resect = "primary", at = "14 days" } ]\n',
        "b": '[arms.b]\nextends = "a"\ndo = [ { give = "oxaliplatin", dose = "85 mg/m^2", start = "30 days" } ]\n',
        "c": '[arms.c]\nextends = ["a", "b"]\n',
    }
    head = _least.partition("[arms")[0]
    for names in itertools.permutations(arms):
        study = Study.read(head + "".join(arms[name] for name in names))
        assert list(study.arms) == list(names)
        assert study.arms["c"] == study.arms["b"]
        assert len(study.arms["c"].resections) == 1


def test_changes_are_checked() -> None:
    study = shipped("demo").with_changes(patients=8, seed=3)
    assert (study.patients, study.seed) == (8, 3)
    assert study.orders == shipped("demo").orders
    with pytest.raises(StudyError) as caught:
        study.with_changes(patients=0, seed=-1)
    assert len(caught.value.faults) == 2


def test_load_knows_shipped_studies_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Study.load("demo") == shipped("demo")
    with pytest.raises(StudyError, match="Did you mean 'demo'"):
        shipped("dmeo")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert check(tmp_path / "nowhere.toml") == ["nowhere.toml: cannot be read (No such file or directory)"]
    assert check(tmp_path) == [f"{tmp_path.name}: is a folder, not a study file"]
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MOST_BYTES + 1))
    assert check(large) == ["large.toml: is larger than 1 MB; a study file is a page of text"]
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 100_000, encoding="utf-8")
    assert len(check(deep)) == 1
    digits = tmp_path / "digits.toml"
    digits.write_text("a = " + "9" * 100_000, encoding="utf-8")
    assert len(check(digits)) == 1
    assert len(check("a\0b")) == 1


def test_schema_knows_every_key_of_a_resolved_study() -> None:
    schema = Study.schema()
    assert json.loads(json.dumps(schema)) == schema
    resolved = tomllib.loads(shipped("demo").resolve())
    assert set(schema["required"]) <= set(resolved) <= set(schema["properties"])
    for name in ("study", "tumour", "host", "vessels", "diagnosis", "endpoints"):
        assert set(resolved[name]) <= set(schema["properties"][name]["properties"])


_odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}),
    st.sampled_from(["1 day", "-1 mg", "nan", "1e999 mm", "../x", "=cmd()", "primary", "ct", "fluorouracil"]),
)  # fmt: skip
_fields = [
    "study.title", "study.patients", "study.seed", "study.until", "study.without", "tumour.is", "tumour.site",
    "tumour.division_rate", "tumour.receptors", "tumour.mechanisms", "host.is", "host.weight", "vessels.is",
    "diagnosis.primary_diameter", "diagnosis.metastases", "vary.cv", "arms.watched", "arms.x.do", "arms.x.extends",
    "order.resect", "order.give", "order.scan", "order.dose", "order.at", "order.every", "order.times", "order.until",
    "order.route", "order.duration", "order.margin", "endpoints.primary", "endpoints.secondary",
]  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(_fields), _odd, max_size=4))
def test_whatever_a_field_holds_the_answer_is_a_study_or_plain_lines(changes: dict[str, object]) -> None:
    """No field's content leads to another error than StudyError, and each fault is one line."""
    table = tomllib.loads(_least)
    order: dict[str, object] = {}
    for path, value in changes.items():
        section, _, rest = path.partition(".")
        if section == "order":
            order[rest] = value
        elif rest.startswith("x."):
            table["arms"].setdefault("x", {})[rest[2:]] = value
        elif section == "vary":
            table["vary"] = {"tumour.division_rate": {"cv": value}}
        else:
            table.setdefault(section, {})[rest] = value
    if order:
        table["arms"]["y"] = {"do": [order]}
    faults: tuple[str, ...] = ()
    study = None
    try:
        study = Study.from_tables(table)
    except StudyError as error:
        faults = error.faults
    assert all(line.isprintable() and len(line) < 400 for line in faults)
    assert bool(faults) != (study is not None)
    if study is not None:
        assert Study.read(study.resolve()) == study
