"""The host and the patient: anatomy, soils and the hazards of dying, with the tumour in it."""

from __future__ import annotations

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.biology.quantities import (
    Days,
    Fraction,
    Kilograms,
    LitresPerDay,
    Millilitres,
    Noun,
    Number,
    PerDay,
    PerMillilitre,
    SquareMetres,
    Years,
)
from seedsoil.biology.soils.host_cells import HostCells, Neutrophils
from seedsoil.biology.soils.soil import Soil

#: What a study may switch off by name, and what then no longer happens.
MECHANISMS: dict[str, str] = {
    "sprouting": "no new vessels grow in any lesion",
    "co-option": "lesions do not use the host's vessels",
    "hypoxia": "lack of oxygen neither slows division nor kills",
    "crowding": "no lesion divides the less for its size alone",
    "resistance": "no resistant cell arises",
    "drug-induced tolerance": "drugs kill or spare, and bring about no tolerance",
    "held tolerance": "what cells can lose again they lose as fast under drugs as without",
    "soil matching": "every soil supports division fully and equally",
    "dormancy": "no cell that arrives falls asleep",
    "instability": "no cell becomes unstable",
    "competence": "every tumour cell can found a metastasis",
    "metastasis": "no embolus succeeds",
    "reseeding": "metastases do not seed",
    "lesion reseeding": "no cell joins a lesion that is there already",
    "drug effects": "drugs are given and do nothing",
    "cytostasis": "no drug slows division but through a receptor, a hormone or proteases",
    "delivery": "every lesion receives each drug as its barrier lets it, whatever its vessels",
    "barrier": "no soil keeps drugs out",
    "astrocyte protection": "astrocytes lend no survival programme",
    "lymphocytes": "no lymphocyte kills a tumour cell",
    "lymphocyte infiltration": "no lymphocyte goes into the depth of a lesion",
    "bystander killing": "lymphocytes in the depth of a lesion kill what they see, and no neighbour of it",
    "macrophages": "macrophages neither kill nor feed tumour cells",
    "natural killer cells": "no natural killer cell kills a tumour cell",
    "adhesion in extravasation": "what holds a cell to a vessel's wall does not help it out",
    "barrier to cells": "cells leave vessels behind a barrier as fast as any others",
    "vessel shelter": "cells that have arrested die as fast in every tissue's vessels",
    "platelets": "platelets neither cloak cells in the blood nor hold them",
    "stroma": "fibroblasts neither support, restrain nor shield a lesion",
    "inflammation": "inflamed tissue adds nothing",
    "wound repair": "surgery stirs nothing",
    "proteases": "no cell needs proteases to leave or to grow",
    "clusters": "cells leave one by one",
    "founder variation": "all founders of a tumour divide alike",
    "founder sensitivity": "drugs kill the cells of all lesions alike",
    "treated founders": "nothing that is given touches a founder's family before it is a lesion",
    "premalignant phase": "a tumour's first cell brings no more mutations along than a healthy one of its age",
    "endothelial apoptosis": "no drug kills endothelium",
    "quiet endothelium": "drugs kill the host's vessels in a lesion as fast as its own",
    "pericytes": "losing pericytes changes nothing",
    "oxygen extraction": "what a lesion's vessels give off follows their flow: slower blood gives off no more of its oxygen",
    "vessel tone": "vessels stay as wide when VEGF is held, and under drugs that widen them",
    "other angiogenic factors": "VEGF alone calls a lesion's vessels",
    "opened junctions": "Ang2 opens no vessel's wall to cells that leave",
    "host conditioning": "no drug makes the host's vessels more permissive",
    "lasting effects": "what drugs raise goes with their level at once",
    "receptor blockade": "no drug takes a growth factor from a tumour cell",
    "hormone withdrawal": "no drug takes a hormone from a tumour that lives on it",
    "drug uptake": "no drug makes tumour cells take up more of another",
    "burden death": "no one dies of tumour burden",
    "background death": "no one dies of other causes",
}


class Blood(Noun):
    """The blood of a body: its volume, the share of it that is plasma, and the cell-free DNA of healthy cells in that.

    ``free_genomes`` are haploid genomes; free DNA of any cell is cleared with ``free_dna_half_life``.
    """

    volume: Millilitres
    plasma_share: Fraction
    free_genomes: PerMillilitre
    free_dna_half_life: Days


class Host(Noun):
    """A body: its circulation, its soils, its size and age, and the hazards that end its life.

    Background mortality rises exponentially with age: ``mortality_at_fifty`` per day at 50 years, and
    ``mortality_slope`` per year. ``burden_hazard`` is the greatest hazard that tumour in one soil can cause.
    ``vascular_timescale`` slows all vessel rates against those of the mouse. ``tissue_mutation_rate`` is the point mutations
    that a healthy cell gathers per base and year of life: what the first cell of a tumour brings along.
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
    tissue_mutation_rate: Number | None = None
    cells: HostCells | None = None
    neutrophils: Neutrophils | None = None
    blood: Blood | None = None

    def soil(self, name: str) -> Soil:
        """The soil of this name; KeyError if the host has none."""
        return next(soil for soil in self.soils if soil.name == name)


class Patient(Noun):
    """A tumour in a host, whole and immutable."""

    tumour: Tumour
    host: Host
