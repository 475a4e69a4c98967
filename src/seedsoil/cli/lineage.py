"""The command `lineage`: the tree of cells behind a patient's lesions, in words and in files that other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedsoil.cli.terminal import DONE, NOTICE, print_table

if TYPE_CHECKING:
    from seedsoil.observe.lineage.result import Lineage

#: How each pattern of the migration graph is told.
_PATTERNS = {
    "PS": "every lesion was seeded from one place alone (parallel single-source seeding)",
    "S": "each lesion was seeded from one other, and some of these were metastases (single-source seeding)",
    "M": "some lesion was seeded from several others, and none in a circle (multi-source seeding)",
    "R": "cells came back, or went in a circle, to lesions that had sent some out (reseeding)",
}


def lineage(
    run: Path,
    /,
    *,
    patient: int,
    arm: str | None = None,
    cells: int = 10,
    lesions: int = 8,
    mutations: float | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Draw the tree of cells behind a patient's lesions, and write it out.

    Parameters
    ----------
    run
        Folder of a finished run.
    patient
        Number of a patient, from 0.
    arm
        Arm in which the patient is sampled; the last one of the study if not given.
    cells
        Cells sampled of each lesion, on the last day on which it had any.
    lesions
        Lesions sampled: the primary and the largest metastases.
    mutations
        Neutral mutations of each daughter of a division in what is read; those of an exome if not given.
    out
        Folder for the files; lineage-patient-N-ARM here if not given.
    json
        Print the answer as one JSON document on stdout.
    """
    from seedsoil.cli.show import open_finished
    from seedsoil.foundation.errors import ModelError, StudyError

    trial = open_finished(run, again=True)
    history = trial.patient(patient, arm or trial.arms[-1])
    try:
        found = history.lineage(cells, lesions, mutations)
    except ModelError as error:  # what cannot be sampled was asked for: bad input, not a run that failed
        raise StudyError(error.faults) from error
    folder = out or Path(f"lineage-patient-{patient}-{history.arm}")
    written = _write(folder, _files(found))
    if json:
        import json as document

        answer = {"patient": patient, "arm": history.arm, **summary(found), "files": [str(path) for path in written]}
        print(document.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))
        return DONE
    _tell(found, f"Patient {patient}, arm {history.arm} (days count from diagnosis)")
    print(f"Files: {folder}: {', '.join(path.name for path in written)}")
    if not any(path.suffix == ".trees" for path in written):
        print("No tree sequence was written, for tskit is not installed: pip install 'seedsoil[lineage]'")
    print(NOTICE)
    return DONE


def summary(found: Lineage) -> dict[str, Any]:
    """What the tree shows, as plain data."""
    tree, graph = found.tree, found.graph
    return {
        "cells": int(tree.tips.size),
        "mutations": found.mutations.size,
        "founding_day": float(tree.day[0]),
        "common_ancestor_day": float(tree.day[tree.common_ancestor(tree.tips)]),
        "lesions": [
            {
                "lesion": one.lesion,
                "site": found.sites[one.lesion],
                "cells": one.cells,
                "founding_lines": one.lines,
                "clonality": one.clonality,
                "phyly": one.phyly,
                "from": [found.places[source] for source in one.sources],
                "common_ancestor_day": _common_day(found, one.lesion),
            }
            for one in found.founders
        ],
        "metastases_one_clade": found.metastases_one_clade,
        "migrations": graph.migrations,
        "comigrations": graph.comigrations,
        "seeding_lesions": graph.seeding_sites,
        "pattern": graph.name,
        "between_sites": {
            "migrations": found.site_graph.migrations,
            "comigrations": found.site_graph.comigrations,
            "seeding_sites": found.site_graph.seeding_sites,
            "pattern": found.site_graph.name,
        },
    }


def _common_day(found: Lineage, lesion: int) -> float:
    """Day of the latest common ancestor of the sampled cells of a lesion."""
    tips = found.tree.tips[found.tree.lesion[found.tree.tips] == lesion]
    return float(found.tree.day[found.tree.common_ancestor(tips)])


def _tell(found: Lineage, title: str) -> None:
    """Say in plain words what the tree shows."""
    answer = summary(found)
    rows = [
        (
            found.places[one["lesion"]],
            ", ".join(one["from"]) or "unknown",
            f"{one['clonality']}, {one['phyly']}",
            str(one["cells"]),
            f"{one['common_ancestor_day']:.0f}",
        )
        for one in answer["lesions"]
    ]
    print_table(title, ("Metastasis", "Seeded from", "Founding", "Cells", "Common ancestor, day"), rows, 3)
    print(
        f"{answer['cells']} cells of {len(found.lesions)} {'lesion' if len(found.lesions) == 1 else 'lesions'}, "
        f"{answer['mutations']} mutations. Their latest common ancestor lived on day {answer['common_ancestor_day']:.0f}; "
        f"the founding cell of the tumour divided from day {answer['founding_day']:.0f} on."
    )
    if answer["metastases_one_clade"] is not None:
        verdict = (
            "share an ancestor that no sampled cell of the primary has"
            if answer["metastases_one_clade"]
            else ("do not descend from one line of the primary alone")
        )
        print(f"The sampled metastases together {verdict}.")
    if not answer["migrations"]:
        print("No cell founded a metastasis.")
        return
    between = answer["between_sites"]
    print(
        f"In truth {answer['migrations']} cells seeded lesions, from {answer['seeding_lesions']} "
        f"{'lesion' if answer['seeding_lesions'] == 1 else 'lesions'} ({answer['pattern']}): {_PATTERNS[found.graph.pattern]}."
    )
    print(
        f"Site by site that is {between['migrations']} migrations in at least {between['comigrations']} "
        f"{'wave' if between['comigrations'] == 1 else 'waves'} ({between['pattern'] or 'within one site'})."
    )


def _files(found: Lineage) -> dict[str, str | Any]:
    """The content of each file, by name; a tree sequence as such."""
    from seedsoil.foundation.errors import ModelError
    from seedsoil.observe.lineage.mutation import cancer_cell_fractions

    tips = [found.names[tip] for tip in found.tree.tips]
    numbers = range(found.mutations.size)
    lesions, shares = cancer_cell_fractions(found.tree, found.mutations)
    bulk = found.bulk()
    samples = [found.places[lesion] for lesion in lesions.tolist()]
    moves = found.migrations
    files: dict[str, str | Any] = {
        "tree.nwk": found.newick(),
        "events.csv": _csv(
            ("day", "kind", "clone", "parent", "from", "to", "site", "type"),
            ((e.day, e.kind, e.clone, e.parent, e.origin, e.lesion, e.site, e.type) for e in found.events),
        ),
        "migrations.csv": _csv(
            ("day", "from", "to", "clone", "founded"),
            (
                (float(day), found.places[origin], found.places[target], int(clone), bool(began))
                for day, origin, target, clone, began in zip(
                    moves.day, moves.origin, moves.target, moves.clone, moves.founded, strict=True
                )
            ),
        ),
        "migration_graph.tsv": found.sistem(),
        **found.machina(),
        "fractions.csv": _csv(("mutation", *samples), ((i, *shares[:, i].tolist()) for i in numbers)),
        "reads.csv": _csv(
            ("mutation", "sample", "reads", "alternate"),
            (
                (i, name, int(bulk.reads[row, i]), int(bulk.alternate[row, i]))
                for i in numbers
                for row, name in enumerate(samples)
            ),
        ),
        "genotypes.csv": _csv(
            ("mutation", *tips), ((i, *column) for i, column in enumerate(found.genotypes().T.tolist()))
        ),
    }
    try:
        files["tree.trees"] = found.tree_sequence()
    except ModelError:  # tskit is not there: said at the end
        return files
    return files


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _write(folder: Path, files: dict[str, str | Any]) -> list[Path]:
    """Write the files and return where they lie."""
    from seedsoil.experiment.publish import disk

    written = []
    with disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / name
            if isinstance(content, str):
                path.write_text(content, encoding="utf-8", newline="")
            else:
                content.dump(path)
            written.append(path)
    return written
