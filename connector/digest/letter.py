"""What one recipient hears this morning: all of its news in one letter, a bad night first; without news, no letter.

A letter that may have been sent, or not, is written again with the same news under the same name, before any other.

Units    at most MOST of each sort are told one by one; the rest are counted, and count as told
Errors   none
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from connector.digest.news import BEGINS, WAITS, Kind, Morning, News
from connector.digest.night import day
from connector.store.messages import Change, Told
from connector.telling import Recipient

MOST = 12
NAMED = 3  # in a subject
LONGEST_NAME, LONGEST = 80, 300  # characters of a name and of a sentence
JOINERS = "\u200c\u200d"  # shown as nothing, and part of how Persian and Hindi names and many emoji are written
TITLES = {  # of one, and of several
    Kind.RAISED: ("1 account is going cold", "{} accounts are going cold"),
    Kind.SILENT: ("1 new logging gap", "{} new logging gaps"),
    Kind.ENDED: ("1 flag has ended", "{} flags have ended"),
    Kind.HEARD: ("1 logging gap has ended", "{} logging gaps have ended"),
    Kind.REFUSED: ("1 record could not be written", "{} records could not be written"),
    Kind.PROPOSED: ("1 edit waits for a decision", "{} edits wait for a decision"),
    Kind.UNMATCHED: ("1 account matches no provider", "{} accounts match no provider"),
    Kind.QUEUED: ("1 case waits in the unmatched queue", "{} cases wait in the unmatched queue"),
}
WHERE = {
    Kind.REFUSED: "`callplan status` says which, and why.",
    Kind.PROPOSED: "`callplan overrides` lists them, and takes the decision.",
    Kind.UNMATCHED: "`callplan status` lists them, and says why.",
    Kind.QUEUED: "`callplan matches` lists them with what each perhaps is, and takes the decision.",
}
FIRST = "This is the first digest here: it tells what is open now. From now on only what changes is told, once."


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: tuple[News, ...]
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    id: str
    to: Recipient
    subject: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    covers: tuple[Change, ...]
    bad_night: bool = False  # the opening begins with it


def letters_for(to: Recipient, morning: Morning, told: Mapping[Change, Told]) -> Iterator[Letter]:
    news = [one for one in morning.news() if _is_for(one, to, morning)]
    open_letters = dict.fromkeys(known.letter for known in told.values() if not known.sent)
    for name in open_letters:
        if again := [one for one in news if told.get(_change(one)) == Told(name, sent=False)]:
            yield _write(to, morning, again, name, first=not any(known.sent for known in told.values()))
    if fresh := [one for one in news if _is_fresh(one, told)]:
        yield _write(to, morning, fresh, _name(to, morning, fresh), first=not told)


def _is_for(one: News, to: Recipient, morning: Morning) -> bool:
    if one.kind in (Kind.NIGHT, *WAITS):
        return to.admin
    return not one.rep or to.hears_of(one.rep, one.manager or morning.manager(one.rep))


def _is_fresh(one: News, told: Mapping[Change, Told]) -> bool:
    """An end is told to those who heard of the beginning."""
    begins = BEGINS.get(one.kind)
    return one.stands and _change(one) not in told and (begins is None or (begins, one.key) in told)


def _change(one: News) -> Change:
    return one.kind, one.key


def _name(to: Recipient, morning: Morning, news: Sequence[News]) -> str:
    what = [morning.crm, to.id, morning.day.isoformat(), *(f"{kind} {key}" for kind, key in sorted(map(_change, news)))]
    return hashlib.sha256("\n".join(what).encode()).hexdigest()[:32]


def _write(to: Recipient, morning: Morning, news: Sequence[News], name: str, *, first: bool) -> Letter:
    order = [*TITLES, Kind.NIGHT]
    ordered = sorted(news, key=lambda one: order.index(one.kind))
    sections = tuple(
        _section(kind, list(of_kind), morning)
        for kind, of_kind in groupby(ordered, key=lambda one: one.kind)
        if kind is not Kind.NIGHT
    )
    return Letter(
        id=name,
        to=to,
        subject=_subject(morning, ordered, sections),
        opening=(*_night(to, morning), *((FIRST,) if first else ())),
        sections=sections,
        foot=tuple(_foot(to, morning)),
        covers=tuple(map(_change, news)),
        bad_night=morning.night.trouble is not None,
    )


def _section(kind: Kind, news: list[News], morning: Morning) -> Section:
    if kind in WAITS:
        total = len(morning.waits[kind])
        new = f", {len(news):,} of them new" if len(news) < total else ""
        return Section(_title(kind, total) + new, (), WHERE[kind])
    more = f"And {len(news) - MOST:,} more." if len(news) > MOST else ""
    return Section(_title(kind, len(news)), tuple(map(_clipped, news[:MOST])), more)


def _title(kind: Kind, number: int) -> str:
    one, several = TITLES[kind]
    return one if number == 1 else several.format(f"{number:,}")


def _clipped(one: News) -> News:
    told = tuple(clip(sentence, LONGEST) for sentence in one.told)
    name, rep = clip(one.name, LONGEST_NAME), clip(one.rep, LONGEST_NAME)
    return News(one.kind, one.key, name, told, rep, one.manager, one.page)


def _subject(morning: Morning, news: Sequence[News], sections: Sequence[Section]) -> str:
    """A bad night, to who hears of it; else the first sort of news, with names."""
    if morning.night.trouble and any(one.kind is Kind.NIGHT for one in news):
        return morning.night.trouble.what
    named = [clip(one.name.split(",")[0], LONGEST_NAME) for one in news if one.kind == news[0].kind and one.name]
    more = f" and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    return f"{sections[0].title}{': ' if named else ''}{', '.join(named[:NAMED])}{more}"


def _night(to: Recipient, morning: Morning) -> Iterator[str]:
    """A bad one, in one sentence; to an admin also why."""
    trouble, figures = morning.night.trouble, morning.night.figures
    if not trouble:
        return
    of = f"the figures are those of the night of {day(figures)}" if figures else "there are no figures of a night yet"
    step = trouble.next_step if to.admin else "Tell your admin: `callplan status` says why."
    yield f"{trouble.what}, so {of}. Next step: {step}"
    if to.admin and trouble.why:
        yield f"Why: {clip(trouble.why, 2 * LONGEST)}"


def _foot(to: Recipient, morning: Morning) -> Iterator[str]:
    heard = (number for rep, number in morning.in_line.items() if to.hears_of(rep, morning.manager(rep)))
    if waiting := sum(heard):
        waits = "1 more waits its turn" if waiting == 1 else f"{waiting:,} more wait their turn"
        yield f"{waits}: a manager hears of a few new flags a day, those with the most at risk first."
    if morning.night.figures and not morning.night.trouble:
        yield f"As of the night of {day(morning.night.figures)}."
    yield f"Sent by Callplan for {morning.crm}. It tells of each change once, and nothing on mornings without any."


def clip(text: str, longest: int) -> str:
    """On one line, and no longer than that."""
    line = " ".join("".join(sign if sign.isprintable() or sign in JOINERS else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
