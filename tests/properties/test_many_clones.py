"""More clones in a step than the register had room for at first: it is given more, and every clone has an entry of its own."""

import numpy as np

from seedsoil.trial.run import run
from seedsoil.trial.study.file import Study


def test_no_clone_loses_its_identity() -> None:
    """Two mice with 1e5 cells in brain and veins: some thousand lesions branch in one step, more than there were free entries.

    Catches a register that is full in the middle of a step: children stood under their mother's entry, so that a lesion had two
    pools of a type, or a clone of another type than its entry says.
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
        mine = np.asarray(clones["patient"]) == patient
        # One that died out is followed by a new one of its type.
        pools = mine & np.asarray(clones["pooled"]).astype(bool) & (np.asarray(clones["cells_at_end"]) > 0.0)
        where = list(
            zip(
                *(np.asarray(clones[name])[pools].tolist() for name in ("lesion", "hits", "unstable", "resistance")),
                strict=True,
            )
        )
        assert len(set(where)) == len(where)
