"""The wire to the identity provider: https or this machine, so long, so much, and no redirect followed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session

from connector.errors import TryAgain
from connector.serving import LOOPBACK

TIMEOUT = (5.0, 10.0)  # seconds to connect, and between bytes
MOST_BYTES = 1_000_000


class Wire(OAuth2Session):  # type: ignore[misc]
    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise requests.exceptions.InvalidURL("not by https")
        if parts.hostname in LOOPBACK:
            given["proxies"] = {}
        given.update(allow_redirects=False, timeout=TIMEOUT, stream=True)
        answer: requests.Response = super().send(request, **given)
        with answer:
            answer._content = answer.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(answer.content) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("too long")
        return answer


def silent(error: Exception) -> TryAgain:
    return TryAgain(f"The identity provider cannot be reached: {type(error).__name__}.", after=60)
