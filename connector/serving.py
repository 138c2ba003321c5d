"""What the config says of the service: its pages, who may log in to them, and how long things are kept.

Errors   those of the config; no secret stands in one
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connector.contract import Secret

LOOPBACK = ("127.0.0.1", "localhost", "::1")
URL = r"^https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]{1,5})?(/[^\s?#@]*)?$"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Groups(Part):
    """Which groups of the identity provider have which role; somebody in several has the highest."""

    admin: tuple[str, ...] = Field((), description="See everything, run, undo and set up.")
    manager: tuple[str, ...] = Field((), description="See their team, snooze flags, decide challenges.")
    rep: tuple[str, ...] = Field((), description="See their own accounts.")


class Login(Part):
    """An OpenID Connect provider; without one, pages are for whoever sits at this machine."""

    issuer: str = Field(pattern=URL, description="Its address, as in the tokens it issues.")
    client_id: str
    client_secret: Secret | None = Field(None, description="As a reference; none for a public client.")
    scopes: str = Field("openid email profile", pattern=r"^openid( |$)", description="What the provider is asked for.")
    groups_claim: str = Field("groups", description="The claim that lists a person's groups.")
    email_claim: str = Field("email", description="The claim by which a person is a rep or a manager of the config.")
    groups: Groups = Groups()
    idle_minutes: int = Field(30, ge=1, le=24 * 60, description="Without a request, after which one logs in again.")
    longest_hours: int = Field(12, ge=1, le=7 * 24, description="After which one logs in again in any case.")

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        host = self.issuer.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0].strip("[]")
        if self.issuer.startswith("http://") and host not in LOOPBACK:
            raise ValueError("the issuer is not reached by https. Write https://, or a provider on this machine.")
        return self


class Web(Part):
    """What `callplan serve` answers over HTTP: pages, the API, webhooks."""

    public_url: str | None = Field(None, pattern=URL, description="Under which others reach it, behind a proxy.")
    host: str = Field("127.0.0.1", description="The address to listen at; the default is this machine alone.")
    port: int = Field(8350, ge=0, le=65535)
    login: Login | None = Field(None, description="Who may come in; left out: only this machine, as its admin.")
    metrics: Literal["token", "open"] = Field("token", description="Who may read /metrics: tokens, or everybody.")


class Retention(Part):
    """How long Callplan keeps what it no longer needs; `callplan purge` deletes the rest."""

    interactions_months: int = Field(25, ge=13, description="Logged visits, calls and mails.")
    runs_days: int = Field(400, ge=30, description="Runs, what they wrote, ended flags, slots, told news.")
    sessions_days: int = Field(30, ge=1, description="Ended logins and expired tokens.")
    rejected_days: int = Field(7, ge=1, description="The file of rows that a run could not use.")
