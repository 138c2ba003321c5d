"""What HubSpot says when it says no, and whom that concerns: theirs -> ours.

Every part of its error envelope may be missing, and some answers are pages of HTML.

Source   developers.hubspot.com, "Error handling", "Usage guidelines", "OAuth"; RFC 6749
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain

GONE = frozenset({"OBJECT_NOT_FOUND"})
OF_EVERY_ROW = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})  # wrong for all rows alike: a mapping's fault

Said = tuple[type[ConnectorError], str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What the login is called, its setting, how it is mended, and where it is given scopes."""

    name: str
    setting: str
    mend: str
    grant: str


KEY = Words(
    "service key",
    "token",
    "Copy it anew from Development, Keys, Service keys, or make another one there.",
    "Add to the key in Development, Keys, Service keys: ",
)
APP = Words(
    "app's login",
    "refresh_token",
    "See in Settings, Connected Apps, that the app is installed; install it again and copy its refresh token.",
    "Add to the app's scopes, and let an admin install it again: ",
)
OAUTH: dict[str, Said] = {
    "invalid_grant": (
        NeedsHuman,
        "HubSpot does not accept the refresh token",
        "The app was removed from the portal, or the token revoked. Install it again and copy its refresh token.",
    ),
    "invalid_client": (
        NeedsHuman,
        "HubSpot does not know the app",
        "Copy the client id and the client secret from the app's Auth page.",
    ),
}
SETTINGS = {"invalid_grant": "refresh_token", "BAD_CLIENT_ID": "client_id", "BAD_CLIENT_SECRET": "client_secret"}
# Category or code -> class, what it means, the next step. One that is not here needs a person, and says itself.
CATEGORIES: dict[str, Said] = {
    "OBJECT_NOT_FOUND": (NeedsHuman, "HubSpot does not know what was asked for", "Check the mapping."),
    "CONFLICT": (NeedsHuman, "A value is taken by another record", "Look at the record in HubSpot."),
    "PROPERTY_DOESNT_EXIST": (
        NeedsHuman,
        "HubSpot lacks a property that the mapping names",
        "Run `callplan setup hubspot`, or correct the mapping.",
    ),
    "READ_ONLY_VALUE": (NeedsHuman, "A property of the mapping is read-only", "Name another one in the mapping."),
}
NETWORK = "Check the network and the address. Callplan goes on where it was when it is run again."
WAITS = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}  # seconds; HubSpot sends no Retry-After with 429
BUSY = {  # which limit, and who else may be using it up
    "TEN_SECONDLY_ROLLING": "Nothing to do, unless it stays: then another program calls with the same login.",
    "SECONDLY": "Nothing to do, unless it stays: then another program searches this portal without a pause.",
}


def translate(status: int, headers: Mapping[str, str], body: Any, login: Words = KEY) -> ConnectorError:
    """A whole request's refusal. The text names the category and never a value."""
    told = said(body)
    category = str(told.get("category") or told.get("error") or "")
    if 300 <= status < 400:
        what = f"HubSpot sends us to another address [{status}], and no redirect is followed."
        return NeedsHuman(what, next_step="Leave `base_url:` out.", setting="base_url")
    if status == 429:
        return _limited(_policy(told))
    if status == 477:
        step = "Nothing to do: it may take a day. Callplan goes on where it was."
        return TryAgain("HubSpot is moving this portal [477].", after=_seconds(headers, 60.0), next_step=step)
    if status == 423:
        return TryAgain("HubSpot has locked these records for a moment [423].", after=2)
    if status >= 500:
        return TryAgain(f"HubSpot answers {status} and does not say why.", after=5)
    if category in OAUTH:
        return _no_token(category, str(told.get("status") or ""))
    if status == 401:
        why = "says that it has expired" if category == "EXPIRED_AUTHENTICATION" else "does not accept it"
        what = f"The {login.name} does not let us in: HubSpot {why} [{category or 401}]."
        return NeedsHuman(what, next_step=login.mend, setting=login.setting)
    if missing := missing_scopes(told):
        what = f"The {login.name} lacks {len(missing)} scope{'s' * (len(missing) > 1)} [MISSING_SCOPES]."
        return NeedsHuman(what, next_step=f"{login.grant}{', '.join(missing)}.", setting=login.setting)
    return _refused(status, category, told, login)


def unreachable(host: str, reason: str) -> TryAgain:
    return TryAgain(f"HubSpot at {host} does not answer: {reason}.", next_step=NETWORK, setting="base_url")


def _no_token(error: str, status: str) -> ConnectorError:
    kind, what, step = OAUTH[error]
    return kind(f"{what} [{error}].", next_step=step, setting=SETTINGS.get(status) or SETTINGS.get(error, ""))


def _refused(status: int, category: str, told: Mapping[str, Any], login: Words) -> ConnectorError:
    """By the code of a property, else by the category, else by the status alone."""
    known = next((code for code in (*codes(told), category) if code in CATEGORIES), None)
    if known:
        kind, what, step = CATEGORIES[known]
        properties = "".join(f", {name}" for error in _errors(told) for name in _names(error, "propertyName"))
        return kind(f"{what} [{known}{properties}].", next_step=step)
    if names_no_object(told):
        return NeedsHuman("HubSpot does not know this object.", next_step="Check `object:` in the mapping.")
    if status == 403:
        what = f"HubSpot does not let this {login.name} do that [{category or 403}]."
        return NeedsHuman(what, next_step="Let an admin of the portal look at its scopes.", setting=login.setting)
    if status == 404:
        step = "Check the mapping. If it is right, HubSpot has ended this version of its API: update Callplan."
        return NeedsHuman("HubSpot does not know what was asked for [404].", next_step=step)
    return NeedsHuman(
        f"HubSpot refuses with {status} {category or 'and does not say why'}.",
        next_step="Look at the calls of this login in HubSpot: Development, Monitoring.",
    )


def said(body: Any) -> dict[str, Any]:
    """The envelope, or nothing of it."""
    if isinstance(body, str | bytes):
        try:
            body = json.loads(body)
        except ValueError:
            return {}
    return body if isinstance(body, dict) else {}


def codes(told: Mapping[str, Any]) -> list[str]:
    """The codes of single properties inside an envelope."""
    return [str(error.get("code")) for error in _errors(told)]


def names_no_object(told: Mapping[str, Any]) -> bool:
    """Whether it was the object that HubSpot does not know, of which no category tells."""
    return bool(re.search("object type|event type id", str(told.get("message"))))


def names_a_row(status: int, told: Mapping[str, Any]) -> bool:
    """Whether a whole batch was refused for what is wrong with some of its rows."""
    row_at_fault = status in (400, 404, 409) and not OF_EVERY_ROW & set(codes(told)) and told
    return bool(row_at_fault) and not names_no_object(told)


def reasons(told: Mapping[str, Any]) -> str:
    """HubSpot's words on each property at fault, else on the whole, whose text repeats them as JSON."""
    return "; ".join(_reason(e) for e in _errors(told) if e.get("message")) or str(told.get("message") or "")


def missing_scopes(told: Mapping[str, Any]) -> list[str]:
    """Those that a refusal names."""
    return list(dict.fromkeys(name for error in _errors(told) for name in _names(error, "requiredGranularScopes")))


def _reason(error: Mapping[str, Any]) -> str:
    message = str(error["message"])
    unnamed = [name for name in _names(error, "propertyName") if name not in message]
    return f"{', '.join(unnamed)}: {message}" if unnamed else message


def _errors(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [error for error in told.get("errors") or [] if isinstance(error, dict)]


def _names(error: Mapping[str, Any], what: str) -> list[str]:
    return [str(name) for name in (error.get("context") or {}).get(what) or []]


def _policy(told: Mapping[str, Any]) -> str:
    """Which limit; where the answer does not name it, its text does."""
    message = str(told.get("message") or "").lower()
    by_text = "DAILY" if "daily limit" in message else "SECONDLY" if "your secondly limit" in message else ""
    return str(told.get("policyName") or by_text)


def _limited(policy: str) -> ConnectorError:
    if policy == "DAILY":
        step = "Run again tomorrow: they come back at midnight in the portal's time zone."
        return StopForTonight("The portal's API calls for today are spent [DAILY].", next_step=step)
    what = f"HubSpot's rate limit is reached [{policy or 429}]."
    return TryAgain(what, after=WAITS.get(policy, 10.0), next_step=BUSY.get(policy, ""))


def _seconds(headers: Mapping[str, str], otherwise: float) -> float:
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(text) if text.isdigit() else otherwise
