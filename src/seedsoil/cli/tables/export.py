"""The command `export`: a finished run, or the cells of a block of tissue, as CSV files for other programs."""

from __future__ import annotations

from pathlib import Path

from seedsoil.cli.terminal import DONE, NOTICE


def export(run: Path, /, *, form: str = "csv", out: Path | None = None, json: bool = False) -> int:
    """Write a finished run out as CSV files.

    Parameters
    ----------
    run
        Folder of a finished run, or of a scene of tissue; it is only read.
    form
        csv: every table of the run. adam: analysis tables by CDISC's names (ADSL, ADTTE, ADRS, ADTR). physicell: of a scene,
        where its cells were at each moment that is kept, as PhysiCell and `tissue --positions` read it.
    out
        Folder for the files; RUN-FORM beside the run if not given. csv and adam have a dictionary.csv of their columns.
    json
        Print the paths as one JSON document on stdout.
    """
    folder = out or run.with_name(f"{run.resolve().name}-{form}")
    if (run / "scene.toml").is_file():
        paths = _of_scene(run, form, folder)
    else:
        from seedsoil.trial.export.files import export as write

        paths = write(run, form, folder)
    if json:
        import json as document

        print(document.dumps({"form": form, "files": [str(path) for path in paths]}, indent=2, ensure_ascii=False))
        return DONE
    for path in paths:
        print(path)
    print(NOTICE)
    return DONE


def _of_scene(run: Path, form: str, out: Path) -> list[Path]:
    """Write the cells of a block of tissue out."""
    from seedsoil.foundation.errors import StudyError
    from seedsoil.scene.run import SceneRun

    if form != "physicell":
        raise StudyError(
            f"--form {form}: {run} holds a scene of tissue, of which positions can be written out: --form physicell."
        )
    return SceneRun.of_folder(run).export(out)
