"""D2, D3, D6: what flow alone brings to organs, and what the soil makes of it: by the laws, without a simulated patient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.anatomy import expected_arrests
from seedsoil.catalogue.load import entry
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again
from seedsoil.evidence.facts import fact
from seedsoil.evidence.organs.autopsies import PRIMARIES, SOILS, counts_of, scored_sites
from seedsoil.evidence.organs.body import Body, as_shipped
from seedsoil.evidence.organs.prediction import Floats, Pace
from seedsoil.evidence.organs.score import ranked

#: Cells that come to rest in each soil, of each tumour, in one repeat of the table of seeds and soils; and their repeats.
_ARRESTED, _REPEATS = 1e8, 8


@lru_cache(maxsize=1)
def _adult() -> Body:
    return Body(entry("hosts", "adult"))


def _pattern(primary: str, soils_alike: bool) -> dict[str, float]:
    """Return the predicted share of patients with metastases at each site of a primary."""
    body, row, given = _adult(), PRIMARIES[primary], fact("organ_patterns")
    mixed = np.zeros(len(scored_sites(row)))
    for name, weight in row.tumours.items():
        tumour: Tumour = entry("tumours", name)
        chances = as_shipped(body, tumour)
        if soils_alike:
            chances = np.full_like(chances, chances.mean())
        mixed += weight * body.pattern(tumour, chances, given["middles"][primary], Pace(**given["pace"]), row)
    return dict(zip(scored_sites(row), mixed.tolist(), strict=True))


def _beads() -> dict[str, float]:
    """Return the share of inert beads, let into the great artery, that comes to rest in each soil: size alone holds them."""
    host = _adult().host
    held = [float(site.size_trap) for site in host.anatomy.sites]
    there = expected_arrests(host.anatomy.flow(), held, 1.0)[host.anatomy.index("left_heart")]
    found: dict[str, float] = {}
    for site, share in zip(host.anatomy.sites, there.tolist(), strict=True):
        if site.soil:
            found[site.soil] = found.get(site.soil, 0.0) + share
    return found


def _two_seeds(setting: Setting) -> Finding:
    """Breast cancer against beads in the same circulation: liver over spleen, adrenal over brain."""
    shares, beads = _pattern("breast", setting.ablated), _beads()
    anatomy = _adult().host.anatomy
    output = {
        site: float(anatomy.sites[anatomy.index(site)].arterial_flow or math.nan) for site in ("adrenal", "brain")
    }
    hazard = {site: -math.log1p(-shares[site]) / flow for site, flow in output.items()}
    seen = counts_of("breast")
    places = [site for site in shares if site in SOILS and SOILS[site][0] in beads]
    return Finding(
        Figure.exact(shares["liver"] / shares["spleen"]),
        1,
        {
            "beads": Figure.exact(beads["liver"] / beads["spleen"]),
            "adrenal to brain": Figure.exact(hazard["adrenal"] / hazard["brain"]),
            "spleen": Figure.exact(shares["spleen"] / shares["liver"] * beads["liver"] / beads["spleen"]),
            "autopsies": Figure.exact(seen["liver"].found / seen["spleen"].found),
        },
        {
            "sites": {
                "site": places,
                "tumours": [shares[site] for site in places],
                "beads": [beads[SOILS[site][0]] for site in places],
                "autopsies": [seen[site].found / seen[site].patients for site in places],
            }
        },
    )


def _correlations(soils_alike: bool) -> Floats:
    """Return the rank correlation of sites with the autopsies, primary by primary."""
    found = []
    for primary in PRIMARIES:
        shares, counts = _pattern(primary, soils_alike), counts_of(primary)
        found.append(ranked([counts[site].found for site in shares], list(shares.values())))
    return np.array(found)


def _against_lodging(setting: Setting) -> Finding:
    """What soils add to flow and size: rank correlation with autopsies, as shipped less by flow alone."""
    by_flow = _correlations(soils_alike=True)
    shipped = by_flow if setting.ablated else _correlations(soils_alike=False)
    names = [float(place) for place in range(len(by_flow))]
    return Finding(
        again((shipped - by_flow,), lambda gain: float(np.median(gain))),
        len(by_flow),
        {
            "soil and flow": again((shipped,), lambda one: float(np.median(one))),
            "flow alone": again((by_flow,), lambda one: float(np.median(one))),
        },
        {"primaries": {"primary": list(PRIMARIES), "soil and flow": shipped.tolist(), "flow alone": by_flow.tolist()}},
        (
            Chart(
                "Predicted ranks of organs against autopsies", "", "Rank correlation",
                {"soil and flow": {"x": names, "y": shipped.tolist()}, "flow alone": {"x": names, "y": by_flow.tolist()}},
                "points", names=list(PRIMARIES),
            ),
        ),
    )  # fmt: skip


def _factorial(setting: Setting) -> Finding:
    """Tumours of nine primaries by soils of the body: how much of the variance of founded lesions each factor explains."""
    body = _adult()
    tumours = [entry("tumours", name) for row in PRIMARIES.values() for name in row.tumours]
    soils = [body.soil(names[0]) for names in SOILS.values()]
    chances = np.array([as_shipped(body, tumour)[soils] for tumour in tumours])
    if setting.ablated:
        chances = np.repeat(chances.mean(axis=1, keepdims=True), len(soils), axis=1)
    draw = np.random.default_rng(setting.seed)
    founded = draw.poisson(_ARRESTED * chances, size=(_REPEATS, *chances.shape))
    parts = _shares_of_variance(np.log10(founded + 0.5))
    return Finding(
        Figure.exact(min(parts["seed"], parts["soil"])),
        chances.size,
        {name: Figure.exact(value) for name, value in parts.items()},
        {"lesions per 1e8 cells": {"tumour": [one.name for one in tumours],
                                   **{name: (_ARRESTED * chances[:, place]).tolist() for place, name in enumerate(SOILS)}}},
    )  # fmt: skip


def _shares_of_variance(values: Floats) -> dict[str, float]:
    """Split the variance of [repeats, seeds, soils] into seed, soil and interaction, and test the interaction (log10 of p)."""
    from scipy.stats import f as law

    cells = values.mean(axis=0)
    mean = cells.mean()
    seed, soil = cells.mean(axis=1) - mean, cells.mean(axis=0) - mean
    rest = cells - mean - seed[:, None] - soil[None, :]
    repeats, (rows, columns) = values.shape[0], cells.shape
    squares = {"seed": columns * (seed**2).sum(), "soil": rows * (soil**2).sum(), "interaction": (rest**2).sum()}
    total = sum(squares.values())
    within = ((values - cells) ** 2).sum() / (rows * columns * (repeats - 1))
    freedom = (rows - 1) * (columns - 1)
    statistic = repeats * squares["interaction"] / freedom / within
    chance = float(law.logsf(statistic, freedom, rows * columns * (repeats - 1))) / math.log(10.0)
    return {name: float(square / total) for name, square in squares.items()} | {"log10 p": max(chance, -300.0)}


def _checks(names: Sequence[tuple[str, str, str, Band | None]]) -> tuple[Check, ...]:
    return tuple(Check(*name) for name in names)


CLAIMS = (
    Claim(
        id="D2",
        statement="Breast cancer takes to liver, lung and certain bones and passes over the spleen, out of step with the blood they receive.",
        sources=("paget_1889", "disibio_french_2008"),
        setup="Breast cancers, receptor-positive and negative, by the laws of flow, arrest and soil as the catalogue ships them; beads in "
        "the arterial blood of the same body, which size alone holds. Share of patients with metastases at each site.",
        observable="patients with metastases in the liver over those with any in the spleen",
        unit="1",
        band=Band(4.0, 20.0),
        direction=Direction("above", 3.0),
        ablation=Ablation("all soils alike", "every soil gives a cell the same chance, so that tumours lie where flow brings them, as beads do"),
        experiment=_two_seeds,
        checks=_checks((
            ("beads", "beads at rest in the liver over those in the spleen", "1", Band(1.0, 3.0)),
            ("adrenal to brain", "hazard by blood flow, adrenal over brain", "1", Band(50.0, 400.0)),
            ("spleen", "spleen over liver of tumours, against that of beads", "1", Band(0.0, 1.0)),
            ("autopsies", "liver over spleen in the autopsies", "1", None),
        )),
        parameters=("soils.spleen, soils.liver: ligands, fitted", "tumour.receptors: fitted", "anatomy.size_trap"),
        dispute="The series of 1889 had 14 livers to a spleen, that of 1914 to 1943 had 4; both are recalled or old counts.",
    ),
    Claim(
        id="D3",
        statement="Cells do not settle merely where the stream strands them: the mechanical account alone fails.",
        sources=("font_clos_2020", "disibio_french_2008"),
        setup="Nine primaries of 3827 autopsies by the laws of flow, arrest and soil, and by flow and arrest alone, all soils alike.",
        observable="median over primaries of what soils add to the rank correlation of sites with the autopsies",
        unit="rho",
        direction=Direction("above", 0.0),
        ablation=Ablation("all soils alike", "every soil gives a cell the same chance, so that flow and arrest alone decide"),
        experiment=_against_lodging,
        checks=_checks((
            ("soil and flow", "median correlation with soils as shipped", "rho", None),
            ("flow alone", "median correlation by flow and arrest alone", "rho", None),
        )),
        parameters=("soils' ligands egf, igf, chemokine: fitted to these autopsies", "flow and arrest of sites"),
    ),
    Claim(
        id="D6",
        statement="A metastasis takes two: a cell that is fit for it, and an organ that receives that cell.",
        sources=("stackpole_1991",),
        setup="Twelve tumours that stand for nine primaries by 22 soils of the adult: 1e8 cells at rest in each, eight repeats; lesions "
        "founded, as log10, split into what the tumour, the soil and the two together explain.",
        observable="the smaller of the shares of variance that seed and soil explain",
        unit="1",
        band=Band(0.15, 1.0),
        ablation=Ablation("all soils alike", "every soil gives a cell the same chance, and only the seed is left to explain anything"),
        experiment=_factorial,
        checks=_checks((
            ("seed", "share of variance by the tumour", "1", None),
            ("soil", "share of variance by the soil", "1", None),
            ("interaction", "share of variance that only the pair explains", "1", None),
            ("log10 p", "log10 of the chance of such an interaction by luck", "1", Band(-math.inf, -2.0)),
        )),
        parameters=("tumour.receptors", "soils' ligands", "tumour.spread.natural_killer_loss_rate"),
    ),
)  # fmt: skip
