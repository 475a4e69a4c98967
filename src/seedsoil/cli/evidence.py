"""The command `evidence`: the review's claims as virtual experiments, a verdict for each, and a page."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from seedsoil.cli.terminal import DONE, FAILED, INTERRUPTED, print_table, progress_of, quoted, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedsoil.evidence.runner.parameters import Moved
    from seedsoil.evidence.runner.result import Result

_LINES = 10
#: Seed of all luck, unless another is asked for.
_SEED = 20150527


def evidence(
    *ids: str,
    section: str | None = None,
    fast: bool = False,
    full: bool = False,
    json: bool = False,
    out: Path = Path("evidence"),
    workers: int | None = None,
    seed: int = _SEED,
    pages: Annotated[bool, Parameter(negative="--no-pages")] = True,
    parameters: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Put the review's claims to the test: each as a virtual experiment, against its published figure.

    What is done is kept in the folder, and is not done again for the same code, seed and number of animals.

    Parameters
    ----------
    ids
        Claims, such as A3 D1; all if none is named.
    section
        A section, by its letter or name: D, organs.
    fast
        Few animals: minutes for all claims. What happens if nothing else is asked for.
    full
        As many animals or patients as the studies had, where that can be done in an hour; the set-up of each claim says how many.
    json
        Print the results as one JSON document on stdout.
    out
        Folder of results and pages; taken up where it was left.
    workers
        Processes; as many as there are cores if not given. The figures do not depend on it.
    seed
        Seed of all luck.
    pages
        Write a page for each claim, and an overview.
    parameters
        Measure what the parameters that a claim names do: each at both ends of its range. Five times as long.
    """
    from seedsoil.evidence.review import chosen
    from seedsoil.evidence.runner.carry_out import carry_out
    from seedsoil.foundation.errors import StudyError

    faults = []
    if fast and full:
        faults.append("--fast and --full: choose one of them.")
    if workers is not None and not 1 <= workers <= 256:
        faults.append(f"--workers {workers}: from 1 to 256.")
    if not 0 <= seed < 2**63:
        faults.append(f"--seed {seed}: from 0 to 2^63 - 1.")
    if faults:
        raise StudyError(faults)
    meant = chosen(ids, section)
    count, done = workers or os.cpu_count() or 1, 0
    say(f"{len(meant)} claims, {'full' if full else 'fast'} mode -> {out}")
    try:
        with progress_of("claims", _LINES) as draw:

            def tell(result: Result, kept: bool) -> None:
                nonlocal done
                done += 1
                if result.failure:
                    say(f"{result.claim.id} failed: {result.failure.strip().splitlines()[-1]}")
                draw(done, len(meant))

            results = carry_out(meant, "full" if full else "fast", seed, out, workers=count, tell=tell)
        moved = _measured(results, out, count) if parameters else {}
    except KeyboardInterrupt:
        say(f"Interrupted. What was done is kept in {quoted(out)}; the same command takes it up.")
        return INTERRUPTED
    if pages:
        _write(results, moved, out)
    if json:
        import json as text

        rows = [result.row(moved.get(result.claim.id, ())) for result in results]
        print(text.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(results, out, pages)
        _print_moved(results, moved)
    return FAILED if any(result.failure for result in results) else DONE


def _measured(results: Sequence[Result], out: Path, workers: int) -> dict[str, tuple[Moved, ...]]:
    """Return what the named parameters of claims do, as it is kept or measured now."""
    from seedsoil.evidence.runner.carry_out import measure_all

    done = [result for result in results if not result.failure]
    with progress_of("claims with parameters moved", _LINES) as draw:
        return measure_all(done, out, workers=workers, tell=lambda count: draw(count, len(done)))


def _write(results: Sequence[Result], moved: Mapping[str, tuple[Moved, ...]], out: Path) -> None:
    """Write the pages of these results, and the overview of them."""
    from seedsoil.evidence.runner.kept import Shelf
    from seedsoil.show.evidence.pages import write_claim, write_overview

    shelf = Shelf(out)

    def put(name: str, content: bytes) -> None:
        shelf.put(f"pages/{name}", content)

    for result in results:
        write_claim(result, put, moved.get(result.claim.id, ()))
    write_overview(results, put)


def _print(results: Sequence[Result], out: Path, pages: bool) -> None:
    """Print a line for each claim, and how many have which verdict."""
    from seedsoil.show.evidence.words import banded, number, told

    rows = []
    for one in results:
        found, ablated = one.found, one.ablated
        unit = "" if one.claim.unit in ("1", "") else f" {one.claim.unit}"
        breaks = "breaks" if one.verdict.ablation_breaks else "stands"
        rows.append(
            (
                one.claim.id,
                one.verdict.status,
                one.claim.observable,
                "-" if found is None else told(found.figure) + unit,
                banded(one.claim.band) if one.claim.band else one.verdict.direction or "not given",
                "-" if ablated is None else f"{number(ablated.figure.value)}: {breaks}",
            )
        )
    print_table(
        "The review as a test",
        ("claim", "verdict", "observable", "found (95 %)", "band, or direction", "ablation"),
        rows,
        numbers_from=6,
    )
    counts = Counter(one.verdict.status for one in results)
    print(", ".join(f"{count} {status}" for status, count in counts.most_common()))
    if pages:
        print(f"Pages: {out / 'pages' / 'index.html'}")
    if any(one.failure for one in results):
        print(f"What failed, with tracebacks: {out / 'failed'}")


def _print_moved(results: Sequence[Result], moved: Mapping[str, tuple[Moved, ...]]) -> None:
    """Print, for each claim, its parameters at both ends of their ranges and the figures then; what matters most first."""
    from seedsoil.show.evidence.parameters import COLUMNS, rows_of

    rows = [(one.claim.id, *row) for one in results for row in rows_of(one, moved.get(one.claim.id, ()))]
    if rows:
        print_table("Parameters at the ends of their ranges", ("claim", *COLUMNS), rows, numbers_from=7)
