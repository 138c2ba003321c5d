"""What Salesforce says when it says no, and whom that concerns: theirs -> ours.

Source   REST API Developer Guide, "Status Codes and Error Responses"; SOAP API Developer Guide, StatusCode and
         ExceptionCode
"""

from __future__ import annotations

from typing import Any

from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain

GONE = frozenset({"ENTITY_IS_DELETED"})

# Code -> class, what it means, the next step. A code that is not here needs a person, and says itself.
CODES: dict[str, tuple[type[ConnectorError], str, str]] = {
    "INVALID_SESSION_ID": (
        NeedsHuman,
        "Salesforce does not accept the login",
        "Check the app's policies and its Run As user.",
    ),
    "invalid_client": (NeedsHuman, "Salesforce does not accept the client secret", "Copy the consumer secret anew."),
    "invalid_client_id": (NeedsHuman, "Salesforce does not know the client id", "Copy the consumer key anew."),
    "invalid_grant": (NeedsHuman, "Salesforce refuses the login", "Enable client credentials and set a Run As user."),
    "REQUEST_LIMIT_EXCEEDED": (StopForTonight, "The org's API calls for today are spent", "Run again tomorrow."),
    "LIMIT_EXCEEDED": (StopForTonight, "An org limit for today is spent", "Run again tomorrow."),
    "SERVER_UNAVAILABLE": (TryAgain, "Salesforce is not available", ""),
    "UNKNOWN_EXCEPTION": (TryAgain, "Salesforce had an error of its own", ""),
    "QUERY_TIMEOUT": (TryAgain, "A query took Salesforce too long", ""),
    "INVALID_QUERY_LOCATOR": (TryAgain, "A query's place was lost", ""),
    "ORG_LOCKED": (TryAgain, "The org is locked", "Wait until its administrators unlock it."),
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": (TryAgain, "The org is under maintenance", ""),
    "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE": (TryAgain, "Salesforce has switched this off for now", ""),
    "INVALID_FIELD": (NeedsHuman, "A field does not exist, or this login may not see it", "Run `callplan check`."),
    "INVALID_TYPE": (NeedsHuman, "An object does not exist, or this login may not see it", "Check the mapping."),
    "MALFORMED_QUERY": (NeedsHuman, "Salesforce cannot read the query", "Check the mapping's names."),
    "NOT_FOUND": (NeedsHuman, "Salesforce does not know what was asked for", "Check object names in the mapping."),
    "API_DISABLED_FOR_ORG": (NeedsHuman, "The org has no API", "Use an edition with API access."),
    "API_CURRENTLY_DISABLED": (NeedsHuman, "The API is switched off for this user", "Grant API Enabled."),
    "INSUFFICIENT_ACCESS": (NeedsHuman, "The login lacks a permission", "Grant it to the Run As user."),
    "GONE": (NeedsHuman, "This API version is retired", "Raise `api_version:`."),
}
SETTINGS = {"invalid_client": "client_secret", "invalid_client_id": "client_id"}
NETWORK = "Check the network and the address. Callplan goes on where it was when it is run again."
CONCURRENT = "ConcurrentRequests"


def translate(status: int, content: Any) -> ConnectorError:
    """A whole request's refusal. The text names the code and never a value."""
    code, message = _said(content)
    if code == "REQUEST_LIMIT_EXCEEDED" and message.startswith(CONCURRENT):
        return TryAgain("Too many long requests run in this org", after=30)
    if code in CODES:
        kind, what, step = CODES[code]
        return kind(f"{what} [{code}].", next_step=step, setting=SETTINGS.get(code, ""))
    if 300 <= status < 400:
        what = f"Salesforce sends us to another address [{status}], and no redirect is followed."
        return NeedsHuman(what, next_step="Set the org's present My Domain.", setting="base_url")
    if status in (420, 429) or status >= 500 or not code:
        return TryAgain(f"Salesforce answers {status} and does not say why.", after=5)
    return NeedsHuman(f"Salesforce refuses with {status} {code}.", next_step="Look the code up in its REST guide.")


def unreachable(host: str, reason: str) -> TryAgain:
    return TryAgain(f"Salesforce at {host} does not answer: {reason}.", next_step=NETWORK, setting="base_url")


def _said(content: Any) -> tuple[str, str]:
    """Errors come as a list of objects, from the login as one object, from the edge as HTML."""
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return "", ""
    return str(first.get("errorCode") or first.get("error") or ""), str(first.get("message") or "")
