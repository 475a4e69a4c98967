"""The commands of the README exist and answer; bad input ends with code 2 and writes nothing."""

import json
import re
from pathlib import Path

import pytest

from tests.e2e.command import python, readme_blocks, seedsoil

commands = (
    "run", "grow", "worker", "check", "explain", "resolve", "schema", "show", "query", "export", "list", "describe", "doctor", "lineage", "synergy", "tissue", "zoom", "evidence", "resistance",
)  # fmt: skip


def test_help_lists_every_command(tmp_path: Path) -> None:
    done = seedsoil("--help", where=tmp_path)
    assert done.returncode == 0, done.stderr
    missing = [name for name in commands if not re.search(rf"\b{name}\b", done.stdout)]
    assert not missing


def test_version(tmp_path: Path) -> None:
    done = seedsoil("--version", where=tmp_path)
    assert done.returncode == 0
    assert re.search(r"\b0\.1\.0\b", done.stdout)


def test_every_command_of_the_readme_exists(tmp_path: Path) -> None:
    used = set(re.findall(r"^seedsoil ([a-z]+)", "\n".join(readme_blocks("sh")), flags=re.MULTILINE))
    assert used
    assert used <= set(commands)
    done = seedsoil("run", "--help", where=tmp_path)
    for option in ("--patients", "--seed", "--out", "--workers", "--resume", "--json"):
        assert option in done.stdout


@pytest.mark.parametrize("kind", ["organs", "tumours", "agents"])
def test_list(kind: str, tmp_path: Path) -> None:
    done = seedsoil("list", kind, where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"organs": "liver", "tumours": "colon_adenocarcinoma", "agents": "fluorouracil"}[kind] in done.stdout


@pytest.mark.parametrize("name", ["liver", "colon_adenocarcinoma", "bevacizumab"])
def test_describe(name: str, tmp_path: Path) -> None:
    done = seedsoil("describe", name, where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 5


def test_describe_unknown_name_suggests(tmp_path: Path) -> None:
    done = seedsoil("describe", "livr", where=tmp_path)
    assert done.returncode == 2
    assert "liver" in done.stderr
    assert "Traceback" not in done.stderr


def test_schema_is_json(tmp_path: Path) -> None:
    done = seedsoil("schema", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_doctor(tmp_path: Path) -> None:
    done = seedsoil("doctor", where=tmp_path)
    assert done.returncode == 0, done.stderr


def test_resolved_study_passes_its_own_check(tmp_path: Path) -> None:
    resolved = seedsoil("resolve", "demo", where=tmp_path)
    assert resolved.returncode == 0, resolved.stderr
    study = tmp_path / "resolved.toml"
    study.write_text(resolved.stdout, encoding="utf-8")
    checked = seedsoil("check", str(study), where=tmp_path)
    assert checked.returncode == 0, checked.stderr
    again = seedsoil("resolve", str(study), where=tmp_path)
    assert again.stdout == resolved.stdout


def test_explain_is_plain_english(tmp_path: Path) -> None:
    done = seedsoil("explain", "demo", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "bevacizumab" in done.stdout


def test_bad_study_names_all_faults_and_writes_nothing(tmp_path: Path) -> None:
    study = tmp_path / "broken.toml"
    study.write_text('[study]\ntitel = "x"\npatients = -3\nuntil = "10 mm"\n[tumour]\nis = "colon"\n', encoding="utf-8")
    for command in (["check", str(study)], ["run", str(study), "--out", "never"]):
        done = seedsoil(*command, where=tmp_path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "titel" in done.stderr
        assert "patients" in done.stderr
        assert "until" in done.stderr
        assert "colon_adenocarcinoma" in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.toml"]


def test_missing_study_ends_with_code_2(tmp_path: Path) -> None:
    done = seedsoil("check", "nowhere.toml", where=tmp_path)
    assert done.returncode == 2
    assert "nowhere.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_command_ends_with_code_2(tmp_path: Path) -> None:
    done = seedsoil("rnu", where=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_python_example_of_the_readme_runs(tmp_path: Path) -> None:
    (example,) = readme_blocks("python")
    (tmp_path / "my.toml").write_text(seedsoil("resolve", "demo", where=tmp_path).stdout, encoding="utf-8")
    script = tmp_path / "example.py"
    guarded = "\n".join(f"    {line}" for line in example.splitlines())
    script.write_text(f"if __name__ == '__main__':\n{guarded}\n", encoding="utf-8")
    done = python(str(script), where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 4
    assert (tmp_path / "patient7.svg").stat().st_size > 1000
