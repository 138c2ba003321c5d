"""Two records put together or taken apart, both ways at once; a contact's first company becomes its primary one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.hubspot.asking import id_in
from sandbox.hubspot.errors import Body, Refusal, envelope, validation
from sandbox.hubspot.links import Key
from sandbox.hubspot.linktypes import LinkType

if TYPE_CHECKING:
    from sandbox.hubspot.records import Portal


def type_of(portal: Portal, pair: tuple[str, str], spec: Body) -> LinkType:
    """The type that a client names, which must be one of this pair and this direction."""
    category, id_ = str(spec.get("associationCategory")), spec.get("associationTypeId")
    found = portal.types.find(pair, category, _number(id_))
    if not found:
        raise validation(f"Association type {category} {id_} is not valid between {pair[0]} and {pair[1]}.")
    return found


def default_type(portal: Portal, pair: tuple[str, str]) -> LinkType:
    found = portal.types.plain(pair)
    if not found:
        raise validation(f"There is no default association between {pair[0]} and {pair[1]}.")
    return found


def link(portal: Portal, one: Key, other: Key, types: list[LinkType], at: str | None = None) -> None:
    """With the type that has no label, and with these. A new engagement bumps the account that it is on."""
    if one == other or not portal.exact(*one) or not portal.exact(*other):
        missing = one if not portal.exact(*one) else other
        raise Refusal(404, envelope(f"{missing[0]} {missing[1]} does not exist", "OBJECT_NOT_FOUND"))
    news = not portal.links.are(one, other)
    if news or types:
        for given in (default_type(portal, (one[0], other[0])), *types):
            _add(portal, one, other, given)
    if news:
        _make_primary(portal, one, other)
        portal.joined(one, other, at)


def unlink(portal: Portal, one: Key, other: Key, types: list[LinkType] | None = None) -> None:
    """All of it, or only these types."""
    held = list(portal.links.of(one, other[0]).get(other[1], {}).values())
    for given in held if types is None else types:
        _drop(portal, one, other, given)
    if held and not portal.links.are(one, other):
        portal.parted(one, other)


def create_links(portal: Portal, key: Key, given: list[Body]) -> None:
    """The associations that come with a new record: each type tells the kind of the other record."""
    for row in given:
        to, specs = id_in(row, "to"), row.get("types")
        if not isinstance(specs, list) or not specs:
            raise validation("Some required fields were not set: [types]")
        for spec in specs:
            category, id_ = str(spec.get("associationCategory")), spec.get("associationTypeId")
            found = portal.types.anywhere(key[0], category, _number(id_))
            if not found:
                raise validation(f"Association type {category} {id_} is not one of {key[0]}.")
            (_, kind), type_ = found
            if not portal.exact(kind, to):
                raise validation(f"{kind} {to} does not exist.")
            link(portal, key, (kind, to), [type_])


def move_links(portal: Portal, old: Key, new: Key) -> None:
    """What was on a record that was merged away is on its survivor."""
    for other, types in list(portal.links.all_of(old)):
        for given in types.values():
            _drop(portal, old, other, given)
            if other != new:
                _add(portal, new, other, given)


def _number(id_: object) -> int:
    return int(str(id_)) if str(id_).isdigit() else -1


def _add(portal: Portal, one: Key, other: Key, given: LinkType) -> None:
    pair = (one[0], other[0])
    if given.primary:
        _drop_primary(portal, one, other)
    back = portal.types.opposite(pair, given)
    if portal.links.add(one, other, given):
        portal.remember(lambda: portal.links.drop(one, other, given.key))
    if portal.links.add(other, one, back):
        portal.remember(lambda: portal.links.drop(other, one, back.key))


def _drop(portal: Portal, one: Key, other: Key, given: LinkType) -> None:
    back = portal.types.opposite((one[0], other[0]), given)
    if portal.links.drop(one, other, given.key):
        portal.remember(lambda: portal.links.add(one, other, given))
    if portal.links.drop(other, one, back.key):
        portal.remember(lambda: portal.links.add(other, one, back))


def _make_primary(portal: Portal, one: Key, other: Key) -> None:
    """A contact or deal has one primary company: the first, until somebody says otherwise."""
    for here, there in ((one, other), (other, one)):
        primary = portal.types.primary((here[0], there[0]))
        if primary and there[0] == "companies" and not _primaries(portal, here, there[0]):
            _add(portal, here, there, primary)


def _drop_primary(portal: Portal, one: Key, other: Key) -> None:
    here, there = (one, other) if other[0] == "companies" else (other, one)
    for id_, held in _primaries(portal, here, there[0]):
        if id_ != there[1]:
            _drop(portal, here, (there[0], id_), held)


def _primaries(portal: Portal, here: Key, kind: str) -> list[tuple[str, LinkType]]:
    return [(id_, t) for id_, types in portal.links.of(here, kind).items() for t in types.values() if t.primary]
