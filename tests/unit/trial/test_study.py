"""A study is read strictly, keeps the catalogue's evidence, and becomes a plan."""

import copy
import itertools
import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.transplant import graft, joined
from seedsoil.biology.medicine.drug import Toxicity
from seedsoil.catalogue.files import MOST_BYTES
from seedsoil.catalogue.load import entry, names
from seedsoil.experiment.protocol import (
    Ablate,
    Biopsy,
    BloodDraw,
    Course,
    Inject,
    Irradiate,
    Resect,
    Scan,
    Shunt,
)
from seedsoil.foundation.errors import StudyError
from seedsoil.foundation.value import Value, values_in
from seedsoil.trial.study.courses import read_course
from seedsoil.trial.study.file import Study, check, shipped, shipped_names
from seedsoil.trial.study.orders import ORDERS, Setting
from seedsoil.trial.study.reader import Reader

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
    assert plan.vary == {
        "tumour.division_rate": (0.1, "lognormal"),
        "tumour.shedding_rate": (1.0, "lognormal"),
        "tumour.hit_rate": (0.5, "lognormal"),
    }


def test_a_scan_is_spoken_of_with_its_article() -> None:
    assert "a CT scan on day" in shipped("demo").explain()
    orders = [Scan(7.0, 7.0, name).sentence().split(" scan")[0] for name in ("mri", "pet", "ct")]
    assert orders == ["an MRI", "a PET", "a CT"]


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


@pytest.mark.parametrize("host", names("hosts"))
@pytest.mark.parametrize("tumour", names("tumours"))
def test_every_number_of_the_catalogue_stands_in_the_resolved_study(tumour: str, host: str) -> None:
    """A number that is not written out, or not read back, changes the count or the plan."""
    given = ", ".join(f'{{ give = "{name}", dose = "1 mg" }}' for name in names("agents"))
    text = _least.replace("colon_adenocarcinoma", tumour).replace('"adult"', f'"{host}"')
    study = Study.read(text.replace("do = []", f"do = [ {given} ]"))
    resolved = study.resolve()
    again = Study.read(resolved)
    assert again == study
    assert again.resolve() == resolved
    assert again.plan() == study.plan()
    plan = study.plan()
    used = [plan.patient.tumour, plan.patient.host, plan.vessels, *plan.agents.values()]
    tables = tomllib.loads(resolved)
    written = sum(_count(tables[name]) for name in ("tumour", "host", "vessels", "soils", "anatomy", "agents"))
    assert written == sum(1 for noun in used for _ in values_in(noun))


def _count(item: object) -> int:
    """Count the numbers and quantities below a table, but for names."""
    if isinstance(item, dict):
        return sum(
            _count(each) for key, each in item.items() if key not in ("is", "site", "carries", "reversed_by", "hormone")
        )
    return 1


def test_a_resolved_number_is_the_studys_own_whatever_file_it_came_from() -> None:
    """Each resolved number, when it is changed in the file, changes the plan: none is written for show."""
    study = shipped("demo")
    tables = tomllib.loads(study.resolve())
    for path, change in (
        (("soils", "liver", "vessel_density"), "601 mm/mm^3"),
        (("soils", "brain", "barrier", "ceiling"), 0.13),
        (("soils", "lung", "ligands", "iron"), 0.77),
        (("soils", "lung", "addressins", "lectin"), 0.77),
        (("tumour", "survival_receptors", "hgf"), 0.77),
        (("tumour", "adhesion", "selectin"), 0.77),
        (("anatomy", "sites", "lung", "size_trap"), 0.91),
        (("anatomy", "sites", "liver", "arterial_flow"), "600 L/day"),
        (("tumour", "mechanisms", "repair", "fitness_cost"), 0.02),
        (("vessels", "sprouting"), "1.1 /day"),
        (("agents", "fluorouracil", "kill", "maximum"), "0.4 /day"),
        (("agents", "fluorouracil", "distribution", "volume"), "18 L"),
        (("agents", "fluorouracil", "resistance", "target"), 31),
        (("agents", "bevacizumab", "blocks", "vegf", "half"), "5 mg/L"),
    ):
        changed = copy.deepcopy(tables)
        held = changed
        for key in path[:-1]:
            held = held[key]
        held[path[-1]] = change
        other = Study.from_tables(changed)
        assert other.plan() != study.plan(), path
        assert other.resolve() != study.resolve(), path
        lines = [line for line in other.explain().splitlines() if line not in study.explain().splitlines()]
        assert lines[0] == "Changed against the catalogue:"
        assert ".".join(path) in lines[1], "the change is told"


def test_deep_numbers_reach_the_plan_and_keep_their_neighbours() -> None:
    text = (
        _least
        + """
[soils.liver]
vessel_density = "70 cm/mL"
ligands.chemokine = 0.6
[soils.liver.barrier]
opening_diameter = "300 um"
ceiling = 0.2
[anatomy.vessels]
"liver -> veins".share = 0.98
"liver -> coeliac_node".share = 0.02
[tumour.mechanisms]
target.rate = 1e-6
pump = { rate = 1e-7, fitness_cost = 0.02 }
[agents.fluorouracil]
kill.maximum = "0.4 /day"
resistance.pump = 5
"""
    )
    study = Study.read(text.replace("do = []", 'do = [ { give = "fluorouracil", dose = "1 g" } ]'))
    plan, usual = study.plan(), entry("agent", "fluorouracil")
    liver, was = plan.patient.host.soil("liver"), entry("host", "adult").soil("liver")
    assert float(liver.vessel_density) == pytest.approx(0.7)
    assert liver.vessel_density.high == was.vessel_density.high
    kept = {"chemokine": was.ligands.chemokine}
    assert liver.ligands.model_copy(update=kept) == was.ligands, "what is not named keeps its evidence"
    assert (float(liver.ligands.chemokine), liver.ligands.chemokine.source) == (0.6, "study file")
    assert liver.barrier is not None
    assert float(liver.barrier.opening_diameter) == pytest.approx(0.3)
    assert plan.patient.host.soil("lung") == entry("host", "adult").soil("lung")
    shares = {(v.source, v.target): float(v.share) for v in plan.patient.host.anatomy.vessels}
    assert shares["liver", "veins"] == 0.98
    mechanisms = {each.name: each for each in plan.patient.tumour.mechanisms}
    assert list(mechanisms) == [each.name for each in entry("tumour", "colon_adenocarcinoma").mechanisms] + ["pump"]
    assert float(mechanisms["target"].rate) == 1e-6
    agent = plan.agents["fluorouracil"]
    assert agent.kill is not None
    assert usual.kill is not None
    assert (float(agent.kill.maximum), agent.kill.half) == (0.4, usual.kill.half)
    assert agent.resistance | usual.resistance == agent.resistance
    assert float(agent.resistance["pump"]) == 5.0
    assert agent.distribution == usual.distribution


def test_a_study_gives_a_tumour_what_its_entry_leaves_out() -> None:
    """Groups that are optional, factors by name and words of a list become parts of the plan's nouns."""
    study = _changed(
        tumour="""carries = ["pump"]
visibility = { antigen = 0.4, checkpoint = "50 %" }
mechanisms.pump = { rate = 1e-7, fitness_cost = 0, reversed_by = "efflux", receptors_kept = { egf = 0.1 } }""",
    )
    tumour = study.plan().patient.tumour
    pump = tumour.mechanisms[-1]
    assert (tumour.carries, pump.name, pump.reversed_by) == (("pump",), "pump", "efflux")
    assert {name: float(share) for name, share in pump.receptors_kept.items()} == {"egf": 0.1}
    assert tumour.visibility is not None
    assert float(tumour.visibility.checkpoint) == 0.5
    assert Study.read(study.resolve()).plan() == study.plan()
    assert study.resolve().count('reversed_by = "efflux"') == 1
    Tumour.model_validate(tumour.model_dump())


def test_an_agent_that_no_arm_gives_is_kept_and_told_but_not_carried_out() -> None:
    study = Study.read(_least + "[agents.oxaliplatin]\nkill.power = 2\n")
    assert study.plan().agents == {}
    assert "Described, but given in no arm: oxaliplatin." in study.explain()
    assert Study.read(study.resolve()) == study


def test_a_site_is_resected_only_after_a_scan_of_the_arm_itself() -> None:
    """A child with later scans than its parent is at fault though its parent is not."""
    arms = """
[arms.first]
do = [ { resect = "liver", at = "40 days" } ]
[arms.second]
extends = "first"
do = [ { scan = "ct", start = "60 days" } ]
"""
    with pytest.raises(StudyError) as caught:
        Study.read(_least + arms, "mine.toml")
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith("mine.toml: arms.second: metastases of the liver are resected on day 40")


def test_a_body_without_any_filter_is_refused() -> None:
    """Every site lets all cells pass and no vessel wall holds one: they would circulate for ever."""
    sites = "".join(f"{site.name}.size_trap = 0\n" for site in entry("host", "adult").anatomy.sites)
    text = _least.replace(
        '"colon_adenocarcinoma"',
        '"colon_adenocarcinoma"\nadhesion = { selectin = 0, integrin = 0, lectin = 0, chemokine = 0 }\n'
        'transit_loss_rate = "0 /day"',
    )
    with pytest.raises(StudyError, match="anatomy.sites: a shed cell could circulate for ever; give a site on each"):
        Study.read(f"{text}[anatomy.sites]\n{sites}")
    assert Study.read(f"{text}[anatomy.sites]\n{sites.replace('lung.size_trap = 0', 'lung.size_trap = 0.9')}")


def _setting(**changes: Any) -> Setting:
    """The colon tumour in the adult, but for some changes."""
    usual = {"host": entry("host", "adult"), "tumour": entry("tumour", "colon_adenocarcinoma"), "agents": {}}
    return Setting(**({**usual, "healthy": False, "until_days": 1000.0} | changes))


def _faults_of(kind: str, order: dict[str, Any], setting: Setting) -> list[str]:
    reader = Reader("s")
    read = read_course if kind == "give" else ORDERS[kind][1]
    read(reader, order, "do", setting)
    return reader.faults


def test_radiation_needs_a_tumour_that_feels_it() -> None:
    numb = entry("tumour", "colon_adenocarcinoma").model_copy(update={"radiosensitivity": None})
    assert _faults_of("irradiate", {"irradiate": "primary", "dose": "2 Gy"}, _setting(tumour=numb)) == [
        "s: do.irradiate: the tumour colon_adenocarcinoma has no radiosensitivity; give it one, [tumour.radiosensitivity] "
        "with alpha, alpha_beta_ratio and hypoxic_protection"
    ]


def test_a_guard_needs_neutrophils() -> None:
    host = entry("host", "adult").model_copy(update={"neutrophils": None})
    slope = Value(number=0.1, unit="L/mg", grade="assumed", source="assumed")
    agent = entry("agent", "fluorouracil").model_copy(update={"toxicity": Toxicity(neutrophil_slope=slope)})
    order = {"give": "fluorouracil", "dose": "1 g", "every": "14 days", "guard": "delay"}
    assert _faults_of("give", order, _setting(host=host, agents={"fluorouracil": agent})) == [
        "s: do.guard: the adult has no neutrophils whose count could fall; describe it under [host.neutrophils]"
    ]


_drug = 'give = "fluorouracil", dose = "400 mg", every = "14 days"'
_first = "400 mg of fluorouracil into a vein, every 14 days"
_regimens = {
    "second line": (
        f'{{ {_drug}, until = "progression" }}, '
        '{ give = "oxaliplatin", dose = "150 mg", every = "14 days", after = "progression", until = "progression" }',
        [
            f"from day 0 {_first}, until a scan shows progression",
            "from the day on which a scan shows progression 150 mg of oxaliplatin into a vein, every 14 days, "
            "until a later scan shows it again",
        ],
    ),
    "sequential": (
        f'{{ {_drug}, times = 6 }}, {{ give = "oxaliplatin", dose = "150 mg", every = "14 days", start = "84 days" }}',
        [f"from day 0 {_first}, 6 times", "from day 84 150 mg of oxaliplatin into a vein, every 14 days"],
    ),
    "simultaneous": (
        f'{{ {_drug} }}, {{ give = "oxaliplatin", dose = "150 mg", every = "14 days" }}',
        [f"from day 0 {_first}", "from day 0 150 mg of oxaliplatin into a vein, every 14 days"],
    ),
    "intermittent": (
        '{ give = "fluorouracil", dose = "400 mg", every = "1 day", on = "5 days", off = "23 days", times = 30 }',
        ["from day 0 400 mg of fluorouracil into a vein, every day, for 5 days on and 23 days off in turn, 30 times"],
    ),
    "metronomic": (
        '{ give = "fluorouracil", dose = "20 mg", every = "12 hours", until = "progression" }',
        ["from day 0 20 mg of fluorouracil into a vein, every 12 hours, until a scan shows progression"],
    ),
    "adaptive": (
        f'{{ {_drug}, adaptive = {{ stop = 0.5, restart = "100 %" }} }}',
        [
            f"from day 0 {_first}, paused when scans show less than 50 % of what the first scan showed "
            "and resumed when they show 100 % of it"
        ],
    ),
    "neoadjuvant": (
        f'{{ {_drug}, times = 4 }}, {{ resect = "primary", at = "60 days" }}',
        [f"from day 0 {_first}, 4 times", "on day 60 the primary is taken out"],
    ),
    "adjuvant": (
        f'{{ resect = "primary", at = "14 days" }}, {{ {_drug}, start = "42 days", times = 12 }}',
        ["on day 14 the primary is taken out", f"from day 42 {_first}, 12 times"],
    ),
    "switch": (
        f'{{ {_drug}, until = "progression" }}, '
        '{ give = "oxaliplatin", dose = "150 mg", every = "14 days", start = "7 days", after = "progression" }',
        [
            f"from day 0 {_first}, until a scan shows progression",
            "7 days after a scan shows progression 150 mg of oxaliplatin into a vein, every 14 days",
        ],
    ),
}


@pytest.mark.parametrize("name", _regimens)
def test_a_regimen_says_what_it_does_and_is_written_back(name: str) -> None:
    """Each line of an arm, but for its scan, in order of time; the orders read back are those that were written."""
    orders, sentences = _regimens[name]
    study = Study.read(_least.replace("do = []", f"do = [ {orders} ]"))
    told = study.explain().partition("Arm watched:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.removeprefix("  - ") for line in told if "CT scan" not in line] == sentences
    again = Study.read(study.resolve())
    assert again == study
    assert again.arms == study.arms


def test_procedures_become_orders_of_the_protocol() -> None:
    orders = """{ ablate = "liver", at = "40 days", reach = "1.5 cm" },
    { irradiate = "primary", dose = "180 cGy", fractions = 28, every = "1 day" },
    { inject = "1e6 cells", into = "portal_vein", at = "3 days" }, { inject = "50 beads", into = "brain", at = "3 days" },
    { shunt = "1e6 cells/h", into = "veins", start = "1 week", duration = "30 days" },
    { biopsy = "primary", at = "2 days", zone = 2, zones = 4 }, { draw = "0.01 L", every = "4 weeks" }"""
    sensitive = 'radiosensitivity = { alpha = "0.3 /Gy", alpha_beta_ratio = "10 Gy", hypoxic_protection = 3 }'
    text = _least.replace("[host]", f"{sensitive}\n[host]").replace("do = []", f"do = [ {orders} ]")
    arm = Study.read(text).arms["watched"]
    assert arm.ablations == (Ablate("liver", 40.0, 15.0),)
    assert arm.irradiations == (Irradiate("primary", 0.0, 1.8, 28, 1.0),)
    assert arm.injections == (Inject(1e6, "portal_vein", 3.0), Inject(50.0, "brain", 3.0, "beads"))
    assert arm.shunts == (Shunt(24e6, "veins", 7.0, 30.0),)
    assert arm.biopsies == (Biopsy("primary", 2.0, 1, 4),), "zones count from 1 in a file and from 0 inside"
    assert arm.draws == (BloodDraw(0.0, 28.0, 10.0),)
    assert arm.explain().splitlines()[1] == (
        "on day 0 and every 28 days 10 mL of blood are drawn: tumour cells with the epithelial antigen are counted"
    )
    assert len(arm.explain().splitlines()) == len(list(arm.orders())) == 8


def test_the_last_day_of_a_course_counts_its_rests() -> None:
    """12 doses, 5 a round of 28 days: the third round has two, on days 56 and 57."""
    course = Course("x", 1.0, "iv", 0.0, every=1.0, times=12, on=5.0, off=23.0)
    assert course.last_day(1000.0) == 57.0
    assert replace(course, on=0.0, off=0.0).last_day(1000.0) == 11.0
    assert replace(course, adaptive=(0.5, 1.0)).last_day(1000.0) == 1000.0
    assert replace(course, times=None).last_day(1000.0) == 1000.0


def test_an_experiment_begins_with_a_healthy_host() -> None:
    orders = '{ inject = "1e5 cells", into = "veins", at = "0 days" }, { resect = "colon", at = "60 days" }'
    text = _least.replace('primary_diameter = "35 mm"', 'primary = "none"').replace("do = []", f"do = [ {orders} ]")
    study = Study.read(text)
    assert study.plan().diagnosis.primary_diameter_mm == 0.0
    assert study.plan().arms["watched"].resections == (Resect("colon", 60.0),), "no primary lies in the colon"
    assert "healthy at first" in study.explain()
    assert "diagnosed" not in study.explain()
    assert 'primary = "none"' in study.resolve()
    assert Study.read(study.resolve()).plan() == study.plan()


def test_tissue_is_grafted_and_bodies_are_joined_before_anything_grows() -> None:
    text = """
[grafts.pouch]
soil = "ovary"
of = "skin"
share = "10 %"
[parabiosis]
exchange = 0.02
"""
    orders = (
        'do = [ { inject = "9 cells", into = "partner_veins", at = "1 day" }, { resect = "pouch", at = "60 days" } ]'
    )
    study = Study.read(_least.replace("do = []", orders) + text)
    host = study.plan().patient.host
    assert host == graft(joined(entry("host", "adult"), 0.02), "pouch", "ovary", "skin", 0.1)
    assert study.host == entry("host", "adult"), "a study keeps its host and what is done to it apart"
    assert "pouch, a piece of ovary that takes 10 % of the skin's blood" in study.explain()
    assert "exchanges 2 % of what leaves the heart" in study.explain()
    again = Study.read(study.resolve())
    assert again == study
    assert again.plan() == study.plan()
    assert Study.read(_least + text).plan() != Study.read(_least).plan()


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
    for order in itertools.permutations(arms):
        study = Study.read(head + "".join(arms[name] for name in order))
        assert list(study.arms) == list(order)
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
    assert check(tmp_path) == [f"{tmp_path.name}: is a folder, not a study"]
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MOST_BYTES + 1))
    assert check(large) == ["large.toml: is larger than 1 MB; a study is some pages of text"]
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 100_000, encoding="utf-8")
    assert len(check(deep)) == 1
    digits = tmp_path / "digits.toml"
    digits.write_text("a = " + "9" * 100_000, encoding="utf-8")
    assert len(check(digits)) == 1
    assert len(check("a\0b")) == 1


_texts = [shipped(name).resolve() for name in shipped_names()]
_texts += [path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "cases" / "valid").glob("*.toml")]


def _unknown(schema: dict[str, Any], item: object, place: str = "") -> list[str]:
    """Return the places that a schema of nested tables does not know."""
    if not isinstance(item, dict) or schema.get("type") != "object":
        return []
    found = []
    for key, inner in item.items():
        names_there = schema.get("propertyNames", {}).get("enum")
        known = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
        if not isinstance(known, dict) or (names_there is not None and key not in names_there):
            found.append(f"{place}.{key}")
        else:
            found += _unknown(known, inner, f"{place}.{key}")
    return found


@pytest.mark.parametrize("text", _texts)
def test_schema_knows_every_key_of_a_study(text: str) -> None:
    schema = Study.schema()
    assert json.loads(json.dumps(schema)) == schema
    tables = tomllib.loads(text)
    assert set(schema["required"]) <= set(tables)
    assert _unknown(schema, tables) == []


@pytest.mark.parametrize("text", _texts)
def test_schema_knows_every_order_as_one_kind(text: str) -> None:
    kinds = Study.schema()["properties"]["arms"]["additionalProperties"]["properties"]["do"]["items"]["oneOf"]
    assert len(kinds) == 12
    for arm in tomllib.loads(text)["arms"].values():
        for order in arm.get("do", []):
            fitting = [
                kind for kind in kinds if set(kind["required"]) <= set(order) and set(order) <= set(kind["properties"])
            ]
            assert len(fitting) == 1, order


def test_schema_refuses_what_no_study_may_hold() -> None:
    tables = {"soils": {"livr": {}}, "agents": {"fluorouracil": {"kill": {"maximun": 1}, "blocks": {"vgef": {}}}}}
    expected = [".soils.livr", ".agents.fluorouracil.kill.maximun", ".agents.fluorouracil.blocks.vgef"]
    assert _unknown(Study.schema(), tables) == expected
    sites = {"anatomy": {"sites": {"lungs": {}}, "vessels": {"lung -> nowhere": {}}}, "host": {"soils": {}}}
    assert _unknown(Study.schema(), sites) == [
        ".anatomy.sites.lungs", ".anatomy.vessels.lung -> nowhere", ".host.soils"
    ]  # fmt: skip


_odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}),
    st.sampled_from(["1 day", "-1 mg", "nan", "1e999 mm", "../x", "=cmd()", "primary", "ct", "fluorouracil", "1e6 cells", "2 beads",
    "15 mm", "3 Gy", "7 mL", "liver", "veins", "progression", "delay", 1, 2]),
)  # fmt: skip
_fields = [
    "study.title", "study.patients", "study.seed", "study.until", "study.without", "tumour.is", "tumour.site",
    "tumour.division_rate", "tumour.receptors", "tumour.mechanisms", "deep.tumour.mechanisms.target",
    "deep.tumour.mechanisms.pump.rate", "deep.soils.liver", "deep.soils.liver.ligands", "deep.soils.liver.ligands.egf", "deep.tumour.adhesion", "deep.tumour.receptors.igf",
    "tumour.carries", "tumour.spread", "deep.tumour.mechanisms.target.reversed_by", "deep.tumour.visibility.antigen",
    "deep.tumour.mechanisms.target.receptors_kept", "deep.host.cells", "deep.host.neutrophils.baseline",
    "deep.agents.bevacizumab.raises", "deep.agents.bevacizumab.toxicity.neutrophil_slope", "deep.soils.liver.barrier.ceiling",
    "deep.anatomy.sites.lung.size_trap", "deep.anatomy.vessels", "deep.agents.fluorouracil.kill", "agents.fluorouracil",
    "deep.agents.oxaliplatin.resistance.repair", "deep.agents.oxaliplatin.kill.power", "soils.lung", "host.is", "host.weight", "vessels.is",
    "diagnosis.primary_diameter", "diagnosis.metastases", "diagnosis.primary",
    "grafts.pouch", "deep.grafts.pouch.soil", "deep.grafts.pouch.of", "deep.grafts.pouch.share", "parabiosis.exchange", "vary.cv", "arms.watched", "arms.x.do", "arms.x.extends",
    "order.resect", "order.give", "order.scan", "order.dose", "order.at", "order.every", "order.times", "order.until",
    "order.route", "order.duration", "order.margin", "order.ablate", "order.irradiate", "order.inject", "order.shunt",
    "order.biopsy", "order.draw", "order.into", "order.reach", "order.fractions", "order.zone", "order.zones",
    "order.on", "order.off", "order.after", "order.adaptive", "order.guard", "endpoints.primary", "endpoints.secondary",
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
        elif section == "deep":
            held: Any = table
            *way, last = rest.split(".")
            for key in way:
                held = held.setdefault(key, {}) if isinstance(held, dict) else {}
            if isinstance(held, dict):
                held[last] = value
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
