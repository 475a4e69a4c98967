"""Bad words on the command line: each option and argument of each command, with words that they may not be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.inputs.cases import Case, shown_words

#: Words that are no whole number from 1 to a billion, as somebody may type or paste them.
NO_NUMBERS: tuple[tuple[str, str], ...] = (
    ("nan", "nan"), ("infinity", "inf"), ("minus one", "-1"), ("half", "0.5"), ("fraction", "2.7"), ("point", "2.0"), ("exponent", "1e2"),
    ("overflow", "1e999"), ("400 digits", "9" * 400), ("5000 digits", "9" * 5000), ("2^64", str(2**64)), ("hexadecimal", "0x10"), ("underscore", "1_0"),
    ("full-width", "\uff11\uff12"), ("word", "lots"), ("empty", ""), ("blank", " "), ("spaces about", " 4 "), ("plus", "+4"), ("none", "none"), ("null", "null"),
    ("true", "true"), ("list", "[4]"), ("unit", "4 patients"), ("comma", "1,000"), ("emoji", "\N{TUMBLER GLASS}"), ("formula", "=4"), ("home", "~"),
    ("right-to-left mark", "4\u200f"), ("newline", "4\n"), ("minus sign", "\u22124"), ("import", "__import__('os')"), ("surrogate", "\udcff"),
)  # fmt: skip
#: Words that name nothing: no study, entry, arm, picture or kind.
NO_NAMES: tuple[tuple[str, str], ...] = (
    ("word", "nosuchthing"), ("empty", ""), ("blank", " "), ("path upwards", "../../x"), ("device", "CON"), ("home", "~"), ("percent", "%s%n"),
    ("markup", "<script>"), ("formula", "=cmd()"), ("emoji", "\N{TUMBLER GLASS}"), ("newline", "a\nb"), ("right-to-left override", "a\u202eb"),
    ("10,000 characters", "x" * 10_000), ("surrogate", "\udcff"), ("variable", "${HOME}"), ("none", "none"), ("escape", "\x1b[31m"),
)  # fmt: skip


def command_cases(folder: Path) -> Iterator[Case]:
    """Yield every case; ``folder`` is where a command may write, and must not."""
    out = str(folder / "out")
    nowhere = str(folder / "nowhere")
    for option, words in (
        ("--patients", ("run", "demo", "--out", out)), ("--seed", ("run", "demo", "--out", out)),
        ("--workers", ("run", "demo", "--out", out)), ("--patient", ("grow", "demo", "--out", out)), ("--patient", ("show", nowhere)), ("--patient", ("lineage", nowhere)),
        ("--cells", ("lineage", nowhere, "--patient", "0")), ("--lesions", ("lineage", nowhere, "--patient", "0")),
    ):  # fmt: skip
        for kind, word in NO_NUMBERS:
            yield Case(
                "command",
                f"{words[0]} {option}",
                kind,
                (*words, f"{option}={word}"),
                False,
                (option, f"study.{option[2:]}", f"{option[2:]}:", "no run"),
            )
    for kind, word in NO_NUMBERS:
        if kind not in ("half", "fraction", "point", "exponent", "2^64", "400 digits", "plus", "5000 digits"):
            yield Case(
                "command",
                "lineage --mutations",
                kind,
                ("lineage", nowhere, "--patient=0", f"--mutations={word}"),
                False,
                ("--mutations", "no run"),
            )
    for command in (
        "run",
        "grow",
        "check",
        "explain",
        "resolve",
        "describe",
        "list",
        "show",
        "export",
        "lineage",
        "synergy",
        "doctor",
    ):
        more = ("--patient", "0") if command == "lineage" else ("--out", out) if command in ("run", "grow") else ()
        for kind, word in NO_NAMES:
            given = (
                f"{nowhere}/{word}"
                if command in ("show", "export", "lineage", "doctor", "synergy") and kind not in ("surrogate",)
                else word
            )
            if not (given.startswith("-") or (command in ("run", "grow") and kind == "device")):
                yield Case(
                    "command", command, kind, (command, given, *more), False, ("",), shown_words(word.strip())[:0]
                )
    for kind, word in NO_NAMES:
        yield Case("command", "no such command", kind, (word,), False, ("",))
        yield Case(
            "command",
            "unknown option",
            kind,
            ("run", "demo", "--out", out, f"--nosuch{word}"),
            False,
            ("nosuch", "option"),
        )
        for flag in ("--resume", "--json", "--report"):
            yield Case("command", f"run {flag}", kind, ("run", "demo", "--out", out, f"{flag}={word}"), False, (flag,))
    for option in ("--patients", "--seed", "--workers", "--out"):
        yield Case("command", f"run {option}", "value missing", ("run", "demo", option), False, (option,))
        twice = ("run", "demo", "--out", out, option, "3", option, "4")
        yield Case("command", f"run {option}", "twice", twice, False, (option,))
    yield Case("command", "run", "one argument too many", ("run", "demo", "again", "--out", out), False, ("again",))
    yield Case(
        "command",
        "run --patients",
        "misspelt",
        ("run", "demo", "--pateints", "3", "--out", out),
        False,
        ("--pateints",),
    )
