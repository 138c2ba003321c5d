"""Sends letters and keeps on record what was told: on record before a letter goes out, settled when it was taken.

A letter that fails costs no other one. If it is known that nothing was sent, its news is told with whatever is new
then; if not, or if the process dies on the way, the same letter is sent once more under the same name.

Errors   none while there are letters left; those that failed are in the answer, and `failure` makes one of them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from connector.contract import Clock
from connector.digest import mail, others, slack
from connector.digest.letter import Letter
from connector.digest.unanswered import Unanswered
from connector.errors import ConnectorError, NeedsHuman, TryAgain
from connector.store.messages import Messages
from connector.telling import Recipient, Smtp

Send = Callable[[Letter], None]
KeepTrying = Callable[[Callable[[], None]], None]  # with a wait between, as long as what it calls says TryAgain


@dataclass
class Posted:
    letters: int = 0
    changes: int = 0
    failed: list[tuple[Recipient, ConnectorError]] = field(default_factory=list)


@dataclass(frozen=True)
class Post:
    messages: Messages
    clock: Clock
    keep_trying: KeepTrying
    log: Callable[..., None]
    smtp: Smtp | None

    def deliver(self, letters: Iterable[Letter], day: date) -> Posted:
        posted = Posted()
        for letter in letters:
            self.messages.intend(letter.to.id, letter.id, letter.covers, day, self.clock.now())
            try:
                self.keep_trying(partial(self._send, letter))
            except ConnectorError as error:
                self._failed(letter, error)
                posted.failed.append((letter.to, error))
                continue
            self.messages.settle(letter.to.id, letter.id, self.clock.now())
            self.log("told", recipient=letter.to.id, letter=letter.id, changes=len(letter.covers))
            posted.letters += 1
            posted.changes += len(letter.covers)
        return posted

    def _send(self, letter: Letter) -> None:
        if letter.to.email and self.smtp:
            mail.send(letter, self.smtp, self.clock.now())
        else:
            {"slack": slack.send, "apprise": others.send}[letter.to.way](letter, letter.to.address)

    def _failed(self, letter: Letter, error: ConnectorError) -> None:
        if not isinstance(error, Unanswered):
            self.messages.take_back(letter.to.id, letter.id)
        self.log("not_told", recipient=letter.to.id, letter=letter.id, why=error.what)


def failure(posted: Posted, tell: Iterable[Recipient]) -> ConnectorError:
    """All that failed in one error, each by its place in the config: one for a person, if any of them is."""
    place = {one.id: at for at, one in enumerate(tell, 1)}
    told = [f"Entry {place[to.id]} of `tell` ({to.way}) was not told. {error.what}" for to, error in posted.failed]
    steps = dict.fromkeys(error.next_step for _, error in posted.failed if error.next_step)
    kind = TryAgain if all(isinstance(error, TryAgain) for _, error in posted.failed) else NeedsHuman
    return kind("\n".join(told), next_step="\n".join([*steps, "`callplan run send_digest` sends what is left."]))
