"""The run folder described for other programs, as a Research Object Crate (RO-Crate 1.1, Process Run Crate 0.5)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from seedsoil import __version__
from seedsoil.experiment.columns import Column

NAME = "ro-crate-metadata.json"
_crate = "https://w3id.org/ro/crate/1.1"
_profile = "https://w3id.org/ro/wfrun/process/0.5"
_engine = "https://pypi.org/project/seedsoil/"
_parquet = "https://parquet.apache.org/docs/file-format/"

Entity = dict[str, Any]


def describe(
    study: str,
    identity: str,
    tables: Mapping[str, Mapping[str, Column]],
    files: Sequence[str],
    complete: bool,
    began: str,
) -> bytes:
    """Return the content of ro-crate-metadata.json.

    Each column of each table is a ``PropertyValue`` with its unit and meaning, so that a program which has never heard of
    seedsoil can tell what it reads. Who ran the study is not recorded, hence not named.

    Parameters
    ----------
    study : str
        The resolved study, for its title.
    identity : str
        SHA-256 of study, code and catalogue.
    tables : mapping of tables to their columns
    files : sequence of str
        Names of the single files in the folder.
    complete : bool
        Whether all patients are there.
    began : str
        Day on which the run began, not the day on which this is written: a run that is taken up keeps its bytes.
    """
    parts = [_table(name, columns) for name, columns in tables.items()]
    parts += [_file(name) for name in files if name != NAME]
    state = "All patients are simulated." if complete else "The run has not finished."
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": _title(study),
        "description": f"A simulated study of metastasis made by seedsoil; identity {identity}. {state} Not for clinical decisions.",
        "conformsTo": {"@id": _profile},
        "datePublished": began,
        "license": {"@id": "#licence"},
        "identifier": identity,
        "hasPart": [{"@id": part["@id"]} for part in parts],
        "mentions": {"@id": "#run"},
    }
    variables = [_variable(name, column, spec) for name, columns in tables.items() for column, spec in columns.items()]
    graph = [_descriptor(), root, *_context(began), *parts, *variables]
    document = {"@context": f"{_crate}/context", "@graph": graph}
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _title(text: str) -> str:
    """Return the title in a resolved study, or a general one."""
    try:
        return str(tomllib.loads(text)["study"]["title"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return "A study with seedsoil"


def _descriptor() -> Entity:
    return {"@id": NAME, "@type": "CreativeWork", "conformsTo": {"@id": _crate}, "about": {"@id": "./"}}


def _context(began: str) -> list[Entity]:
    """What the folder came out of: the program, its run, the profile, the format of tables, and the licence."""
    return [
        {"@id": _profile, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": _parquet, "@type": "WebSite", "name": "Apache Parquet"},
        {
            "@id": "#licence",
            "@type": "CreativeWork",
            "name": "To be chosen by whoever ran the study",
            "description": "seedsoil lays no claim to the results of a run.",
        },
        {
            "@id": _engine,
            "@type": "SoftwareApplication",
            "name": "seedsoil",
            "url": {"@id": _engine},
            "version": __version__,
        },
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": "seedsoil run",
            "description": "Virtual patients were grown and treated in every arm of study.toml.",
            "startTime": began,
            "instrument": {"@id": _engine},
            "object": {"@id": "study.toml"},
            "result": {"@id": "./"},
        },
    ]


def _table(name: str, columns: Mapping[str, Column]) -> Entity:
    return {
        "@id": f"tables/{name}/",
        "@type": "Dataset",
        "name": f"table {name}",
        "description": f"Parquet parts of the table {name}; rows of one part follow those of the part before.",
        "variableMeasured": [{"@id": _address(name, column)} for column in columns],
    }


def _variable(table: str, name: str, column: Column) -> Entity:
    entity = {
        "@id": _address(table, name),
        "@type": "PropertyValue",
        "name": name,
        "description": column.meaning,
        "additionalType": column.kind,
    }
    return entity | ({"unitText": column.unit} if column.unit else {})


def _address(table: str, column: str) -> str:
    return f"#{table}.{column}"


def _file(name: str) -> Entity:
    return {"@id": name, "@type": "File", "name": name, "encodingFormat": _media(name)}


def _media(name: str) -> str:
    """Return the media type of a file by its ending."""
    kinds = {"toml": "application/toml", "json": "application/json", "html": "text/html", "csv": "text/csv"}
    kinds |= {"png": "image/png", "svg": "image/svg+xml", "txt": "text/plain"}
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")
