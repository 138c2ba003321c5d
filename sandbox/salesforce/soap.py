"""The Metadata API in SOAP: an envelope of any prefix in, the answer's elements in the order of the WSDL out.

Deploying, looking, cancelling, describing, listing and reading back are answered; what else the WSDL holds is
refused as an operation that is not there. A session that is not valid is a fault.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from sandbox.salesforce import inventory
from sandbox.salesforce.calls import Answer, Org
from sandbox.salesforce.envelope import Reply, fault, reply
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.metadata.deploys import Deploy, Options
from sandbox.salesforce.metadata.markup import NAMESPACE, Node, NotXml, read
from sandbox.salesforce.metadata.results import result
from sandbox.salesforce.metadata.shapes import shapes


def answer(org: Org, check: Callable[[str], None], body: bytes) -> Answer:
    """`check` refuses a session that is not valid."""
    try:
        envelope = read(body)
        check(f"Bearer {envelope.value('Header', 'SessionHeader', 'sessionId')}")
        org.quota.count()
        asked = envelope.first("Body")
        if asked is None or not asked.children:
            raise Refused("UNKNOWN_EXCEPTION", "No operation available for request")
        return reply(asked.children[0].name, _serve(org, asked.children[0]))
    except NotXml as error:
        return fault("soapenv:Client", f"{error.problem} ({error.line}:{error.column})")
    except Refused as refusal:
        return fault(f"sf:{refusal.code}", f"{refusal.code}: {refusal.message}")


def _serve(org: Org, asked: Node) -> list[Reply]:
    operation = _OPERATIONS.get(asked.name)
    if operation is None:
        raise Refused("UNKNOWN_EXCEPTION", f"No operation available for request {{{NAMESPACE}}}{asked.name}")
    return operation(org, asked)


# Deployments


def _deploy(org: Org, asked: Node) -> list[Reply]:
    try:
        content = base64.b64decode(asked.value("ZipFile"), validate=False)
    except binascii.Error as error:
        raise Refused("INVALID_OPERATION", "zipFile is not base64") from error
    options = asked.first("DeployOptions")
    if options is None:
        raise Refused("INVALID_OPERATION", "DeployOptions are required")
    deploy = org.metadata.ask(org.records, content, _options(options))
    return [[("done", False), ("id", deploy.id), ("state", "Queued")]]


def _options(said: Node) -> Options:
    level = said.value("testLevel")
    return Options(
        check_only=_flag(said, "checkOnly"),
        ignore_warnings=_flag(said, "ignoreWarnings"),
        rollback_on_error=_flag(said, "rollbackOnError"),
        single_package=_flag(said, "singlePackage"),
        test_level="" if level == "None" else level,  # simple-salesforce says so where it says nothing
    )


def _flag(said: Node, name: str) -> bool:
    """Flags are written true, and True by simple-salesforce."""
    return said.value(name).lower() in ("true", "1")


def _status(org: Org, asked: Node) -> list[Reply]:
    details = _flag(asked, "includeDetails")
    return [_elements(result(org.records, _find(org, asked.value("asyncProcessId")), details=details), "DeployResult")]


def _cancel(org: Org, asked: Node) -> list[Reply]:
    deploy = _find(org, asked.value("String") or asked.value("id"))
    org.metadata.cancel(deploy, org.records.now())
    return [[("done", deploy.done), ("id", deploy.id)]]


def _find(org: Org, id: str) -> Deploy:
    found = org.metadata.find(id)
    if found is None:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {id}")
    return found


def _elements(said: dict[str, Any], type: str) -> Reply:
    """A dictionary in the order of its type in the WSDL, without what is empty."""
    parts = shapes().of(type) or {}
    found = {name: said[name] for name in parts if said.get(name) is not None}
    return [(name, _inner(value, parts[name].type)) for name, value in found.items()]


def _inner(value: Any, type: str) -> Any:
    if isinstance(value, list):
        return [_inner(one, type) for one in value]
    return _elements(value, type) if isinstance(value, dict) else value


_OPERATIONS: dict[str, Callable[[Org, Node], list[Reply]]] = {
    "deploy": _deploy,
    "checkDeployStatus": _status,
    "cancelDeploy": _cancel,
    "describeMetadata": inventory.describe,
    "listMetadata": inventory.list_components,
    "readMetadata": inventory.read_components,
}
