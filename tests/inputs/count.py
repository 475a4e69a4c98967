"""Count the bad inputs that are tried and those that are silently accepted: `python -m tests.inputs.count [--every N]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.inputs.cases import answer, command, fault
from tests.inputs.commands import command_cases
from tests.inputs.doors import door_cases
from tests.inputs.files import file_cases
from tests.inputs.kinds import study_cases
from tests.inputs.scenes import scene_cases


def warm_up() -> None:
    """Load all that the doors load when they are first used, so that each case is timed alone."""
    import seedsoil.cli.doctor
    import seedsoil.cli.lineage
    import seedsoil.cli.main
    import seedsoil.cli.run
    import seedsoil.cli.synergy
    import seedsoil.cli.tables.export
    import seedsoil.show.pictures

    ss = seedsoil
    for founders in (1, 2**31, 2**53):  # each size has samplers of its own, which are compiled when first used
        for batch in (1, 2):
            ss.sample_population(
                founders,
                [(0.2, 0.1, 10.0)],
                immigration=0.1,
                batch=batch,
                resets=[(2.0, 5)],
                times=[1.0, 5.0],
                runs=2,
                seed=1,
            )
    assert all((ss.run, ss.show, ss.simulate))
    seedsoil.cli.main.execute(["check", "demo"])
    seedsoil.cli.main.execute(["check", "astrocyte_coculture"])
    seedsoil.cli.main.execute(["check", "brain_metastasis"])
    command(("show", "nowhere", "--patient", "0"))


def main() -> int:
    """Try the cases of all doors and print a table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try one in so many")
    step = parser.parse_args().every
    warm_up()
    tried, wrong, silent, crashed = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        cases = [*study_cases(), *scene_cases(), *file_cases(), *door_cases(folder), *command_cases(folder)][::step]
        for case in cases:
            said = fault(case, answer(case, folder))
            tried[case.door] += 1
            wrong[case.door] += bool(said)
            silent[case.door] += said.startswith("silently")
            crashed[case.door] += said.startswith("traceback")
            if said:
                sys.stdout.write(f"{case}: {said}\n")
    sys.stdout.write(f"{'door':<20}{'tried':>8}{'silent':>8}{'traceback':>11}{'other':>7}\n")
    for door, count in tried.items():
        rest = wrong[door] - silent[door] - crashed[door]
        sys.stdout.write(f"{door:<20}{count:>8}{silent[door]:>8}{crashed[door]:>11}{rest:>7}\n")
    bad = sum(not case.legal for case in cases)
    sys.stdout.write(f"{len(cases)} inputs, {bad} of them bad: {sum(silent.values())} silently accepted\n")
    return 1 if sum(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
