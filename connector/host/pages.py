"""Pages that people open from a mail or a folder, on a phone as well as on a screen: one file, nothing fetched.

A page is made of parts, each plain HTML; whatever comes from outside goes through `text`. A table has few columns and
wraps its words, so that no page is wider than a phone (360 px).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --quiet: #55626f; --line: #d5dce2; --paper: #fff; --mark: #0b5c8a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf2; --quiet: #a9b5c0; --line: #3a4753; --paper: #141b22; --mark: #7cc4ee; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .4rem 0; }
a { color: var(--mark); }
.quiet { color: var(--quiet); font-size: .9rem; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .4rem .3rem 0; border-bottom: 1px solid var(--line);
  font-weight: normal; }
thead th { color: var(--quiet); font-size: .85rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0;
  padding-left: .4rem; }
td.words { text-align: right; color: var(--quiet); padding-right: 0; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; }
details > summary { cursor: pointer; color: var(--mark); padding: .4rem 0; }
.grid { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
@media print { body { max-width: none; font-size: 10pt; } details > * { display: block; } }
"""


def page(title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{text(title)}</h1>
{body}
</main>
</body>
</html>
"""


def text(said: object) -> str:
    """Where a line is too short for an e-mail address, it breaks after the @."""
    return escape(str(said)).replace("@", "@<wbr>")


def paragraphs(lines: Iterable[str], kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return "\n".join(f"<p{mark}>{text(line)}</p>" for line in lines)


def section(heading: str, *parts: str, level: int = 2) -> str:
    return f"<section>\n<h{level}>{text(heading)}</h{level}>\n" + "\n".join(parts) + "\n</section>"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first cell of a row says what it is of; the others are numbers, or words where there is no number."""
    head = "".join(f'<th scope="col"{_kind(at)}>{text(title)}</th>' for at, title in enumerate(titles))
    body = "\n".join(f"<tr>{_row(row)}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _kind(at: int) -> str:
    return ' class="number"' if at else ""


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    numbers = (f'<td class="{"number" if any(map(str.isdigit, one)) else "words"}">{text(one)}</td>' for one in rest)
    return f'<th scope="row">{text(first)}</th>' + "".join(numbers)
