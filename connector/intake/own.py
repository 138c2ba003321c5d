"""The layouts of the tables that a team keeps itself: its tiers, who is closed to its reps, and what else it carries.

Errors   NeedsHuman: columns to be carried out of a file whose rows tell of one patient
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from connector.brought import KINDS, AccessList, ReadyMade
from connector.errors import NeedsHuman
from connector.intake.layouts import Kind, Layout
from connector.mapping import CARRY

READY_MADE, ACCESS = "ready_made", "access"


def layout_of_own(source: ReadyMade | AccessList) -> Layout:
    return _tiers(source) if isinstance(source, ReadyMade) else _access(source)


def _tiers(source: ReadyMade) -> Layout:
    columns = source.columns.model_dump(exclude_none=True)
    return Layout(
        READY_MADE,
        columns,
        needed=tuple(columns),
        kind=Kind.TIERS,
        filled=("npi", "tier"),
        unique=("npi",),
        choices={"tier": tuple(source.tiers)},
    )


def _access(source: AccessList) -> Layout:
    """A column that the config does not name is looked for under the name of its key, and may be missing."""
    named, model = source.columns.model_dump(exclude_none=True), type(source.columns)
    keys = {name: field.alias or name for name, field in model.model_fields.items()}
    return Layout(
        ACCESS,
        keys | named,
        needed=tuple(named),
        kind=Kind.ACCESS,
        filled=("npi", "why"),
        choices={"kind": KINDS},
    )


def carrying(layout: Layout, carry: Mapping[str, str], where: str) -> Layout:
    """The layout with these columns; a file that lacks one of them is refused."""
    if not carry:
        return layout
    if layout.lines:
        raise NeedsHuman(
            f"{where}: nothing can be carried from claim lines: a row tells of one patient.",
            next_step="Take `carry:` out of this source, or carry from a file with a row for each provider.",
        )
    columns = {
        f"{CARRY}{name}": theirs.replace("#", " ") for name, theirs in carry.items()
    }  # here # is no run of columns
    return replace(layout, columns={**layout.columns, **columns}, needed=(*layout.needed, *columns))
