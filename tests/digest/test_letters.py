"""How a letter reads and what it holds back: one line a subject, text and no markup, never too long."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from callplan.model import Npi
from connector.contract import Secret
from connector.digest import slack
from connector.digest.letter import Letter, letters_for
from connector.digest.mail import written
from connector.digest.news import WAITS, Account, Morning
from connector.digest.night import LastNight, Trouble
from connector.digest.page import as_html
from connector.digest.text import as_text
from connector.store.flags import Flag
from connector.telling import Recipient, Smtp
from tests.conftest import TODAY, StillClock
from tests.digest.morning import KIM, PAT, WHY
from tests.sandbox.test_page import browser, seen

__all__ = ["browser"]
MAIL = Smtp.model_validate({"host": "localhost", "from": "callplan@example.com", "tls": "none"})
EVIL = "Dr. <b>Brandt</b> & Sons\r\nBcc: all@example.com"


def letter(*names: str, page: str | None = "https://crm.example.com/1", trouble: Trouble | None = None) -> Letter:
    """To a channel that hears of everything."""
    called = {Npi(str(at)): Account(name, "Tier A: by tiers.csv.", page) for at, name in enumerate(names)}
    raised = (TODAY, KIM, PAT, WHY, "Book a visit.", 412.0, None, None, None, None, None, None)
    flags = tuple(Flag(at, npi, *raised) for at, npi in enumerate(called))
    night = LastNight(trouble, TODAY)
    morning = Morning(
        "salesforce", TODAY, night, flags, (), {}, dict.fromkeys(WAITS, frozenset()), called.__getitem__, str
    )
    (made,) = letters_for(Recipient(email=PAT, admin=True), morning, {})
    return made


def mail(made: Letter) -> EmailMessage:
    return written(made, MAIL, StillClock().now())


def test_names_are_text_wherever_they_go() -> None:
    made = letter(EVIL)

    assert mail(made)["Subject"] == "1 account is going cold: Dr. <b>Brandt</b> & Sons Bcc: all@example.com"
    assert mail(made)["Bcc"] is None
    assert "Dr. &lt;b&gt;Brandt&lt;/b&gt; &amp; Sons Bcc" in as_html(made)
    assert "|Dr. &lt;b&gt;Brandt&lt;/b&gt; &amp; Sons Bcc" in slack.payload(made)["text"]


def test_what_a_night_said_is_text_and_a_command_in_it_is_set_apart() -> None:
    page = as_html(letter("Dr. Brandt", trouble=Trouble("run 7", "The night stopped", "<img src=x>", "Run `<b>`.")))

    assert "Why: &lt;img src=x&gt;" in page
    assert "Next step: Run <code>&lt;b&gt;</code>." in page


def test_an_address_of_the_crm_is_a_link_and_cannot_end_its_attribute() -> None:
    page = as_html(letter("Dr. Brandt", page='https://crm.example.com/"onclick="x'))

    assert 'href="https://crm.example.com/&#34;onclick=&#34;x"' in page


def test_a_subject_in_any_script_arrives_as_it_was() -> None:
    sent = mail(letter("Dr. Adéyemí 医師"))

    assert "=?utf-8?" in sent.as_string().split("\n")[0]
    assert sent["Subject"] == "1 account is going cold: Dr. Adéyemí 医師"


def test_a_long_list_is_cut_and_says_how_many_more() -> None:
    made = letter(*(f"Dr. Adeyemi {number}" for number in range(300)))

    assert made.subject == ("300 accounts are going cold: Dr. Adeyemi 0, Dr. Adeyemi 1, Dr. Adeyemi 2 and 297 more")
    assert "And 288 more." in as_text(made)
    assert len(made.covers) == 300
    assert (len(as_text(made)), len(as_html(made))) < (5_000, 12_000)


def test_every_line_of_the_text_is_short_and_no_link_is_broken() -> None:
    link = f"https://crm.example.com/{'a' * 200}"
    lines = as_text(letter("Dr. Adeyemi, " * 20, page=link)).splitlines()

    assert f"  {link}" in lines
    assert all(len(line) <= 76 for line in lines if link not in line)


@pytest.mark.parametrize("name", ["@here", "<!channel> @all", "_@channel_", "![x](https://evil.example.com)"])
def test_a_name_calls_nobody_in_a_channel_and_shows_nothing_from_elsewhere(name: str) -> None:
    sent = slack.payload(letter(f"Dr. {name}"))

    assert all(block["text"].get("verbatim") for block in sent["blocks"] if block["type"] == "section")
    assert not re.search(r"<!|(?<![^\W_])@(here|all|channel)|\]\(", sent["text"])
    assert KIM in sent["text"]


def test_a_name_in_any_script_is_whole_and_turns_no_line_around() -> None:
    name = "\u062f\u06a9\u062a\u0631 \u0645\u06cc\u200c\u062e \U0001f469\u200d\u2695"

    made = letter(f"{name}\u202e")

    assert made.subject == f"1 account is going cold: {name}"
    assert f"<bdi>{name}</bdi>" in as_html(made)


@pytest.mark.parametrize("sign", ["&", "<!channel>", "é", "a|b", "* _ `", "\n"])
@pytest.mark.parametrize("length", [100, 900])
def test_a_message_fits_slack_whatever_accounts_are_called(sign: str, length: int) -> None:
    sent = slack.payload(letter(*[f"{sign * 400}{number}" for number in range(40)], page=f"https://{'&|' * length}"))

    texts = [block["text"]["text"] for block in sent["blocks"]]
    assert len(texts) <= 50
    assert len(texts[0]) <= 150
    assert all(0 < len(text) <= 3_000 for text in texts)
    assert "<!" not in sent["text"]
    assert all(text.count("<https://") == text.count(">") == text.count("|") for text in texts[1:])


def test_a_letter_opens_on_a_phone_without_scrolling_sideways(browser: str, tmp_path: Path) -> None:
    trouble = Trouble("run 7", "The night of Tuesday 24 November 2026 stopped before it was done", "x" * 90, "Look.")
    made = letter("Dr. Adeyemi-" + "Oyelaran" * 9, "Dr. Brandt", trouble=trouble)
    frame = json.dumps(as_html(made)).replace("</", "<\\/")
    (tmp_path / "phone.html").write_text(
        f"<iframe id=f width=360 height=600></iframe><p id=p><script>f.onload = () => {{"
        f"p.textContent = 'width ' + f.contentDocument.documentElement.scrollWidth + ' links ' + "
        f"f.contentDocument.links.length + ' images ' + f.contentDocument.images.length}}; f.srcdoc = {frame}</script>"
    )

    page = seen(browser, f"file://{tmp_path / 'phone.html'}", tmp_path / "profile")

    assert "width 360 links 2 images 0" in page or "width 345 links 2 images 0" in page


def test_a_secret_address_shows_in_nothing_that_is_said_of_a_recipient() -> None:
    one = Recipient(slack=Secret("https://hooks.example.com/s3cret"))

    assert one.id.startswith("slack ")
    assert "s3cret" not in f"{one!r}{one.id}{one}"


@pytest.mark.parametrize(
    ("to", "rep", "manager", "hears"),
    [
        ({"email": PAT}, KIM, PAT, True),
        ({"email": PAT.upper()}, KIM, PAT, True),
        ({"email": PAT}, KIM, "", False),
        ({"email": PAT, "of": [KIM]}, KIM, "", True),
        ({"email": PAT, "of": ["lee@example.com"]}, KIM, PAT, False),
        ({"email": PAT, "admin": True}, KIM, "", True),
        ({"email": PAT, "admin": True, "of": ["lee@example.com"]}, KIM, "", False),
    ],
)
def test_who_hears_of_a_rep(to: dict[str, object], rep: str, manager: str, hears: bool) -> None:
    assert Recipient.model_validate(to).hears_of(rep, manager) is hears
