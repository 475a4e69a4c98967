"""The scene file: what a block of tissue holds and what is given to it, read strictly, every fault named at once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, Strict, ValidationError, model_validator

from seedsoil.biology.lesion.rule import SignalLevel
from seedsoil.biology.lesion.substance import SubstanceLevel
from seedsoil.biology.quantities import Days, Fraction, Noun, Number, Truth, VesselDensity, Whole
from seedsoil.catalogue.files import file_bytes, is_hidden, parse
from seedsoil.foundation.errors import StudyError, did_you_mean, given, known_words, validation_faults
from seedsoil.foundation.value import Quantity, Value, values_in

__all__ = [
    "Fill",
    "Place",
    "Positions",
    "Region",
    "Scene",
    "beyond",
    "is_scene",
    "read_scene",
    "shipped_scenes",
    "written",
]

Micrometres = Annotated[Value, Quantity("um", minimum=0.0)]
_SHIPPED = Path(__file__).parent / "shipped"
_WHAT = "a scene"
_LONGEST_TITLE, _LONGEST_PATH = 200, 4096
#: No number of biology is larger than this, in its unit, nor closer to zero unless it is zero.
SMALLEST, LARGEST = 1e-30, 1e12
#: A step lasts from a minute to a day.
_SHORTEST, _LONGEST = 1.0 / 1440.0, 1.0


def _assumed(number: float, unit: str, low: float, high: float) -> Value:
    return Value(number=number, unit=unit, low=low, high=high, grade="assumed", source="assumed")


def _title(text: str) -> str:
    """One plain line of text."""
    return _line(text, _LONGEST_TITLE)


def _path(text: str) -> str:
    """The name of a file."""
    return _line(text, _LONGEST_PATH)


def _line(text: str, longest: int) -> str:
    """Text that is not empty, no longer than may be, and has nothing hidden in it."""
    if not text.strip():
        raise ValueError("is empty; write a line of text")
    if len(text) > longest:
        raise ValueError(f"{given(text)} has {len(text)} characters; {longest} is the most allowed")
    if any(is_hidden(character) for character in text):
        raise ValueError(f"{given(text)} holds a control character or a line break; write one plain line")
    return text


class Head(Noun):
    """What the scene is called, how long it goes on, in which steps, by which luck; what it does without."""

    title: Annotated[str, AfterValidator(_title)]
    seed: Whole = Field(default=1, ge=0, lt=2**63)
    until: Days
    step: Days = _assumed(1.0 / 24.0, "day", 0.01, 0.25)
    without: tuple[str, ...] = ()
    genealogy: Truth = False
    tolerance: Fraction = _assumed(1e-4, "1", 1e-6, 1e-3)

    @model_validator(mode="after")
    def _times(self) -> Self:
        if not _SHORTEST <= float(self.step) <= _LONGEST:
            raise ValueError(f"step: from 1 minute to 1 day, got {float(self.step):.7g} day")
        if float(self.until) / float(self.step) > 1e6:
            raise ValueError(
                f"until: at most a million steps, got {float(self.until):.7g} day in steps of {float(self.step):.7g}"
            )
        if round(float(self.until) / float(self.step)) < 1:
            raise ValueError(f"until: at least one step of {self.step}, got {self.until}")
        return self


class BlockSize(Noun):
    """Edges of the block along x, y and z (two: a plane), and of a voxel."""

    size: tuple[Micrometres, ...]
    voxel: Micrometres = _assumed(20.0, "um", 10.0, 25.0)

    @model_validator(mode="after")
    def _counts(self) -> Self:
        if len(self.size) not in (2, 3):
            raise ValueError(f"size: two edges (a plane) or three, got {len(self.size)}")
        if not float(self.voxel) > 0.0:
            raise ValueError(f"voxel: a length above 0 um, got {self.voxel}")
        voxels = 1.0
        for edge in self.size:
            count = float(edge) / float(self.voxel)
            if count < 1.0:
                raise ValueError(f"size: each edge at least one voxel of {self.voxel}, got {edge}")
            voxels *= count
        if voxels > 2**30:
            raise ValueError(
                f"size: at most 2^30 voxels, got {voxels:.3g} of {float(self.voxel):.7g} um; take a smaller block or larger voxels"
            )
        return self

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along z, y and x."""
        along = [round(float(edge) / float(self.voxel)) for edge in self.size] + [1]
        return along[2], along[1], along[0]


class Walls(Noun):
    """Radii of vessels, how far a tip keeps others off, and what of a barrier stands between blood and tissue.

    ``organ``: whose barrier these vessels have; ``ceiling``: the share of blood's level that one lets through where it is wholly
    open. Without either they have none.
    """

    radius: Micrometres = _assumed(4.0, "um", 2.5, 5.0)
    sprout_radius: Micrometres = _assumed(4.0, "um", 2.5, 8.0)
    tip_spacing: Micrometres = _assumed(60.0, "um", 40.0, 100.0)
    organ: str = ""
    ceiling: Fraction | None = None

    @model_validator(mode="after")
    def _one_barrier(self) -> Self:
        if self.organ and self.ceiling is not None:
            raise ValueError("organ, ceiling: of one barrier; name the organ that has it, or say how far it opens")
        return self


class VesselLines(Noun):
    """Capillaries along an axis, at random or in rows, as dense as said or as an organ's; or one, at its two places.

    None comes nearer than ``keep_out`` to the axis through the block's middle, and none strays farther off than ``keep_in``;
    the middle of each lies between ``start`` and ``end`` along x. ``grown``: for the tumour, and
    are none of the organ's own; ``covered``: by pericytes. ``links``: each line sends a branch to a neighbour so often, which
    makes a net of them, of the same density; left out, each stands by itself, and one cut anywhere carries no blood.
    """

    cell: str = "endothelium"
    lines: Literal["random", "regular", "one"] = "random"
    organ: str = ""
    density: VesselDensity | None = None
    tortuosity: Number = _assumed(1.1, "1", 1.0, 1.3)
    along: Literal["x", "y", "z"] = "x"
    at: tuple[Micrometres, ...] = ()
    links: Micrometres | None = None
    keep_out: Micrometres | None = None
    keep_in: Micrometres | None = None
    start: Micrometres | None = None
    end: Micrometres | None = None
    grown: Truth = False
    covered: Truth = True

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.lines == "one":
            if len(self.at) != 2 or self.density is not None or self.organ:
                raise ValueError("at: one line needs its two places across its axis, and neither density nor organ")
        elif (self.density is None) == (not self.organ) or self.at:
            raise ValueError("density, organ: lines that are random or regular need one of the two, and no place")
        if self.links is not None and (self.lines == "one" or not float(self.links) > 0.0):
            raise ValueError(f"links: a length above 0 um, of lines that are random or regular, got {self.links}")
        return self


class Region(Noun):
    """Voxels of the block: all, those of a ball, of a layer along x, or some that luck scatters."""

    where: Literal["everywhere", "ball", "layer", "scattered"]
    at: tuple[Micrometres, ...] = ()
    radius: Micrometres | None = None
    start: Micrometres | None = None
    end: Micrometres | None = None
    share: Fraction | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needs = {"ball": ("at", "radius"), "layer": ("start", "end"), "scattered": ("share",)}
        for name in needs.get(self.where, ()):
            if getattr(self, name) in (None, (), ""):
                raise ValueError(f"{name}: what is placed {self.where!r} needs it")
        for name in ("at", "radius", "start", "end", "share"):
            if getattr(self, name) not in (None, (), "") and name not in needs.get(self.where, ()):
                raise ValueError(f"{name}: what is placed {self.where!r} has no use for it")
        return self

    def told(self) -> str:
        """Where that is, in words."""
        if self.where == "ball":
            return f"in a ball of radius {self.radius} about {', '.join(str(each) for each in self.at)}"
        if self.where == "layer":
            return f"from {self.start} to {self.end} along x"
        return "everywhere" if self.share is None else f"in {self.share} of all voxels, by luck"


class Place(Region):
    """Cells put into a region: into empty voxels, and those of the kinds that they may take the place of."""

    cell: str
    into: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()


class Positions(Noun):
    """Cells whose positions a file tells, as PhysiCell writes them: x, y, z from the block's middle [um], and a type.

    ``file`` counts from the scene's own folder; ``kinds`` say which kind a type is, where they are not called alike. They are put
    behind the vessels and before what `place` puts.
    """

    file: Annotated[str, AfterValidator(_path)]
    kinds: dict[str, str] = Field(default_factory=dict)


class Fill(Region):
    """A substance that a region holds at the start: one that takes its time, for others come to rest by themselves."""

    substance: str
    level: SubstanceLevel


class Give(Noun):
    """Doses: each adds a peak to what blood carries, which halves in a half-life; without one it stays."""

    substance: str
    peak: SubstanceLevel
    half_life: Days | None = None
    start: Days = _assumed(0.0, "day", 0.0, 0.0)
    every: Days | None = None
    times: Whole = Field(default=1, ge=1, le=10_000)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.times > 1 and self.every is None:
            raise ValueError("every: more doses than one need the time between two")
        for name in ("half_life", "every"):
            if getattr(self, name) is not None and not float(getattr(self, name)) > 0.0:
                raise ValueError(f"{name}: a time above 0, got {getattr(self, name)}")
        if not float(self.peak) > 0.0:
            raise ValueError(f"peak: a level above 0, got {self.peak}")
        return self


class Plasma(Noun):
    """What blood carries of a substance as a line through points: its level on each of some days, in the substance's unit."""

    substance: str
    days: tuple[Annotated[float, Strict()], ...]
    levels: tuple[Annotated[float, Strict()], ...]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        for name in ("days", "levels"):
            if any(abs(number) > LARGEST for number in getattr(self, name) if math.isfinite(number)):
                raise ValueError(f"{name}: a number is beyond what can be meant, {LARGEST:g}")
        return self


class Scene(Noun):
    """A scene as its file tells it. ``substances`` and ``cells`` are tables: what each changes of its catalogue entry.

    ``sides`` hold levels at faces of the block, ``medium`` in the open that reaches one.
    """

    scene: Head
    block: BlockSize
    walls: Walls = Walls()
    sides: dict[str, dict[str, SignalLevel]] = Field(default_factory=dict)
    medium: dict[str, SignalLevel] = Field(default_factory=dict)
    substances: dict[str, dict[str, Any]]
    cells: dict[str, dict[str, Any]]
    vessels: tuple[VesselLines, ...] = ()
    positions: tuple[Positions, ...] = ()
    place: tuple[Place, ...] = ()
    fill: tuple[Fill, ...] = ()
    give: tuple[Give, ...] = ()
    plasma: tuple[Plasma, ...] = ()


def shipped_scenes() -> tuple[str, ...]:
    """Return the names of the scenes that come with seedsoil, sorted."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def is_scene(source: str | Path) -> bool:
    """Whether a word means a scene: a shipped one by its name, or a file that can be read and has a head of one."""
    path = Path(source)
    if not path.suffix and path.name == str(source):
        return path.name in shipped_scenes() and not path.is_file()
    try:
        table = written(source)[1]
    except (StudyError, OSError):
        return False
    return "scene" in table and "study" not in table


def written(source: str | Path) -> tuple[str, dict[str, Any]]:
    """Return a scene's file name and its tables: of a file, or of a shipped scene by its name.

    Raises
    ------
    StudyError
        If there is no such file, or it is no TOML.
    """
    path = Path(source)
    if not path.suffix and path.name == str(source):
        known = shipped_scenes()
        if path.name not in known:
            raise StudyError(
                f"no scene named {path.name!r} comes with seedsoil.{did_you_mean(path.name, known)} "
                f"Shipped: {known_words(known)}. A file ends in .toml."
            )
        path = _SHIPPED / f"{path.name}.toml"
    table = parse(file_bytes(path, path.name, _WHAT, StudyError), path.name, _WHAT, StudyError)
    return path.name, _from_its_folder(table, path.absolute().parent)


def _from_its_folder(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The tables of a file with the files that it names found from its own folder; what is no name stays, to be refused."""
    told = table.get("positions")
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict) and isinstance(each.get("file"), str) and each["file"].strip():
            each["file"] = str(folder / each["file"])
    return table


def read_scene(source: str | Path | dict[str, Any], name: str = "scene") -> Scene:
    """Read a scene from a file, a shipped scene's name, or tables; ``name`` begins each fault of tables.

    Raises
    ------
    StudyError
        With one line for each fault.
    """
    name, table = (name, source) if isinstance(source, dict) else written(source)
    try:
        scene = Scene.model_validate(table)
    except ValidationError as error:
        raise StudyError(validation_faults(error, Scene, name)) from error
    if faults := beyond(scene, f"{name}: "):
        raise StudyError(faults)
    return scene


def beyond(noun: BaseModel, where: str) -> list[str]:
    """Return a line, which begins with ``where``, for each number that is larger or nearer to 0 than any of biology."""
    return [
        f"{where}{place}: {value.number:.7g} is beyond what can be meant: from {SMALLEST:g} to {LARGEST:g}, or 0"
        for place, value in values_in(noun) if not (value.number == 0.0 or SMALLEST <= abs(value.number) <= LARGEST)
    ]  # fmt: skip
