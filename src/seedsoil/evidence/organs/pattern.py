"""D1: where metastases of nine primaries lie, against autopsies: by the laws of flow and soil, and in dissected patients."""

from __future__ import annotations

import math

import numpy as np

from seedsoil.biology.clone import Tumour
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import cohort
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again
from seedsoil.evidence.facts import fact
from seedsoil.evidence.organs.autopsies import PRIMARIES, Row, counts_of, places, scored_sites, share_who_have
from seedsoil.evidence.organs.body import Body, as_shipped
from seedsoil.evidence.organs.prediction import Floats, Pace
from seedsoil.evidence.organs.score import ranked, score

#: How often patterns are dealt out anew among the primaries, none to its own.
_DEALS = 40


def _patterns(setting: Setting) -> Finding:
    """Expected patterns of all primaries and, as a check, autopsies of simulated patients."""
    body = Body(entry("hosts", "adult"))
    predicted = {name: _expected(body, name, soils_alike=setting.ablated) for name in PRIMARIES}
    found = {name: score(row, counts_of(name), predicted[name]) for name, row in PRIMARIES.items()}
    rank = again(([one.correlation for one in found.values()],), _median)
    if setting.ablated:
        return Finding(rank, len(found))
    fold = again(([one.fold for one in found.values()],), _median)
    dissected = _dissected(setting)
    seen = [score(PRIMARIES[name], counts_of(name), share).correlation for name, share in dissected.items()]
    tables = {name: _table(PRIMARIES[name], name, predicted[name]) for name in PRIMARIES}
    return Finding(
        rank,
        len(found),
        {
            "fold": fold,
            "drop": Figure.exact(rank.value - _with_labels_dealt(setting.seed, predicted)),
            "strangers": Figure.exact(_strangers()),
            "in simulated autopsies": again((seen,), _median),
        },
        {
            "scores": {"primary": list(found), "rank correlation": [one.correlation for one in found.values()],
                       "median fold": [one.fold for one in found.values()]},
            **tables,
            **{f"autopsies, {name}": {"site": list(scored_sites(PRIMARIES[name])), "fraction": share.tolist()}
               for name, share in dissected.items()},
        },
        (_chart(predicted),),
    )  # fmt: skip


def _median(values: Floats) -> float:
    return float(np.median(values))


def _expected(body: Body, primary: str, soils_alike: bool) -> Floats:
    """Return the predicted share of patients with metastases at each scored site of a primary."""
    row, given = PRIMARIES[primary], fact("organ_patterns")
    mixed = np.zeros(len(scored_sites(row)))
    for name, weight in row.tumours.items():
        tumour: Tumour = entry("tumours", name)
        chances = as_shipped(body, tumour)
        if soils_alike:
            chances = np.full_like(chances, chances.mean())
        mixed += weight * body.pattern(tumour, chances, given["middles"][primary], Pace(**given["pace"]), row)
    return mixed


def _with_labels_dealt(seed: int, predicted: dict[str, Floats]) -> float:
    """Return the median correlation with each primary's pattern held to another primary's autopsies."""
    draw, names, medians = np.random.default_rng(seed), list(PRIMARIES), []
    for _ in range(_DEALS):
        order = draw.permutation(len(names))
        while (order == np.arange(len(names))).any():
            order = draw.permutation(len(names))
        medians.append(
            _median(np.array([_across(names[one], names[int(other)], predicted) for one, other in enumerate(order)]))
        )
    return float(np.mean(medians))


def _across(judged: str, stranger: str, predicted: dict[str, Floats]) -> float:
    """Return how well the pattern of one primary fits the autopsies of another, over the sites that both have."""
    mine, theirs = scored_sites(PRIMARIES[judged]), scored_sites(PRIMARIES[stranger])
    shares = dict(zip(theirs, predicted[stranger], strict=True))
    known = [site for site in mine if site in shares]
    counts = counts_of(judged)
    return ranked([counts[site].found for site in known], [shares[site] for site in known])


def _strangers() -> float:
    """Return the median correlation of the autopsies of two primaries, over the sites that both have: no model in it."""
    shares = {
        name: {site: count.found / count.patients for site, count in counts_of(name).items()} for name in PRIMARIES
    }
    pairs = [(one, other) for one in PRIMARIES for other in PRIMARIES if one < other]
    found = []
    for one, other in pairs:
        known = [site for site in scored_sites(PRIMARIES[one]) if site in scored_sites(PRIMARIES[other])]
        found.append(ranked([shares[one][site] for site in known], [shares[other][site] for site in known]))
    return _median(np.array(found))


def _dissected(setting: Setting) -> dict[str, Floats]:
    """Return the share of simulated patients, dead of their untreated cancer, in whom an autopsy found metastases."""
    patients = setting.animals(6, 100)
    found: dict[str, Floats] = {}
    for primary, row in PRIMARIES.items():
        share = np.zeros(len(scored_sites(row)))
        for name, weight in row.tumours.items():
            share += weight * _opened(setting, name, row, patients)
        found[primary] = share
    return found


def _opened(setting: Setting, tumour: str, row: Row, patients: int) -> Floats:
    """Return in which share of patients with a tumour each scored site held a metastasis at death."""
    trial = cohort(
        setting, animals=patients, tumour=tumour, host="adult", until="15 years",
        diagnosis={"primary_diameter": "30 mm"}, arms={"untreated": [{"autopsy": "microscopic", "spacing": "5 mm"}]},
    )  # fmt: skip
    table = trial.tables["autopsies"]
    site, who, lesions = np.asarray(table["site"]), np.asarray(table["patient"]), np.asarray(table["lesions"])
    host = trial.plan.patient.host
    where = places(host.anatomy, trial.plan.patient.tumour.site)
    names = [one.name for one in host.anatomy.sites]
    opened = max(1, len(np.unique(who)))
    share = []
    for place in scored_sites(row):
        here = np.isin(site, [names[index] for index in where[place]]) & (lesions > 0)
        share.append(len(np.unique(who[here])) / opened * share_who_have(place, row))
    return np.array(share)


def _table(row: Row, primary: str, predicted: Floats) -> dict[str, list[object]]:
    """Return the predicted and the observed fraction of patients at each site."""
    counts, sites = counts_of(primary), scored_sites(row)
    observed = [counts[site].found / counts[site].patients for site in sites]
    return {"site": list(sites), "predicted": predicted.tolist(), "autopsies": list(observed)}


def _chart(predicted: dict[str, Floats]) -> Chart:
    """Draw predicted against observed shares of every primary and site."""
    series = {}
    for name, row in PRIMARIES.items():
        counts = counts_of(name)
        shares = [(counts[site].found + 0.5) / (counts[site].patients + 1.0) for site in scored_sites(row)]
        series[name] = {"x": shares, "y": np.maximum(predicted[name], 1e-4).tolist()}
    return Chart(
        "Predicted and found metastases, by primary and site", "Share of autopsies with metastases there",
        "Predicted share (0.0001 if less)", series, "points", log_x=True, log_y=True,
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="D1",
        statement="Metastases do not lie at random: every cancer has organs of its own that can be foretold.",
        sources=("disibio_french_2008",),
        setup="Nine primaries of 3827 autopsies, 20 to 24 sites each; predicted share of patients with metastases by flow, arrest and "
        "soil, as the catalogue ships them; untreated simulated patients opened at death beside it.",
        observable="median over primaries of the rank correlation of sites with the autopsies",
        unit="rho",
        band=Band(0.65, 1.0),
        direction=Direction("above", 0.2),
        ablation=Ablation(
            "all soils alike", "every soil gives a cell the same chance, so that flow and arrest alone decide"
        ),
        experiment=_patterns,
        checks=(
            Check("fold", "median fold between predicted and found shares", "fold", Band(1.0, 2.0)),
            Check(
                "drop",
                "fall of the correlation with patterns held to another primary's autopsies",
                "rho",
                Band(0.2, math.inf),
            ),
            Check(
                "strangers", "correlation of the autopsies of two primaries with each other, without any model", "rho"
            ),
            Check("in simulated autopsies", "rank correlation of simulated patients opened at death", "rho"),
        ),
        parameters=(
            "soils' ligands egf, igf, chemokine: fitted",
            "tumours' receptors: fitted",
            "flow and arrest of sites",
        ),
        dispute="Two series of autopsies agree with each other with a correlation of 0.80 and a fold of 1.7: more cannot be had.",
    ),
)
