#!/usr/bin/env python
"""How much of the lists each of twenty nights writes anew: bench/nights.py

Two reps with two hundred accounts, of which five in a hundred change tier every day; access closes, a rep goes on
leave, and one visit in seven is not made (tests/nights/twenty.py). A row is written anew where its day, number or kind
is another, where it came, or where it went; those that went because their day was over are told apart.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from connector.store.slots import ENDED, MOVED
from tests.nights.twenty import Night, Twenty, committed


def main() -> None:
    with TemporaryDirectory() as folder:
        nights = list(Twenty(Path(folder)).nights())
    print("night         rows  anew  day over  share  committed ahead  moved  ended")
    for night in nights:
        print(_line(night))
    within = [night for night in nights if night.today.weekday()]
    rows, anew = sum(len(night.before) for night in within), sum(_beyond(night) for night in within)
    held = sum(len(committed(night.before, night.today)) for night in within)
    moved = sum(event.event == MOVED for night in within for event in night.events)
    print(f"Within a week: {anew:,} of {rows:,} rows anew ({anew / rows:.0%}), beside those whose day was over;")
    print(f"{moved} of {held} committed slots moved ({moved / held:.1%}), each with its reason.")


def _line(night: Night) -> str:
    said = [event.event for event in night.events]
    ahead = len(committed(night.before, night.today))
    share = _beyond(night) / len(night.before) if night.before and night.today.weekday() else 1.0
    told = f"{night.today:%a %d %b}  {len(night.before):>7} {night.rewritten:>5} {_over(night):>9} {share:>6.0%}"
    return f"{told} {ahead:>16} {said.count(MOVED):>6} {said.count(ENDED):>6}"


def _over(night: Night) -> int:
    return sum(stop.day < night.today and npi not in night.after for npi, stop in night.before.items())


def _beyond(night: Night) -> int:
    return night.rewritten - _over(night)


if __name__ == "__main__":
    main()
