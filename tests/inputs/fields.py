"""A study in which every field can be spoiled, and what each of them may hold: said here once more, apart from the loader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Holds = Literal["quantity", "whole", "text", "choice", "name", "names", "truth"]
DAY = Fraction(1)
HOUR, MINUTE, SECOND = DAY / 24, DAY / 1440, DAY / 86400
YEAR = Fraction("365.25")
#: No number of biology is larger than this, in the units inside, nor closer to zero unless it is zero.
LARGEST, SMALLEST = Fraction(10) ** 12, Fraction(1, 10**30)

BASE = """\
[study]
title = "A study to be spoiled"
patients = 8
seed = 3
until = "3 years"
without = ["lesion reseeding"]
[tumour]
is = "colon_adenocarcinoma"
site = "colon"
division_rate = "0.03 /day"
death_rate = "0.01 /day"
diffusion_rim = "0.14 mm"
transit_time = "20 s"
co_option = 0.4
hits = 2
hit_rate = 0.002
establishment_size = 60
carries = ["target"]
[tumour.radiosensitivity]
alpha = "0.2 /Gy"
alpha_beta_ratio = "8 Gy"
[tumour.mechanisms.target]
rate = 1e-7
fitness_cost = 0.02
[host]
is = "adult"
weight = "70 kg"
body_surface = "1.8 m^2"
age = "60 years"
cardiac_output = "5 L/min"
burden_hazard = "0.02 /day"
[host.blood]
volume = "5000 mL"
plasma_share = 0.55
[vessels]
is = "two_pool"
[soils.liver]
vessel_density = "100 mm/mm^3"
dormancy_cue = 0.4
[agents.fluorouracil.distribution]
volume = "17 L"
half_elimination = "5 mg/L"
maximum_elimination = "33000 mg/day"
[agents.fluorouracil.kill]
maximum = "0.5 /day"
power = 1.5
[agents.palbociclib.cytostasis]
maximum = 0.9
half = "0.03 mg/L"
power = 1
[grafts.pouch]
soil = "liver"
of = "lung"
share = 0.1
[parabiosis]
exchange = 0.01
[diagnosis]
primary_diameter = "35 mm"
metastases = 0
metastasis_diameter = "10 mm"
[diagnosis.screening]
scan = "ct"
every = "1 year"
[vary."tumour.division_rate"]
cv = 0.1
[arms.base]
do = []
[arms.acts]
extends = "base"
[[arms.acts.do]]
scan = "ct"
every = "28 days"
start = "7 days"
end = "900 days"
slice = "5 mm"
[[arms.acts.do]]
resect = "primary"
at = "14 days"
margin = 0.01
nodes = true
[[arms.acts.do]]
ablate = "liver"
at = "60 days"
reach = "15 mm"
[[arms.acts.do]]
irradiate = "liver"
dose = "2 Gy"
fractions = 5
every = "1 day"
start = "70 days"
[[arms.acts.do]]
give = "fluorouracil"
dose = "400 mg/m^2"
route = "iv"
every = "14 days"
times = 6
start = "42 days"
duration = "2 days"
guard = "reduce"
[[arms.acts.do]]
give = "bevacizumab"
dose = "5 mg/kg"
every = "14 days"
on = "84 days"
off = "28 days"
[[arms.acts.do]]
inject = "1e6 cells"
into = "veins"
at = "3 days"
[[arms.acts.do]]
shunt = "1e5 cells/day"
into = "veins"
start = "2 days"
duration = "30 days"
[[arms.acts.do]]
draw = "7.5 mL"
every = "28 days"
assay = ["ctc", "ctdna"]
depth = 20000
[[arms.acts.do]]
biopsy = "primary"
at = "10 days"
zone = 2
zones = 4
depth = 500
dropout = 0.1
single_cells = 20
[[arms.acts.do]]
culture = "primary"
at = "11 days"
against = "target"
clones = 12
cultures = 40
cells = "1e6 cells"
[[arms.acts.do]]
autopsy = "microscopic"
spacing = "5 mm"
everyone = false
[[arms.acts.do]]
count = "colonies"
at = "100 days"
size = "0.5 mm"
[endpoints]
primary = "overall_survival"
secondary = ["progression_free_survival", "response"]
[published.acts.overall_survival]
low = "12 months"
high = "36 months"
source = "assumed for a test"
"""


@dataclass(frozen=True)
class Base:
    """A good file whose lines can be spoiled one by one, and the door that takes it."""

    door: str
    text: str

    @lru_cache(maxsize=2)  # noqa: B019  (there are two of them, for good)
    def lines(self) -> dict[str, int]:
        """Return the line, from 0, on which each field stands, by its place."""
        found, place, seen = {}, "", Counter[str]()
        for number, line in enumerate(self.text.splitlines()):
            if line.startswith("[["):
                name = line.strip("[]")
                place = f"{name}[{seen[name]}]"
                seen[name] += 1
            elif line.startswith("["):
                place = line.strip("[]")
            else:
                found[f"{place}.{line.split(' = ')[0]}"] = number
        return found

    def good(self, field: Field) -> str:
        """Return what the file says of a field, as TOML."""
        return self.text.splitlines()[self.lines()[field.place]].split(" = ", 1)[1]

    def with_line(self, place: str, line: str | None) -> str:
        """Return the file with the line of a field replaced, or left out."""
        number, known = self.lines()[place], self.text.splitlines()
        return "\n".join([*known[:number], *([] if line is None else [line]), *known[number + 1 :]]) + "\n"


@dataclass(frozen=True)
class Field:
    """What a field may hold.

    ``place`` is where a fault must point. ``unit`` is how the base study writes the quantity, ``factor`` its worth in the
    unit of ``low`` and ``high`` (both allowed, unless ``above`` or ``below``). ``other`` is a unit of another dimension.
    ``also`` are other places that a fault may name, where what is wrong is how two fields go together; ``says`` is what
    such a fault may say instead of the value.
    """

    place: str
    holds: Holds
    unit: str = ""
    factor: Fraction = Fraction(1)
    low: Fraction = Fraction(0)
    high: Fraction = LARGEST
    above: bool = False
    below: bool = False
    required: bool = False
    other: str = "mmHg"
    empty: bool = True
    listed: bool = False
    also: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def allows(self, number: Fraction | None) -> bool:
        """Whether a number in the field's ``unit`` is one that it may hold; None is no finite number."""
        if number is None:
            return False
        here = number * self.factor
        if here != 0 and abs(here) < SMALLEST:
            return False
        least = here > self.low if self.above else here >= self.low
        most = here < self.high if self.below else here <= self.high
        return least and most and (self.holds != "whole" or here.denominator == 1)


def quantity(place: str, unit: str, low: object = 0, high: object = LARGEST, **more: object) -> Field:
    known = {
        "days": DAY,
        "years": YEAR,
        "months": YEAR / 12,
        "year": YEAR,
        "day": DAY,
        "s": SECOND,
        "L/min": 1 / MINUTE,
    }
    return Field(place, "quantity", unit, known.get(unit, Fraction(1)), Fraction(str(low)), Fraction(str(high)), **more)  # type: ignore[arg-type]


def positive(place: str, unit: str = "", **more: object) -> Field:
    return quantity(place, unit, above=True, **more)


def _time(place: str, unit: str = "days", **more: object) -> Field:
    """A day of the three years that the study lasts."""
    return quantity(place, unit, 0, "1095.75", below=True, **more)


def whole(place: str, low: int, high: int, **more: object) -> Field:
    return Field(place, "whole", low=Fraction(low), high=Fraction(high), **more)  # type: ignore[arg-type]


_CENTURY = 36525
_HOUR_UP = "0.0416666666666666666666666666666666"


def _orders() -> Iterator[Field]:
    """Yield the fields of the orders of the second arm, in the order of the base study."""
    scan, resect, ablate, irradiate, give, rhythm, inject, shunt, draw, biopsy, culture, autopsy, count = (
        f"arms.acts.do[{index}]" for index in range(13)
    )
    for place, key in ((scan, "scan"), (autopsy, "autopsy"), (count, "count")):
        yield Field(f"{place}.{key}", "choice", required=True)
    for place, key in ((resect, "resect"), (ablate, "ablate"), (irradiate, "irradiate"), (give, "give"), (rhythm, "give"),
                       (biopsy, "biopsy"), (culture, "culture")):  # fmt: skip
        yield Field(f"{place}.{key}", "choice", required=True)
    yield quantity(f"{scan}.every", "days", 1, _CENTURY)
    yield quantity(f"{scan}.start", "days", 0, 53)
    yield quantity(f"{scan}.end", "days", 7, _CENTURY)
    yield quantity(f"{scan}.slice", "mm", "0.5", 20)
    yield _time(f"{resect}.at", required=True)
    yield quantity(f"{resect}.margin", "", 0, 1, below=True)
    yield Field(f"{resect}.nodes", "truth")
    yield quantity(f"{ablate}.at", "days", 14, "1095.75", below=True, required=True, also=("arms.acts: metastases",))
    yield quantity(f"{ablate}.reach", "mm", 1, 100, required=True)
    yield quantity(f"{irradiate}.dose", "Gy", "0.1", 100, required=True)
    yield whole(f"{irradiate}.fractions", 2, 100, required=True)
    yield quantity(f"{irradiate}.every", "day", _HOUR_UP, _CENTURY, required=True)
    yield _time(f"{irradiate}.start")
    yield quantity(f"{give}.dose", "mg/m^2", 0, 1_000_000, required=True, other="mg/L")
    yield Field(f"{give}.route", "choice")
    yield quantity(f"{give}.every", "days", 2, _CENTURY, required=True)
    yield whole(f"{give}.times", 2, 10_000)
    yield _time(f"{give}.start")
    yield quantity(f"{give}.duration", "days", 0, 14)
    yield Field(f"{give}.guard", "choice")
    yield quantity(f"{rhythm}.dose", "mg/kg", 0, 1_000_000, required=True, other="mg/L")
    yield quantity(f"{rhythm}.on", "days", 14, _CENTURY, above=True, required=True)
    yield quantity(f"{rhythm}.off", "days", _HOUR_UP, _CENTURY, required=True)
    yield quantity(f"{inject}.inject", "cells", 1, 10**10, required=True)
    yield Field(f"{inject}.into", "choice", required=True)
    yield _time(f"{inject}.at", required=True)
    yield quantity(f"{shunt}.shunt", "cells/day", 1, 10**10, required=True)
    yield Field(f"{shunt}.into", "choice", required=True)
    yield _time(f"{shunt}.start")
    yield quantity(f"{shunt}.duration", "days", _HOUR_UP, _CENTURY, required=True)
    yield quantity(f"{draw}.draw", "mL", "0.001", 4900, required=True)
    yield quantity(f"{draw}.every", "days", _HOUR_UP, _CENTURY)
    yield Field(f"{draw}.assay", "names", empty=False, required=True)  # by its depth
    yield whole(f"{draw}.depth", 1, 10_000_000)
    yield _time(f"{biopsy}.at", required=True)
    yield whole(f"{biopsy}.zone", 1, 4, required=True)
    yield whole(f"{biopsy}.zones", 2, 100, required=True)
    yield whole(f"{biopsy}.depth", 1, 1_000_000)
    yield quantity(f"{biopsy}.dropout", "", 0, 1, below=True)
    yield whole(f"{biopsy}.single_cells", 1, 10_000)
    yield _time(f"{culture}.at", required=True)
    yield Field(f"{culture}.against", "choice", required=True)
    yield whole(f"{culture}.clones", 1, 100)
    yield whole(f"{culture}.cultures", 10, 1000)
    yield quantity(f"{culture}.cells", "cells", 100, 200_000_000, required=True)
    yield quantity(f"{autopsy}.spacing", "mm", "0.005", 100, required=True)
    yield Field(f"{autopsy}.everyone", "truth")
    yield _time(f"{count}.at", required=True, listed=True)
    yield quantity(f"{count}.size", "mm", "0.01", 100, required=True)


def fields() -> tuple[Field, ...]:
    """Return all fields of the base study."""
    named = (
        Field("study.title", "text"), whole("study.patients", 1, 10_000_000), whole("study.seed", 0, 2**63 - 1),
        Field("study.without", "names"), Field("tumour.is", "choice", required=True), Field("tumour.site", "choice"),
        Field("tumour.carries", "names"), Field("host.is", "choice", required=True), Field("vessels.is", "choice"),
        Field("grafts.pouch.soil", "choice", required=True), Field("grafts.pouch.of", "choice", required=True),
        Field("diagnosis.screening.scan", "choice", required=True), Field("arms.acts.extends", "choice", listed=True),
        Field("endpoints.primary", "choice"), Field("endpoints.secondary", "names"),
        Field("published.acts.overall_survival.source", "text", required=True),
    )  # fmt: skip
    numbers = (
        quantity("study.until", "years", 1, _CENTURY),
        quantity("tumour.division_rate", "/day", "0.01", above=True), quantity("tumour.death_rate", "/day", 0, "0.03", below=True),
        positive("tumour.diffusion_rim", "mm"), positive("tumour.transit_time", "s"), quantity("tumour.co_option", "", 0, 1),
        whole("tumour.hits", 0, 20), quantity("tumour.hit_rate", "", 0, 1), positive("tumour.establishment_size"),
        quantity("tumour.radiosensitivity.alpha", "/Gy"), positive("tumour.radiosensitivity.alpha_beta_ratio", "Gy"),
        quantity("tumour.mechanisms.target.rate", "", 0, "0.00002"), quantity("tumour.mechanisms.target.fitness_cost", "", 0, 1),
        positive("host.weight", "kg"), positive("host.body_surface", "m^2"), quantity("host.age", "years", 0, LARGEST * YEAR),
        positive("host.cardiac_output", "L/min"), quantity("host.burden_hazard", "/day"),
        quantity("host.blood.volume", "mL", 0, 10**6, above=True), quantity("host.blood.plasma_share", "", 0, 1, above=True),
        quantity("soils.liver.vessel_density", "mm/mm^3"), quantity("soils.liver.dormancy_cue", "", 0, 1),
        quantity("agents.fluorouracil.distribution.volume", "L", "1e-4", 10**6),
        quantity("agents.fluorouracil.distribution.half_elimination", "mg/L", "1e-9", 10**6),
        quantity("agents.fluorouracil.distribution.maximum_elimination", "mg/day", "1e-6", 10**9),
        quantity("agents.fluorouracil.kill.maximum", "/day"), quantity("agents.fluorouracil.kill.power", "", "0.1", 10),
        quantity("agents.palbociclib.cytostasis.maximum", "", 0, 1), quantity("agents.palbociclib.cytostasis.half", "mg/L", "1e-9", 10**6),
        quantity("agents.palbociclib.cytostasis.power", "", "0.1", 10),
        quantity("grafts.pouch.share", "", "1e-6", "0.9", required=True), quantity("parabiosis.exchange", "", 0, 1, required=True),
        quantity("diagnosis.primary_diameter", "mm", 1, 200, required=True), whole("diagnosis.metastases", 0, 0),
        quantity("diagnosis.metastasis_diameter", "mm", "0.1", 200),
        quantity("diagnosis.screening.every", "year", 28, 20 * YEAR, required=True),
        quantity('vary."tumour.division_rate".cv', "", 0, 2, required=True),
        quantity("published.acts.overall_survival.low", "months", 0, 3 * YEAR, required=True),
        quantity("published.acts.overall_survival.high", "months", YEAR, _CENTURY, required=True,
                  also=("published.acts.overall_survival: low",)),
    )  # fmt: skip
    return (*named, *numbers, *_orders())


STUDY = Base("study file", BASE)

__all__ = ["BASE", "STUDY", "Base", "Field", "fields", "positive", "quantity", "whole"]
