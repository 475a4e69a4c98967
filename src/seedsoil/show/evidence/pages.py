"""Pages of the claims: what is asked, how it is put to the test, what came out, what breaks it, and what it rests on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from seedsoil.catalogue.describe import reference
from seedsoil.evidence.review import SECTIONS, section_of
from seedsoil.evidence.runner.parameters import Moved
from seedsoil.evidence.runner.result import Result
from seedsoil.evidence.verdict import RULES, failed_checks, reason
from seedsoil.show import page as html
from seedsoil.show.evidence.charts import chart_figure
from seedsoil.show.evidence.figures import (
    STATUS_COLOURS,
    checks_figure,
    overview_figure,
    parameters_figure,
    verdict_figure,
)
from seedsoil.show.evidence.parameters import COLUMNS, rows_of
from seedsoil.show.evidence.words import banded, number, printed, told
from seedsoil.show.palette import Picture

NOTICE = "Research and teaching instrument: not for clinical decisions."
#: Rows of a finding's table that a page shows; the JSON has all.
_most_rows = 40
#: Longer tables lie folded: the page tells its verdict first.
_rows_at_a_glance = 12

#: Intervals and bands stay on one line.
_SPACE, _TO = "\u00a0", "\u00a0to\u00a0"

Put = Callable[[str, bytes], object]


def write_claim(result: Result, put: Put, moved: Sequence[Moved] = ()) -> str:
    """Write the page of a claim and its pictures, through ``put``; return the page's name.

    ``moved`` is what its parameters came to, where they were measured.
    """
    claim, section = result.claim, section_of(result.claim)
    why = RULES["failed"] if result.found is None else reason(claim, result.found, result.verdict)
    body = [
        html.heading(f"{claim.id}: {claim.statement}", 1),
        html.paragraph(f"Section {section.letter}, {section.title.lower()}. {NOTICE}", "notice"),
        html.heading("Verdict"),
        html.paragraph(f"{result.verdict.status.capitalize()}: {why}."),
    ]
    if result.found is None or result.ablated is None:
        body.append(html.verbatim(result.failure))
    else:
        body += [_figures(result), *_pictures(result, put)]
    body += [*_set_up(result), *_parameters(result, moved, put), *_sources(result)]
    name = f"{claim.id}.html"
    put(name, html.page(f"{claim.id}: {result.verdict.status}", body).encode())
    return name


def _figures(result: Result) -> str:
    """Return the table of figures, bands and what is found of each."""
    claim, found, ablated = result.claim, result.found, result.ablated
    assert found is not None
    assert ablated is not None
    failed = failed_checks(claim, found)
    breaks = "breaks the effect" if result.verdict.ablation_breaks else "does not break the effect"
    held = "-" if claim.band is None else "inside" if claim.band.holds(found.figure.value) else "outside"
    rows = [
        (claim.observable, found.figure, claim.unit, banded(claim.band), result.verdict.direction or held),
        (f"the same, {claim.ablation.name}", ablated.figure, claim.unit, "", breaks),
    ]
    for check in claim.checks:
        found_here = "-" if check.band is None else "outside" if check.name in failed else "inside"
        rows.append((check.words, found.checks[check.name], check.unit, banded(check.band), found_here))
    columns = ("What", "Found (95 % interval)", "Unit", "Band", "Judged")
    cells = [
        (printed(what), told(figure).replace(" to ", _TO), printed(unit), band.replace(" ", _SPACE), judged)
        for what, figure, unit, band, judged in rows
    ]
    return html.table(
        columns, cells, f"n = {found.n}, seed {result.seed}, {result.budget} mode, {result.seconds:.0f} s"
    )


def _pictures(result: Result, put: Put) -> list[str]:
    """Draw the figure with its ablation, the checks and the charts."""
    claim, found = result.claim, result.found
    assert found is not None
    drawn: list[tuple[str, str, Picture]] = [(claim.id, "Figure, band and ablation", verdict_figure(result))]
    checks = checks_figure(result)
    if checks is not None:
        drawn.append((f"{claim.id}-checks", "Further figures", checks))
    for place, chart in enumerate(found.charts, 1):
        drawn.append((f"{claim.id}-{place}", chart.title, chart_figure(chart)))
    return [publish(put, *one) for one in drawn]


def publish(put: Put, name: str, title: str, picture: Picture) -> str:
    """Keep a picture's files and return its piece of a page."""
    svg = picture.svg()
    put(f"{name}.svg", svg)
    put(f"{name}.csv", picture.csv().encode())
    return html.figure(title, picture.caption, svg, [f"{name}.svg", f"{name}.csv"])


def _set_up(result: Result) -> list[str]:
    """Return how the claim is put to the test."""
    claim = result.claim
    body = [
        html.heading("Set-up"),
        html.paragraph(printed(claim.setup)),
        html.heading("Ablation"),
        html.paragraph(printed(f"{claim.ablation.name[:1].upper()}{claim.ablation.name[1:]}: {claim.ablation.words}.")),
    ]
    if claim.ablation.without:
        body.append(html.paragraph(f"Switched off: {', '.join(claim.ablation.without)}.", "note"))
    if claim.dispute:
        body += [html.heading("Where sources disagree"), html.paragraph(printed(claim.dispute))]
    return body


def _parameters(result: Result, moved: Sequence[Moved], put: Put) -> list[str]:
    """Return the parameters that the claim names, and what each does where that was measured."""
    claim = result.claim
    body = [html.heading("Parameters that matter most"), html.listing(claim.parameters)]
    if moved and result.found is not None:
        body.append(publish(put, f"{claim.id}-parameters", "Parameters moved", parameters_figure(result, moved)))
        body.append(html.table(COLUMNS, rows_of(result, moved), f"{result.budget} mode, all else as it stands"))
    elif result.found is not None:
        body.append(html.paragraph("What each does is not measured here: seedsoil evidence --parameters does.", "note"))
    return body


def _sources(result: Result) -> list[str]:
    """Return the sources of a claim, and the tables of what was found."""
    claim = result.claim
    body = [html.heading("Sources"), html.listing([f"{key}: {reference(key)}" for key in claim.sources])]
    if result.found is not None:
        body += [html.paragraph(printed(note), "note") for note in result.found.notes]
        body += [_numbers(name, columns) for name, columns in result.found.tables.items()]
    return body


def _numbers(name: str, columns: object) -> str:
    """Return a table of a finding, shortened."""
    cells = {_plain(str(key)): list(values) for key, values in dict(columns).items()}  # type: ignore[call-overload]
    rows = [[_cell(one) for one in row] for row in zip(*cells.values(), strict=True)]
    more = f" (the first {_most_rows} of {len(rows)} rows)" if len(rows) > _most_rows else ""
    return html.fold(
        f"Numbers: {_plain(name)}{more}", html.table(list(cells), rows[:_most_rows]), len(rows) <= _rows_at_a_glance
    )


def _plain(name: str) -> str:
    """Return the name of a column or table as a reader wants it."""
    return printed(name).replace("_", " ")


def _cell(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else "-" if value is None else str(value)


def write_overview(results: Sequence[Result], put: Put) -> str:
    """Write the overview of all results: verdicts by section, and a line for each claim. Return the page's name."""
    counts = Counter(result.verdict.status for result in results)
    judged = [one for one in results if one.claim.band is not None]
    body = [
        html.heading("The review as a test", 1),
        html.paragraph(NOTICE, "notice"),
        html.paragraph(
            f"{len(results)} claims as virtual experiments: "
            + ", ".join(f"{counts[status]} {status}" for status in STATUS_COLOURS if counts[status])
            + f". Of {len(judged)} with a published band {counts['reproduced']} are reproduced."
        ),
        publish(put, "overview", "Verdicts by section", overview_figure(results)),
    ]
    for section in SECTIONS:
        rows = [_line(one) for one in results if one.claim.section == section.letter]
        if rows:
            columns = ("Claim", "Statement", "Verdict", "Found", "Band", "Ablation")
            body += [html.heading(f"{section.letter}: {section.title}"), html.table(columns, rows)]
    links = "".join(f'<a href="{one.claim.id}.html">{one.claim.id}</a> ' for one in results)
    body.append(f"<p>Pages: {links}</p>")
    put("index.html", html.page("The review as a test", body).encode())
    return "index.html"


def _line(result: Result) -> tuple[object, ...]:
    found, ablated = result.found, result.ablated
    unit = "" if result.claim.unit == "1" else printed(result.claim.unit)
    left = number(ablated.figure.value) if ablated is not None and math.isfinite(ablated.figure.value) else "no figure"
    return (
        html.Link(result.claim.id, f"{result.claim.id}.html"),
        result.claim.statement,
        result.verdict.status,
        "-" if found is None else f"{told(found.figure)} {unit}".strip().replace(" to ", _TO),
        banded(result.claim.band).replace(" ", _SPACE),
        "-" if ablated is None else f"{left}: {'breaks' if result.verdict.ablation_breaks else 'stands'}",
    )
