"""Whole files that are no study, names that are no names, and orders that contradict each other."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.inputs.cases import Case, shown_words
from tests.inputs.fields import BASE, STUDY
from tests.inputs.kinds import HIDDEN, TEXTS

_BYTES = BASE.encode()
_KEYS = "\n".join(f"k{number} = 1" for number in range(5000))

#: Name, bytes, whether they are a study all the same, and what must be named.
WHOLE_FILES: tuple[tuple[str, bytes, bool, str], ...] = (
    ("as it is", _BYTES, True, ""), ("carriage returns", BASE.replace("\n", "\r\n").encode(), True, ""), ("no last line break", _BYTES[:-1], True, ""),
    ("mixed line breaks", BASE.replace("\n", "\r\n", 7).encode(), True, ""), ("tabs", BASE.replace(" = ", "\t=\t").encode(), True, ""),
    ("empty", b"", False, "missing"), ("blank", b" \n\t\n", False, "missing"), ("byte order mark", b"\xef\xbb\xbf" + _BYTES, False, "byte order mark"),
    ("UTF-16", BASE.encode("utf-16"), False, "UTF-8"), ("UTF-16 without mark", BASE.encode("utf-16-le"), False, "control character"),
    ("Latin-1", BASE.replace("study to", "\u00e9tude \u00e0").encode("latin-1"), False, "line 2"), ("invalid UTF-8 inside", _BYTES[:60] + b"\xc3\x28" + _BYTES[60:], False, "line"),
    ("overlong UTF-8", b'[study]\ntitle = "\xc0\x80"\n', False, "line 2"), ("UTF-8 surrogate", b'[study]\ntitle = "\xed\xa0\x80"\n', False, "line 2"),
    ("nul byte", _BYTES.replace(b"spoiled", b"sp\0iled"), False, "line 2"), ("only nul", b"\0" * 5000, False, "line 1"), ("carriage returns only", BASE.replace("\n", "\r").encode(), False, "line 1"),
    ("form feed", _BYTES.replace(b"[tumour]", b"\x0c[tumour]", 1), False, "line 7"), ("vertical tab", _BYTES.replace(b"patients", b"\x0bpatients", 1), False, "line 3"),
    ("PNG", b"\x89PNG\r\n\x1a\n" + bytes(200), False, "UTF-8"), ("ZIP", b"PK\x03\x04" + bytes(200), False, "line 1"), ("JSON", json.dumps({"study": {}}).encode(), False, "line 1"),
    ("YAML", b"study:\n  title: x\n", False, "line 1"), ("YAML bomb", b"a: &a [x,x]\nb: [*a,*a]\n", False, "line 1"), ("XML", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>", False, "line 1"),
    ("pickle", b"\x80\x04\x95cos\nsystem\n", False, "UTF-8"), ("too large", b"#" * 1_000_001, False, "1 MB"), ("10^6 characters", b'[study]\ntitle = "' + b"x" * 10**6 + b'"', False, "1 MB"),
    ("just below 1 MB of comment", _BYTES + b"#" * (990_000 - len(_BYTES)), True, ""), ("100,000 keys", b"[study]\n" + b"\n".join(b"a%d=1" % each for each in range(80_000)), False, "unknown key"),
    ("deep list", b"a = " + b"[" * 50_000 + b"]" * 50_000, False, "nested"), ("deep tables", b"a = " + b"{a=" * 20_000 + b"1" + b"}" * 20_000, False, "nested"),
    ("deep dots", b"a" + b".a" * 50_000 + b" = 1", False, ""), ("deep heads", b"[" + b"a." * 50_000 + b"a]", False, ""), ("5,000 unknown keys", _BYTES + b"[extra]\n" + _KEYS.encode(), False, "unknown key"),
    ("table twice", _BYTES + b"[study]\n", False, "second time"), ("table as key", _BYTES + b"[study.title]\n", False, "second time"), ("cut in a text", _BYTES[:25], False, "end of file"),
    ("cut in a head", _BYTES[:5], False, "end of file"), ("text over lines", b'[study]\ntitle = """\na\nb"""\n', False, "study.title"), ("merge conflict", b"<<<<<<< HEAD\n" + _BYTES, False, "line 1"),
    ("script", b"#!/bin/sh\nrm -rf /\n", False, "line 2"), ("INI", b"[study]\npatients: 5\n", False, "line 2"), ("curly quotes", "[study]\ntitle = \u201cx\u201d\n".encode(), False, "line 2"),
)  # fmt: skip

#: Where a name of the user's own stands, as a template of the lines that hold it, and the place that a fault must name.
_NAMED: tuple[tuple[str, str, str], ...] = (
    ("arm", "[arms.{}]\ndo = []\n", "arms"), ("graft", '[grafts.{}]\nsoil = "liver"\nof = "lung"\nshare = 0.1\n', "grafts"),
    ("mechanism", "[tumour.mechanisms.{}]\nrate = 1e-7\nfitness_cost = 0.02\n", "tumour.mechanisms"), ("section", "[{}]\n", "unknown key"),
    ("agent", "[agents.{}.kill]\nmaximum = \"0.1 /day\"\n", "agents"), ("own entry", "[catalogue.agents.{}]\ntitle = \"x\"\n", "catalogue"),
    ("varied number", "[vary.{}]\ncv = 0.1\n", "vary"), ("published arm", "[published.{}.overall_survival]\nlow = \"1 day\"\nhigh = \"2 days\"\nsource = \"x\"\n", "published"),
)  # fmt: skip


def file_cases() -> Iterator[Case]:
    """Yield whole files, names, and contradictions."""
    for kind, given, legal, named in WHOLE_FILES:
        yield Case("study file", "whole file", kind, given, legal, (named,))
    for what, lines_of, place in _NAMED:
        for kind, name in (
            *TEXTS,
            *HIDDEN,
            ("41 letters", "x" * 41),
            ("dot", "."),
            ("slash", "a/b"),
            ("backslash", "a\\b"),
            ("space", "a b"),
        ):
            if (what, kind) in {
                ("arm", "word"),
                ("mechanism", "word"),
                ("graft", "word"),
                ("mechanism", "null"),
                ("arm", "null"),
                ("graft", "null"),
                ("graft", "device"),
                ("mechanism", "device"),
            }:
                continue  # good names there
            text = BASE + lines_of.format(json.dumps(name))
            yield Case(
                "study file",
                f"name of {what}",
                kind,
                text,
                False,
                (place, "line ", "unknown key"),
                (*shown_words(name), '""', "line"),
            )
    for what, changes, place, words in CONTRADICTIONS:
        text = BASE
        for where, line in changes:
            text = _replaced(text, where, line)
        yield Case("study file", "contradiction", what, text, False, (place,), words)
    for what, where, line in ALLOWED:
        yield Case("study file", "contradiction", what, STUDY.with_line(where, line), True)


def _replaced(text: str, place: str, line: str) -> str:
    """Return a study with one line replaced; no change before it may have moved lines."""
    here = text.splitlines()
    here[STUDY.lines()[place]] = line
    return "\n".join(here) + "\n"


_GIVE, _SCAN, _SHUNT = "arms.acts.do[4]", "arms.acts.do[0]", "arms.acts.do[7]"
#: What contradicts what, the lines changed for it, the place to be named, and words of which one must be said.
CONTRADICTIONS: tuple[tuple[str, tuple[tuple[str, str], ...], str, tuple[str, ...]], ...] = (
    ("dose before the clock", ((f"{_GIVE}.start", 'start = "-3 days"'),), f"{_GIVE}.start", ("-3 days",)),
    ("infusion longer than its interval", ((f"{_GIVE}.duration", 'duration = "15 days"'),), f"{_GIVE}.duration", ("longer",)),
    ("two regimens of one drug at once", (("arms.acts.do[5].give", 'give = "fluorouracil"'),), "arms.acts", ("overlap",)),
    ("surgery on an organ that is none", (("arms.acts.do[1].resect", 'resect = "aorta"'),), "arms.acts.do[1].resect", ("aorta",)),
    ("surgery on what no scan has shown", (("arms.acts.do[1].resect", 'resect = "liver"'), ("arms.acts.do[1].nodes", ""), ("arms.acts.do[1].at", 'at = "8 days"')), "arms.acts", ("no scan",)),
    ("metastases treated before a scan", (("arms.acts.do[2].at", 'at = "1 day"'),), "arms.acts", ("no scan",)),
    ("primary treated after it is out", (("arms.acts.do[1].margin", "margin = 0"), ("arms.acts.do[9].at", 'at = "20 days"')), "arms.acts", ("taken out",)),
    ("scans end before they start", ((f"{_SCAN}.end", 'end = "2 days"'),), f"{_SCAN}.end", ("before",)),
    ("act after the end of the study", (("study.until", 'until = "30 days"'),), "arms.acts.do[2].at", ("end of the study",)),
    ("diagnosis of metastases that are switched off", (("study.without", 'without = ["metastasis"]'), ("diagnosis.metastases", "metastases = 2")), "diagnosis.metastases", ("never",)),
    ("screening and metastases at once", (("diagnosis.metastases", "metastases = 2"),), "diagnosis.screening", ("before its metastases",)),
    ("healthy host with a primary's size", (("diagnosis.primary_diameter", 'primary = "none"'),), "diagnosis", ("not there", "no primary")),
    ("negative wash-out", (("arms.acts.do[5].off", 'off = "-7 days"'),), "arms.acts.do[5].off", ("-7 days",)),
    ("rhythm of one dose", (("arms.acts.do[5].on", 'on = "14 days"'),), "arms.acts.do[5].on", ("one dose",)),
    ("outflow that does not add to one", (("vessels.is", 'is = "two_pool"\n[anatomy.vessels.lung__left_heart]\nshare = 0.5'),), "anatomy", ("share", "unknown key", "add to")),
    ("death faster than division", (("tumour.death_rate", 'death_rate = "0.04 /day"'),), "tumour.death_rate", ("not below",)),
    ("zone beyond the zones", (("arms.acts.do[9].zone", "zone = 5"),), "arms.acts.do[9].zone", ("outside",)),
    ("graft that takes all blood", (("grafts.pouch.share", "share = 1"),), "grafts.pouch.share", ("above",)),
    ("kinetics half given", (("agents.fluorouracil.distribution.volume", 'peripheral_volume = "5 L"'),), "agents.fluorouracil.distribution", ("peripheral_volume", "intercompartmental")),
    ("route that the drug has not", ((f"{_GIVE}.route", 'route = "oral"'),), f"{_GIVE}.route", ("not given by",)),
    ("guard of a drug that spares the marrow", ((f"{_GIVE}.give", 'give = "bevacizumab"'),), f"{_GIVE}.guard", ("does not lower",)),
    ("published median upside down", (("published.acts.overall_survival.low", 'low = "40 months"'),), "published.acts.overall_survival", ("above high",)),
    ("published of no arm", (("published.acts.overall_survival.low", 'low = "1 month"\n[published.nobody.overall_survival]'),), "published", ("nobody",)),
    ("primary endpoint twice", (("endpoints.secondary", 'secondary = ["overall_survival"]'),), "endpoints.secondary", ("already",)),
    ("arm in a circle", (("arms.base.do", 'extends = "acts"'),), "arms", ("circle",)),
    ("arm of itself", (("arms.acts.extends", 'extends = "acts"'),), "arms.acts.extends", ("circle",)),
    ("order of two kinds", ((f"{_SHUNT}.into", 'into = "veins"\nresect = "primary"'),), _SHUNT, ("both",)),
    ("culture of nothing but mutants", (("arms.acts.do[10].cells", 'cells = "1e11 cells"'),), "arms.acts.do[10].cells", ("mutations",)),
    ("more blood than there is", (("arms.acts.do[8].draw", 'draw = "6 L"'),), "arms.acts.do[8].draw", ("more blood",)),
    ("age as a time of day", (("host.age", 'age = "12:30"'),), "host.age", ("12:30",)),
    ("shed cells that circulate for ever", (("grafts.pouch.of", 'of = "left_heart"'),), "grafts.pouch.of", ("left_heart",)),
)  # fmt: skip
#: What looks like a contradiction and is none: it is given, and means what it says.
ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("surgery on day 0", "arms.acts.do[1].at", 'at = "0 days"'), ("treatment after many have died", f"{_GIVE}.start", 'start = "1000 days"'),
    ("infusion as long as its interval", f"{_GIVE}.duration", 'duration = "14 days"'), ("sham dose", f"{_GIVE}.dose", 'dose = "0 mg/m^2"'),
    ("no variation", 'vary."tumour.division_rate".cv', "cv = 0"), ("unit of the same kind", f"{_GIVE}.start", 'start = "1008 hours"'),
    ("narrow space before the unit", f"{_GIVE}.start", 'start = "42\N{NARROW NO-BREAK SPACE}days"'), ("title of another script", "study.title", 'title = "\u05de\u05d7\u05e7\u05e8 \u7814\u7a76"'),
)  # fmt: skip
