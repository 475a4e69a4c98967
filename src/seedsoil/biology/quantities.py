"""The kinds of number that the nouns are made of: each a Value with its unit and what it may be."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Strict

from seedsoil.foundation.value import Quantity, Value

PerDay = Annotated[Value, Quantity("1/day", minimum=0.0)]
Days = Annotated[Value, Quantity("day", minimum=0.0)]
Fraction = Annotated[Value, Quantity("1", minimum=0.0, maximum=1.0)]
Number = Annotated[Value, Quantity("1", minimum=0.0)]
Millimetres = Annotated[Value, Quantity("mm", minimum=0.0)]
VesselDensity = Annotated[Value, Quantity("mm/mm^3", minimum=0.0)]
Concentration = Annotated[Value, Quantity("mg/L", minimum=0.0)]
Litres = Annotated[Value, Quantity("L", minimum=0.0)]
LitresPerDay = Annotated[Value, Quantity("L/day", minimum=0.0)]
MilligramsPerDay = Annotated[Value, Quantity("mg/day", minimum=0.0)]
Millilitres = Annotated[Value, Quantity("mL", minimum=0.0)]
Kilograms = Annotated[Value, Quantity("kg", minimum=0.0)]
SquareMetres = Annotated[Value, Quantity("m^2", minimum=0.0)]
Gray = Annotated[Value, Quantity("Gy", minimum=0.0)]
PerGray = Annotated[Value, Quantity("1/Gy", minimum=0.0)]
PerConcentration = Annotated[Value, Quantity("L/mg", minimum=0.0)]
SurfaceDose = Annotated[Value, Quantity("mg/m^2", minimum=0.0)]
CellDensity = Annotated[Value, Quantity("1/L", minimum=0.0)]
PerMillilitre = Annotated[Value, Quantity("1/mL", minimum=0.0)]
Several = Annotated[Value, Quantity("1", minimum=2.0)]
Years = Annotated[Value, Quantity("year", minimum=0.0)]


#: A whole number that is written as one, and a truth that is: "5", 5.0 and 1 for true are not what was meant.
Whole = Annotated[int, Strict()]
Truth = Annotated[bool, Strict()]


class Noun(BaseModel):
    """A thing with traits: frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
