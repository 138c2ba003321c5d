"""A letter as plain text, for those whose mail shows no HTML and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from connector.digest.letter import Letter
from connector.digest.news import News

WIDTH = 76  # columns; an address is never broken


def as_text(letter: Letter) -> str:
    return "\n".join(_lines(letter)).strip() + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    for paragraph in letter.opening:
        yield from (*_wrapped(paragraph), "")
    for section in letter.sections:
        yield from (section.title, "-" * len(section.title), "")
        for item in section.items:
            yield from (*_item(item), "")
        if section.closing:
            yield from (*_wrapped(section.closing), "")
    yield "-- "
    for paragraph in letter.foot:
        yield from _wrapped(paragraph)


def _item(item: News) -> Iterator[str]:
    yield from _wrapped(f"{item.name}{by_whom(item)}")
    for sentence in item.told:
        yield from _wrapped(sentence, "  ")
    if item.page:
        yield f"  {item.page}"


def by_whom(item: News) -> str:
    """The rep, where that is not who the item is about."""
    return f" ({item.rep})" if item.rep and item.rep != item.name else ""


def _wrapped(text: str, indent: str = "") -> list[str]:
    how = {"break_long_words": False, "break_on_hyphens": False}
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, **how)  # type: ignore[arg-type]
