"""A part of the plan: by job, territory, account or field, and no more than so many records.

Errors   NeedsHuman: a selection that cannot be read
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.errors import NeedsHuman
from connector.mapping import CARRY

FIELDS_OF = {
    "refresh_tiers": ("tier", "tier_reason", "tier_since", "volume"),
    "flag_cold": (
        *("going_cold", "cold_reason", "cold_since", "last_visit"),
        *("touch_state", "relationship", "activity", "next_step", "at_risk"),
    ),
    "build_call_lists": ("call_order", "next_visit", "call_week", "slot_kind"),
    "suggest_touches": ("channel", "next_touch"),
    "measure": ("cycle_goal", "cycle_calls", "cycle_remaining"),
}
KEYS = ("job", "territory", "account", "field")


@dataclass(frozen=True, slots=True)
class Selection:
    """Each tuple empty: all. A territory is its rep's e-mail; an account its NPI or CRM id."""

    job: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    limit: int | None = None

    def fields(self, mapped: Mapping[str, str]) -> dict[str, str]:
        """Of the mapped fields, our name to the CRM's, those that are chosen."""
        jobs = {name for job in self.job for name in FIELDS_OF[job]}
        return {
            ours: theirs
            for ours, theirs in mapped.items()
            if (not jobs or ours in jobs or (ours.startswith(CARRY) and "refresh_tiers" in self.job))
            and (not self.field or {ours, theirs} & set(self.field))
        }

    def takes(self, npi: str, id_: str, owner: str) -> bool:
        """Whether an account is chosen."""
        mine = not self.territory or owner in self.territory
        return mine and (not self.account or npi in self.account or id_ in self.account)

    @property
    def narrows(self) -> bool:
        """Whether any account is left out."""
        return bool(self.territory or self.account)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def selection(words: Sequence[str], limit: int | None = None) -> Selection:
    """From `key=value` words."""
    found: dict[str, list[str]] = {key: [] for key in KEYS}
    for word in words:
        key, _, value = word.partition("=")
        if key not in KEYS or not value:
            raise NeedsHuman(f'"{word}" selects nothing.', next_step=f"Write {', '.join(f'{k}=...' for k in KEYS)}.")
        if key == "job" and value not in FIELDS_OF:
            raise NeedsHuman(f'No job "{value}" writes fields.', next_step=f"Those that do: {', '.join(FIELDS_OF)}.")
        found[key].append(value.lower() if key == "territory" else value)
    return Selection(**{key: tuple(values) for key, values in found.items()}, limit=limit)
