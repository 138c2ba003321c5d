"""Deployments over REST: begin one, ask how it stands, cancel it.

A request has two parts: the options as JSON, under the name `json` or `entity_content` (clients differ), and the
zip under the name `file`.
Source   Metadata API guide, REST resources; status 202 for a cancellation is recalled, not read
"""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Request

from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, not_found, unreadable
from sandbox.salesforce.metadata.deploys import Deploy, Options
from sandbox.salesforce.metadata.results import options_of, result

_OPTIONS = ("json", "entity_content")


def is_upload(request: Request) -> bool:
    return request.path.rstrip("/").endswith("/metadata/deployRequest") and request.mimetype == "multipart/form-data"


def upload(request: Request) -> dict[str, Any]:
    """The two parts of a request, whether a client gives the first a file name or not."""
    parts: dict[str, Any] = {name: file.read() for name, file in request.files.items()}
    parts |= {name: text for name, text in request.form.items() if name not in parts}
    said, content = next((parts[name] for name in _OPTIONS if name in parts), None), parts.get("file")
    if said is None or not isinstance(content, bytes):
        raise Refused("INVALID_MULTIPART_REQUEST", "The parts json and file are required.")
    try:
        return {"options": json.loads(said), "file": content}
    except ValueError as error:
        raise unreadable(f"Unexpected character or end of input: {error}") from error


def begin(call: Call) -> Answer:
    body, records = call.fields, call.org.records
    if not isinstance(body.get("file"), bytes):
        words = "The content type is not supported: a deployment is multipart/form-data"
        raise Refused("UNSUPPORTED_MEDIA_TYPE", words, status=415)
    deploy = call.org.metadata.ask(records, body["file"], _options(body["options"]))
    url = f"{call.base}/metadata/deployRequest/{deploy.id}"
    said = {"id": deploy.id, "url": url, "deployOptions": options_of(deploy), "validatedDeployRequestId": None}
    return Answer(201, said, {"Location": url})


def _options(said: Any) -> Options:
    asked = said.get("deployOptions") if isinstance(said, dict) else None
    if not isinstance(asked, dict):
        raise unreadable("deployOptions: an object was expected")
    flags = {name: asked.get(name, default) for name, default in _FLAGS.items()}
    wrong = [name for name, value in flags.items() if not isinstance(value, bool)]
    if wrong:
        raise unreadable(f"{wrong[0]}: true or false was expected")
    return Options(
        check_only=flags["checkOnly"],
        ignore_warnings=flags["ignoreWarnings"],
        rollback_on_error=flags["rollbackOnError"],
        single_package=flags["singlePackage"],
        test_level=str(asked.get("testLevel") or ""),
    )


_FLAGS = {"checkOnly": False, "ignoreWarnings": False, "rollbackOnError": False, "singlePackage": False}


def status(call: Call) -> Answer:
    return _answer(call, _find(call), details=call.args.get("includeDetails") == "true")


def cancel(call: Call) -> Answer:
    deploy = _find(call)
    asked = call.fields.get("deployResult")
    if not isinstance(asked, dict) or asked.get("status") != "Canceling":
        raise Refused("INVALID_INPUT", 'Only {"deployResult": {"status": "Canceling"}} can be asked of a deployment')
    call.org.metadata.cancel(deploy, call.org.records.now())
    return _answer(call, deploy, details=True, code=202)


def _answer(call: Call, deploy: Deploy, *, details: bool, code: int = 200) -> Answer:
    url = f"{call.base}/metadata/deployRequest/{deploy.id}"
    said = result(call.org.records, deploy, details=details)
    return Answer(code, {"id": deploy.id, "url": url, "deployResult": said, "deployOptions": options_of(deploy)})


def _find(call: Call) -> Deploy:
    deploy = call.org.metadata.find(call.parts["id"])
    if deploy is None:
        raise not_found()
    return deploy
