"""One record written: what it leaves, what each version of the paths demands of it, and where an unknown key leads."""

from __future__ import annotations

from tests.conformance.hubspot.made import KEY, NAME
from tests.conformance.hubspot.portal import OBJECTS, V3
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import DAY, Workshop

COMPANIES = f"{OBJECTS}/companies"
NOON = 1_796_040_000_000  # 2026-11-30, 12:00 UTC
RULED = "400 VALIDATION_ERROR MISSING_REQUIRED_PROPERTY"


@asks("later")
def own_write(shop: Workshop) -> str:
    """Is a record's last change later once we have written to it?"""
    id_ = shop.make()
    before = shop.portal.ask("GET", f"{COMPANIES}/{id_}").demand(200).said["updatedAt"]
    shop.portal.ask("PATCH", f"{COMPANIES}/{id_}", {"properties": {"city": "Des Moines"}}).demand(200)
    after = shop.portal.ask("GET", f"{COMPANIES}/{id_}", properties="hs_lastmodifieddate").demand(200).said
    return "later" if before < after["updatedAt"] == after["properties"]["hs_lastmodifieddate"] else "not later"


@asks("v3 201; 2026-09 201", f"v3 201; 2026-09 {RULED}")
def rules(shop: Workshop) -> str:
    """Is a bare company taken by v3, and by 2026-09 too unless the account demands a property?"""
    return "; ".join(
        f"{version} {shop.portal.ask('POST', f'{path}/companies', {'properties': shop.row()}).told}"
        for version, path in (("v3", V3), ("2026-09", OBJECTS))
    )


@asks("v3 400 VALIDATION_ERROR INVALID_DATE; 2026-09 200, 2026-11-30, PROPERTY_VALUE_NORMALIZED")
def noon(shop: Workshop) -> str:
    """What does noon in a date property become, on v3 and on 2026-09?"""
    shop.day()
    id_, body = shop.make(), {"properties": {DAY: str(NOON)}}
    old = shop.portal.ask("PATCH", f"{V3}/companies/{id_}", body)
    new = shop.portal.ask("PATCH", f"{COMPANIES}/{id_}", body)
    held = shop.portal.ask("GET", f"{COMPANIES}/{id_}", properties=DAY).demand(200).said["properties"].get(DAY)
    warned = " ".join(warning["category"] for warning in new.row.get("warnings") or [])
    return f"v3 {old.told}; 2026-09 {new.told}, {held}, {warned or 'no warning'}"


@asks("404 OBJECT_NOT_FOUND, 0 made")
def unknown_key(shop: Workshop) -> str:
    """How is a change by the unknown value of a unique property answered?"""
    row, body = shop.row(), {"properties": {"city": "Des Moines"}}
    answer = shop.portal.ask("PATCH", f"{COMPANIES}/{row[KEY]}", body, idProperty=KEY)
    return f"{answer.told}, {shop.there('companies', row)} made"


@asks("400 VALIDATION_ERROR CONFLICTING_UNIQUE_VALUE")
def taken_key(shop: Workshop) -> str:
    """How is a second record with a unique value answered that another one has?"""
    row = shop.row()
    shop.send(row)
    second = shop.portal.ask("POST", COMPANIES, {"properties": {**row, "city": "Des Moines"}})
    if second.status == 201:
        shop.own("companies", second.said["id"])
    return second.told


@asks("400 VALIDATION_ERROR PROPERTY_DOESNT_EXIST")
def unknown_property(shop: Workshop) -> str:
    """How is a value for a property answered that does not exist?"""
    id_ = shop.make()
    return shop.portal.ask("PATCH", f"{COMPANIES}/{id_}", {"properties": {f"{NAME}_none": "x"}}).told
