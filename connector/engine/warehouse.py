"""Claims that stand in a warehouse: who its providers are, how much there is, and answers about just those.

A table or a dbt model of claims has a row for each provider and procedure, or for each of their diagnoses, of the
newest twelve months; one of providers has a row for each. The rows of claims stay where they are.

Errors   NeedsHuman: no claims there, a provider twice; TryAgain: providers came or went between two questions
Source   docs/how-to/ask-a-warehouse.md
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from callplan.model import Claims, Columns, Span, Texts
from connector.config import EngineSettings
from connector.config import Warehouse as Settings
from connector.engine.embedded import Embedded
from connector.engine.source import Source
from connector.engine.sql import Question, Session, ours, quoted
from connector.engine.views import TEXTS, views
from connector.errors import NeedsHuman, TryAgain

SPARK = ("sc://", "spark://")


@dataclass(frozen=True)
class Warehouse:
    settings: Settings
    source: Source

    def distinct(self, table: str, column: str) -> list[str]:
        return self.source.distinct(table, column)

    def answer(self, question: Question, rules: Mapping[str, Columns]) -> Columns:
        found = self.source.answer(question, rules)
        if not np.array_equal(np.sort(found["npi"]), self._providers["npi"]):
            raise TryAgain(
                "The warehouse's providers changed while they were read.",
                after=60,
                next_step="Start the night once its load is over.",
            )
        return found

    @property
    def rows(self) -> int:
        return int(self._sums["rows"][0])

    @cached_property
    def claims(self) -> Claims:
        """Who the providers are, without their lines."""
        told, nothing = self._providers, np.zeros(0)
        texts: dict[str, Texts] = {name: told[name].astype(np.str_) for name in TEXTS}
        nowhere = np.full(len(told["npi"]), np.nan)
        return Claims(
            npi=told["npi"].astype(np.str_),
            **texts,
            latitude=nowhere,
            longitude=nowhere,
            provider=nothing.astype(np.int64),
            code=nothing.astype(np.str_),
            volume=nothing,
            vintage=self._vintage(),
            span=Span(("warehouse",)),
        )

    def _vintage(self) -> str:
        """Another one when a provider comes or goes, or the number of rows or their volume moves."""
        sums = ",".join(str(int(found[0])) for found in self._sums.values())
        return hashlib.sha256(self._providers["npi"].tobytes() + sums.encode()).hexdigest()[:12]

    @cached_property
    def _sums(self) -> Columns:
        dialect = self.source.session.dialect
        rows, volume, claims = quoted("rows", dialect), quoted("volume", dialect), ours("claims", dialect)
        whole = f"CAST(COALESCE(SUM({volume}), 0) AS BIGINT)"
        found = self.source.ask(f"SELECT COUNT(*) AS {rows}, {whole} AS {volume} FROM {claims}")
        if not found["rows"][0]:
            raise NeedsHuman(f"{self.settings.claims}: there are no claims.", next_step="See that it was filled.")
        return found

    @cached_property
    def _providers(self) -> Columns:
        found = self.source.ask(f"SELECT * FROM {ours('providers', self.source.session.dialect)}")
        order = np.argsort(found["npi"])
        npi = found["npi"][order].astype(np.int64)
        twice = npi[1:][npi[1:] == npi[:-1]]
        if len(twice):
            raise NeedsHuman(
                f"{self.settings.providers or self.settings.claims}: NPI {twice[0]} has more than one row.",
                next_step="Give one row a provider, such as the newest, in a table or view of `providers`.",
            )
        return {**{name: found[name][order] for name in TEXTS}, "npi": npi}


def open_warehouse(settings: Settings, engine: EngineSettings, base: Path) -> Warehouse:
    url = settings.url.get_secret_value()
    session = _session(url, engine, base)
    return Warehouse(settings, Source(session, views(settings, session, base)))


def _session(url: str, engine: EngineSettings, base: Path) -> Session:
    """Drivers are loaded for the one that is asked: they take a while."""
    if url.startswith("duckdb://"):
        file = url.removeprefix("duckdb://").removeprefix("/")
        return Embedded(engine, file=str(base / file) if file else "")
    if url.startswith(SPARK):
        from connector.engine.spark import Spark

        return Spark(url)
    from connector.engine.server import Server

    return Server(url)
