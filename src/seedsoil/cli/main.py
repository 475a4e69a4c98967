"""`seedsoil`: finds the command, runs it, and turns what went wrong into plain lines and an exit code."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, get_args

from seedsoil.cli.terminal import BAD_INPUT, DISK, DONE, FAILED, INTERRUPTED, NOTICE, say, say_faults

if TYPE_CHECKING:
    from cyclopts import App, Token

#: Each command, the function that carries it out, and what it is for. The function's module is loaded only when
#: the command is called, so that no command waits for what another one needs.
COMMANDS = {
    "run": ("seedsoil.cli.run:run", "Carry out a study and answer it."),
    "grow": ("seedsoil.cli.show:grow", "Grow one patient of a study, treat it in one arm, and draw it."),
    "worker": ("seedsoil.cli.run:worker", "Lend this machine's cores to runs on a Dask cluster."),
    "check": ("seedsoil.cli.study:check", "Name every fault of a study or scene file."),
    "explain": ("seedsoil.cli.study:explain", "Say in plain English what a study or scene will do."),
    "resolve": ("seedsoil.cli.study:resolve", "Print a study or scene with every default written out."),
    "schema": ("seedsoil.cli.study:schema", "Print the JSON Schema of study or scene files."),
    "show": ("seedsoil.cli.show:show", "Show a finished run, or one of its patients."),
    "query": ("seedsoil.cli.tables.query:query", "Ask the tables of a finished run a question in SQL."),
    "export": ("seedsoil.cli.tables.export:export", "Write a finished run out as CSV files, or as ADaM tables."),
    "lineage": ("seedsoil.cli.lineage:lineage", "Draw the tree of cells behind a patient's lesions, and write it out."),
    "tissue": ("seedsoil.cli.tissue:tissue", "Carry out a scene of tissue: one lesion, every cell."),
    "zoom": ("seedsoil.cli.tissue:zoom", "Carry one lesion of a patient on as a block of tissue."),
    "evidence": (
        "seedsoil.cli.evidence:evidence",
        "Put the review's claims to the test, each as a virtual experiment.",
    ),
    "resistance": (
        "seedsoil.cli.tables.resistance:resistance",
        "Tell how often treatment fails in patients with several lesions.",
    ),
    "synergy": ("seedsoil.cli.synergy:synergy", "Compare a combination with its single agents."),
    "list": ("seedsoil.cli.catalogue:list_names", "List what the catalogue holds."),
    "describe": ("seedsoil.cli.catalogue:describe", "Describe an entry of the catalogue, with its sources."),
    "doctor": ("seedsoil.cli.doctor:doctor", "Check this installation, or the files of a run."),
}


_CAPTION = "An in-silico laboratory for metastasis: seed, soil, and the patient between them."
_CODES = "Exit codes: 0 done, 1 the run failed, 2 bad input, 74 disk, 130 interrupted."


def help_text() -> str:
    """Return the overview of all commands; plain text of our own, for it must come at once."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {purpose}" for name, (_, purpose) in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: seedsoil COMMAND [OPTIONS]",
            "",
            _CAPTION,
            "",
            "Commands:",
            *lines,
            "",
            "Options:",
            "  --help     this page; after a command, the page of that command",
            "  --version  the version",
            "",
            "Begin with: seedsoil grow; then: seedsoil run --patients 40",
            _CODES,
            NOTICE,
        ]
    )


def make_app(command: str | None = None) -> App:
    """Return the command line; with ``command``, only that one of the commands is ready to be called."""
    from cyclopts import App, Parameter

    app = App(
        name="seedsoil",
        help=_CAPTION,
        help_epilogue=f"{_CODES}\n\n{NOTICE}",
        help_format="plaintext",
        version_flags=[],
        default_parameter=Parameter(negative=(), converter=_strict),
        suppress_keyboard_interrupt=False,
    )
    for name, (target, purpose) in COMMANDS.items():
        if name == command:
            app.command(target, name=name)
        else:
            app.command(App(name=name, help=purpose, help_flags=[], version_flags=[]))
    return app


def _strict(hint: Any, tokens: Sequence[Token]) -> Any:
    """Return what words on the command line stand for, as cyclopts does, but for numbers and empty words.

    cyclopts rounds 2.7 patients to 3, reads 0x10, 1_0 and digits of any script, and takes "none" for an option not given.
    """
    from cyclopts import convert

    parts = get_args(hint) or (hint,)
    for token in tokens:
        word = token.value
        if int in parts and not re.fullmatch("(?!-0+$)-?[0-9]{1,20}", word):
            raise ValueError(f"{word[:40]!r} is not a whole number in digits, such as 40")
        if float in parts and not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?", word):
            raise ValueError(f"{word[:40]!r} is not a number in digits, such as 0.5")
        if Path in parts and not word.strip():
            raise ValueError("is empty; give a path")
    # "none" and "null" are words, not the absence of an option.
    bare = tuple(part for part in parts if part is not type(None))
    return convert(bare[0] if len(bare) == 1 and type(None) in parts else hint, tokens)


def execute(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Errors of the user are told on stderr, never as a traceback."""
    from seedsoil.foundation.errors import ModelError, SeedsoilError

    try:
        code = _call(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone (`seedsoil list | head -1`). Python would complain once more when it closes stdout.
        _mute(sys.stdout)
        return DONE
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED
    except SeedsoilError as error:
        say_faults(error.faults)
        if any(kind.__name__ == "DiskError" for kind in type(error).__mro__):
            return DISK
        return FAILED if isinstance(error, ModelError) else BAD_INPUT
    except OSError as error:
        say_faults([": ".join(str(part) for part in (error.filename, error.strerror or error) if part)])
        # A name that no file can have is no fault of the disk.
        return BAD_INPUT if error.errno == errno.ENAMETOOLONG else DISK
    return code


def main() -> NoReturn:
    """Run the command line of this process and end the process."""
    _open_closed_streams()
    try:
        code = execute(sys.argv[1:])
    except KeyboardInterrupt:  # once more, while the first one was being answered
        code = INTERRUPTED
    if code == INTERRUPTED:
        # Nothing is left to be written, and whoever interrupts does not want to wait for Python's own end.
        os._exit(code)
    sys.exit(code)


def _call(arguments: Sequence[str]) -> int:
    if list(arguments) in ([], ["--help"], ["-h"]):
        print(help_text())
        return DONE
    if list(arguments) == ["--version"]:
        from seedsoil import __version__

        print(__version__)
        return DONE
    from cyclopts import CycloptsError

    command = next((word for word in arguments if not word.startswith("-")), None)
    app = make_app(command)
    try:
        found = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        say_faults([str(error)])
        say(f"See: seedsoil {command} --help" if command in COMMANDS else "See: seedsoil --help")
        return BAD_INPUT
    return found if isinstance(found, int) else DONE


def _open_closed_streams() -> None:
    """Point standard streams that whoever began this process has closed (``>&-``) to nowhere.

    Else the next file that is opened, a part of a run perhaps, would get the number of stdout, and what is printed there.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  (it stays open as long as the process)
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  (it stays open as long as the process)


def _mute(stream: object) -> None:
    """Point a closed stream to nowhere."""
    try:
        descriptor = stream.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
