"""The autopsies of diSibio and French: their primaries and sites in the catalogue, and where metastases were found.

The counts are facts of the published table for the primaries that have a tumour here: ``facts/autopsies.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.evidence.facts import fact

#: Soils in which a site of the table lies. Lymph nodes are told apart by drainage: see `places`.
SOILS: dict[str, tuple[str, ...]] = {
    "adrenal": ("adrenal",),
    "bone": ("bone", "marrow"),
    "bladder": ("bladder",),
    "brain": ("brain",),
    "breast": ("breast",),
    "heart": ("heart",),
    "kidney": ("kidney",),
    "lung": ("lung",),
    "large intestine": ("colon",),
    "liver": ("liver",),
    "ovaries": ("ovary",),
    "pancreas": ("pancreas",),
    "peritoneum": ("peritoneum",),
    "pleura": ("pleura",),
    "prostate": ("prostate",),
    "skeletal muscle": ("muscle",),
    "skin": ("skin",),
    "small intestine": ("small_intestine",),
    "spleen": ("spleen",),
    "stomach": ("stomach",),
    "thyroid": ("thyroid",),
    "uterus": ("uterus",),
}
NODES = ("limph nodes reg", "limph nodes dist")

#: Sites of the table that have no place in the adult, and why.
LEFT_OUT: dict[str, str] = {
    "diaphragm": "lies under peritoneum and pleura, whose deposits it shares; no site of its own",
    "gallbladder": "lies in the bed of the liver; no flow of its own is known well enough",
    "omentum": "a fold of the peritoneum, which stands for it",
    "pericardium": "reached from lung and nodes beside it rather than by blood; no site",
    "testes": "one metastasis in a thousand; no site",
    "vagina": "reached from its neighbours rather than by blood; no site",
}

#: Organs that only one sex has: the share of patients that have them is taken from `Row.women`.
OF_WOMEN = ("ovaries", "uterus", "breast")
OF_MEN = ("prostate",)


@dataclass(frozen=True)
class Row:
    """A primary of the table: the tumours that stand for it with their shares, where they grow, and who bears them.

    ``own`` are sites of the table in which the primary itself lies; ``women`` is the share of women among the patients.
    """

    tumours: dict[str, float]
    own: tuple[str, ...]
    women: float = 0.5


#: Primaries that have a tumour in the catalogue. Shares of kinds of breast and lung cancer are assumed.
PRIMARIES: dict[str, Row] = {
    "breast": Row({"breast_er_positive": 0.7, "breast_er_negative": 0.3}, ("breast",), women=1.0),
    "lung": Row({"lung_adenocarcinoma": 0.35, "lung_squamous": 0.4, "lung_small_cell": 0.25}, ("lung",), women=0.2),
    "colorectal": Row({"colon_adenocarcinoma": 1.0}, ("large intestine",)),
    "pancreas": Row({"pancreas_adenocarcinoma": 1.0}, ("pancreas",)),
    "prostate": Row({"prostate_adenocarcinoma": 1.0}, ("prostate",), women=0.0),
    "kidney": Row({"kidney_clear_cell": 1.0}, ("kidney",)),
    "skin body": Row({"melanoma": 1.0}, ("skin",)),
    "ovary": Row({"ovary_serous": 1.0}, ("ovaries",), women=1.0),
    "bone": Row({"osteosarcoma": 1.0}, ("bone",)),
}


@dataclass(frozen=True)
class Count:
    """How many of so many patients had a metastasis there."""

    found: int
    patients: int


def scored_sites(row: Row) -> tuple[str, ...]:
    """Return the sites of the table that a primary is judged by: those its patients have, without its own."""
    absent = (*row.own, *(OF_MEN if row.women == 1.0 else ()), *(OF_WOMEN if row.women == 0.0 else ()))
    return tuple(site for site in (*SOILS, *NODES) if site not in absent)


def share_who_have(site: str, row: Row) -> float:
    """Return the share of a primary's patients who have the organ [1]."""
    return row.women if site in OF_WOMEN else 1.0 - row.women if site in OF_MEN else 1.0


def places(anatomy: Anatomy, home: str) -> dict[str, list[int]]:
    """Return the sites of an anatomy [indices] that stand for each site of the table, for a primary at ``home``.

    Regional nodes are those into which the home drains straight; all others are distant.
    """
    found = {
        site: [index for index, place in enumerate(anatomy.sites) if place.soil in soils]
        for site, soils in SOILS.items()
    }
    found["skeletal muscle"] = [anatomy.index("muscle")]  # other tissue lies in muscle too, but is nobody's muscle
    first = {vessel.target for vessel in anatomy.vessels if vessel.source == home and vessel.lymphatic}
    nodes = [index for index, place in enumerate(anatomy.sites) if place.soil == "lymph_node"]
    found["limph nodes reg"] = [index for index in nodes if anatomy.sites[index].name in first]
    found["limph nodes dist"] = [index for index in nodes if anatomy.sites[index].name not in first]
    return found


def counts_of(primary: str) -> dict[str, Count]:
    """Return where metastases were found in patients with a primary, by site of the table."""
    row = fact("autopsies")["primaries"][primary]
    return {site: Count(int(found), int(row["patients"])) for site, found in row["found"].items()}
