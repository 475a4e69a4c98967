"""Orders that look and change nothing: pieces, tubes of blood, cultures, autopsies and counts at the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seedsoil.foundation.units import plain

#: What can be read in a tube of blood, and in words.
ASSAYS = {
    "ctc": "tumour cells with the epithelial antigen are counted",
    "ctc_size": "tumour cells are counted that a filter holds by their size",
    "ctdna": "free tumour DNA is sequenced",
    "marker": "the marker in serum is measured",
}


@dataclass(frozen=True)
class Biopsy:
    """A piece of a lesion: of the primary, or of the largest seen metastasis of a site; ``zone`` of how many ``zones``.

    Zones are counted from 0 here, and from 1 in a study file.
    """

    target: str
    at_day: float
    zone: int = 0
    zones: int = 1
    piece: Literal["needle", "slice", "whole"] = "needle"
    depth: float = 1000.0
    dropout: float = 0.0
    single_cells: int = 0

    def sentence(self) -> str:
        """Say where the piece comes from, and what is read in it."""
        zone = f", from zone {self.zone + 1} of {self.zones}" if self.zones > 1 else ""
        if self.piece == "slice":
            zone = f", a slice through some of its {self.zones} zones"
        taken = f"a piece of {biopsied(self.target)} is taken{zone}"
        if self.piece == "whole":
            taken = f"cells from all over {biopsied(self.target)} are taken"
        lost = f", of which {100.0 * self.dropout:g} % give no reading" if self.dropout > 0.0 else ""
        depth = f"; {counted(self.depth)} cells are told apart{lost}" if self.depth != 1000.0 or lost else ""
        single = f"; the mechanisms of {self.single_cells} cells are read one by one" if self.single_cells else ""
        return f"on day {self.at_day:g} {taken}{depth}{single}"


@dataclass(frozen=True)
class Culture:
    """A fluctuation assay: ``clones`` single cells of a lesion, each grown in ``cultures`` parallel cultures.

    Each culture grows from one cell to ``cells``; the cells that resist by the mechanism ``against`` are counted.
    """

    target: str
    at_day: float
    against: str
    clones: int
    cultures: int
    cells: float

    def sentence(self) -> str:
        """Say what is grown, and what is counted."""
        return (
            f"on day {self.at_day:g} {self.clones} single cells of {biopsied(self.target)} are each grown in "
            f"{self.cultures} parallel cultures of {counted(self.cells)} cells, in which those that resist by "
            f"{self.against} are counted"
        )


@dataclass(frozen=True)
class BloodDraw:
    """A tube of blood: ``source`` is the site whose blood is taken ("": the great artery), ``assays`` what is read.

    ``depth`` is the number of genomes that are sequenced at most.
    """

    start: float
    every: float = 0.0
    millilitres: float = 7.5
    source: str = ""
    assays: tuple[str, ...] = ("ctc",)
    depth: float = 10_000.0

    def sentence(self) -> str:
        """Say how much blood is drawn, when and where, and what is read in it."""
        often = f" and every {interval(self.every)}" if self.every > 0.0 else ""
        where = f" from the {spoken(self.source)}" if self.source else ""
        deep = {"ctdna": f", up to {counted(self.depth)} genomes deep"}
        read = "; ".join(ASSAYS[assay] + deep.get(assay, "") for assay in self.assays)
        return f"on day {self.start:g}{often} {self.millilitres:g} mL of blood are drawn{where}: {read}"


@dataclass(frozen=True)
class Autopsy:
    """At death, and at the end where ``everyone`` is examined: metastases seen in each organ.

    ``spacing_mm`` is the distance of sections under the microscope; 0 is the naked eye alone.
    """

    spacing_mm: float = 0.0
    everyone: bool = False

    def sentence(self) -> str:
        """Say who is examined, and how."""
        who = "everyone, at death or at the end," if self.everyone else "whoever dies"
        how = f", with sections under the microscope every {self.spacing_mm:g} mm" if self.spacing_mm > 0.0 else ""
        return f"{who} is examined organ by organ, by the naked eye{how}"


@dataclass(frozen=True)
class Count:
    """The bench's readings: organ by organ, the label of injected cells, or colonies of at least ``size_mm``."""

    what: Literal["label", "colonies"]
    days: tuple[float, ...]
    size_mm: float = 0.0

    def sentence(self) -> str:
        """Say what is counted, and when."""
        when = ", ".join(plain(day) for day in self.days)
        if self.what == "label":
            return f"the label of the injected cells is counted in each organ at {when}"
        return f"colonies of {self.size_mm:g} mm or more are counted in each organ at {when}"


def spoken(site: str) -> str:
    """Return the name of a site as people say it."""
    return site.replace("_", " ")


def interval(days: float) -> str:
    """Return an interval as it follows "every": "day", "14 days"."""
    return plain(days).removeprefix("1 ")


def counted(number: float) -> str:
    """Return a number of cells: "1,000,000"."""
    return f"{number:,.15g}"


def biopsied(target: str) -> str:
    """Return in words which lesion a needle goes to."""
    if target == "primary":
        return "the primary"
    return f"the largest metastasis that scans have shown in the {spoken(target)}"
