"""A letter to a Slack-compatible webhook: blocks for Slack, and the same as text for Mattermost and for notifications.

Units    50 blocks a message, 3,000 characters a section, 150 a header: Slack's limits (Block Kit reference)
Errors   TryAgain: limited, or its side is in trouble; Unanswered: no answer came
         NeedsHuman: the webhook is gone or refuses it. None of them holds the address, which is a secret
Source   Slack: "Sending messages using incoming webhooks", "Formatting text for app surfaces"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import requests
from urllib3.exceptions import LocationValueError

from connector.digest.letter import Letter
from connector.digest.news import News
from connector.digest.text import by_whom
from connector.digest.unanswered import Unanswered
from connector.errors import ConnectorError, NeedsHuman, TryAgain

SECONDS = 30
HEADER, SECTION, BLOCKS = 150, 3000, 50
LINK = 1000  # a longer one is left out
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # all that Slack asks for
CALLS = re.compile(
    r"(?<![^\W_])@(?=\w)|\](?=\()"
)  # @here and [links](...) mean something to Mattermost, escaped or not
VERBATIM = {"type": "mrkdwn", "verbatim": True}  # else an @here in a name would call everybody there
Payload = dict[str, Any]


def payload(letter: Letter) -> Payload:
    paragraphs = list(_paragraphs(letter))
    title = letter.subject if len(letter.subject) <= HEADER else f"{letter.subject[: HEADER - 1]}…"
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        *({"type": "section", "text": {**VERBATIM, "text": text}} for text in _packed(paragraphs)),
    ]
    text = "\n\n".join([f"*{escaped(letter.subject)}*", *paragraphs])
    return {"text": CALLS.sub("\\g<0>\u200b", text), "blocks": blocks[:BLOCKS], "unfurl_links": False}


def send(letter: Letter, address: str) -> None:
    try:
        answer = requests.post(address, json=payload(letter), timeout=SECONDS, allow_redirects=False)
    except requests.ConnectionError as error:
        if isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error):
            raise TryAgain(
                "The webhook cannot be reached.", next_step="See that the webhook's host is right and answers."
            ) from None
        raise Unanswered("The webhook broke off before it answered.") from None
    except LocationValueError:
        step = "Correct the address where the config takes it from."
        raise NeedsHuman("The webhook's address has no host.", next_step=step) from None
    except requests.RequestException:
        raise Unanswered("The webhook gave no answer.") from None
    if not 200 <= answer.status_code < 300:
        raise _refused(answer)


def escaped(text: str, longest: int = SECTION) -> str:
    """Never cut within what was escaped."""
    told, room = list[str](), longest - 1
    for sign in text:
        room -= len(put := ESCAPES.get(sign, sign))
        if room < 0:
            return f"{''.join(told)}…"
        told.append(put)
    return "".join(told)


def _paragraphs(letter: Letter) -> Iterator[str]:
    yield from (escaped(text) for text in letter.opening)
    for section in letter.sections:
        yield f"*{escaped(section.title)}*"
        yield from (_item(item) for item in section.items)
        if section.closing:
            yield escaped(section.closing)
    yield "\n".join(escaped(text) for text in letter.foot)


def _item(item: News) -> str:
    """Shorter, where it would be more than a section holds."""
    whole = "\n".join([f"{_head(item)}{escaped(by_whom(item))}", *(escaped(one) for one in item.told)])
    return whole if len(whole) <= SECTION else "\n".join([_head(item), *(escaped(one, 250) for one in item.told[:4])])


def _head(item: News) -> str:
    name, link = escaped(item.name).replace("|", "¦"), escaped((item.page or "").replace("|", "%7C"))
    return f"<{link}|{name}>" if 0 < len(link) <= LINK else f"*{name}*"


def _packed(paragraphs: list[str]) -> Iterator[str]:
    """As many to a section as it holds."""
    packed = ""
    for text in paragraphs:
        if packed and len(packed) + 2 + len(text) > SECTION:
            yield packed
            packed = ""
        packed = f"{packed}\n\n{text}" if packed else text
    if packed:
        yield packed


def _refused(answer: requests.Response) -> ConnectorError:
    word = answer.text.strip()
    said = f"{answer.status_code} {word}" if re.fullmatch(r"[a-z_]{1,40}", word) else str(answer.status_code)
    if answer.status_code == 429 or answer.status_code >= 500:
        wait = answer.headers.get("Retry-After", "")
        return TryAgain(f"The webhook answered {said}.", after=float(wait) if wait.isdecimal() else 1.0)
    step = "Make a new webhook, and put its address where the config takes it from."
    return NeedsHuman(f"The webhook answered {said}: it takes no messages.", next_step=step)
