"""Judge predicted organ patterns against autopsies: as shipped, with soils permuted, by flow alone, and on unseen primaries.

    python calibration/organ_patterns.py --autopsies FILE [--permutations N] [--quick]

FILE is the table of diSibio and French (2008) as CSV: see autopsies.py. --quick leaves out the primaries-unseen part, which
fits nine times and takes minutes. The most that can be had is a median rank correlation of 0.80 and a median fold of 1.7:
so well do two series of autopsies agree.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

if not __package__:  # run as a file, its neighbours are found from the folder above
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from calibration.calibrate_soils import problem_of
from calibration.files import read_found
from calibration.fit import fitted, unseen
from calibration.guards import LINES
from calibration.patterns import Case, Fit, State
from seedsoil.biology.clone import Tumour
from seedsoil.catalogue.load import entry
from seedsoil.evidence.organs.autopsies import PRIMARIES, scored_sites
from seedsoil.evidence.organs.body import Body, as_shipped
from seedsoil.evidence.organs.prediction import Floats
from seedsoil.evidence.organs.score import CEILING, Score, score

SEED = 20150527

#: Success of a tumour in each soil [soils], however it is had.
Chances = Callable[[Tumour], Floats]


def pattern_of(case: Case, body: Body, state: State, number: int, chances: Chances) -> Floats:
    """Return the incidence at the scored sites of one case."""
    mixed = np.zeros(len(scored_sites(case.row)))
    for tumour, share in zip(case.tumours, case.shares, strict=True):
        mixed += share * body.pattern(tumour, chances(tumour), state.middles[number], state.pace, case.row)
    return mixed


def judged(fit: Fit) -> list[tuple[int, Case]]:
    """Return the cases that have tumours of the catalogue, with their numbers."""
    return [(number, case) for number, case in enumerate(fit.cases) if case.name in PRIMARIES]


def scores(fit: Fit, state: State, chances: Chances) -> dict[str, Score]:
    """Return the score of each primary."""
    return {
        case.name: score(case.row, case.counts, pattern_of(case, fit.body, state, number, chances))
        for number, case in judged(fit)
    }


def middle_of(found: dict[str, Score]) -> Score:
    """Return the medians over primaries."""
    return Score(
        float(np.median([each.correlation for each in found.values()])),
        float(np.median([each.fold for each in found.values()])),
    )


def shipped(fit: Fit) -> Chances:
    """Return success with all levels as the catalogue has them, each tumour's worked out once."""
    memory: dict[tuple[str, str], Floats] = {}

    def chances(tumour: Tumour) -> Floats:
        if (tumour.name, tumour.site) not in memory:
            memory[tumour.name, tumour.site] = as_shipped(fit.body, tumour)
        return memory[tumour.name, tumour.site]

    return chances


def with_soils_permuted(fit: Fit, state: State, times: int) -> Floats:
    """Return the median correlation with soils dealt out anew among the organs, sites and flows as they are [times]."""
    draw, real = np.random.default_rng(SEED), shipped(fit)
    medians = []
    for _ in range(times):
        order = draw.permutation(len(fit.body.soils))
        dealt: Chances = lambda tumour, order=order: real(tumour)[order]  # type: ignore[misc]  # noqa: E731
        medians.append(middle_of(scores(fit, state, dealt)).correlation)
    return np.array(medians)


def with_tumours_permuted(fit: Fit, state: State, times: int) -> Floats:
    """Return the median correlation with tumours dealt out anew among the primaries, each at the primary's site [times]."""
    draw, real, cases = np.random.default_rng(SEED), shipped(fit), judged(fit)
    medians = []
    for _ in range(times):
        order, found = draw.permutation(len(cases)), []
        for (number, case), other in zip(cases, order, strict=True):
            stranger = cases[int(other)][1]
            swapped = Case(
                case.name,
                tuple(t.model_copy(update={"site": case.tumours[0].site}) for t in stranger.tumours),
                stranger.shares,
                case.row,
                case.counts,
            )
            found.append(
                score(swapped.row, swapped.counts, pattern_of(swapped, fit.body, state, number, real)).correlation
            )
        medians.append(np.median(found))
    return np.array(medians)


def by_flow_alone(fit: Fit, state: State) -> dict[str, Score]:
    """Return the scores if all soils were alike: success is each tumour's mean over soils."""
    real = shipped(fit)
    return scores(fit, state, lambda tumour: np.full(len(fit.body.soils), real(tumour).mean()))


def with_primaries_unseen(fit: Fit, state: State) -> dict[str, Score]:
    """Return the score of each primary by soils fitted without it, its own receptors shifted by the others' mean."""
    lines, found = [entry("tumours", name) for name in LINES], {}
    for number, case in judged(fit):
        without = fitted(fit, lines, unseen(state, number), without=(case.name,), most=8)
        found[case.name] = score(case.row, case.counts, fit.predict(unseen(without, number))[number])
    return found


def ratios(fit: Fit, state: State) -> list[str]:
    """Return two figures that were not fitted as such: adrenal against brain, liver against spleen."""
    lines, real = [], shipped(fit)
    output = {site.name: site.arterial_flow for site in fit.body.host.anatomy.sites}
    for number, case in judged(fit):
        if case.name not in ("breast", "lung"):
            continue
        sites, pattern = scored_sites(case.row), pattern_of(case, fit.body, state, number, real)
        share = dict(zip(sites, pattern, strict=True))
        seen = {site: case.counts[site].found / case.counts[site].patients for site in sites}
        for name, each in (("predicted", share), ("autopsies", seen)):
            hazard = {site: -np.log1p(-each[site]) / float(output[site]) for site in ("adrenal", "brain")}  # type: ignore[arg-type]
            lines.append(
                f"{case.name}, {name}: adrenal to brain, hazard by blood flow {hazard['adrenal'] / hazard['brain']:.0f}; "
                f"liver to spleen {each['liver'] / each['spleen']:.1f}"
            )
    return lines


def table(columns: Sequence[tuple[str, dict[str, Score]]]) -> str:
    """Return the scores as text, a line for each primary."""
    lines = [f"{'primary':12}" + "".join(f"{name:>26}" for name, _ in columns)]
    rows = [(name, [found[name] for _, found in columns]) for name in columns[0][1]]
    rows.append(("median", [middle_of(found) for _, found in columns]))
    for name, each in rows:
        lines.append(f"{name:12}" + "".join(f"{one.correlation:18.2f} x{one.fold:5.1f} " for one in each))
    return "\n".join(lines)


def main() -> None:
    """Read the command line, judge, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--autopsies", type=Path, required=True, help="the table as CSV")
    parser.add_argument("--permutations", type=int, default=200, help="how often soils are permuted")
    parser.add_argument("--quick", action="store_true", help="without unseen primaries")
    asked = parser.parse_args()
    fit = problem_of(asked.autopsies)
    state = read_found(fit)
    columns = [("as shipped", scores(fit, state, shipped(fit))), ("flow alone", by_flow_alone(fit, state))]
    if not asked.quick:
        columns.insert(1, ("primary unseen", with_primaries_unseen(fit, state)))
    say = sys.stdout.write
    say("Rank correlation over sites, and median fold between predicted and observed.\n" + table(columns) + "\n")
    say(f"between series {CEILING['correlation']:18.2f} x{CEILING['fold']:5.1f}\n")
    for name, found in (
        ("soils", with_soils_permuted(fit, state, asked.permutations)),
        ("tumours", with_tumours_permuted(fit, state, asked.permutations)),
    ):
        low, high = np.quantile(found, [0.025, 0.975])
        say(
            f"{name} permuted {asked.permutations} times: median correlation {found.mean():.2f} (95 % {low:.2f} to {high:.2f})\n"
        )
    say("\n".join(ratios(fit, state)) + "\n")


if __name__ == "__main__":
    main()
