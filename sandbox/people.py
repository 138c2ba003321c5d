"""The people of the sample: eight reps, who owns which account, and what they logged.

Gaps between visits have the shape of a real field-visit log (city inspectors 2011-2013; high tier, as multiples of its
cadence of 183 days: a quarter under 0.07, the middle at 0.98, a tenth over 2.5), with the middle put at a month
for the accounts with the most volume and later for the others. So some accounts are seen often, some have gone
silent, and some were never visited.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean

from sandbox.world import Provider, Rep, Touch, World

NAMES = (
    "Kim Aldersgate",
    "Robin Birchwood",
    "Sasha Copperfield",
    "Jules Dunmore",
    "Alex Eastbrook",
    "Sam Fairbanks",
    "Toni Greenhill",
    "Max Harrowgate",
)
LOOK_BACK = 400  # days of log
# Quantiles of a gap as a multiple of its middle, from the real log: 5, 10, 25, 50, 75, 90, 95 percent.
GAPS = ((0.0, 0.02), (0.05, 0.022), (0.10, 0.04), (0.25, 0.07), (0.5, 1.0), (0.75, 1.87), (0.9, 2.5), (1.0, 3.0))
MIDDLE_DAYS = (30.0, 75.0, 200.0)  # of the third with the most volume, the middle third, the last
KINDS = (("visit", 55), ("call", 25), ("email", 15), ("note", 5))
NEVER = 0.08  # share of accounts without any log


def populate(providers: Path, *, reps: int = 8, today: date, seed: int = 7, label: str) -> World:
    """The world that a plain CSV of accounts becomes: columns npi, name, specialty, city, state, zip, latitude,
    longitude, volume; places may be empty."""
    with providers.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["npi"])
    team = tuple(Rep(name, f"{name.split()[0].lower()}@example.com") for name in NAMES[:reps])
    owner = _territories(rows, team)
    accounts = tuple(_provider(row, owner[row["npi"]]) for row in rows)
    ranked = sorted(rows, key=lambda row: (-float(row["volume"] or 0), row["npi"]))
    third = {row["npi"]: at * 3 // len(rows) for at, row in enumerate(ranked)}
    touches = tuple(
        touch
        for account in accounts
        for touch in _log(account, MIDDLE_DAYS[third[account.npi]], today, Random(f"{seed}-{account.npi}"))
    )
    return World(team, accounts, touches, label)


def _territories(rows: list[dict[str, str]], team: tuple[Rep, ...]) -> dict[str, str]:
    """As many accounts for each rep: the map is cut in half, north from south or east from west, until each has one."""
    owner: dict[str, str] = {}
    middles = _town_middles(rows)

    def cut(part: list[dict[str, str]], reps: tuple[Rep, ...]) -> None:
        if len(reps) == 1:
            owner.update((row["npi"], reps[0].email) for row in part)
            return
        points = {row["npi"]: _point(row, middles) for row in part}
        spread = [max(p[axis] for p in points.values()) - min(p[axis] for p in points.values()) for axis in (0, 1)]
        axis = spread.index(max(spread))
        in_order = sorted(part, key=lambda row: (points[row["npi"]][axis], row["npi"]))
        half = len(reps) // 2
        at = len(part) * half // len(reps)
        cut(in_order[:at], reps[:half])
        cut(in_order[at:], reps[half:])

    if rows:
        cut(rows, team)
    return owner


def _town_middles(rows: list[dict[str, str]]) -> dict[str, tuple[float, float]]:
    known: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if row["latitude"]:
            for name in (row["city"], ""):
                known.setdefault(name, []).append((float(row["latitude"]), float(row["longitude"])))
    return {name: (mean(p[0] for p in points), mean(p[1] for p in points)) for name, points in known.items()}


def _point(row: dict[str, str], middles: dict[str, tuple[float, float]]) -> tuple[float, float]:
    if row["latitude"]:
        return float(row["latitude"]), float(row["longitude"])
    return middles.get(row["city"]) or middles.get("") or (0.0, 0.0)


def _provider(row: dict[str, str], rep: str) -> Provider:
    return Provider(
        npi=row["npi"],
        name=row["name"],
        specialty=row["specialty"],
        city=row["city"],
        state=row["state"],
        zip=row["zip"],
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        rep=rep,
    )


def _log(account: Provider, middle: float, today: date, rng: Random) -> Iterator[Touch]:
    if rng.random() < NEVER:
        return
    back = rng.uniform(0, 2 * middle)
    while back < LOOK_BACK:
        yield _touch(account, today - timedelta(days=max(round(back), 1)), rng)
        back += max(1.0, _gap(rng) * middle)
    if rng.random() < 0.1:
        day = today + timedelta(days=rng.randint(3, 20))
        yield Touch(account.npi, account.rep, "visit", _hour(day, rng), 30, "outbound", "planned")


def _gap(rng: Random) -> float:
    """A gap as a multiple of the middle one, between the quantiles of the real log."""
    share = rng.random()
    for (low, from_), (high, to) in pairwise(GAPS):
        if share <= high:
            return from_ + (to - from_) * (share - low) / (high - low)
    return GAPS[-1][1]


def _touch(account: Provider, day: date, rng: Random) -> Touch:
    kind = rng.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0]
    inbound = kind in ("call", "email") and rng.random() < 0.25
    chance, result = rng.random(), "done"
    if kind == "visit" and chance < 0.08:
        result = "no_show" if chance < 0.05 else "canceled"
    elif kind == "call" and not inbound and chance < 0.35:
        result = "no_answer"
    minutes = {"visit": rng.randint(15, 60), "call": rng.randint(2, 20)}.get(kind, 0)
    if result != "done":
        minutes = 0 if kind == "call" else minutes
    direction = "inbound" if inbound else "outbound"
    return Touch(account.npi, account.rep, kind, _hour(day, rng), minutes, direction, result)


def _hour(day: date, rng: Random) -> datetime:
    """Between nine and five in the middle of the country, which is 15 to 23 hours UTC."""
    return datetime.combine(day, time(15), UTC) + timedelta(minutes=15 * rng.randint(0, 28))
