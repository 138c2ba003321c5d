"""What the config says of the morning digest: to whom it goes, by which way, and through which mail server.

Errors   those of the config; no address and no secret stands in one
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connector.contract import Secret
from connector.yamlfile import Email

HOOK = re.compile(r"(https://|http://(localhost|127\.0\.0\.1|\[::1\])[:/])[^\s@]+")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recipient(Part):
    """One who is told, by e-mail, by a Slack-compatible webhook, or by what apprise reaches."""

    email: Email | None = Field(None, description="An address. It needs `smtp`.")
    slack: Secret | None = Field(None, description="An incoming webhook, as a reference.")
    apprise: Secret | None = Field(None, description="An address as apprise writes it, as a reference.")
    of: tuple[Email, ...] = Field((), description="The reps it hears of, by e-mail. Left out: those it is manager of.")
    admin: bool = Field(False, description="Also hears of bad nights, refused writes and what waits for a decision.")

    @field_validator("slack")
    @classmethod
    def _is_a_webhook(cls, slack: Secret | None) -> Secret | None:
        if slack and slack.reveal() and not HOOK.fullmatch(slack.reveal()):
            raise ValueError("this is no address of a webhook. Write https:// and all that follows, as Slack shows it.")
        return slack

    @model_validator(mode="after")
    def _has_one_way(self) -> Self:
        if len(given := [name for name in ("email", "slack", "apprise") if getattr(self, name)]) != 1:
            found = f"{' and '.join(given)} are both given" if given else "nothing says where it goes"
            raise ValueError(f"{found}. Keep one of email, slack and apprise an entry.")
        return self

    @property
    def way(self) -> str:
        return "email" if self.email else "slack" if self.slack else "apprise"

    @property
    def address(self) -> str:
        secret = self.slack or self.apprise
        return self.email or (secret.reveal() if secret else "")

    @property
    def id(self) -> str:
        """What stands for it in the store and in logs."""
        told = self.address.lower() if self.email else self.address
        return f"{self.way} {hashlib.sha256(told.encode()).hexdigest()[:12]}"

    def hears_of(self, rep: str, manager: str) -> bool:
        """By `of`; else a manager of his reps, and a channel or an admin of all."""
        if self.of:
            return rep.lower() in {one.lower() for one in self.of}
        return self.admin or not self.email or self.email.lower() == manager.lower()


class Smtp(Part):
    """The mail server that takes the digest."""

    host: str = Field(pattern=r"^[A-Za-z0-9.:-]+$")
    port: int | None = Field(None, ge=1, le=65535, description="587, 465 or 25, as `tls` has it, if left out.")
    user: str | None = None
    password: Secret | None = Field(None, description="As a reference.")
    from_: Email = Field(alias="from", description="The sender's address.")
    tls: Literal["starttls", "tls", "none"] = Field("starttls", description="From the start, after it, or not at all.")

    @model_validator(mode="after")
    def _keeps_its_password(self) -> Self:
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password go together. Add the one that is missing, or take out the other.")
        if self.password and self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("tls: none would send the password in the clear. Write tls: starttls or tls: tls.")
        return self

    @property
    def at(self) -> tuple[str, int]:
        return self.host, self.port or PORTS[self.tls]


def wrong_with(tell: Sequence[Recipient], smtp: Smtp | None, managers: Collection[str]) -> str:
    """What keeps these from being told, each once, of somebody; "" where nothing does."""
    seen = set[str]()
    for at, one in enumerate(tell, 1):
        if one.email and not smtp:
            return "an e-mail needs a mail server. Add `smtp: {host: ..., from: ...}` beside `tell`."
        if one.email and not one.of and not one.admin and one.email.lower() not in managers:
            return (
                f"entry {at} would hear of nobody: no rep has it as `manager`. Name it there, or the reps in its `of`."
            )
        if one.id in seen:
            return f"entry {at} goes where an earlier one goes. Keep one of the two."
        seen.add(one.id)
    return ""
