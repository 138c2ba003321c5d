"""What a deployment answers when it is asked how it stands: the same facts for REST and for SOAP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.salesforce.metadata.deploys import Deploy
from sandbox.salesforce.metadata.package import Failure
from sandbox.salesforce.metadata.setup import Done
from sandbox.salesforce.values import stamp

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records

_TESTS = {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0}


def result(records: Records, deploy: Deploy, *, details: bool) -> dict[str, Any]:
    now, options = records.now(), deploy.options
    said: dict[str, Any] = {
        "checkOnly": options.check_only,
        "createdBy": records.login,
        "createdByName": _name(records),
        "createdDate": _when(deploy.asked),
        "details": _details(deploy) if details else None,
        "done": deploy.done,
        "id": deploy.id,
        "ignoreWarnings": options.ignore_warnings,
        "lastModifiedDate": _when(deploy.ends if deploy.done else min(now, deploy.ends)),
        "numberComponentErrors": len(deploy.failures),
        "numberComponentsDeployed": len(deploy.successes),
        "numberComponentsTotal": deploy.total,
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": options.rollback_on_error,
        "runTestsEnabled": False,
        "status": deploy.status(now),
        "success": deploy.result in ("Succeeded", "SucceededPartial"),
    }
    if deploy.starts <= now:
        said["startDate"] = _when(deploy.starts)
    if deploy.done:
        said["completedDate"] = _when(deploy.ends)
    if deploy.canceled:
        said |= {"canceledBy": records.login, "canceledByName": _name(records)}
    return said


def options_of(deploy: Deploy) -> dict[str, Any]:
    options = deploy.options
    return {
        "allowMissingFiles": False,
        "autoUpdatePackage": False,
        "checkOnly": options.check_only,
        "ignoreWarnings": options.ignore_warnings,
        "performRetrieve": False,
        "purgeOnDelete": False,
        "rollbackOnError": options.rollback_on_error,
        "runTests": None,
        "singlePackage": options.single_package,
        "testLevel": options.test_level or None,
    }


def _details(deploy: Deploy) -> dict[str, Any]:
    successes = [_success(deploy, one) for one in deploy.successes]
    if successes:
        about = {"changed": True, "componentType": "", "fileName": "package.xml", "fullName": "package.xml"}
        successes.append({**about, "created": False, **_common(deploy, success=True)})
    return {
        "componentFailures": [_failure(deploy, one) for one in deploy.failures],
        "componentSuccesses": successes,
        "retrieveResult": None,
        "runTestResult": _TESTS,
    }


def _success(deploy: Deploy, done: Done) -> dict[str, Any]:
    return {
        "changed": done.changed,
        "componentType": done.component.type,
        "created": done.created,
        "fileName": done.component.file,
        "fullName": done.component.name,
        "id": done.id,
        **_common(deploy, success=True),
    }


def _failure(deploy: Deploy, failure: Failure) -> dict[str, Any]:
    place = {"lineNumber": failure.line, "columnNumber": failure.column} if failure.line else {}
    return {
        "changed": False,
        "componentType": failure.type,
        "created": False,
        "fileName": failure.file,
        "fullName": failure.name or failure.file,
        "problem": failure.problem,
        "problemType": "Error",
        **place,
        **_common(deploy, success=False),
    }


def _common(deploy: Deploy, *, success: bool) -> dict[str, Any]:
    return {"createdDate": _when(deploy.ends), "deleted": False, "success": success}


def _name(records: Records) -> str:
    user = records.get(records.login)
    return str(user["Name"]) if user else ""


def _when(moment: Any) -> str:
    return stamp(moment).replace("+0000", "Z")
