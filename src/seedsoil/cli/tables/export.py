"""The command `export`: a finished run as CSV files for other programs."""

from __future__ import annotations

from pathlib import Path

from seedsoil.cli.terminal import DONE, NOTICE


def export(run: Path, /, *, form: str = "csv", out: Path | None = None, json: bool = False) -> int:
    """Write a finished run out as CSV files.

    Parameters
    ----------
    run
        Folder of a finished run; it is only read.
    form
        csv: every table of the run. adam: analysis tables by CDISC's names (ADSL, ADTTE, ADRS, ADTR).
    out
        Folder for the files; RUN-FORM beside the run if not given. Each form has a dictionary.csv of its columns.
    json
        Print the paths as one JSON document on stdout.
    """
    from seedsoil.trial.export.files import export as write

    paths = write(run, form, out or run.with_name(f"{run.resolve().name}-{form}"))
    if json:
        import json as document

        print(document.dumps({"form": form, "files": [str(path) for path in paths]}, indent=2, ensure_ascii=False))
        return DONE
    for path in paths:
        print(path)
    print(NOTICE)
    return DONE
