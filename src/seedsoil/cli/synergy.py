"""The command `synergy`: a combination against its single agents, by each definition."""

from __future__ import annotations

from pathlib import Path

from seedsoil.cli.terminal import DONE, NOTICE


def synergy(
    run: Path, /, *, both: str, alone: list[str], control: str, day: float | None = None, json: bool = False
) -> int:
    """Compare a combination with its single agents.

    Parameters
    ----------
    run
        Folder of a finished run.
    both
        Arm that gives both agents.
    alone
        Arm that gives one of the agents alone; say it twice, once for each agent.
    control
        Arm that gives neither.
    day
        Day of the scan at which tumour volumes are compared; the first that all arms share 6 weeks or more after the first
        dose if not given.
    json
        Print the answer as one JSON document on stdout.
    """
    from seedsoil.foundation.errors import StudyError
    from seedsoil.trial.synergy import measure_synergy
    from seedsoil.trial.trial import open_run

    if len(alone) != 2:
        given = f"{len(alone)} are given" if len(alone) != 1 else "1 is given"
        raise StudyError(
            f"--alone: two arms are needed, one for each agent, and {given}. Say: --alone seed --alone soil"
        )
    trial = open_run(run)
    found = measure_synergy(trial, both=both, alone=(alone[0], alone[1]), control=control, day=day)
    if json:
        import json as document

        answer = {"study": trial.plan.title, "identity": trial.record.identity, **found.answer()}
        print(document.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))
        return DONE
    print(trial.plan.title)
    print(found.summary())
    print(NOTICE)
    return DONE
