"""The record page of each account, as a rep or a manager would see it in Salesforce."""

from __future__ import annotations

from sandbox.page import View
from sandbox.salesforce.records import Records
from sandbox.salesforce.values import Record, Value


def views(records: Records) -> list[View]:
    touches: dict[Value, list[tuple[str, str]]] = {}
    for row in (*records.tables["Event"].values(), *records.tables["Task"].values()):
        if not row["IsDeleted"]:
            touches.setdefault(row["AccountId"], []).append(_touch(row))
    accounts = [a for a in records.tables["Account"].values() if not a["IsDeleted"]]
    return [_view(records, a, touches.get(a["Id"], [])) for a in accounts]


def _view(records: Records, account: Record, touches: list[tuple[str, str]]) -> View:
    owner = records.get(account["OwnerId"])
    shown = [f for f in records.kinds["Account"].fields.values() if f.name.endswith("__c")]
    return View(
        id=str(account["Id"]),
        name=_words(account["Name"]),
        owner=_words(owner["Name"]) if owner else "",
        city=", ".join(_words(account[n]) for n in ("BillingCity", "BillingState") if account[n]),
        tier=_words(account.get("Call_Tier__c")),
        order=_words(account.get("Call_Order__c")),
        next_visit=_words(account.get("Next_Visit_Date__c")),
        cold=account.get("Going_Cold__c") is True,
        cold_reason=_words(account.get("Going_Cold_Reason__c")),
        fields=tuple((field.label, _words(account[field.name])) for field in shown),
        touches=tuple(line for _, line in sorted(touches, reverse=True)),
    )


def _touch(row: Record) -> tuple[str, str]:
    at = str(row.get("StartDateTime") or row.get("CompletedDateTime") or row["ActivityDate"] or "")
    how = row["Outcome__c"] or row.get("CallDisposition") or row.get("Status") or "Planned"
    return at, f"{at[:10]} {row['Subject']}: {how}"


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value:g}" if isinstance(value, float) else str(value if value is not None else "")
