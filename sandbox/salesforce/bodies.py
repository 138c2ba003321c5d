"""What a request carries: JSON; a file of rows for a bulk job; or a form with a job and its file.

Any of them may be compressed with gzip, or arrive in chunks of unknown number, which the server puts together.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from typing import Any

from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Request

from sandbox.salesforce import deployments
from sandbox.salesforce.errors import Refused, unreadable

_FILE = re.compile(r"/services/data/v\d+\.0/jobs/ingest/\w+/batches/?")
_FORM = re.compile(r"/services/data/v\d+\.0/jobs/ingest/?")


def body_of(request: Request) -> Any:
    if request.method in ("GET", "DELETE", "HEAD"):
        return None
    if request.method == "PUT" and _FILE.fullmatch(request.path):
        _expect(request, "text/csv")
        return _bytes(request)
    if request.mimetype == "multipart/form-data" and _FORM.fullmatch(request.path):
        return _form(request)
    if deployments.is_upload(request):
        return deployments.upload(request)
    _expect(request, "application/json")
    return _json(_bytes(request))


def _expect(request: Request, kind: str) -> None:
    if request.mimetype != kind:
        words = f"The content type is not supported: {request.mimetype or 'none'}"
        raise Refused("UNSUPPORTED_MEDIA_TYPE", words, status=415)


def _bytes(request: Request) -> bytes:
    content = request.get_data()
    if "gzip" not in request.headers.get("Content-Encoding", ""):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable("The body is not what its Content-Encoding says: gzip") from error


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise unreadable(f"Unexpected character or end of input at line:1: {error}") from error


def _form(request: Request) -> dict[str, Any]:
    """The parts of a form, with or without file names: `job` is JSON, `content` is CSV."""
    kind, options, content = request.mimetype, request.mimetype_params, _bytes(request)
    _, form, files = FormDataParser().parse(io.BytesIO(content), kind, len(content), options)
    parts: dict[str, bytes] = {name: text.encode() for name, text in form.items()}
    parts |= {name: file.read() for name, file in files.items()}
    if not {"job", "content"} <= parts.keys():
        raise unreadable("A form has two parts: job and content")
    return {"job": _json(parts["job"]), "content": parts["content"]}
