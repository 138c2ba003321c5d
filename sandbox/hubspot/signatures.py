"""How a receiver knows that a webhook is HubSpot's: three versions of signing, each over more than the one before.

Source   developers.hubspot.com, "Validating requests": the vectors of versions 1 and 2 are published there
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

DECODED = {f"%{ord(char):02X}": char for char in ":/?@!$'()*,;"}  # before version 3 signs a URI, and no more


def v1(secret: str, body: bytes) -> str:
    return hashlib.sha256(secret.encode() + body).hexdigest()


def v2(secret: str, method: str, uri: str, body: bytes) -> str:
    return hashlib.sha256(f"{secret}{method}{uri}".encode() + body).hexdigest()


def v3(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    plain = re.sub("%[0-9A-Fa-f]{2}", lambda found: DECODED.get(found[0].upper(), found[0]), uri)
    signed = f"{method}{plain}".encode() + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
