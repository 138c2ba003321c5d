"""The types of records a portal has, and the names a client may give them: companies, company, 0-2, in any case.

A custom object goes by its type id, by `p_` and its name, or by its name with the portal's number.

Source   developers.hubspot.com, "Understanding the CRM APIs": object type ids
"""

from __future__ import annotations

from dataclasses import dataclass

PORTAL = 20_000_001  # the portal's number


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    plural: str
    singular: str
    custom: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        if self.custom:
            return self.id, f"p_{self.plural}", self.full_name
        return self.id, self.plural, self.singular

    @property
    def full_name(self) -> str:
        return f"p{PORTAL}_{self.plural}" if self.custom else self.plural

    @property
    def scopes(self) -> str:
        """The part of a scope's name that stands for it; engagements go by the scopes of contacts."""
        if self.custom:
            return "custom"
        return "contacts" if self.plural in ENGAGEMENTS else self.plural


ENGAGEMENTS = frozenset({"tasks", "notes", "meetings", "calls", "emails", "communications"})
STANDARD = (
    Kind("0-1", "contacts", "contact"),
    Kind("0-2", "companies", "company"),
    Kind("0-3", "deals", "deal"),
    Kind("0-27", "tasks", "task"),
    Kind("0-46", "notes", "note"),
    Kind("0-47", "meetings", "meeting"),
    Kind("0-48", "calls", "call"),
    Kind("0-49", "emails", "email"),
    Kind("0-18", "communications", "communication"),
)


def modified_name(kind: str) -> str:
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def created_name(kind: str) -> str:
    return "createdate" if kind in ("contacts", "companies", "deals") else "hs_createdate"
