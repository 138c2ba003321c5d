"""Small columns to try the rules on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from callplan.assess import Assessment, Gate, assess
from callplan.model import Affiliations, AssessRules, Claims, Indications
from callplan.tiers import Accounts
from connector.config import EngineSettings
from connector.engine.source import Laid, source_of
from tests.callplan.plain import decile

ONE_THREAD = EngineSettings(threads=1)
OVER = Laid(ONE_THREAD)


def npi(number: int) -> str:
    """Ten digits in the order of their numbers; no check digit, which the rules do not look at."""
    return f"2{number:09d}"


def claims(*lines: tuple[int, str, float], specialties: Sequence[str] = ()) -> Claims:
    """Lines of provider, code and volume."""
    count = max([line[0] for line in lines], default=-1) + 1
    texts = np.array([""] * count)
    return Claims(
        npi=np.array([npi(at) for at in range(count)]),
        name=texts,
        specialty=np.array(list(specialties) or ["Cardiology"] * count),
        city=texts,
        state=texts,
        zip=texts,
        latitude=np.full(count, np.nan),
        longitude=np.full(count, np.nan),
        provider=np.array([line[0] for line in lines], dtype=np.int64),
        code=np.array([line[1] for line in lines], dtype=np.str_),
        volume=np.array([line[2] for line in lines], dtype=np.float64),
        vintage="v1",
    )


def assessment(volumes: Sequence[float], shut: Sequence[Gate] = ()) -> Assessment:
    """Assessed providers of one specialty with these volumes; `shut` is the gate of each."""
    volume = np.array(volumes, dtype=np.float64)
    gate = np.array(list(shut) or [Gate.OPEN] * len(volumes), dtype=np.int64)
    open_ones = volume[gate == Gate.OPEN]
    percentile = np.array([100 * np.sum(open_ones <= mine) / max(1, len(open_ones)) for mine in volume]) * (
        gate == Gate.OPEN
    )
    tenths = [decile(open_ones.tolist(), mine) if gate[at] == Gate.OPEN else 0 for at, mine in enumerate(volume)]
    return Assessment(
        npi=np.array([npi(at) for at in range(len(volumes))], dtype=np.str_),
        specialty=np.array(["Cardiology"] * len(volumes), dtype=np.str_),
        volume=volume,
        family=np.array(["coronary"] * len(volumes), dtype=np.str_),
        gate=gate,
        percentile=percentile,
        decile=np.array(tenths, dtype=np.int64),
        score=percentile,
        share=np.full(len(volumes), np.nan),
    )


TODAY = date(2026, 11, 23)


def accounts(tiers: Sequence[str], **more: Any) -> Accounts:
    """Accounts of Kim's with these tiers, "" where they have none, held for a year unless told otherwise."""
    count, held = len(tiers), more.get("held", [365] * len(tiers))
    names = more.get("territory", ["kim"] * count)
    territories = sorted(set(names))
    return Accounts(
        territory=np.array([territories.index(name) for name in names], dtype=np.int64),
        territories=tuple(territories),
        tier=np.array(list(tiers), dtype=np.str_),
        since=np.array(
            [TODAY - timedelta(days=ago) if tier else None for tier, ago in zip(tiers, held, strict=True)],
            dtype="datetime64[D]",
        ),
        moved=np.array(more.get("moved", [tier != "" for tier in tiers]), dtype=np.bool_),
        nominated=np.array(more.get("nominated", [0] * count), dtype=np.int64),
        hard=np.array(more.get("hard", [False] * count), dtype=np.bool_),
        locked=np.array(more.get("locked", [""] * count), dtype=np.str_),
    )


def indications(*lines: tuple[int, str, str, float], since: str = "2018-01-01") -> Indications:
    """Lines of provider, code, diagnosis family and volume, all of one period."""
    return Indications(
        npi=np.array([npi(line[0]) for line in lines], dtype=np.str_),
        code=np.array([line[1] for line in lines], dtype=np.str_),
        diagnosis=np.array([line[2] for line in lines], dtype=np.str_),
        since=np.array([since] * len(lines), dtype="datetime64[D]"),
        volume=np.array([line[3] for line in lines], dtype=np.float64),
    )


def practices(*sizes: tuple[int, float]) -> Affiliations:
    """Providers, each at a practice of so many clinicians."""
    texts = np.array([""] * len(sizes), dtype=np.str_)
    at = np.arange(len(sizes))
    size = np.array([size for _, size in sizes], dtype=np.float64)
    who = np.array([npi(one) for one, _ in sizes], dtype=np.str_)
    return Affiliations(who, at, at, texts, texts, texts, size, texts, texts, texts, texts)


def assessed(
    claims: Claims,
    rules: AssessRules,
    diagnoses: Indications | None = None,
    sizes: Affiliations | None = None,
    engine: EngineSettings = ONE_THREAD,
) -> Assessment:
    return assess(source_of(claims, diagnoses or indications(), engine, sizes), rules)
