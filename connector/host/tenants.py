"""Several organisations in one installation: a folder each, with a config of its own, and nothing shared.

An organisation has its own store, audit log, secrets, CRM, sessions, quota and log lines. Its files refer only to what
lies in its folder and to variables that begin with its name, so that who may edit one cannot read another's secrets.

Errors   NeedsHuman: names that are no names, or two that would share a store, an audit log or an org
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url

from connector.config import Config, settings_of
from connector.contract import Secret
from connector.errors import NeedsHuman
from connector.host.discover import adapters
from connector.serving import LOOPBACK, Web
from connector.yamlfile import Loaded, confine

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40
TAKEN = {"api", "healthz", "login", "logout", "metrics", "readyz", "static", "webhooks"}  # paths that mean something
APART = "Each organisation needs its own: nothing may be shared between them."


@dataclass(frozen=True)
class Tenant:
    """Where an organisation's config is; the only one of an installation has no name."""

    config: Path
    name: str = ""

    @property
    def prefix(self) -> str:
        """Of its environment variables. Two underscores end a name: ACME__ begins no variable of acme-west."""
        return f"{self.name.upper().replace('-', '_')}__"

    def listening(self, config: Loaded[Config], host: str | None, port: int | None) -> Loaded[Config]:
        """Its config, with the address at which it is really reached."""
        web, given = config.value.web or Web(), {"host": host, "port": port}
        web = web.model_copy(update={key: value for key, value in given.items() if value is not None})
        return Loaded(config.value.model_copy(update={"web": web}), config.path, config.tree)


def tenants_in(folder: Path) -> list[Tenant]:
    """Each folder in it that has a config.yaml; from here on none of them can refer to what is another's."""
    found = sorted(path.parent for path in folder.glob("*/config.yaml"))
    if not found:
        raise NeedsHuman(
            f"{folder} has no folder with a config.yaml.",
            next_step=f"`callplan init {folder / 'NAME'}` makes one for an organisation called NAME.",
        )
    tenants = [Tenant(path / "config.yaml", _name(path)) for path in found]
    for tenant in tenants:
        confine(tenant.config.parent, tenant.prefix)
    return tenants


def _name(folder: Path) -> str:
    name = folder.name
    if not NAME.fullmatch(name) or len(name) > LONGEST or name in TAKEN:
        raise NeedsHuman(
            f'{folder}: "{name}" cannot be an organisation\'s name.',
            next_step=f"Rename the folder: small letters, digits and single hyphens, at most {LONGEST}, such as "
            f"acme-west; not {', '.join(sorted(TAKEN))}.",
        )
    return name


@dataclass(frozen=True, slots=True)
class Thing:
    """What is one organisation's alone; a secret is told by the key that it stands under, and compared as a hash."""

    kind: str
    what: str
    secret: bool = False

    @property
    def compared(self) -> tuple[str, str]:
        return self.kind, hashlib.sha256(self.what.encode()).hexdigest()

    def __str__(self) -> str:
        return self.kind if self.secret else f"{self.kind}, {self.what}"


def together(configs: Sequence[Loaded[Config]]) -> None:
    """Stop before two of them share anything."""
    for one, other in combinations(configs, 2):
        theirs = {thing.compared for thing, _ in _things(other)}
        for thing, where in _things(one):
            if thing.compared in theirs:
                raise NeedsHuman(f"{other.path} has the same {thing}.", where=where, next_step=APART)
        _stop_if_swallowed(one, other)
        _stop_if_swallowed(other, one)


def _stop_if_swallowed(one: Loaded[Config], other: Loaded[Config]) -> None:
    """A host without a path is wholly one's: whatever has a path below it would be answered there."""
    mine, theirs = (urlsplit((config.value.web or Web()).public_url or "") for config in (one, other))
    if mine.netloc and mine.netloc.lower() == theirs.netloc.lower() and not mine.path.strip("/"):
        raise NeedsHuman(
            f"{other.path} has the same public address, host {mine.netloc}, with a path.",
            where=one.at("web", "public_url"),
            next_step=f"Give {one.path} a path there, or a host of its own. {APART}",
        )


def _things(config: Loaded[Config]) -> Iterator[tuple[Thing, str]]:
    """Each with where the config says so."""
    yield Thing("store", _store(config.value.store)), config.at("store")
    yield Thing("audit log", str((config.path.parent / config.value.audit).resolve())), config.at("audit")
    for crm in config.value.crm:
        for thing in _org(config, crm):
            yield thing, config.at("crm", crm)
    if (web := config.value.web) and web.public_url:
        yield Thing("public address", web.public_url.rstrip("/").lower()), config.at("web", "public_url")


def _store(url: str) -> str:
    """A file, or a database on a server; who logs in and how does not tell two apart."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        return str(Path(parts.database or "").resolve())
    host = parts.host or str(parts.query.get("host", "localhost"))
    port, named = parts.port or parts.query.get("port", 5432), parts.database or parts.query.get("dbname")
    return f"{'localhost' if host in LOOPBACK else host.lower()}:{port}/{named or parts.username}"


def _org(config: Loaded[Config], crm: str) -> Iterator[Thing]:
    """An address of its own is an org; where all have one address, the login is."""
    model = adapters()[crm].Settings
    settings: Any = settings_of(config.value.connection(crm), model)
    address = getattr(settings, "base_url", None)
    if address and address != model.model_fields["base_url"].default:
        yield Thing(f"{crm} org", str(address).rstrip("/").lower())
        return
    for name in model.model_fields:
        value = getattr(settings, name)
        if isinstance(value, Secret) and name != "client_secret":  # that one is the app's, and may be in many orgs
            yield Thing(f"{crm} {name}", value.reveal(), secret=True)
