"""Tell each recipient of the config what has changed since it was last told: in the morning, a bad night first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connector.digest.letter import Letter, letters_for
from connector.digest.news import COME_BACK, Morning
from connector.digest.post import Post, failure
from connector.run import Run
from connector.store.journal import Tally
from jobs._morning import morning_of

TRIES = 3  # for one letter; the others wait meanwhile


def send_digest(run: Run) -> Tally:
    """Tell each recipient of the config what has changed since it was last told, and begin with a bad night."""
    messages, morning = run.store.messages, morning_of(run)
    for kind in COME_BACK:
        messages.forget(kind, morning.waits[kind])
    patience = replace(run.patience, tries=TRIES)

    post = Post(messages, run.clock, patience.keep_trying, run.log, run.config.smtp)
    posted = post.deliver(_letters(run, morning), morning.day)
    run.tally.update(messages_sent=posted.letters, changes_told=posted.changes, messages_failed=len(posted.failed))
    if posted.failed:
        raise failure(posted, run.config.tell)
    return run.tally


def letters(run: Run) -> list[Letter]:
    """What `send_digest` would send."""
    return list(_letters(run, morning_of(run)))


def _letters(run: Run, morning: Morning) -> Iterator[Letter]:
    for to in run.config.tell:
        yield from letters_for(to, morning, run.store.messages.told(to.id))
