"""What host tissue offers and tumour cells read: growth factors and addressins, each by its name."""

from __future__ import annotations

from seedsoil.biology.quantities import Fraction, Noun, Number


class Factors(Noun):
    """A level for each family of growth and survival factors [1], 1 being the richest tissue or the fullest receptor.

    ``egf`` stands for all ligands of the EGF receptor, ``iron`` for iron and metabolic supply, ``bmp_antagonist`` for
    what holds TGF-beta and BMP off.
    """

    egf: Fraction
    igf: Fraction
    hgf: Fraction
    pdgf: Fraction
    endothelin: Fraction
    iron: Fraction
    bmp_antagonist: Fraction
    chemokine: Fraction


class Addressins(Noun):
    """A level for each family of molecules by which vessel walls hold cells [1]."""

    selectin: Number
    integrin: Number
    lectin: Number
    chemokine: Number


#: The factors and the addressins, in the order of every array that holds a number for each.
FACTORS: tuple[str, ...] = tuple(Factors.model_fields)
ADDRESSINS: tuple[str, ...] = tuple(Addressins.model_fields)


def levels(held: Factors | Addressins) -> tuple[float, ...]:
    """The numbers of ``held``, in the order of ``FACTORS`` or ``ADDRESSINS`` [1]."""
    return tuple(float(getattr(held, name)) for name in type(held).model_fields)
