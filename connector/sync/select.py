"""A part of the plan: by job, territory, account or field, and no more than so many records.

Errors   NeedsHuman: a selection that cannot be read
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from connector.errors import NeedsHuman
from connector.sync.diff import Wanted

FIELDS_OF = {
    "refresh_tiers": ("tier", "tier_reason", "tier_since", "volume"),
    "flag_cold": ("going_cold", "cold_reason", "cold_since", "last_visit"),
    "build_call_lists": ("call_order", "next_visit"),
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

    def chosen(self, records: Iterable[Wanted], ours: Mapping[str, str]) -> list[Wanted]:
        """`ours` is the CRM's field to our name for it."""
        jobs = {name for job in self.job for name in FIELDS_OF[job]}

        def takes(field: str) -> bool:
            named = ours[field]
            return (not jobs or named in jobs) and (not self.field or {named, field} & set(self.field) != set())

        return [
            replace(record, fields={name: value for name, value in record.fields.items() if takes(name)})
            for record in records
            if (not self.territory or record.owner in self.territory)
            and (not self.account or {record.npi, record.id} & set(self.account))
        ]

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
