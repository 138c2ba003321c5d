"""A report as a page: everybody's figures, each group's, who is farthest behind, and what it all means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callplan.model import Measured, Target
from connector.host.pages import page, paragraphs, section, table, text
from connector.host.report.figures import BY_KEY, FIGURES, written
from connector.host.report.reported import Report
from connector.host.words import count

BEHIND = 25  # targets that a page names


def write_page(report: Report, path: Path) -> None:
    path.write_text(page(report.title, _parts(report)), encoding="utf-8")


def _parts(report: Report) -> Iterator[str]:
    yield paragraphs(report.about)
    for heading, groups in report.parts():
        if len(groups) == 1:
            yield section(f"{heading}: {groups[0].name}" if heading != "In all" else heading, _figures(groups[0]))
        else:
            yield section(heading, _side_by_side(groups), *(_folded(one) for one in groups))
    if behind := [one for one in report.targets if one.remaining][:BEHIND]:
        told = f"{count(sum(one.remaining > 0 for one in report.targets), 'target')} with touches missing."
        rows = [(_whose(one), f"{one.calls} of {one.goal}") for one in behind]
        some = f" These {BEHIND} are the farthest; a report as .xlsx has all." if len(rows) == BEHIND else ""
        yield section("Farthest behind", paragraphs([told + some]), table(("Account", "Touches"), rows))
    yield section("What the figures are", _definitions())


def _whose(one: Target) -> str:
    return ", ".join(said for said in (one.name or one.account, one.tier, one.rep) if said)


def _figures(one: Measured) -> str:
    rows = ((figure.name, written(figure, one)) for figure in FIGURES if figure.of(one) is not None)
    missing = [figure for figure in FIGURES if figure.of(one) is None]
    absent = [f"{figure.name}: {figure.without}." for figure in missing]
    return table(("Figure", ""), rows) + "\n" + paragraphs([" ".join(absent)] if absent else [], "quiet")


def _side_by_side(groups: list[Measured]) -> str:
    """The three figures that a phone has room for."""
    chosen = [BY_KEY[key] for key in ("reach", "attainment_capped", "coverage")]
    rows = [(one.name, *(written(figure, one) for figure in chosen)) for one in groups]
    return table(("", *(figure.short.capitalize() for figure in chosen)), rows)


def _folded(one: Measured) -> str:
    return f"<details>\n<summary>All figures of {text(one.name)}</summary>\n{_figures(one)}\n</details>"


def _definitions() -> str:
    told = "\n".join(f"<div><dt>{text(f.name)}</dt>\n<dd>{text(f.says)}</dd></div>" for f in FIGURES)
    return f'<dl class="grid">\n{told}\n</dl>'
