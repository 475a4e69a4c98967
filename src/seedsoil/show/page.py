"""Pieces of one self-contained web page: no script, no request to anywhere, every name escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

_style = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid #0072B2; padding-bottom: .2rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.notice { background: #FFF4D6; border-left: 5px solid #E69F00; padding: .5rem .8rem; margin: .8rem 0; }
.wide { overflow-x: auto; }
summary { font-weight: 600; margin: 1rem 0 .4rem; cursor: pointer; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #ddd;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
th { border-bottom: 2px solid #888; }
figure { margin: 1rem 0 2rem; }
figure img { max-width: 100%; height: auto; }
figcaption, .note { color: #444; font-size: .9rem; }
pre { background: #f5f5f5; padding: .7rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
code { overflow-wrap: anywhere; }
a { color: #0058a0; }
@media print { body { max-width: none; } figure, table { break-inside: avoid; } }
"""

# The browser itself refuses every outside request and every script, whatever a name in the study may hold.
_policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, body: Iterable[str]) -> str:
    """Return a whole page; ``title`` is text, ``body`` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


class Link(NamedTuple):
    """A cell of a table that leads to another page: what it says, and the page's file beside this one."""

    text: str
    to: str


def heading(text: str, level: int = 2) -> str:
    """Return a heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of text."""
    return f'<p class="{escape(kind)}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def verbatim(text: str) -> str:
    """Return text that keeps its lines."""
    return f"<pre>{escape(text)}</pre>"


def listing(items: Iterable[str]) -> str:
    """Return a list of sentences."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Return a table of text."""
    title = f'<caption class="note">{escape(caption)}</caption>' if caption else ""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    lines = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f'<div class="wide"><table>{title}<thead><tr>{head}</tr></thead>\n<tbody>{lines}</tbody></table></div>'


def _cell(cell: object) -> str:
    return f'<a href="{escape(cell.to)}">{escape(cell.text)}</a>' if isinstance(cell, Link) else escape(str(cell))


def fold(title: str, body: str, is_open: bool) -> str:
    """Return HTML that the reader folds out and in by its title; ``is_open`` is how it lies at first."""
    return f"<details{' open' if is_open else ''}>\n<summary>{escape(title)}</summary>\n{body}\n</details>"


def figure(title: str, caption: str, svg: bytes, files: Sequence[str]) -> str:
    """Return a picture that lies inside the page, with its caption and links to its files beside the page."""
    data = base64.b64encode(svg).decode("ascii")
    links = ", ".join(f'<a href="{escape(name)}">{escape(name.rsplit(".", 1)[-1].upper())}</a>' for name in files)
    return (
        f'<figure>\n{heading(title, 3)}\n<img alt="{escape(caption)}" src="data:image/svg+xml;base64,{data}">\n'
        f"<figcaption>{escape(caption)} Beside this page: {links}.</figcaption>\n</figure>"
    )
