"""Bad days on request: what an administrator or a fate does to the org that a client then meets.

hide, protect           a field that the login no longer sees, or no longer writes
assign                  a permission set for the login, which shows what it grants
unshare, share_to_read  a record that it no longer sees, or no longer writes
lock, contend           others hold one record, or a share of all, for some tries
refuse                  any code for a record, or for all of an object
trouble, end_trouble    any refusal of whole calls, by its name in troubles.py
"""

from __future__ import annotations

from sandbox.salesforce.calls import Org
from sandbox.salesforce.errors import unknown_reference
from sandbox.salesforce.policy import Contention, DuplicateRule, Policy, Refusal, Rule
from sandbox.salesforce.records import Records
from sandbox.salesforce.tokens import NotAuthorized, Tokens
from sandbox.salesforce.troubles import KNOWN, Happening


class Switches:
    records: Records
    org: Org
    tokens: Tokens

    # What an administrator sets up

    @property
    def policy(self) -> Policy:
        return self.records.policy

    @property
    def rules(self) -> list[Rule]:
        """Validation rules: each says what is wrong with a record, or None."""
        return self.records.rules

    def hide(self, kind: str, field: str) -> None:
        """Take the integration user's access to a field away; to it, the field no longer exists."""
        self.records.hidden.add((kind, field))
        self.org.changed = self.records.now()

    def assign(self, permission_set: str) -> None:
        """Give the integration user a permission set, as an administrator does in Setup."""
        found = self.records.find("PermissionSet", "Name", permission_set)
        if found is None:
            raise unknown_reference()
        values = {"PermissionSetId": found["Id"], "AssigneeId": self.records.login}
        self.records.create(self.records.kinds["PermissionSetAssignment"], values, "person")

    def protect(self, kind: str, field: str) -> None:
        """Leave the integration user to read a field that it may no longer write."""
        self.policy.protected.add((kind, field))
        self.org.changed = self.records.now()

    def unshare(self, id: str) -> None:
        self.policy.unshared.add(self._id(id))

    def share_to_read(self, id: str) -> None:
        self.policy.shared_to_read.add(self._id(id))

    def send_for_approval(self, id: str) -> None:
        """Nobody edits it until it is approved: `policy.in_approval.clear()`."""
        self.policy.in_approval.add(self._id(id))

    def forbid_owner(self, user: str, kind: str) -> None:
        """This user may not read the object, so none of it can be given to her."""
        self.policy.blind.add((self._id(user), kind))

    def find_duplicates(self, kind: str, *fields: str, allow_save: bool = True) -> None:
        """Turn a duplicate rule on: an alert, which a client may pass over, or a block."""
        self.policy.duplicate_rules.append(DuplicateRule(kind, fields, allow_save))

    # What others do, and fate

    def lock(self, id: str, times: int = 1) -> None:
        """Somebody else holds the record while it is next written, `times` times."""
        self.records.locked[self._id(id)] = times

    def contend(self, share: float, tries: int = 1) -> None:
        """Others hold this share of all records; each is free after so many tries."""
        self.policy.contention = Contention(share, tries)

    def refuse(
        self, kind: str, id: str | None, code: str, message: str, *fields: str, times: int | None = None
    ) -> None:
        """Refuse writes of a record, or of every record of an object where `id` is None."""
        whole = self._id(id) if id else None
        self.policy.refusals.append(Refusal(kind, whole, code, message, fields, times))

    def trouble(self, name: str, times: int | None = 1, path: str | None = None) -> None:
        """A trouble of troubles.py, for the next calls or, with None, until it is ended."""
        known = KNOWN[name]
        self.org.troubles.append(Happening(known, path or known.path, times))

    def end_trouble(self) -> None:
        self.org.troubles.clear()

    def slow_queries(self, rows: int | None) -> None:
        """A query that finds more rows than these runs for too long."""
        self.org.slow_rows = rows

    def drop_locators(self) -> None:
        self.org.cursors.clear()

    def spend_quota(self) -> None:
        self.org.quota.spend()

    # At the door

    def expire_tokens(self) -> None:
        self.tokens.expire()

    def revoke_app(self) -> None:
        self.tokens.revoke_app()

    def refuse_logins(self, error: str | None, description: str = "") -> None:
        """Tell this to whoever asks for a token; None lets them in again."""
        self.tokens.blocked = NotAuthorized(error, description) if error else None

    def _id(self, id: str) -> str:
        record = self.records.get(id)
        if record is None:
            raise unknown_reference()
        return str(record["Id"])
