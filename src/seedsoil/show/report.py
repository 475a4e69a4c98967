"""The report of a trial: one page that holds everything, and each picture as SVG and CSV beside it."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from seedsoil.foundation.units import plain
from seedsoil.foundation.value import GRADES
from seedsoil.show import page as html
from seedsoil.show.answer import (
    ARM_COLUMNS,
    COMPARISON_COLUMNS,
    PUBLISHED_COLUMNS,
    arm_rows,
    comparison_rows,
    not_followed,
    published_rows,
    sentences,
)
from seedsoil.show.palette import Picture
from seedsoil.show.patient.arms import side_by_side_figure
from seedsoil.show.pictures import OF_PATIENTS, OF_TRIALS, SIDE_BY_SIDE, pictures_of
from seedsoil.show.results import HistoryLike, TrialLike, of_arm, size_of, title_of, words

NOTICE = "Research and teaching instrument: not for clinical decisions."
_most_events = 60
_most_failures = 20
#: Columns of the table of patients by which the example is chosen.
_TELLING = ("patient", "end_day", "alive", "cause", "response", "progressed", "ending", "resistant_fraction_at_end")
_source_heads = {
    "key": "Source",
    "reference": "Reference",
    "values": "Numbers from it",
    "recalled": "Of these recalled",
}
_source_order = {name: place for place, name in enumerate(_source_heads)}

Drawing = tuple[str, str, Callable[[], Picture]]
Put = Callable[[str, bytes], None]


def write_report(
    trial: TrialLike,
    folder: str | Path,
    example: tuple[int, str] | HistoryLike | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    put: Put | None = None,
) -> Path:
    """Write the report of a trial.

    Parameters
    ----------
    trial : Trial
    folder : path
        Made if it is not there; ``index.html`` is written last, so a page that exists is whole.
    example : (patient, arm), History or None
        The patient who is shown in full. None picks one who responded, relapsed with resistant clones and died, if
        there is one, from the last arm.
    progress
        Called with the pictures drawn and all pictures.
    put
        Keeps a file, given its name in the folder and its content; written as it is if None. A run folder's keeps its
        checksum too.

    Returns
    -------
    Path
        The page. It makes no outside request and needs no script.
    """
    put = put or _putter(Path(folder))
    title = title_of(trial.study)
    history, other = example_histories(trial, example)
    of_all = trial_drawings(trial)
    of_one = [] if history is None else patient_drawings(history, other)
    pieces = []
    for drawn, drawing in enumerate([*of_all, *of_one], 1):
        pieces.append(_publish(put, *drawing))
        if progress is not None:
            progress(drawn, len(of_all) + len(of_one))
    body = [html.heading(title, 1), html.paragraph(NOTICE, "notice"), *_question(trial), *_answer(trial, put)]
    body += [html.heading("All arms in pictures"), *pieces[: len(of_all)]]
    if history is not None:
        body += _patient(history, pieces[len(of_all) :])
    body += _record(trial.record)
    body.append(html.paragraph(NOTICE, "notice"))
    put("index.html", html.page(title, body).encode())
    return Path(folder) / "index.html"


def _putter(folder: Path) -> Put:
    """Return what writes files into a folder, as they are."""
    folder.mkdir(parents=True, exist_ok=True)

    def put(name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)

    return put


def _publish(put: Put, name: str, title: str, draw: Callable[[], Picture]) -> str:
    """Draw one picture, keep its two files, and return its piece of the page."""
    picture = draw()
    svg = picture.svg()
    put(f"{name}.svg", svg)
    put(f"{name}.csv", picture.csv().encode())
    return html.figure(title, picture.caption, svg, [f"{name}.{kind}" for kind in ("svg", "csv")])


def _question(trial: TrialLike) -> list[str]:
    counts = [f"{words(arm)} ({size_of(trial, arm)})" for arm in trial.arms]
    last = float(np.max(trial.tables["patients"]["end_day"], initial=0.0))
    text = (
        f"Virtual patients, alike at diagnosis in every arm, are followed for up to {plain(last)} after it. Arms (patients): "
        f"{', '.join(counts)}. The same patient has the same luck in every arm, so that only what was done differs."
    )
    explain = getattr(trial.study, "explain", None)
    more = [html.verbatim(str(explain()))] if callable(explain) else []
    return [html.heading("The question"), html.paragraph(text), *more]


def _answer(trial: TrialLike, put: Put) -> list[str]:
    arms, comparisons = arm_rows(trial), comparison_rows(trial)
    put("arms.csv", _csv(ARM_COLUMNS, arms).encode())
    put("comparisons.csv", _csv(COMPARISON_COLUMNS, comparisons).encode())
    parts = [html.heading("The answer"), html.listing(sentences(trial)), html.table(ARM_COLUMNS, arms)]
    if comparisons:
        note = (
            "A hazard ratio below 1 favours the first-named arm. Cox's proportional hazards with Wald intervals; p values are not "
            "adjusted for the number of comparisons. They measure the noise of this many virtual patients, not the truth of the model."
        )
        parts += [
            html.heading("Arms compared", 3),
            html.table(COMPARISON_COLUMNS, comparisons),
            html.paragraph(note, "note"),
        ]
    return [*parts, *published(trial, put)]


def published(trial: TrialLike, put: Put) -> list[str]:
    """Return who is missing or was not followed, and published medians beside those found, where the trial tells."""
    tell: Any = getattr(trial, "answer", None)
    answer = tell() if callable(tell) else {}
    parts = []
    if failures := answer.get("failures", ()):
        parts += _failures(failures, str(trial.absence()))  # type: ignore[attr-defined]
    if lost := not_followed(answer.get("arms", {})):
        parts.append(html.paragraph(f"{lost}.", "note"))
    if known := answer.get("published", ()):
        columns = (*PUBLISHED_COLUMNS, "Source")
        rows = [(*row, str(one["source"])) for row, one in zip(published_rows(known), known, strict=True)]
        put("published.csv", _csv(columns, rows).encode())
        parts += [html.heading("Against published figures", 3), html.table(columns, rows)]
    return parts


def _failures(failures: Sequence[Mapping[str, Any]], sentence: str) -> list[str]:
    """Return who could not be simulated, why, and the command that repeats each."""
    columns = ("Patient", "What happened", "Again")
    rows = [(one["patient"], one["reason"], one["replay"]) for one in failures[:_most_failures]]
    return [html.paragraph(f"{sentence}.", "notice"), html.table(columns, rows)]


def _csv(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def trial_drawings(trial: TrialLike) -> list[Drawing]:
    """Return the pictures of all arms: file name, title, and what draws it."""
    return [(name, OF_TRIALS[name].title, partial(OF_TRIALS[name].draw, trial)) for name in pictures_of(trial)]


def example_histories(
    trial: TrialLike, example: tuple[int, str] | HistoryLike | None
) -> tuple[HistoryLike | None, HistoryLike | None]:
    """Return the patient to show, simulated again and recorded, unless a History was given; and the same in the first arm.

    None where there is nobody to show, or no other arm.
    """
    first = trial.arms[0]
    if example is not None and not isinstance(example, tuple):
        known = example.arm in trial.arms and example.arm != first
        return example, trial.patient(example.patient, first) if known else None
    chosen = example or choose_example(trial)
    if chosen is None:
        return None, None
    patient, arm = chosen
    history, *rest = trial.histories(patient, (arm, first) if arm != first else (arm,))
    return history, rest[0] if rest else None


def choose_example(trial: TrialLike) -> tuple[int, str] | None:
    """Return a telling patient of the last arm: one who responded, relapsed with resistant clones, and died of it.

    Of several the one whose end is nearest the middle of theirs; where none did all of it, who did most of it.
    """
    for arm in reversed(list(trial.arms)):
        table = of_arm(trial.tables["patients"], arm, *_TELLING)
        if not len(table["patient"]):
            continue
        end = table["end_day"].astype(float)
        dead = ~table["alive"].astype(bool) & (table["cause"].astype(str) != "other causes")
        score = (
            dead.astype(int) + np.isin(table["response"].astype(str), ("CR", "PR")) + table["progressed"].astype(bool)
        )
        if "ending" in table:  # a history that was broken off for its size tells less
            score = score + np.array([str(ending).startswith("died") for ending in table["ending"]])
        if "resistant_fraction_at_end" in table:
            score = score + (np.nan_to_num(table["resistant_fraction_at_end"].astype(float)) > 0.5)
        best = np.flatnonzero(score == score.max())
        nearest = best[np.argmin(np.abs(end[best] - np.median(end[best])))]
        return int(table["patient"][nearest]), arm
    return None


def patient_drawings(history: HistoryLike, other: HistoryLike | None = None) -> list[Drawing]:
    """Return the pictures of one patient: file name, title, and what draws it; ``other`` is the patient in another arm."""
    shown = ["lesions", "clones", "spread", *(["drugs"] if history.concentrations else [])]
    drawings: list[Drawing] = [
        (f"patient_{name}", OF_PATIENTS[name].title, partial(OF_PATIENTS[name].draw, history)) for name in shown
    ]
    if other is not None:
        drawings.append(
            (f"patient_{SIDE_BY_SIDE}", "The same patient in two arms", partial(side_by_side_figure, other, history))
        )
    return drawings


def _patient(history: HistoryLike, pictures: list[str]) -> list[str]:
    ending = history.ending.strip() or "unknown"
    events = [event for event in history.events if event["kind"] != "dose_course"]
    rows = [
        (f"{float(event['day']):.0f}", words(str(event["kind"])), event.get("detail", ""))
        for event in events[:_most_events]
    ]
    parts = [
        html.heading(f"One patient: number {history.patient}, arm {words(history.arm)}"),
        html.paragraph(f"How it ended: {ending}."),
        *pictures,
    ]
    parts += [html.heading("What happened", 3), html.table(("Day since diagnosis", "Event", "Detail"), rows)]
    if len(events) > _most_events:
        parts.append(html.paragraph(f"{len(events) - _most_events} later events are in the table of events.", "note"))
    return parts


def _record(record: Any) -> list[str]:
    """Return the record: versions, seed, identity, evidence and what the result can be trusted for."""
    facts: Mapping[str, Any] = json.loads(record.to_json()) if hasattr(record, "to_json") else dict(record or {})
    rows: list[tuple[str, object]] = [
        ("seed", facts.get("seed", "unknown")),
        ("identity (SHA-256)", facts.get("identity", "unknown")),
    ]
    rows += sorted((f"version of {name}", version) for name, version in dict(facts.get("versions") or {}).items())
    parts = [
        html.heading("The record"),
        html.paragraph("What is needed to repeat this, byte for byte."),
        html.table(("What", "Value"), rows),
    ]
    if facts.get("card"):
        parts += [html.heading("What it can be trusted for", 3), html.verbatim(str(facts["card"]))]
    counts = dict(facts.get("grades") or {})
    if counts:
        grades = [(grade, counts.get(grade, 0)) for grade in GRADES]
        parts += [html.heading("Evidence behind the numbers", 3), html.table(("Grade", "Numbers"), grades)]
    citations = _merged(facts.get("citations") or ())
    if citations:
        columns = sorted(
            {name for line in citations for name in line}, key=lambda name: (_source_order.get(name, 9), name)
        )
        lines = [[_cell(line.get(name, "")) for name in columns] for line in citations]
        heads = [_source_heads.get(name, words(name).capitalize()) for name in columns]
        parts += [html.heading("Sources", 3), html.table(heads, lines)]
    if facts.get("resolved"):
        parts += [html.heading("The study, with every default written out", 3), _folded(str(facts["resolved"]))]
    return parts


def _merged(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one line for each source: organs and drugs that cite the same one are counted together."""
    merged: dict[str, dict[str, Any]] = {}
    for line in lines:
        before = merged.setdefault(str(line.get("key", line)), dict.fromkeys(line, 0))
        for name, value in line.items():
            counted = isinstance(value, int) and not isinstance(value, bool)
            before[name] = before[name] + value if counted else value
    return list(merged.values())


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


def _folded(text: str) -> str:
    """Return long text that opens when asked for; it needs no script."""
    return f"<details><summary>Show</summary>{html.verbatim(text)}</details>"
