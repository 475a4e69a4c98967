"""The run folder described for other programs, as a Research Object Crate (RO-Crate 1.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from seedsoil import __version__

NAME = "ro-crate-metadata.json"


def describe(title: str, identity: str, tables: Sequence[str], files: Sequence[str], complete: bool) -> bytes:
    """Return the content of ro-crate-metadata.json.

    Parameters
    ----------
    title : str
        Of the study.
    identity : str
        SHA-256 of study, code and catalogue.
    tables, files : sequence of str
        Names of the tables, and of the single files in the folder.
    complete : bool
        Whether all patients are there.
    """
    parts: list[dict[str, Any]] = [
        {
            "@id": f"tables/{name}/",
            "@type": "Dataset",
            "name": f"table {name}",
            "description": f"Parquet parts of the table {name}.",
        }
        for name in tables
    ]
    parts += [
        {"@id": name, "@type": "File", "name": name, "encodingFormat": _media(name)} for name in files if name != NAME
    ]
    state = "All patients are simulated." if complete else "The run has not finished."
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": f"A simulated study of metastasis made by seedsoil; identity {identity}. {state} Not for clinical decisions.",
        "datePublished": datetime.now(UTC).date().isoformat(),
        "license": {"@id": "#licence"},
        "identifier": identity,
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    graph = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        {
            "@id": "#licence",
            "@type": "CreativeWork",
            "name": "To be chosen by whoever ran the study",
            "description": "seedsoil lays no claim to the results of a run.",
        },
        {"@id": "#seedsoil", "@type": "SoftwareApplication", "name": "seedsoil", "version": __version__},
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": "seedsoil run",
            "instrument": {"@id": "#seedsoil"},
            "object": {"@id": "study.toml"},
            "result": {"@id": "./"},
        },
        *parts,
    ]
    text = json.dumps(
        {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}, indent=1, ensure_ascii=False
    )
    return text.encode()


def _media(name: str) -> str:
    """Return the media type of a file by its ending."""
    kinds = {"toml": "application/toml", "json": "application/json", "html": "text/html", "csv": "text/csv"}
    kinds |= {"png": "image/png", "svg": "image/svg+xml", "txt": "text/plain"}
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")
