"""An in-silico laboratory for metastasis: seed, soil, and the patient between them.

The public names are loaded when first used, so that `import seedsoil` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seedsoil.biology.medicine.kinetics import concentration
    from seedsoil.body.mutants import sample_mutants
    from seedsoil.body.population import sample_population
    from seedsoil.experiment.history import History
    from seedsoil.experiment.protocol import Protocol
    from seedsoil.scene.build import open_scene
    from seedsoil.scene.zoom import zoom
    from seedsoil.show.show import show
    from seedsoil.trial.run import run
    from seedsoil.trial.study.file import Study, check
    from seedsoil.trial.trial import simulate

__version__ = "0.1.0"

_home = {
    "History": "seedsoil.experiment.history",
    "Protocol": "seedsoil.experiment.protocol",
    "Study": "seedsoil.trial.study.file",
    "check": "seedsoil.trial.study.file",
    "concentration": "seedsoil.biology.medicine.kinetics",
    "open_scene": "seedsoil.scene.build",
    "run": "seedsoil.trial.run",
    "sample_mutants": "seedsoil.body.mutants",
    "sample_population": "seedsoil.body.population",
    "show": "seedsoil.show.show",
    "simulate": "seedsoil.trial.trial",
    "zoom": "seedsoil.scene.zoom",
}

__all__ = [
    "History",
    "Protocol",
    "Study",
    "__version__",
    "check",
    "concentration",
    "open_scene",
    "run",
    "sample_mutants",
    "sample_population",
    "show",
    "simulate",
    "zoom",
]


def __getattr__(name: str) -> object:
    """Load a public name from the room where it lives, once."""
    if name not in _home:
        raise AttributeError(f"seedsoil has no public name {name!r}. Public names: {', '.join(sorted(_home))}.")
    value = getattr(import_module(_home[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
