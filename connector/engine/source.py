"""Whom to ask about claims: those of files, laid into DuckDB, or those that stand in a warehouse.

Units    volumes become whole thousandths here, so that they sum to the same in whatever order
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from callplan.model import Affiliations, Claims, Columns, Counts, Indications, Numbers, Texts
from callplan.model import Source as Asked
from connector.config import EngineSettings
from connector.engine.embedded import Embedded
from connector.engine.sql import Question, Session, compiled, ours, quoted, with_tables

NOTHING = np.array([], dtype=np.str_)
NO_DIAGNOSES = Indications(
    NOTHING, NOTHING, NOTHING, np.array([], dtype="datetime64[D]"), np.array([], dtype=np.float64)
)


class Standing(Asked, Protocol):
    """Claims that stand somewhere else."""

    @property
    def claims(self) -> Claims: ...


@dataclass(frozen=True)
class Source:
    session: Session
    views: Mapping[str, str] = field(default_factory=dict)  # our tables, and the SELECT that makes each of theirs

    def ask(self, sql: str, told: Mapping[str, Columns] | None = None) -> Columns:
        return self.session.columns(with_tables(self.views, sql, self.session.dialect), told or {})

    def distinct(self, table: str, column: str) -> list[str]:
        named, of = quoted(column, self.session.dialect), ours(table, self.session.dialect)
        return [str(text) for text in self.ask(f"SELECT DISTINCT {named} FROM {of}")[column].tolist()]

    def answer(self, question: Question, rules: Mapping[str, Columns]) -> Columns:
        return self.ask(compiled(question, self.session.dialect), rules)


def source_of(
    claims: Claims, indications: Indications | None, settings: EngineSettings, affiliations: Affiliations | None = None
) -> Source:
    """Claims of files. Lines with a diagnosis are apart from those that count to the volume: each was cut at 11."""
    tables = {"claims": _lines(claims, indications), "providers": _providers(claims, affiliations)}
    return Source(Embedded(settings, tables))


class Laid:
    """Whom to ask about which claims: each is laid into DuckDB once; a warehouse's are asked where they stand."""

    def __init__(self, settings: EngineSettings, warehouse: Standing | None = None) -> None:
        self._settings, self._warehouse = settings, warehouse
        self._laid: dict[int, tuple[Claims, Source]] = {}

    def __call__(self, claims: Claims, diagnoses: Indications | None = None) -> Asked:
        if self._warehouse and claims is self._warehouse.claims:
            return self._warehouse
        if id(claims) not in self._laid:
            self._laid[id(claims)] = claims, source_of(claims, diagnoses, self._settings)
        return self._laid[id(claims)][1]


def _lines(claims: Claims, indications: Indications | None) -> Columns:
    indications = indications or NO_DIAGNOSES
    newest = indications.since == indications.since.max() if len(indications.since) else np.zeros(0, np.bool_)
    rows = np.flatnonzero(newest & (indications.diagnosis != ""))
    lines, told = np.zeros(len(claims.volume), np.int64), np.zeros(len(rows), np.int64)
    return {
        "npi": np.concatenate([_numbers(claims.npi)[claims.provider], _numbers(indications.npi[rows])]),
        "code": np.concatenate([claims.code, indications.code[rows]]),
        "volume": np.concatenate([thousandths(claims.volume), told]),
        "diagnosis": np.concatenate([np.full(len(lines), ""), indications.diagnosis[rows]]),
        "diagnosed": np.concatenate([lines, thousandths(indications.volume[rows])]),
    }


def _providers(claims: Claims, affiliations: Affiliations | None) -> Columns:
    npi = _numbers(claims.npi)
    return {"npi": npi, "specialty": claims.specialty, "size": _sizes(npi, affiliations)}


def _sizes(npi: Counts, affiliations: Affiliations | None) -> Counts:
    """Clinicians of the largest practice of each; 0 where none is known."""
    found = np.zeros(len(npi), dtype=np.int64)
    if affiliations is not None and len(npi):
        size = np.nan_to_num(affiliations.size[affiliations.organisation]).astype(np.int64)
        theirs = _numbers(affiliations.npi)
        at = np.minimum(np.searchsorted(npi, theirs), len(npi) - 1)
        np.maximum.at(found, at[npi[at] == theirs], size[npi[at] == theirs])
    return found


def thousandths(volume: Numbers) -> Counts:
    return np.floor(volume * 1000 + 0.5).astype(np.int64)


def _numbers(npi: Texts) -> Counts:
    return npi.astype(np.int64)
