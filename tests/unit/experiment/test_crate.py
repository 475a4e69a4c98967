"""The crate passes the checks of the standard's own validator, without a network, and describes every column."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from seedsoil.experiment import crate
from seedsoil.experiment.columns import TABLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that its crate tells of."""
    files = ("study.toml", "record.json", "report/index.html")
    for name in (*files, *(f"tables/{table}/part-00000.parquet" for table in TABLES)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    content = crate.describe(
        '[study]\ntitle = "Seeds and soils"\n', "a" * 64, TABLES, files, complete=True, began="2026-11-27"
    )
    (tmp_path / crate.NAME).write_bytes(content)
    return tmp_path


def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let HTTP reach nothing but the context of the standard, as it is shipped with the package rocrate."""
    requests, urllib3 = pytest.importorskip("requests"), pytest.importorskip("urllib3")
    rocrate = pytest.importorskip("rocrate")
    context = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()

    def send(self: Any, request: Any, **_: Any) -> Any:
        if request.url != "https://w3id.org/ro/crate/1.1/context":
            raise requests.ConnectionError(f"no network in this test: {request.url}")
        head = {"Content-Type": "application/ld+json"}
        raw = urllib3.HTTPResponse(body=io.BytesIO(context), headers=head, status=200, preload_content=False)
        return self.build_response(request, raw)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)


def faults(folder: Path, profile: str, cache: Path) -> list[str]:
    services = pytest.importorskip("rocrate_validator.services", reason="needs roc-validator (make setup-dev)")
    from rocrate_validator import models

    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier=profile,
        requirement_severity=models.Severity.RECOMMENDED,
        cache_path=str(cache),
    )
    return sorted(issue.check.identifier for issue in services.validate(settings).get_issues())


@pytest.mark.filterwarnings("ignore")
def test_the_standards_validator_finds_no_fault(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left are recommendations: to name a person and a publisher, whom a run does not record, and the day of its
    end, which would change the bytes of a run that is taken up again.
    """
    _offline(monkeypatch)
    cache = tmp_path_factory.mktemp("cache") / "http"
    unnamed = ["process-run-crate-0.5_8.4", "process-run-crate-0.5_8.6", "ro-crate-1.1_22.2", "ro-crate-1.1_22.3"]
    assert faults(folder, "process-run-crate", cache) == unnamed
    # The validator sees what is wrong: a table that the folder does not hold.
    document = json.loads((folder / crate.NAME).read_text())
    root = next(entity for entity in document["@graph"] if entity["@id"] == "./")
    del root["license"]
    (folder / crate.NAME).write_text(json.dumps(document))
    assert set(faults(folder, "process-run-crate", cache)) > set(unnamed)


def test_every_column_is_described(folder: Path) -> None:
    graph = {entity["@id"]: entity for entity in json.loads((folder / crate.NAME).read_text())["@graph"]}
    for table, columns in TABLES.items():
        named = [variable["@id"] for variable in graph[f"tables/{table}/"]["variableMeasured"]]
        assert named == [f"#{table}.{column}" for column in columns]
        for address, spec in zip(named, columns.values(), strict=True):
            assert graph[address]["description"] == spec.meaning
            assert graph[address].get("unitText", "") == spec.unit
