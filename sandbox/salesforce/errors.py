"""A refusal in Salesforce's own words: a code, a message and the fields it is about.

A refused request answers a list of these with `errorCode`; a refused row of a batch carries them with
`statusCode` and leaves the other rows alone. Codes and texts are those seen from the real service.
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    def __init__(self, code: str, message: str, *fields: str, status: int = 400) -> None:
        self.code, self.message, self.fields, self.status = code, message, fields, status
        self.more: dict[str, Any] = {}  # said of a single record, and not of a row
        super().__init__(f"{code}: {message}")

    def as_answer(self) -> list[dict[str, Any]]:
        fields = {"fields": list(self.fields)} if self.fields else {}
        return [{"message": self.message, "errorCode": self.code, **fields, **self.more}]

    def as_row(self) -> dict[str, Any]:
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}
        return {"success": False, "errors": [error]}


def not_found() -> Refused:
    return Refused("NOT_FOUND", "The requested resource does not exist", status=404)


def session_expired() -> Refused:
    return Refused("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def quota_spent() -> Refused:
    return Refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)


def is_deleted() -> Refused:
    return Refused("ENTITY_IS_DELETED", "entity is deleted")


def unknown_reference(*fields: str) -> Refused:
    return Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", *fields)


def wrong_id(label: str, value: object, *fields: str) -> Refused:
    return Refused("MALFORMED_ID", f"{label}: id value of incorrect type: {value}", *fields)


def no_such_field(name: str, kind: str) -> Refused:
    return Refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}")


def not_writable(name: str) -> Refused:
    words = (
        f"Unable to create/update fields: {name}. Please check the security settings of this field and "
        "verify that it is read/write for your profile or permission set."
    )
    return Refused("INVALID_FIELD_FOR_INSERT_UPDATE", words, name)


def wrong_type(label: str, value: object, name: str) -> Refused:
    return Refused("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{label}: value not of required type: {value}", name)


def unreadable(words: str) -> Refused:
    return Refused("JSON_PARSER_ERROR", words)
