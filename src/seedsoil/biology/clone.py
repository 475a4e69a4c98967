"""The seed: heritable traits, the mutation law, and what a tumour is made of."""

from __future__ import annotations

from seedsoil.biology.quantities import (
    Concentration,
    Days,
    Fraction,
    Gray,
    MilligramsPerDay,
    Millimetres,
    Noun,
    Number,
    PerDay,
    PerGray,
    Several,
    Years,
)
from seedsoil.biology.soils.factors import Addressins, Factors
from seedsoil.biology.staging import Staging


class Mechanism(Noun):
    """A heritable change that helps a cell to resist: one bit, what it costs, and how often a division brings it.

    ``reversal_rate``: it is lost again, as by persisters, unless drugs hold it up: times 1 - s, s being the strain that they
    would be on the cell without it. ``induced_fold``: drugs bring it about: its rate is multiplied by 1 + (fold - 1) s.
    The strain s on a cell is 1 - prod (1 - h / h_max) over the hazards h of the drugs.
    ``antigen_kept`` and ``receptors_kept`` are the shares of what immune cells see, and of each named receptor, that are
    left. ``receptors_freed`` is the share of each named receptor's signal that goes on though an agent holds it, since
    the agent no longer fits or another way leads past it; ``hormone_freed`` the same of all that a hormone gives it.
    ``reversed_by`` is the signal whose blockade takes the resistance away. ``radiation_share`` is the share of the damage
    by radiation that is left.
    """

    name: str
    rate: Fraction
    fitness_cost: Fraction
    reversal_rate: PerDay | None = None
    induced_fold: Number | None = None
    antigen_kept: Fraction | None = None
    receptors_kept: dict[str, Fraction] = {}
    receptors_freed: dict[str, Fraction] = {}
    hormone_freed: Fraction | None = None
    reversed_by: str = ""
    radiation_share: Fraction | None = None


class Spread(Noun):
    """How cells leave a tumour, travel, and are caught or killed on the way.

    ``protease_dependence`` is the share that cannot enter a vessel without proteases, ``protease_growth`` the share of the
    division at a lesion's edge, where it grows into tissue, that needs them; none if left out. ``cluster_share`` of those that
    leave do so in clusters, which arrest with chance ``cluster_size_trap`` and succeed ``cluster_gain`` times as often.
    Platelets ward off ``platelet_cloak`` of the natural killer cells' blows, and lend ``platelet_grip`` of adhesion.
    A lesion's vessels hold passing cells ``lesion_attraction`` times as readily as tissue's; left out, none joins a lesion.
    """

    protease_dependence: Fraction
    cluster_share: Fraction
    cluster_size_trap: Fraction
    cluster_gain: Number
    platelet_cloak: Fraction
    platelet_grip: Fraction
    natural_killer_loss_rate: PerDay
    lesion_attraction: Number | None = None
    protease_growth: Fraction | None = None


class Visibility(Noun):
    """What lymphocytes see of a cell [1], and the share of them that its checkpoint ligand keeps from killing."""

    antigen: Fraction
    checkpoint: Fraction


class Dialogue(Noun):
    """What a tumour says to the host's cells, and hears from them.

    ``endothelial_support`` are the factors that it makes and its endothelium lives on. ``endothelin_receptors`` and
    ``gap_junctions`` take the astrocytes' protection, ``stroma_recruitment`` draws fibroblasts,
    ``inflammation_dependence`` is how far it lives on what inflamed tissue supplies. ``other_angiogenic`` is the share of
    its call for vessels that is not VEGF's, and that no agent against VEGF holds; none if left out.
    """

    vegf_output: Number
    endothelial_support: Factors
    endothelin_receptors: Fraction
    gap_junctions: Fraction
    stroma_recruitment: Fraction
    inflammation_dependence: Fraction
    other_angiogenic: Fraction | None = None


class Endocrine(Noun):
    """How far a tumour lives on a hormone of its host: all its other numbers are those with the hormone.

    Without any of it the shares ``division`` and ``vegf`` of its divisions, and of the VEGF that it makes with all the
    oxygen that it needs, are lost, and ``death`` is added.
    """

    hormone: str
    division: Fraction
    death: PerDay
    vegf: Fraction


class Crowding(Noun):
    """Sizes of a lesion: up to ``onset`` cells nobody crowds; at ``capacity`` divisions make up for deaths alone."""

    onset: Number
    capacity: Number

    def gaps(self, established: float) -> dict[str, str]:
        """Say by field what cannot be of a tumour whose lesions are ``established`` with so many cells."""
        onset, found = float(self.onset), {}
        if onset < established:
            found["onset"] = (
                f"{onset:g} cells are fewer than the {established:g} with which a lesion is established, and founders do "
                "not crowd; write as many or more"
            )
        if float(self.capacity) <= onset:
            found["capacity"] = f"{float(self.capacity):g} cells are not above the {onset:g} of onset; write more"
        return found


class Radiosensitivity(Noun):
    """Linear-quadratic law: a dose D leaves exp(-alpha D (1 + D / ratio)); a cell without oxygen feels less of it."""

    alpha: PerGray
    alpha_beta_ratio: Gray
    hypoxic_protection: Number


class Marker(Noun):
    """A substance that each living cell secretes into the blood, and what a body without the tumour has of it [mg/L].

    ``background_variation`` is the coefficient of variation of the background between people.
    """

    secretion_rate: MilligramsPerDay
    half_life: Days
    background: Concentration
    background_variation: Number


class Traces(Noun):
    """What a tumour leaves in the blood that an assay can read.

    ``epithelial_share`` of its circulating cells carry the antigen by which an antibody catches them. ``passing_share``
    slip through every capillary bed, until they are cleared with ``clearance_half_life``; all others are held at the
    next. A cluster has ``cluster_cells`` on average. A cell that dies lets ``genomes_per_death`` haploid genomes into
    the plasma.
    """

    epithelial_share: Fraction
    passing_share: Fraction
    clearance_half_life: Days
    cluster_cells: Several
    genomes_per_death: Number
    marker: Marker | None = None


class Tumour(Noun):
    """A founding clone, its variants and the law by which they arise.

    Rates are hazards per cell and day. ``receptors`` and ``survival_receptors`` are read against a soil's ligands
    factor by factor, ``adhesion`` against its addressins. A cell is competent to found a metastasis once it carries
    ``hits`` alterations; each comes with ``hit_rate`` per division. An unstable cell mutates ``instability_factor``
    times as often. Founders differ in how fast they divide by ``founder_variation`` (a coefficient of variation,
    handed on to the lesions that they seed). Cells that leave a primary differ in how fast drugs kill them, whichever
    drug, by ``sensitivity_variation`` (a coefficient of variation about the usual, which is the median); a metastasis is a
    clone, and hands its own on. The line of the first cell divided as often as this tumour's cells for ``premalignant_time``
    before it, as a lesion that was no cancer yet; left out, it comes of healthy tissue. ``carries`` names
    the mechanisms that the first cell has already. A group that is left out (``spread`` and the others) is a conversation
    that this tumour does not have with its host; one without ``staging`` is not staged by size, and one without ``crowding``
    is held back by what vessels bring alone.
    """

    name: str
    title: str
    site: str
    division_rate: PerDay
    death_rate: PerDay
    hypoxic_death_rate: PerDay
    unmatched_death_rate: PerDay
    receptors: Factors
    survival_receptors: Factors
    ligand_half_saturation: Number
    adhesion: Addressins
    diffusion_rim: Millimetres
    co_option: Fraction
    replacement_share: Fraction
    primary_sprouts: Fraction
    angiogenic_switch_rate: PerDay
    shedding_rate: PerDay
    hypoxic_shedding_gain: Number
    hypoxic_shedding_power: Number
    viable_when_shed: Fraction
    transit_loss_rate: PerDay
    transit_time: Days
    early_loss_rate: PerDay
    early_loss_time: Days
    extravasation_rate: PerDay
    intravascular_death_rate: PerDay
    quiescence_rate: PerDay
    dormancy_sensitivity: Fraction
    wake_rate: PerDay
    dormant_death_rate: PerDay
    establishment_size: Number
    hits: Number
    hit_rate: Fraction
    instability_rate: Fraction
    instability_factor: Number
    founder_variation: Number | None = None
    sensitivity_variation: Number | None = None
    premalignant_time: Years | None = None
    spread: Spread | None = None
    visibility: Visibility | None = None
    dialogue: Dialogue | None = None
    endocrine: Endocrine | None = None
    crowding: Crowding | None = None
    radiosensitivity: Radiosensitivity | None = None
    staging: Staging | None = None
    traces: Traces | None = None
    mechanisms: tuple[Mechanism, ...] = ()
    carries: tuple[str, ...] = ()
