"""The shortest story that breaks the same law: fewer nights, faults and deeds, and plainer ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tests.nights.sim.ground import Ground, Knobs
from tests.nights.sim.story import Story, tell

Item = TypeVar("Item")


class _Spent(Exception):
    """As many tellings as were allowed."""


def shrink(ground: Ground, story: Story, law: str, folder: Path, most: int = 400) -> Story:
    """The shortest that breaks the same law, as far as `most` tellings lead."""
    tries, shortest = 0, story

    def breaks(shorter: Story) -> bool:
        nonlocal tries, shortest
        if tries >= most:
            raise _Spent
        tries += 1
        broken = any(name == law for name, _ in tell(ground, shorter, folder / f"try-{tries}").violations)
        shortest = shorter if broken else shortest
        return broken

    with suppress(_Spent):
        while True:
            before = shortest
            _fewer(shortest.nights, lambda nights: breaks(replace(shortest, nights=tuple(nights))))
            _fewer(_faults(shortest), lambda faults: breaks(_with_faults(shortest, faults)))
            _fewer(_deeds(shortest), lambda deeds: breaks(_with_deeds(shortest, deeds)))
            for plainer in _plainer(shortest):
                breaks(plainer)
            if shortest == before:
                break
    return shortest


def _fewer(items: Sequence[Item], breaks: Callable[[Sequence[Item]], bool]) -> None:
    """Leave out halves, quarters, ... single ones, for as long as the law stays broken."""
    size = max(1, len(items) // 2)
    while items:
        at = 0
        while at < len(items):
            less = [*items[:at], *items[at + size :]]
            if breaks(less):
                items = less
            else:
                at += size
        if size == 1:
            return
        size //= 2


def _faults(story: Story) -> list[tuple[int, int, str]]:
    return [(at, site, kind) for at, night in enumerate(story.nights) for site, kind in night.faults.items()]


def _with_faults(story: Story, faults: Sequence[tuple[int, int, str]]) -> Story:
    nights = (
        replace(night, faults={site: kind for of, site, kind in faults if of == at})
        for at, night in enumerate(story.nights)
    )
    return replace(story, nights=tuple(nights))


def _deeds(story: Story) -> list[tuple[int, str]]:
    return [(at, deed) for at, night in enumerate(story.nights) for deed in night.deeds]


def _with_deeds(story: Story, deeds: Sequence[tuple[int, str]]) -> Story:
    nights = (
        replace(night, deeds=tuple(deed for of, deed in deeds if of == at)) for at, night in enumerate(story.nights)
    )
    return replace(story, nights=tuple(nights))


def _plainer(story: Story) -> Iterator[Story]:
    if any(night.copy for night in story.nights):
        yield replace(story, nights=tuple(replace(night, copy="") for night in story.nights))
    for at, night in enumerate(story.nights):
        if night.claims != "usual":
            yield replace(story, nights=(*story.nights[:at], replace(night, claims="usual"), *story.nights[at + 1 :]))
    if story.knobs != Knobs():
        yield replace(story, knobs=Knobs())
