"""The host and the patient: anatomy, soils and the hazards of dying, with the tumour in it."""

from __future__ import annotations

from seedsoil.biology.anatomy import Anatomy
from seedsoil.biology.clone import Tumour
from seedsoil.biology.quantities import Kilograms, LitresPerDay, Noun, Number, PerDay, SquareMetres, Years
from seedsoil.biology.soil import Soil

#: What a study may switch off by name, and what then no longer happens.
MECHANISMS: dict[str, str] = {
    "sprouting": "no new vessels grow in any lesion",
    "co-option": "lesions do not use the host's vessels",
    "hypoxia": "lack of oxygen neither slows division nor kills",
    "resistance": "no resistant cell arises",
    "soil matching": "every soil supports division fully and equally",
    "dormancy": "no cell that arrives falls asleep",
    "instability": "no cell becomes unstable",
    "competence": "every tumour cell can found a metastasis",
    "metastasis": "no embolus succeeds",
    "reseeding": "metastases do not seed",
    "drug effects": "drugs are given and do nothing",
    "burden death": "no one dies of tumour burden",
    "background death": "no one dies of other causes",
}


class Host(Noun):
    """A body: its circulation, its soils, its size and age, and the hazards that end its life.

    Background mortality rises exponentially with age: ``mortality_at_fifty`` per day at 50 years, and
    ``mortality_slope`` per year. ``burden_hazard`` is the greatest hazard that tumour in one soil can cause.
    ``vascular_timescale`` slows all vessel rates against those of the mouse.
    """

    name: str
    title: str
    weight: Kilograms
    body_surface: SquareMetres
    age: Years
    cardiac_output: LitresPerDay
    anatomy: Anatomy
    soils: tuple[Soil, ...]
    vascular_timescale: Number
    burden_hazard: PerDay
    burden_power: Number
    mortality_at_fifty: PerDay
    mortality_slope: Number

    def soil(self, name: str) -> Soil:
        """The soil of this name; KeyError if the host has none."""
        return next(soil for soil in self.soils if soil.name == name)


class Patient(Noun):
    """A tumour in a host, whole and immutable."""

    tumour: Tumour
    host: Host
