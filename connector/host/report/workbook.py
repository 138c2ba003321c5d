"""A report as an Excel workbook: the figures of each group, each target, what every figure means, what must be known.

Text stays text, whatever it begins with: no cell ever becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from connector.host.report.figures import FIGURES
from connector.host.report.reported import BY, Report
from connector.host.spreadsheet import Cell, Column, write_sheets

SAYS = 100  # letters wide, of a sentence


def write_book(report: Report, path: Path) -> None:
    write_sheets(
        path,
        {
            "Figures": [*_figures(report)],
            "Targets": [*_targets(report)],
            "Definitions": [*_definitions()],
            "About": [Column(report.title, list(report.about), width=SAYS)],
        },
    )


def _figures(report: Report) -> Iterator[Column]:
    groups = [one for _, groups in report.parts() for one in groups]
    yield Column("Of", [BY[one.by] for one in groups], width=12)
    yield Column("Name", [one.name for one in groups], width=28)
    for figure in FIGURES:
        cells: list[Cell] = []
        for one in groups:
            value = figure.of(one)
            cells.append(figure.without if value is None else value)
        yield Column(figure.name, cells, figure.form, max(12, min(len(figure.name), 16)))


def _targets(report: Report) -> Iterator[Column]:
    rows = report.targets
    yield Column(report.account, [one.account for one in rows], width=14)
    if any(one.name for one in rows):
        yield Column("Name", [one.name for one in rows], width=28)
    yield Column("Rep", [one.rep for one in rows], width=24)
    yield Column("Tier", [one.tier for one in rows], width=16)
    yield Column("Goal", [one.goal for one in rows], "0")
    yield Column("Touches", [one.calls for one in rows], "0")
    yield Column("Difference", [one.difference for one in rows], "0.0")
    yield Column("Remaining", [one.remaining for one in rows], "0")
    yield Column("To schedule", [one.to_schedule for one in rows], "0")
    yield Column("Last touch", [one.last for one in rows], "yyyy-mm-dd")


def _definitions() -> Iterator[Column]:
    yield Column("Figure", [figure.name for figure in FIGURES], width=32)
    yield Column("What it is", [figure.says for figure in FIGURES], width=SAYS)
