"""What Salesforce says when it says no, and whom that concerns: theirs -> ours.

Source   REST API Developer Guide, "Status Codes and Error Responses"; SOAP API Developer Guide, ExceptionCode; Bulk
         API 2.0 Developer Guide, errors; Salesforce help, OAuth flow errors
"""

from __future__ import annotations

import re
from typing import Any

from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain

GONE = frozenset({"ENTITY_IS_DELETED"})


class TooLarge(TryAgain):
    """A query that the org will not answer in one go: ask by Bulk, or for less."""


class NotThere(NeedsHuman):
    """What was asked for does not exist, or not any more."""


class Unready(TryAgain):
    """A job or a place in it that is no longer, or not yet, what was asked for."""


Said = tuple[type[ConnectorError], str, str]
LOGIN: dict[str, Said] = {
    "INVALID_SESSION_ID": (
        NeedsHuman,
        "Salesforce does not accept the login",
        "Check the app's policies and its Run As user.",
    ),
    "invalid_client": (NeedsHuman, "Salesforce does not accept the client secret", "Copy the consumer secret anew."),
    "invalid_client_id": (NeedsHuman, "Salesforce does not know the client id", "Copy the consumer key anew."),
    "invalid_grant": (NeedsHuman, "Salesforce refuses the login", "Enable client credentials and set a Run As user."),
    "app_not_found": (NeedsHuman, "The app is not installed in this org", "Install or create the External Client App."),
    "unsupported_grant_type": (NeedsHuman, "The app does not take this way to log in", "Enable the flow in the app."),
    "inactive_user": (NeedsHuman, "The integration user is inactive", "Activate it, or name another."),
    "inactive_org": (NeedsHuman, "The org is inactive", "Ask Salesforce."),
}
GRANTS = {  # why a grant is invalid, in Salesforce's words, and what to do
    "user hasn't approved": "In the app's policies, let admin approved users in, and give them a permission set.",
    "user is not admin approved": "In the app's policies, give the integration user's permission set access.",
    "no client credentials user": "In the app's policies, set a Run As user for client credentials.",
    "not supported on this domain": "`base_url:` must be the My Domain, never login.salesforce.com.",
    "audience": "`audience:` must be https://login.salesforce.com, or https://test.salesforce.com for a sandbox.",
    "invalid assertion": "Upload the certificate of this private key to the app, or name the right key.",
    "expired authorization code": "The clock of this machine is off by minutes. Set it.",
    "expired access": "Revoked, or too old. Log in anew.",
    "authentication failure": "The password flow is not used. Set client_secret, or username and private_key.",
}
LIMITS: dict[str, Said] = {
    "REQUEST_LIMIT_EXCEEDED": (StopForTonight, "The org's API calls for today are spent", "Run again tomorrow."),
    "LIMIT_EXCEEDED": (StopForTonight, "An org limit for today is spent", "Run again tomorrow."),
    "EXCEEDED_QUOTA": (StopForTonight, "The org's bulk jobs for today are spent", "Run again tomorrow."),
    "ExceededQuota": (StopForTonight, "The org's bulk jobs for today are spent", "Run again tomorrow."),
}
PASSING: dict[str, Said] = {
    "SERVER_UNAVAILABLE": (TryAgain, "Salesforce is not available", ""),
    "UNKNOWN_EXCEPTION": (TryAgain, "Salesforce had an error of its own", ""),
    "ORG_LOCKED": (TryAgain, "The org is locked", "Wait until its administrators unlock it."),
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": (TryAgain, "The org is under maintenance", ""),
    "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE": (TryAgain, "Salesforce has switched this off for now", ""),
    "CIRCUIT_BREAKER_OPEN_EXCEPTION": (TryAgain, "Salesforce has switched this off for now", ""),
    "UNABLE_TO_LOCK_ROW": (TryAgain, "Somebody is writing to the same records", ""),
    "QUERY_TIMEOUT": (TooLarge, "A query took Salesforce too long", ""),
    "QUERY_TOO_COMPLICATED": (TooLarge, "Salesforce finds a query too complicated", ""),
    "OPERATION_TOO_LARGE": (TooLarge, "A query has more rows than this login may go through", ""),
    "EXCEEDED_ID_LIMIT": (TooLarge, "A call asked for more records than one may", ""),
    "INVALID_QUERY_LOCATOR": (Unready, "A query's place was lost", ""),
    "INVALIDJOBSTATE": (Unready, "A bulk job is not in the state that it was taken for", ""),
    "INVALIDJOB": (Unready, "A bulk job is not there any more", ""),
}
PEOPLE: dict[str, Said] = {
    "INVALID_FIELD": (NeedsHuman, "A field does not exist, or this login may not see it", "Run `callplan check`."),
    "INVALID_TYPE": (NeedsHuman, "An object does not exist, or this login may not see it", "Check the mapping."),
    "INVALIDENTITY": (NeedsHuman, "An object does not exist for Bulk API", "Check the mapping."),
    "MALFORMED_QUERY": (NeedsHuman, "Salesforce cannot read the query", "Check the mapping's names."),
    "NOT_FOUND": (NotThere, "Salesforce does not know what was asked for", "Check object names in the mapping."),
    "API_DISABLED_FOR_ORG": (NeedsHuman, "The org has no API", "Use an edition with API access."),
    "API_CURRENTLY_DISABLED": (NeedsHuman, "The API is switched off for this user", "Grant API Enabled."),
    "INSUFFICIENT_ACCESS": (NeedsHuman, "The login lacks a permission", "Grant it to the Run As user."),
    "INSUFFICIENT_ACCESS_OR_READONLY": (NeedsHuman, "The login lacks a permission", "Grant it to the Run As user."),
    "TXN_SECURITY_NO_ACCESS": (
        NeedsHuman,
        "A transaction security policy stops this login",
        "Except the integration user in Setup, Transaction Security Policies.",
    ),
    "TXN_SECURITY_METERING_ERROR": (
        NeedsHuman,
        "A transaction security policy could not be evaluated",
        "Except the integration user in Setup, Transaction Security Policies.",
    ),
    "GONE": (NeedsHuman, "This API version is retired", "Raise `api_version:`."),
    "UNSUPPORTED_API_VERSION": (NeedsHuman, "This API version is retired", "Raise `api_version:`."),
    "InvalidVersion": (NeedsHuman, "This API version is retired", "Raise `api_version:`."),
}
CODES = {**LOGIN, **LIMITS, **PASSING, **PEOPLE}
SETTINGS = {
    "invalid_client": "client_secret",
    "invalid_client_id": "client_id",
    "GONE": "api_version",
    "UNSUPPORTED_API_VERSION": "api_version",
    "InvalidVersion": "api_version",
}
NETWORK = "Check the network and the address. Callplan goes on where it was when it is run again."
CONCURRENT = ("ConcurrentRequests", "ConcurrentPerOrgLongTxn")
FIELD_MISSING = re.compile(r"Field name not found : (\w+)")
BUSY = (406, 420, 429)  # of the edge, often HTML


def translate(status: int, content: Any) -> ConnectorError:
    """A whole request's refusal. The text names the code and never a value."""
    code, message = _said(content)
    code = code or ("INVALID_SESSION_ID" if status == 401 else "")
    if message.startswith(CONCURRENT):
        return TryAgain("Too many long requests run in this org", after=30)
    if code == "invalid_grant":
        return _grant(message)
    if code in CODES:
        kind, what, step = CODES[code]
        return kind(f"{what} [{code}].", next_step=step, setting=SETTINGS.get(code, ""))
    if 300 <= status < 400:
        what = f"Salesforce sends us to another address [{status}], and no redirect is followed."
        return NeedsHuman(what, next_step="Set the org's present My Domain.", setting="base_url")
    if status in BUSY or status >= 500 or not code:
        return TryAgain(f"Salesforce answers {status} and does not say why.", after=5)
    return NeedsHuman(f"Salesforce refuses with {status} {code}.", next_step="Look the code up in its REST guide.")


def job_failed(said: str) -> ConnectorError | None:
    """Why a bulk job failed as a whole, `Code : text`; None where sending again may help."""
    code = said.partition(" : ")[0]
    if missing := FIELD_MISSING.search(said):
        return NeedsHuman(
            f"{missing[1]} does not exist or is read-only for this login.",
            next_step="Run `callplan check`, and correct the mapping or the permission.",
        )
    if code in ("InvalidBatch", "ClientInputError", "InvalidUrl"):
        return NeedsHuman(f"Salesforce cannot read a bulk job [{code}].", next_step="This is a fault of Callplan's.")
    if code in LIMITS:
        kind, what, step = LIMITS[code]
        return kind(f"{what} [{code}].", next_step=step)
    return None


def unreachable(host: str, reason: str) -> TryAgain:
    return TryAgain(f"Salesforce at {host} does not answer: {reason}.", next_step=NETWORK, setting="base_url")


def _grant(message: str) -> NeedsHuman:
    _, what, step = LOGIN["invalid_grant"]
    told = next((step for words, step in GRANTS.items() if words in message.lower()), step)
    return NeedsHuman(f"{what} [invalid_grant].", next_step=told)


def _said(content: Any) -> tuple[str, str]:
    """Errors come as a list of objects, from the login as one object, from the edge as HTML."""
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return "", ""
    code, message = first.get("errorCode") or first.get("error"), first.get("message") or first.get("error_description")
    return str(code or ""), str(message or "")
