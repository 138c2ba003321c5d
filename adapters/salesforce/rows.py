"""Why Salesforce refuses one row, and what an admin does about it: theirs -> (passes by itself, remedy).

What passes by itself is sent again the same night, in smaller batches. The rest is held until the row, the plan or the
object changes.

Source   SOAP API Developer Guide, StatusCode; the words of Setup
"""

from __future__ import annotations

LOCKED = "UNABLE_TO_LOCK_ROW"

ROWS: dict[str, tuple[bool, str]] = {
    LOCKED: (True, "Somebody was writing to the account. If it stays, look for a long load on accounts of one owner."),
    "TooManyLockFailure": (True, "Somebody was writing to many of these accounts. Nothing to do, unless it stays."),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": (True, "Another row of the call was at fault. Nothing to do."),
    "UNKNOWN_EXCEPTION": (True, "Salesforce had an error of its own. Nothing to do, unless it stays."),
    "REQUEST_RUNNING_TOO_LONG": (True, "The account's automations take too long. Look at its flows and triggers."),
    "ENTITY_IS_DELETED": (False, "The account was deleted or merged. The next night follows it."),
    "DUPLICATE_VALUE": (False, "Another record has this value in a unique field. Merge the two, or correct one."),
    "DUPLICATES_DETECTED": (False, "A duplicate rule stops the save. Let the integration user bypass it, or merge."),
    "DUPLICATE_EXTERNAL_ID": (False, "Several records have this external id. Merge them."),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (
        False,
        "A validation rule stops the save. Mend the record, or except the integration user in Object Manager, "
        "Validation Rules.",
    ),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (False, "A trigger or flow failed. Its text names it; see Setup, Flows."),
    "CANNOT_EXECUTE_FLOW_TRIGGER": (False, "A flow failed. See Setup, Flows, Paused and Failed Flow Interviews."),
    "FIELD_INTEGRITY_EXCEPTION": (False, "Values of the record contradict one another. Open it and save it by hand."),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (
        False,
        "The picklist lacks this value, also for the record type. Add it in Object Manager, or lift the restriction.",
    ),
    "STRING_TOO_LONG": (False, "The field is too short. Lengthen it in Object Manager."),
    "NUMBER_OUTSIDE_VALID_RANGE": (False, "The field holds fewer digits. Widen it in Object Manager."),
    "INVALID_TYPE_ON_FIELD_IN_RECORD": (False, "The field has another type. Name another one in the mapping."),
    "REQUIRED_FIELD_MISSING": (False, "A required field of the record is empty. Fill it in."),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (False, "Grant the integration user edit access to the field."),
    "MALFORMED_ID": (False, "The id is not one of this object. Check `object:` in the mapping."),
    "INVALID_CROSS_REFERENCE_KEY": (False, "The record is not there, or the integration user may not see it."),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (
        False,
        "Share the record, or its parent, with the integration user.",
    ),
    "INSUFFICIENT_ACCESS_OR_READONLY": (False, "Share the account with the integration user, read and write."),
    "INACTIVE_OWNER_OR_USER": (False, "The owner is an inactive user. Give the account an active owner."),
    "TRANSFER_REQUIRES_READ": (False, "The owner may not read the object. Grant it, or change the owner."),
    "STORAGE_LIMIT_EXCEEDED": (False, "The org's storage is full. Free some, see Setup, Storage Usage."),
    "ENTITY_IS_LOCKED": (False, "The record is in an approval process. Wait for its end, or unlock it."),
}


def row_remedy(code: str, message: str) -> tuple[bool, str]:
    """Whether sending again tonight may help, and what else would. A trigger that met a lock passes like the lock."""
    passes, remedy = ROWS.get(code, (False, f"Look {code or 'the message'} up in the SOAP API guide, StatusCode."))
    return passes or LOCKED in message, remedy
