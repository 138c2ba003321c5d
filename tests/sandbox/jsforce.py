"""A sandbox Salesforce over plain HTTP, and the scripts in tests/npm that meet it with jsforce."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.salesforce import Salesforce
from sandbox.server import listen
from sandbox.world import World
from tests.sandbox.salesforce_org import KIM, WORLD

SCRIPTS = Path(__file__).parent.parent / "npm"


@dataclass(frozen=True)
class Jsforce:
    """The org, and what a script is told of it."""

    salesforce: Salesforce
    told: dict[str, Any]

    def run(self, script: str, **more: Any) -> Any:
        """What the script answers."""
        done = subprocess.run(
            [str(shutil.which("node")), script],
            cwd=SCRIPTS,
            input=json.dumps({**self.told, **more}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def serve(world: World = WORLD, **settings: Any) -> Iterator[Jsforce]:
    if not shutil.which("node") or not (SCRIPTS / "node_modules/jsforce").is_dir():
        pytest.fail("no jsforce: run `tools/install-npm tests/npm`, as `make test` does")
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salesforce = Salesforce(world, jwt_keys={"acme": public.decode()}, deploy_seconds=0.3, **settings)
    listening = listen(salesforce)
    told = {
        "url": listening.url,
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "jwt_client": "acme",
        "username": KIM.email,
        "private_key": secret.decode(),
    }
    try:
        yield Jsforce(salesforce, told)
    finally:
        listening.close()
