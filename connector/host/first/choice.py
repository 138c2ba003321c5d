"""Which of a CRM's fields fits which of ours: by name, label, type and what stands in it; with the reason, always.

A field is taken when one fits and no other does. The NPI's is known by its values, since a check digit cannot lie;
a field that we would write is never one in which something stands already, unless `callplan setup` makes it.

Shapes   a Shape, up to a few hundred rows of it, and the names of a starter mapping -> a Choice for each of our keys
Errors   none: what does not fit is a Choice without a field, and says why
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callplan.model import npi_is_valid
from connector.contract import Field, FieldType, Shape, Value
from connector.mapping import OPTIONS, WANTED_TYPES

Row = Mapping[str, Value]
MOST_READ = 60  # fields of which values are looked at, the likeliest first
FEWEST = 3  # valid NPIs that make a field one of NPIs
NOISE = {"c", "hcp", "callplan", "account", "company", "pc"}
NPI_WORDS = ({"npi"}, {"national", "provider"})
PLACES = {  # of the account, as fields are called
    "name": ("name", "practice name", "full name"),
    "street": ("street", "address", "street address", "billing street", "mailing street"),
    "city": ("city", "billing city", "mailing city", "town"),
    "state": ("state", "state province", "state region", "billing state", "billing state province", "state code"),
    "zip": ("zip", "zip code", "postal code", "zip postal code", "billing zip", "billing zip postal code"),
    "latitude": ("latitude", "lat", "geo latitude", "billing latitude"),
    "longitude": ("longitude", "lon", "lng", "long", "geo longitude", "billing longitude"),
}
WRITTEN = {  # further names of what we write
    "tier": ("call tier", "tier"),
    "next_visit": ("next visit", "next visit date"),
    "last_visit": ("last visit", "last visit date"),
    "next_touch": ("next touch", "next touch date"),
    "cold_reason": ("cold reason", "going cold reason"),
    "volume": ("volume", "procedure volume"),
    "at_risk": ("at risk", "volume at risk"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """`field` is None where none fits or several do; `others` are those then to be chosen from."""

    ours: str
    field: str | None
    why: str
    others: tuple[str, ...] = ()


def words(text: str) -> tuple[str, ...]:
    """NPI__c, billingCity and "ZIP/Postal Code" in words; what every field of such an org is called is left out."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return tuple(word for word in re.findall(r"[a-z0-9]+", parted.lower()) if word not in NOISE)


def likely_npi(shape: Shape) -> tuple[str, ...]:
    """The fields in which an NPI may stand, those called so first; ten digits need ten characters."""
    texts = [one for one in shape.fields.values() if one.type is FieldType.TEXT and (one.length or 10) >= 10]
    ordered = sorted(texts, key=lambda one: (not _is_called_npi(one), not one.unique, one.length or 0, one.name))
    return tuple(one.name for one in ordered[:MOST_READ])


def choose_npi(shape: Shape, rows: Sequence[Row]) -> Choice:
    """By values where there are some, else by name; a field that is called NPI and holds something else is none."""
    held = {name: [str(row[name]) for row in rows if row.get(name)] for name in likely_npi(shape)}
    valid = {name: sum(map(npi_is_valid, values)) for name, values in held.items()}
    sure = [name for name, good in valid.items() if good >= FEWEST and good * 2 > len(held[name])]
    called = [name for name in held if _is_called_npi(shape.fields[name])]
    if sure:
        named = [name for name in sure if name in called] or sure
        fullest = [name for name in named if valid[name] == max(valid[other] for other in named)]
        told = [f"{name}, in which {valid[name]:,} of {len(held[name]):,} values are NPIs" for name in named]
        return _one_of("npi", fullest, told, f"{valid[fullest[0]]:,} of {len(held[fullest[0]]):,} values are NPIs")
    empty = [name for name in called if not held[name]]
    if empty:
        return _one_of("npi", empty, empty, f"called so, and empty in the {len(rows):,} records looked at")
    wrong = f" {called[0]} is called so, and what stands in it are no NPIs." if called else ""
    return Choice("npi", None, f"no field of {shape.object} holds NPIs.{wrong}")


def choose_places(shape: Shape, starter: Mapping[str, str]) -> Iterator[Choice]:
    """Name and address: the starter's field where the CRM has it, else the one that is called so."""
    for ours, usual in starter.items():
        if ours not in PLACES:
            continue
        if usual in shape.fields:
            yield Choice(ours, usual, "as usual")
            continue
        found = [one.name for one in shape.fields.values() if _is_called(one, PLACES[ours])]
        yield _one_of(ours, found, found, "called so", f"{shape.object} has no field that is called so")


def choose_written(shape: Shape, starter: Mapping[str, str], rows: Sequence[Row]) -> Iterator[Choice]:
    """For each of ours the field that `callplan setup` makes, where it is there and fits; or an empty one."""
    taken = set(starter.values())
    for ours, usual in starter.items():
        there = shape.fields.get(usual)
        if there and not (wrong := unfit(ours, there)):
            yield Choice(ours, usual, "made for it")
            continue
        alike = [one for one in shape.fields.values() if one.name not in taken and _is_called(one, _names(ours, usual))]
        free = [one.name for one in alike if not unfit(ours, one) and not _filled(one.name, rows)]
        if len(free) == 1:
            taken.add(free[0])
        lacks = f"{usual} {wrong}" if there else "; ".join(_why_not(ours, alike, rows)) or f"{usual} is not there"
        yield _one_of(ours, free, free, "called so, of the right type, and empty", lacks)


def unfit(ours: str, field: Field) -> str:
    """Why this field cannot take ours, "" if it can."""
    wanted = WANTED_TYPES[ours]
    if not field.writable:
        return "is read-only for this login"
    if field.type not in wanted:
        return f"is a {field.type.value}, where a {' or '.join(kind.value for kind in wanted)} is needed"
    lacking = [value for value in OPTIONS.get(ours, ()) if field.options and value not in field.options]
    return f"has no option {', '.join(lacking)}" if lacking else ""


def _why_not(ours: str, alike: Collection[Field], rows: Sequence[Row]) -> Iterator[str]:
    for one in alike:
        filled = f"is filled in {_filled(one.name, rows):,} of {len(rows):,} records, and stays whose it is"
        yield f"{one.name} {unfit(ours, one) or filled}"


def _filled(name: str, rows: Sequence[Row]) -> int:
    return sum(row.get(name) not in (None, "", False) for row in rows)


def _one_of(ours: str, found: Sequence[str], told: Sequence[str], why: str, lacks: str = "") -> Choice:
    if len(found) == 1:
        return Choice(ours, found[0], why)
    if found:
        return Choice(ours, None, f"several fit: {'; '.join(told)}", tuple(found))
    return Choice(ours, None, lacks)


def _is_called_npi(field: Field) -> bool:
    told = {*words(field.name), *words(field.label)}
    return any(wanted <= told for wanted in NPI_WORDS)


def _is_called(field: Field, names: Collection[str]) -> bool:
    return bool({" ".join(words(field.name)), " ".join(words(field.label))} & set(names))


def _names(ours: str, usual: str) -> tuple[str, ...]:
    return (*WRITTEN.get(ours, ()), " ".join(words(ours)), " ".join(words(usual)))


def likely_written(shape: Shape, starter: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that could take what we write, whose values must then be looked at."""
    return tuple(
        one.name
        for one in shape.fields.values()
        if any(_is_called(one, _names(ours, usual)) and not unfit(ours, one) for ours, usual in starter.items())
    )
