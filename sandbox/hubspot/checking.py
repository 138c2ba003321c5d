"""Whether a record may be written so: its properties, their values, what is unique and what is required.

Portal rules hold on 2026-09 only. There a date that is not midnight becomes one, and the answer warns of it; older
versions refuse it.

Source   developers.hubspot.com, "CRM API write validation enforcement", "Error handling"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.hubspot.errors import Refusal, envelope, invalid_properties, validation
from sandbox.hubspot.properties import Property
from sandbox.hubspot.standard import REQUIRED
from sandbox.hubspot.tables import Record
from sandbox.hubspot.values import Wrong, checked, is_midnight

if TYPE_CHECKING:
    from sandbox.hubspot.records import Portal

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand writes, by which version of the API, and what it has to be warned of."""

    who: str  # api, person
    modern: bool  # 2026-09
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def normalises(self) -> bool:
        return self.modern or self.who == "person"

    def warn(self, name: str, raw: Any, kept: str) -> None:
        told = {"propertyName": [name], "rawValue": [str(raw)], "normalizedValue": [kept]}
        told_as = {"category": "PROPERTY_VALUE_NORMALIZED", "context": told, "message": f"{name} was normalized"}
        self.warnings.append(told_as)


PERSON = Hand("person", modern=False)  # at the screen


def check(portal: Portal, kind: str, given: Mapping[str, Any], record: Record | None, hand: Hand) -> Values:
    """The values as they are kept; all that is wrong with them at once."""
    values: Values = {}
    wrong: list[tuple[str, str, str]] = []
    for name, value in given.items():
        if isinstance(value, dict | list):
            raise validation("Invalid input JSON on line 1, column 1: a property's value is a text.")
        found = portal.schema.find(kind, name)
        if not found:
            wrong.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
            continue
        try:
            values[name] = _kept(portal, found, value, record, hand)
            _check_unique(portal, kind, found, values[name], record)
        except Wrong as no:
            wrong.append((name, no.code, no.message))
    if wrong:
        raise invalid_properties(wrong)
    return values


def _kept(portal: Portal, found: Property, value: Any, record: Record | None, hand: Hand) -> str | None:
    kept = checked(found, value, normalise=hand.normalises)
    if kept and found.field_type == "checkbox" and kept.startswith(";"):  # a leading `;` adds to what is ticked
        held = (record.properties.get(found.name) or "").split(";") if record else []
        kept = ";".join(dict.fromkeys(one for one in (*held, *kept.split(";")) if one))
    if kept and found.type == "date" and hand.who == "api" and not is_midnight(str(value)):
        hand.warn(found.name, value, kept)
    return kept


def _check_unique(portal: Portal, kind: str, found: Property, value: str | None, record: Record | None) -> None:
    holder = portal.by_unique(kind, found.name, value) if found.unique and value else None
    if not holder or holder is record:
        return
    if (kind, found.name) == ("contacts", "email"):
        raise Refusal(409, envelope(f"Contact already exists. Existing ID: {holder.id}", "CONFLICT"))
    raise Wrong("CONFLICTING_UNIQUE_VALUE", f"{holder.id} already has that value.")


def demand(portal: Portal, kind: str, values: Values) -> None:
    """What HubSpot itself wants of a new record, in every version."""
    wanted = (*REQUIRED.get(kind, ()), *((name,) for name in portal.schema.required.get(kind, ())))
    missing = [names for names in wanted if not any(values.get(name) for name in names)]
    if missing:
        code = "MISSING_REQUIRED_PROPERTY"
        raise invalid_properties([(n[0], code, f"A value for {' or '.join(n)} must be provided") for n in missing])


def obey_rules(portal: Portal, kind: str, values: Values, before: Mapping[str, str | None], hand: Hand) -> None:
    """What the portal's administrators want: of a new record all, of a change what it clears or brings about."""
    if not hand.modern or not portal.policy.rules:
        return
    after, whole = {**before, **values}, not before or portal.policy.rules_on_every_update
    broken = []
    for rule in portal.policy.rules:
        asked, other = rule.name in values, rule.when[0] if rule.when else None
        if rule.kind != kind or after.get(rule.name) or not (whole or asked or other in values):
            continue
        if not rule.when:
            broken.append((rule.name, "MISSING_REQUIRED_PROPERTY", f"A value for {rule.name} must be provided"))
        elif after.get(rule.when[0]) in rule.when[1]:
            text = f"{rule.name} is required because of a conditional property rule based on [{rule.when[0]}]"
            broken.append((rule.name, "MISSING_CONDITIONAL_REQUIRED_PROPERTY", text))
    if broken:
        errors = [{"code": c, "message": m, "context": {"propertyName": [n]}} for n, c, m in broken]
        raise validation("The property values provided are invalid", errors=errors)
