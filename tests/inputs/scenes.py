"""A scene of tissue in which every field can be spoiled, what each may hold, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterator

from tests.inputs.cases import Case
from tests.inputs.fields import LARGEST, Base, Field, quantity, whole
from tests.inputs.kinds import cases_of

SCENE = Base(
    "scene file",
    """\
[scene]
title = "A scene to be spoiled"
seed = 3
until = "2 days"
step = "0.04 day"
without = ["cohesion"]
genealogy = false
tolerance = 0.0001
[block]
size = ["0.2 mm", "0.24 mm"]
voxel = "20 um"
[walls]
radius = "4 um"
sprout_radius = "4 um"
tip_spacing = "60 um"
ceiling = 0.12
[sides.oxygen]
west = "40 mmHg"
[medium]
oxygen = "30 mmHg"
[substances.oxygen]
decay = "0.02 /min"
uptake_half = "1 mmHg"
every = 1
[substances.matrix]
[substances.drug]
is = "paclitaxel"
wall = "leaky"
permeability_closed = "1e-8 cm/s"
permeability_open = "1e-5 cm/s"
barrier_passage = 0.02
hindered_by = "matrix"
hindrance = 2
[cells.carcinoma]
division = "0.1 /day"
movement = "0.05 um/min"
invasion = 0.5
cohesion = 1
pushes = 2
pulls = 3
variation = 0.01
visibility = 0.5
by_antigen = false
programme_time = "2 days"
ghost_time = "10 days"
yields = false
becomes = "carcinoma"
[cells.carcinoma.uptake]
oxygen = "10 /min"
[[cells.carcinoma.mechanisms]]
name = "loss"
probability = 0.001
cost = 0.1
against = { drug = 4 }
changes = { visibility = 0.1 }
[[cells.carcinoma.more_rules]]
signal = "drug"
raises = "death"
by = "1 /day"
half = "0.05 mg/L"
power = 1.5
needs = { signal = "oxygen", half = "5 mmHg" }
[cells.endothelium]
part = "vessel"
[cells.tip_cell]
[[vessels]]
cell = "endothelium"
lines = "random"
density = "100 mm/mm^3"
tortuosity = 1.1
along = "z"
links = "60 um"
keep_out = "20 um"
keep_in = "900 um"
start = "0 um"
end = "900 um"
grown = false
covered = true
[[place]]
cell = "carcinoma"
where = "ball"
at = ["0.1 mm", "0.12 mm"]
radius = "40 um"
into = ["carcinoma"]
[[place]]
cell = "carcinoma"
where = "layer"
start = "0 um"
end = "60 um"
into = ["carcinoma"]
[[place]]
cell = "carcinoma"
where = "scattered"
share = 0.2
into = ["carcinoma"]
[[fill]]
substance = "matrix"
level = 1
where = "everywhere"
[[give]]
substance = "drug"
peak = "2 mg/L"
half_life = "1 day"
start = "1 day"
every = "2 days"
times = 3
[[plasma]]
substance = "drug"
days = [0.0, 1.0]
levels = [0.0, 2.0]
""",
)
#: Lists of quantities and tables within a line.
APART = ("plasma[0].days", "plasma[0].levels", "block.size", "place[0].at", "cells.carcinoma.more_rules[0].needs",
         "cells.carcinoma.mechanisms[0].name", "cells.carcinoma.mechanisms[0].against", "cells.carcinoma.mechanisms[0].changes")  # fmt: skip


def scene_fields() -> tuple[Field, ...]:
    """Return all fields of the base scene but those of lists of quantities."""
    rule, vessels, give = "cells.carcinoma.more_rules[0]", "vessels[0]", "give[0]"
    also = {"also": ("cells.carcinoma",)}
    choices = (
        Field(f"{rule}.signal", "choice", required=True, also=("carcinoma.rules", rule)), Field(f"{rule}.raises", "choice", required=True, also=("carcinoma.rules", rule), says=("name one",)),
        Field("cells.endothelium.part", "choice", also=("cells.endothelium", "endothelium", "vessels[0]", "lay")),
        Field(f"{vessels}.cell", "choice", also=("lay", vessels)), Field(f"{vessels}.lines", "choice", also=(vessels,)), Field(f"{vessels}.along", "choice", also=(vessels,)),
        *(Field(f"place[{number}].cell", "choice", required=True, also=(f"place[{number}]", "put")) for number in range(3)),
        *(Field(f"place[{number}].where", "choice", required=True, also=(f"place[{number}]",)) for number in range(3)),
        Field("place[0].into", "names", also=("alive", "place[0]")), Field("fill[0].substance", "choice", required=True), Field("fill[0].where", "choice", required=True, also=("fill[0]",)),
        Field(f"{give}.substance", "choice", required=True), Field("substances.drug.is", "choice", required=True, also=("substances.drug",), says=("has no 'drug'", "is missing")),
        Field("substances.drug.wall", "choice", also=("substances.drug",)), Field("substances.drug.hindered_by", "choice", required=True, also=("substances.drug",), says=("both",)),
        Field("cells.carcinoma.becomes", "name", also=("carcinoma.becomes", "cells.carcinoma")), Field("scene.without", "names"),
        Field("scene.genealogy", "truth"), Field(f"{vessels}.grown", "truth"), Field(f"{vessels}.covered", "truth"), Field("plasma[0].substance", "choice", required=True), Field("cells.carcinoma.yields", "truth"), Field("cells.carcinoma.by_antigen", "truth"), Field("scene.title", "text", required=True),
    )  # fmt: skip
    numbers = (
        whole("scene.seed", 0, 2**63 - 1), quantity("scene.until", "days", "0.02", 40_000, required=True, also=("scene",)),
        quantity("scene.step", "day", "0.000695", 1, also=("scene",)), quantity("scene.tolerance", "", 0, 1, above=True), quantity("block.voxel", "um", 20, 240, also=("block",)),
        quantity("walls.radius", "um", 0, LARGEST, above=True, also=("radius",)), quantity("walls.sprout_radius", "um", 0, LARGEST, above=True, also=("sprout_radius",)),
        quantity("walls.tip_spacing", "um", 0, LARGEST, above=True, also=("tip_spacing",)), quantity("walls.ceiling", "", 0, 1), quantity("sides.oxygen.west", "mmHg", other="day"), quantity("medium.oxygen", "mmHg", other="day"),
        quantity("substances.oxygen.decay", "/min"), quantity("substances.oxygen.uptake_half", "mmHg", 0, above=True, other="day", also=("substances.oxygen",)),
        whole("substances.oxygen.every", 1, 1000, also=("substances.oxygen",)), quantity("substances.drug.barrier_passage", "", 0, 1),
        *(quantity(f"substances.drug.permeability_{end}", "cm/s", also=("substances.drug",), required=True, says=("needs both",)) for end in ("open", "closed")),
        quantity("substances.drug.hindrance", "", required=True, also=("substances.drug",), says=("both",)),
        quantity("cells.carcinoma.division", "/day", **also), quantity("cells.carcinoma.movement", "um/min", 0, 10, **also), quantity("cells.carcinoma.invasion", "", 0, 1),
        quantity("cells.carcinoma.cohesion", ""), whole("cells.carcinoma.pushes", 0, 20, **also), whole("cells.carcinoma.pulls", 0, 250, **also), quantity("cells.carcinoma.variation", "", 0, 1), quantity("cells.carcinoma.visibility", "", 0, 1),
        quantity("cells.carcinoma.mechanisms[0].probability", "", 0, "0.98", required=True, also=("cells.carcinoma", "carcinoma")), quantity("cells.carcinoma.mechanisms[0].cost", "", 0, 1),
        quantity("cells.carcinoma.programme_time", "days", above=True, **also), quantity("cells.carcinoma.ghost_time", "days", above=True, **also),
        quantity("cells.carcinoma.uptake.oxygen", "/min"), quantity(f"{rule}.by", "/day", required=True, also=(rule, "carcinoma.rules"), says=("say how much",)),
        quantity(f"{rule}.half", "mg/L", above=True, required=True, also=(rule, "carcinoma.rules")), quantity(f"{rule}.power", "", "0.25", 20),
        quantity(f"{vessels}.density", "mm/mm^3", 0, 1375, also=(vessels, "density"), required=True, says=("need one of the two",)), quantity(f"{vessels}.tortuosity", "", 1, "1.4", also=("tortuosity",)),
        quantity(f"{vessels}.links", "um", above=True, also=(vessels,)),
        *(quantity(f"{vessels}.{name}", "um") for name in ("keep_out", "keep_in", "start", "end")),
         quantity("place[0].radius", "um", 15, also=("place[0]",), required=True, says=("needs it",)),
        quantity("place[1].start", "um", 0, 40, also=("place[1]",), required=True, says=("needs it",)), quantity("place[1].end", "um", 20, LARGEST, also=("place[1]",), required=True, says=("needs it",)),
        quantity("place[2].share", "", 0, 1, also=("place[2]",), required=True, says=("needs it",)), quantity("fill[0].level", "", required=True),
        quantity(f"{give}.peak", "mg/L", above=True, also=(give,), required=True, other="day"), quantity(f"{give}.half_life", "days", above=True, also=(give,)),
        quantity(f"{give}.start", "days"), quantity(f"{give}.every", "days", above=True, also=(give,), required=True, says=("need the time",)), whole(f"{give}.times", 1, 10_000),
    )  # fmt: skip
    return (*choices, *numbers)


#: What contradicts what, the line that is changed for it, the place to be named, and words of which one must be said.
CONTRADICTIONS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("a medium of what is not there", "medium.oxygen", 'air = "30 mmHg"', "medium", ("'air'",)), ("a medium in another unit", "medium.oxygen", 'oxygen = "30 mg/L"', "medium.oxygen", ("mmHg",)),
    ("one edge", "block.size", 'size = ["0.2 mm"]', "block", ("got 1",)), ("four edges", "block.size", 'size = ["1 mm", "1 mm", "1 mm", "1 mm"]', "block", ("got 4",)),
    ("edge of nothing", "block.size", 'size = ["0.2 mm", "0 mm"]', "block", ("at least one voxel",)), ("edge below 0", "block.size", 'size = ["0.2 mm", "-1 mm"]', "block.size", ("-1000 um",)),
    ("edges without unit", "block.size", "size = [200, 240]", "block.size", ("no unit",)), ("a city", "block.size", 'size = ["9 km", "9 km", "9 km"]', "block", ("2^30", "unknown unit")),
    ("a place outside", "place[0].at", 'at = ["5 mm", "5 mm"]', "place[0]", ("no voxel",)), ("a ball without a middle", "place[0].at", "", "place[0]", ("needs it",)),
    ("a layer upside down", "place[1].end", 'end = "-1 um"', "place[1].end", ("-1 um",)), ("a layer with a radius", "place[1].end", 'end = "60 um"\nradius = "2 um"', "place[1]", ("no use",)),
    ("into nobody", "place[0].into", 'into = ["nobody"]', "alive", ("'nobody'",)), ("a vessel that is put", "place[2].cell", 'cell = "endothelium"', "put", ("lay a vessel",)),
    ("a tumour that is laid", "vessels[0].cell", 'cell = "carcinoma"', "lay", ("is no vessel",)), ("one vessel that is dense", "vessels[0].lines", 'lines = "one"', "vessels[0]", ("one line",)),
    ("an organ that is none", "vessels[0].density", 'organ = "aorta"', "aorta", ("no ",)),
    ("a field at rest filled in", "fill[0].substance", 'substance = "oxygen"', "fill[0].substance", ("comes to rest",)), ("a level in another unit", "fill[0].level", 'level = "5 mmHg"', "fill[0].level", ("5 mmHg",)),
    ("a dose in another unit", "give[0].peak", 'peak = "5 mmHg"', "give[0].peak", ("5 mmHg",)), ("doses all at once", "give[0].every", 'every = "0 days"', "give[0]", ("above 0",)),
    ("levels for other days", "plasma[0].days", "days = [0.0]", "plasma[0]", ("as many levels",)), ("days that fall", "plasma[0].days", "days = [1.0, 0.0]", "plasma[0]", ("rise",)),
    ("days that are none", "plasma[0].days", "days = [nan, inf]", "plasma[0]", ("rise", "finite")), ("a level below 0", "plasma[0].levels", "levels = [0.0, -1.0]", "plasma[0]", ("not below 0",)),
    ("a level that is text", "plasma[0].levels", 'levels = ["0", "1"]', "plasma[0]", ("number", "not below 0")), ("no days", "plasma[0].days", "days = []", "plasma[0]", ("as many levels",)),
    ("a truth for a level", "plasma[0].levels", "levels = [0.0, true]", "plasma[0]", ("number",)), ("levels beyond all", "plasma[0].levels", "levels = [0.0, 1e300]", "plasma[0]", ("beyond",)),
    ("a rule both ways", "cells.carcinoma.more_rules[0].raises", 'raises = "death"\nlowers = "division"', "more_rules[0]", ("one behaviour",)),
    ("a rule of what is not there", "cells.carcinoma.more_rules[0].signal", 'signal = "contact t_cell"', "carcinoma.rules", ("no signal",)),
    ("a need of nothing", "cells.carcinoma.more_rules[0].needs", 'needs = { signal = "oxygen", half = "0 mmHg" }', "more_rules[0].needs", ("above 0",)),
    ("rules that are none", "cells.carcinoma.more_rules[0].needs", "needs = 5", "more_rules[0].needs", ("5 is not a table",)),
    ("a carcinoma that becomes a sprout", "cells.carcinoma.becomes", 'becomes = "tip_cell"', "carcinoma.becomes", ("cannot become",)),
    ("behaviour switched off that is none", "scene.without", 'without = ["divison"]', "scene.without", ("'divison'",)),
    ("a clone of no mechanism", "place[0].into", 'carries = ["pump"]', "new_clone", ("'pump'",)),
    ("a trait of nothing", "cells.carcinoma.mechanisms[0].changes", "changes = { visibilty = 0.1 }", "mechanisms.loss.changes", ("Did you mean 'visibility'?",)),
    ("a trait of vessels", "cells.carcinoma.mechanisms[0].changes", "changes = { sprouting = 2 }", "mechanisms.loss.changes", ("for vessels",)),
    ("a trait below nothing", "cells.carcinoma.mechanisms[0].changes", "changes = { death = -2 }", "cells.carcinoma.mechanisms[0].changes.death", ("-2",)),
    ("a trait with a unit", "cells.carcinoma.mechanisms[0].changes", 'changes = { death = "2 /day" }', "cells.carcinoma.mechanisms[0].changes.death", ("2 /day",)),
    ("positions of no file", "scene.tolerance", '[[positions]]\nfile = "nowhere.csv"', "positions[0].file", ("no file",)),
    ("positions of a folder", "scene.tolerance", '[[positions]]\nfile = "."', "positions[0].file", ("no file",)),
    ("positions without a name", "scene.tolerance", '[[positions]]\nfile = ""', "positions[0].file", ("is empty",)),
    ("positions by a number", "scene.tolerance", "[[positions]]\nfile = 5", "positions[0].file", ("5",)),
    ("positions that are no CSV", "scene.tolerance", '[[positions]]\nfile = "study.toml"', "positions[0].file", ("three finite numbers", "no CSV")),
    ("positions that name nothing", "scene.tolerance", "[[positions]]\nkinds = {}", "positions[0]", ("file",)),
    ("positions that are none", "scene.tolerance", "[positions]", "positions", ("list", "tuple", "array")),
    ("half of a number", "substances.oxygen.decay", "decay = { value = 0.02 }", "substances.oxygen.decay", ("missing",)),
    ("a number upside down", "substances.oxygen.decay", 'decay = { value = 1, unit = "1/min", low = 2, high = 1, grade = "assumed", source = "assumed" }', "substances.oxygen.decay", ("low", "high")),
)  # fmt: skip


def scene_cases() -> Iterator[Case]:
    """Yield every case of every field of the base scene, and what contradicts itself."""
    yield from cases_of(SCENE, scene_fields())
    for kind, where, line, place, words in CONTRADICTIONS:
        yield Case(SCENE.door, "contradiction", kind, SCENE.with_line(where, line or None), False, (place,), words)
    yield Case(SCENE.door, "whole file", "as it is", SCENE.text, True)
