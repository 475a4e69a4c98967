"""More clones in a step than the register has room for: what finds no entry of its own joins the pool of its type, and no more."""

import numpy as np

from seedsoil.trial.run import run
from seedsoil.trial.study.file import Study


def test_a_full_register_overflows_no_lesion() -> None:
    """Two mice with 1e5 cells in brain and veins: some thousand lesions branch in one step, more than there are free entries.

    Catches pools that are not known again and take a new slot for each mutant: they ran over the slots of a lesion, and ended
    in an index out of bounds or worse.
    """
    orders = [{"inject": "1e5 cells", "into": site, "at": "0 days"} for site in ("brain", "veins")]
    tables = {
        "study": {"title": "Many clones", "patients": 2, "seed": 1, "until": "34 days"},
        "tumour": {"is": "km12sm"},
        "host": {"is": "nude_mouse"},
        "diagnosis": {"primary": "none"},
        "arms": {"a": {"do": orders}},
    }
    trial = run(Study.from_tables(tables, "many clones"), workers=1, executor="serial", anyway=True)
    assert not trial.failures
    clones = trial.tables["clones"]
    for patient in range(2):
        assert np.count_nonzero(np.asarray(clones["patient"]) == patient) > 4096
