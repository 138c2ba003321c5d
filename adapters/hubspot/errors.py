"""What HubSpot says when it says no, and whom that concerns: theirs -> ours.

Every part of its error envelope may be missing, and some answers are pages of HTML.

Source   developers.hubspot.com, "Error handling", "Usage guidelines"
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain

GONE = frozenset({"OBJECT_NOT_FOUND"})
OF_EVERY_ROW = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})  # wrong for all rows alike: a mapping's fault

# Category -> class, what it means, the next step. A category that is not here needs a person, and says itself.
CATEGORIES: dict[str, tuple[type[ConnectorError], str, str]] = {
    "INVALID_AUTHENTICATION": (
        NeedsHuman,
        "HubSpot does not accept the service key",
        "Check it, or make a new one.",
    ),
    "EXPIRED_AUTHENTICATION": (NeedsHuman, "The service key has expired", "Make a new one in Development, Keys."),
    "MISSING_SCOPES": (NeedsHuman, "The service key lacks a scope", "Grant it in Development, Keys."),
    "OBJECT_NOT_FOUND": (NeedsHuman, "HubSpot does not know what was asked for", "Check the mapping."),
    "CONFLICT": (NeedsHuman, "A value is taken by another record", "Look at the record in HubSpot."),
}
NETWORK = "Check the network and the address. Callplan goes on where it was when it is run again."
AFTER = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}  # seconds; HubSpot sends no Retry-After with 429


def translate(status: int, headers: Mapping[str, str], body: Any) -> ConnectorError:
    """A whole request's refusal. The text names the category and never a value."""
    told = said(body)
    category = str(told.get("category") or "")
    if 300 <= status < 400:
        what = f"HubSpot sends us to another address [{status}], and no redirect is followed."
        return NeedsHuman(what, next_step="Leave `base_url:` out.", setting="base_url")
    if status == 429:
        return _limited(str(told.get("policyName") or ""))
    if status == 477:
        return TryAgain("HubSpot is moving this portal", after=_seconds(headers, 60.0))
    if status == 423:
        return TryAgain("HubSpot has locked these records for a moment.", after=2)
    if status >= 500:
        return TryAgain(f"HubSpot answers {status}.", after=5)
    if category in CATEGORIES:
        kind, what, step = CATEGORIES[category]
        setting = "token" if status in (401, 403) else ""
        scopes = "".join(f", {scope}" for scope in missing_scopes(told))
        return kind(f"{what} [{category}{scopes}].", next_step=step, setting=setting)
    if status == 401:
        return NeedsHuman("HubSpot does not accept the service key [401].", next_step="Check it.", setting="token")
    if status == 400 and "object type" in str(told.get("message")):
        return NeedsHuman("HubSpot does not know this object.", next_step="Check `object:` in the mapping.")
    return NeedsHuman(
        f"HubSpot refuses with {status} {category or 'and does not say why'}.",
        next_step="Look at the service key's log in HubSpot: Development, Monitoring.",
    )


def unreachable(host: str, reason: str) -> TryAgain:
    return TryAgain(f"HubSpot at {host} does not answer: {reason}.", next_step=NETWORK, setting="base_url")


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
    return [str(error.get("code")) for error in told.get("errors") or [] if isinstance(error, dict)]


def _limited(policy: str) -> ConnectorError:
    if policy == "DAILY":
        return StopForTonight("The portal's API calls for today are spent [DAILY].", next_step="Run again tomorrow.")
    return TryAgain(f"HubSpot's rate limit is reached [{policy or 429}].", after=AFTER.get(policy, 10.0))


def _seconds(headers: Mapping[str, str], otherwise: float) -> float:
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(text) if text.isdigit() else otherwise


def missing_scopes(told: Mapping[str, Any]) -> list[str]:
    """Those that a refusal names."""
    errors = [error for error in told.get("errors") or [] if isinstance(error, dict)]
    return [str(scope) for error in errors for scope in (error.get("context") or {}).get("requiredGranularScopes", [])]
