"""What diffuses in tissue: oxygen, factors, drugs and matrix, with how far they go and who lets them through."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from seedsoil.biology.quantities import Fraction, Noun, Number, Whole
from seedsoil.foundation.errors import did_you_mean, said
from seedsoil.foundation.value import Quantity, Value

PerMinute = Annotated[Value, Quantity("1/min", minimum=0.0)]
Diffusion = Annotated[Value, Quantity("um^2/min", minimum=0.0)]
Permeability = Annotated[Value, Quantity("cm/s", minimum=0.0)]

#: Units that levels of a substance can be told in: pressures, concentrations, and shares of a level of reference.
LEVEL_UNITS: tuple[str, ...] = ("mmHg", "mg/L", "1")


class Level:
    """The pydantic type of a level whose unit is that of a substance: a Value in the first unit of ``units`` that fits."""

    def __init__(self, *units: str) -> None:
        self.units = units

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> object:
        """Return the schema: anything that can be read in one of the units becomes a Value in it."""
        from pydantic_core import core_schema

        quantities = [Quantity(unit, minimum=0.0) for unit in self.units]

        def read(given: object) -> Value:
            """Return the Value, or raise what the unit that it is told in has to say."""
            refusals: list[ValueError] = []
            for quantity in quantities:
                try:
                    return quantity.value(given)
                except ValueError as error:
                    refusals.append(error)
            own = [each for each in refusals if "due here" not in str(each) and "has no unit" not in str(each)]
            if own:
                raise own[0]
            raise ValueError(f"{said(given)} is in none of the units that may stand here: {', '.join(self.units)}")

        dump = Quantity("1").__get_pydantic_core_schema__(None, handler)["serialization"]  # type: ignore[arg-type]
        return core_schema.no_info_plain_validator_function(read, serialization=dump)

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, object]:
        """Return the JSON Schema: a quantity in any of the units."""
        return {"anyOf": [Quantity(unit).__get_pydantic_json_schema__(None, handler) for unit in self.units]}  # type: ignore[arg-type]


SubstanceLevel = Annotated[Value, Level(*LEVEL_UNITS)]


class Substance(Noun):
    """A substance and its ways through tissue.

    Attributes
    ----------
    unit : str
        What its levels are told in: mmHg, mg/L, or 1 (against ``reference``).
    diffusion, decay : Value
        Diffusion coefficient [um^2/min] and loss [1/min].
    reference : Value
        The level at which uptake is told; also what blood holds where a scene says nothing else.
    in_blood : Value
        The level in perfused vessels.
    uptake_half : Value, optional
        Level of half uptake (Michaelis); without it uptake is in proportion to the level.
    wall : {"open", "leaky", "closed"}
        Whether vessels hold their level in the tissue, let it through as far as their wall leaks, or not at all.
    permeability_closed, permeability_open : Value, optional
        Of a wall that leaks [cm/s], closed and wholly open.
    barrier_passage : Value, optional
        In a block whose vessels have a barrier: the level that their walls hold while it is shut, against blood [1]. It is
        measured with all that such a wall does, so that no leak counts beside it. Without it no barrier keeps this out.
    time : {"at rest", "passing"}
        Whether the field is at rest for cells, or takes as long as they do.
    every : int
        Steps between two solutions.
    hindered_by : str
        A substance that slows this one, and ``hindrance``: at its level 1 diffusion is divided by 1 + this.
    """

    name: str
    title: str
    unit: Literal["mmHg", "mg/L", "1"]
    diffusion: Diffusion
    decay: PerMinute
    reference: SubstanceLevel
    in_blood: SubstanceLevel
    uptake_half: SubstanceLevel | None = None
    wall: Literal["open", "leaky", "closed"] = "closed"
    permeability_closed: Permeability | None = None
    permeability_open: Permeability | None = None
    barrier_passage: Fraction | None = None
    time: Literal["at rest", "passing"] = "at rest"
    every: Whole = 1
    hindered_by: str = ""
    hindrance: Number | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """A level has the substance's unit; a wall that leaks has both its permeabilities; who is at rest moves or decays."""
        for name in ("reference", "in_blood", "uptake_half"):
            level = getattr(self, name)
            if level is not None and level.unit != self.unit:
                raise ValueError(f"{name}: {level} is not in the substance's unit, {self.unit!r}")
        if self.uptake_half is not None and not self.uptake_half.number > 0.0:
            raise ValueError(
                f"uptake_half: a level above 0, got {self.uptake_half}; leave it out for uptake in proportion"
            )
        if self.wall == "leaky" and (self.permeability_closed is None or self.permeability_open is None):
            raise ValueError("permeability_closed, permeability_open: a wall that leaks needs both")
        if self.time == "at rest" and not self.diffusion.number > 0.0:
            raise ValueError("diffusion: what does not move never comes to rest with cells; give it time = 'passing'")
        if not 1 <= self.every <= 1000:
            raise ValueError(f"every: a number of steps from 1 to 1000, got {self.every}")
        if bool(self.hindered_by) != (self.hindrance is not None):
            raise ValueError("hindered_by, hindrance: name both, or neither")
        return self


def substance_named(name: str, known: tuple[str, ...], where: str) -> int:
    """Return the place of a substance among those of a scene; ValueError, which begins with ``where``, if it is not there."""
    if name not in known:
        raise ValueError(
            f"{where}: no substance {name!r} in the scene.{did_you_mean(name, known)} It has: {', '.join(known) or 'none'}."
        )
    return known.index(name)
