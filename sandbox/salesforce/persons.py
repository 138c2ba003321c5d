"""Accounts that are persons, in an org that has them: an account with a last name, and a contact behind it.

Such an account's Name is made of its parts and not written; a business takes no person's fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.salesforce.errors import Refused, not_writable
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.values import Record

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records

_PARTS = ("Salutation", "FirstName", "LastName")


def is_person(kind: Kind, values: Record) -> bool:
    """An account is made a person by its last name."""
    return kind.name == "Account" and bool(values.get("LastName"))


def check(kind: Kind, values: Record, record: Record | None) -> None:
    if kind.name != "Account" or "IsPersonAccount" not in kind.fields:
        return
    if record["IsPersonAccount"] if record else is_person(kind, values):
        if "Name" in values:
            raise not_writable("Name")
        if record and "LastName" in values and not values["LastName"]:
            raise Refused("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", "LastName")
        return
    wrong = [n for n in values if n in _PARTS or n.startswith("Person") or n.endswith("__pc")]
    if wrong:
        words = f"Account: bad field names on insert/update call: {', '.join(wrong)}"
        raise Refused("INVALID_FIELD_FOR_INSERT_UPDATE", words, *wrong)


def settle(records: Records, kind: str, record: Record, who: str | None) -> None:
    """A contact's name follows from its parts, a person's account from its own, and its contact from it."""
    if kind == "Contact":
        record["Name"] = _name(record)
    elif kind == "Account" and record.get("LastName"):
        record["Name"], record["IsPersonAccount"] = _name(record), True
        theirs: Record = {"AccountId": record["Id"], "Email": record["PersonEmail"], "Title": record["PersonTitle"]}
        theirs |= {name: record[name] for name in _PARTS} | _own(record)
        if not record["PersonContactId"]:
            record["PersonContactId"] = records.insert("Contact", theirs, who)
        contact = records.tables["Contact"][str(record["PersonContactId"])]
        contact.update(theirs, Name=record["Name"], IsPersonAccount=True, SystemModstamp=record["SystemModstamp"])


def _own(record: Record) -> Record:
    return {f"{name[:-2]}c": value for name, value in record.items() if name.endswith("__pc")}


def _name(record: Record) -> str:
    return " ".join(str(record[name]) for name in ("FirstName", "LastName") if record[name])
