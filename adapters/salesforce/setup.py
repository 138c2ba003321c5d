"""Bring the package into an org: validated first, then deployed; twice is as once. Nobody is given anything unasked.

The deploy is check-only at first, so that an org that refuses one component keeps all that it has. It never touches a
layout, a profile, or a field that the mapping does not write.

Source   Metadata REST API, deployRequest; Object Reference, PermissionSetAssignment
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from adapters.salesforce.deploy.package import Package, choose, field_names, zip_of
from adapters.salesforce.reader import read
from adapters.salesforce.wire import AnswerLost, Wire, content_of
from connector.contract import Reading, SetUp
from connector.errors import NeedsHuman, TryAgain

PERMISSIONS = "Callplan_Integration"
OPTIONS = {"singlePackage": True, "rollbackOnError": True, "testLevel": "NoTestRun"}
ID = re.compile(r"^005[A-Za-z0-9]{12,15}$")
USERNAME = re.compile(r"^[A-Za-z0-9._%+@-]+$")
LONGEST_WAIT = 15.0  # seconds between two looks at a deploy


def bring(wire: Wire, reading: Reading, version: str, asked: SetUp) -> Iterator[str]:
    """What is done, line by line."""
    package, user = _chosen(wire, reading, asked), _user(wire, asked.assign) if asked.assign else None
    yield from _contents(package)
    zipped = zip_of(package, version, _username(wire))
    validated = _deploy(wire, zipped, check_only=True)
    yield f"validated: {validated['numberComponentsTotal']} components would deploy, nothing was changed yet"
    if asked.dry_run:
        return
    done = _deploy(wire, zipped, check_only=False)
    made = [c for c in _successes(done) if c.get("changed") or c.get("created")]
    yield f"deployed: {len(made)} components new or changed, {len(_successes(done)) - len(made)} as they were"
    if asked.assign and user:
        yield _assign(wire, asked.assign, user)
    else:
        yield (
            f"Nobody may see the fields yet. Assign the permission set {PERMISSIONS} to the integration user in Setup,"
            " or run this again with --assign USERNAME; and Callplan_Viewer to whoever should see them."
        )


def _chosen(wire: Wire, reading: Reading, asked: SetUp) -> Package:
    if reading.object != "Account":
        raise NeedsHuman(
            f"The package is for accounts, and the mapping's object is {reading.object}.",
            next_step=f"Make the fields on {reading.object} in Object Manager; `callplan check` names them.",
        )
    described = read(wire, "sobjects/Account/describe")
    present = {field["name"] for field in described["fields"]}
    key = {"NPI__c"}
    wanted = set(asked.written) | (key if asked.key else set())
    seen = present if asked.key else present - key
    return choose(wanted & field_names(), seen, appointments=asked.appointments)


def _contents(package: Package) -> Iterator[str]:
    for component in package.components:
        yield f"  {component.kind}  {component.name}"
    for component in package.left_out:
        yield f"  left out, for want of a field: {component.kind}  {component.name}"


def _username(wire: Wire) -> str:
    """Who we are in this org: the dashboard shows what this user may see."""
    me = str(read(wire, "")["identity"]).rpartition("/")[2]
    if not ID.match(me):
        return ""
    rows = read(wire, "query", params={"q": f"SELECT Username FROM User WHERE Id = '{me}'"})["records"]  # noqa: S608
    return str(rows[0]["Username"]) if rows else ""


def _deploy(wire: Wire, zipped: bytes, *, check_only: bool) -> dict[str, Any]:
    told = json.dumps({"deployOptions": {**OPTIONS, "checkOnly": check_only}})
    parts = {"json": (None, told, "application/json"), "file": ("deploy.zip", zipped, "application/zip")}
    try:
        answer = wire.fetch("POST", "metadata/deployRequest", files=parts, headers={"Content-Type": None})
    except AnswerLost as error:
        raise TryAgain(f"Salesforce did not say whether it took the deploy ({error}).", after=30) from error
    return _result(wire, str(content_of(answer)["id"]))


def _result(wire: Wire, number: str) -> dict[str, Any]:
    pause = 1.0
    while True:
        path = f"metadata/deployRequest/{number}"
        result: dict[str, Any] = read(wire, path, params={"includeDetails": "true"})["deployResult"]
        if result["done"]:
            break
        wire.clock.sleep(pause)
        pause = min(pause * 2, LONGEST_WAIT)
    if not result["success"]:
        raise NeedsHuman(
            f"Salesforce refuses the package:\n{_failures(result)}",
            next_step="Nothing was changed. Mend what it names, in the org or in the mapping, and run it again.",
        )
    return result


def _failures(result: dict[str, Any]) -> str:
    failures = result.get("details", {}).get("componentFailures", [])
    told = [f"  {f['componentType']} {f['fullName']}: {f['problem']}" for f in failures]
    return "\n".join(told) or f"  {result.get('errorMessage') or result['status']}"


def _successes(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Without package.xml, which Salesforce lists as a component of no type."""
    return [c for c in result.get("details", {}).get("componentSuccesses", []) if c["componentType"]]


def _user(wire: Wire, username: str) -> str:
    if not USERNAME.match(username):
        raise NeedsHuman(f"{username} is not a username.", next_step="Setup, Users shows them.")
    user = _id_of(wire, f"SELECT Id FROM User WHERE Username = '{username}'")  # noqa: S608  (checked above)
    if user is None:
        raise NeedsHuman(f"The org has no user {username}, or this login may not see it. Nothing was changed.")
    return user


def _assign(wire: Wire, username: str, user: str) -> str:
    permissions = _id_of(wire, f"SELECT Id FROM PermissionSet WHERE Name = '{PERMISSIONS}'")  # noqa: S608
    if permissions is None:
        raise NeedsHuman(f"The org has no permission set {PERMISSIONS}, or this login may not see it.")
    where = f"AssigneeId = '{user}' AND PermissionSetId = '{permissions}'"
    if _id_of(wire, f"SELECT Id FROM PermissionSetAssignment WHERE {where}"):  # noqa: S608  (ids of the org itself)
        return f"{username} has {PERMISSIONS} already"
    told = {"AssigneeId": user, "PermissionSetId": permissions}
    try:
        wire.ask("POST", "sobjects/PermissionSetAssignment", json=told)
    except AnswerLost as error:
        raise TryAgain(f"Salesforce did not say whether it took the assignment ({error}). Run it again.") from error
    return f"{username} was given {PERMISSIONS}"


def _id_of(wire: Wire, soql: str) -> str | None:
    rows = read(wire, "query", params={"q": soql})["records"]
    return str(rows[0]["Id"]) if rows else None
