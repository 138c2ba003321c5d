"""Letters on bad days: servers that refuse, break off or have the wrong certificate, and a process that is killed."""

from __future__ import annotations

import os
import re
import signal
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.errors import ConnectorError, NeedsHuman, TryAgain
from tests.command import forks
from tests.connector.samples import ADEYEMI, BRANDT
from tests.digest.hook import Hook
from tests.digest.morning import KIM, PAT, ROBIN, TELL, Mornings, text_of
from tests.digest.post_office import PostOffice

BOTH = f"[{{slack: '${{FILE:hook}}'}}, {{email: {ROBIN}, admin: true}}]"


@pytest.fixture(scope="module")
def answering() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture
def hook(answering: Hook, desk: Mornings) -> Hook:
    answering.posted.clear()
    answering.answers.clear()
    desk.write("hook", answering.url)
    desk.say_whom(BOTH)
    return answering


def refusal_of(desk: Mornings) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        desk.digest()
    return caught.value


def test_a_webhook_gets_the_same_news_with_names_that_lead_to_the_crm(desk: Mornings, hook: Hook) -> None:
    desk.goes_cold(ADEYEMI)

    desk.digest()

    (posted,) = hook.posted
    assert posted["blocks"][0]["text"]["text"] == "1 account is going cold: Dr. Adeyemi"
    assert "<https://crm.example.com/accounts/a000001|Dr. Adeyemi, Des Moines> (kim@example.com)\n" in posted["text"]


def test_a_webhook_that_is_busy_is_asked_again_when_it_says(desk: Mornings, hook: Hook) -> None:
    desk.goes_cold(ADEYEMI)
    hook.answers.append((429, "rate_limited", {"Retry-After": "7"}))

    desk.digest()

    assert len(hook.posted) == 2
    assert 7 <= desk.clock.slept < 9


def test_a_wait_that_is_no_number_is_none(desk: Mornings, hook: Hook) -> None:
    desk.goes_cold(ADEYEMI)
    hook.answers.append((503, "", {"Retry-After": "\u00b2"}))

    desk.digest()

    assert len(hook.posted) == 2


@pytest.mark.parametrize("headers", [{}, {"Location": "http://127.0.0.1:9/elsewhere"}])
def test_a_webhook_that_points_elsewhere_has_taken_nothing(desk: Mornings, hook: Hook, headers: dict[str, str]) -> None:
    desk.goes_cold(ADEYEMI)
    hook.answers.append((302, "", headers))

    error = refusal_of(desk)

    assert "The webhook answered 302: it takes no messages." in str(error)
    assert len(desk.office.to(ROBIN) if desk.office else ()) == 1


def test_an_address_without_a_host_costs_nobody_else_the_message(desk: Mornings, hook: Hook) -> None:
    desk.write("hook", "https://hooks..example.com/s3cret")
    desk.goes_cold(ADEYEMI)

    error = refusal_of(desk)

    assert isinstance(error, NeedsHuman)
    assert len(desk.office.to(ROBIN) if desk.office else ()) == 1
    assert "s3cret" not in f"{error}{desk.told}"


def test_a_webhook_that_is_gone_costs_nobody_else_the_message(desk: Mornings, hook: Hook) -> None:
    desk.goes_cold(ADEYEMI)
    hook.answers.append((404, "no_service", {}))

    error = refusal_of(desk)
    rest = [len(desk.digest()), len(hook.posted)]

    assert isinstance(error, NeedsHuman)
    assert "Entry 1 of `tell` (slack) was not told. The webhook answered 404 no_service" in str(error)
    assert len(desk.office.to(ROBIN) if desk.office else ()) == 1
    assert rest == [0, 2]
    assert "s3cret" not in f"{error}{desk.told}"


def test_a_webhook_out_of_reach_says_so_without_its_address(desk: Mornings, hook: Hook) -> None:
    desk.write("hook", "http://127.0.0.1:9/services/T0/B0/s3cret")
    desk.goes_cold(ADEYEMI)

    error = refusal_of(desk)

    assert isinstance(error, TryAgain)
    assert "cannot be reached" in str(error)
    assert "s3cret" not in f"{error}{desk.told}{error.__cause__}"


def test_a_recipient_whom_the_server_does_not_know_is_named_by_the_line_of_the_config(
    desk: Mornings, office: PostOffice
) -> None:
    desk.goes_cold(ADEYEMI)
    office.refuses["rcpt TO:<pat"] = "550 no such user pat@example.com"

    error = refusal_of(desk)
    office.refuses.clear()
    later = desk.digest()

    assert "Entry 1 of `tell` (email) was not told. The mail server refused the recipient (550)." in str(error)
    assert "@" not in str(error)
    assert [message["To"] for message in later] == [PAT]
    assert len(office.to(ROBIN)) == 1


def test_a_letter_of_which_nobody_knows_whether_it_came_is_sent_under_the_same_id(
    desk: Mornings, office: PostOffice
) -> None:
    desk.say_whom(f"[{{email: {PAT}}}]")
    desk.goes_cold(ADEYEMI)
    office.on_message = _break_off

    error = refusal_of(desk)
    tried = len(office.received)
    office.on_message = lambda: None
    desk.goes_cold(BRANDT)
    again, new = desk.digest(days=1)

    assert isinstance(error, TryAgain)
    assert tried == 3
    assert {message["Message-ID"] for message in office.received[:3]} == {again["Message-ID"]}
    assert [again["Subject"], new["Subject"]] == [
        "1 account is going cold: Dr. Adeyemi",
        "1 account is going cold: Dr. Brandt",
    ]


def _break_off() -> None:
    raise OSError


def test_a_night_s_server_that_is_down_for_days_makes_one_letter_in_the_end(desk: Mornings, office: PostOffice) -> None:
    desk.say_whom(f"[{{email: {PAT}}}]")
    office.refuses["mail FROM"] = "451 later"
    for npi in (ADEYEMI, BRANDT):
        desk.goes_cold(npi)
        refusal_of(desk)
    office.refuses.clear()

    (only,) = desk.digest()

    assert only["Subject"] == "2 accounts are going cold: Dr. Adeyemi, Dr. Brandt"


def test_a_process_killed_between_sending_and_recording_repeats_that_one_message(
    desk: Mornings, office: PostOffice
) -> None:
    desk.goes_cold(ADEYEMI)
    child = forks.Process(target=_send, args=(desk.folder, desk.port))
    office.on_message = lambda: _kill(child)

    child.start()
    child.join()
    office.on_message = lambda: None
    repeated, other = desk.digest()

    assert child.exitcode == -signal.SIGKILL
    assert office.received[0]["To"] == repeated["To"] == PAT
    assert office.received[0]["Message-ID"] == repeated["Message-ID"]
    assert text_of(office.received[0]) == text_of(repeated)
    assert other["To"] == ROBIN
    assert desk.digest() == []


def _send(folder: Path, port: int) -> None:
    Mornings(folder, "", port=port).opened().night(name="send_digest")


def _kill(process: ForkServerProcess) -> None:
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that nobody but its own file vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now, host = datetime.now(UTC), x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(host, critical=False).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + signed.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


@pytest.fixture
def safe_desk(desk: Mornings, office: PostOffice, certified: tuple[Path, ssl.SSLContext]) -> Iterator[Mornings]:
    """With a login, which goes over TLS alone."""
    desk.write("password", "pa55word")
    desk.smtp = "tls: starttls, user: callplan, password: '${FILE:password}'"
    desk.say_whom(TELL)
    desk.goes_cold(ADEYEMI)
    office.tls = certified[1]
    yield desk
    office.tls = None


def test_a_login_goes_to_a_server_whose_certificate_is_trusted(
    safe_desk: Mornings, certified: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))

    assert len(safe_desk.digest()) == 2
    assert any(line.startswith("AUTH PLAIN") for line in safe_desk.office.commands) if safe_desk.office else False


def test_a_server_with_another_s_certificate_gets_no_login(safe_desk: Mornings, office: PostOffice) -> None:
    error = refusal_of(safe_desk)

    assert "certificate" in str(error)
    assert not any("AUTH" in line for line in office.commands)


def test_a_server_without_tls_gets_no_login(safe_desk: Mornings, office: PostOffice) -> None:
    office.tls = None

    error = refusal_of(safe_desk)

    assert "The mail server offers no STARTTLS." in str(error)
    assert not re.search("AUTH|MAIL", " ".join(office.commands))


def test_a_login_that_mail_servers_cannot_read_is_told_and_shows_nowhere(
    safe_desk: Mornings, certified: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    safe_desk.write("password", "pa55w\u00f6rd")
    safe_desk.read.clear()

    error = refusal_of(safe_desk)

    assert isinstance(error, NeedsHuman)
    assert "plain ASCII" in str(error)
    assert "\u00f6" not in f"{error}{safe_desk.told}"


def test_a_password_that_is_refused_shows_nowhere(
    safe_desk: Mornings, office: PostOffice, certified: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    office.refuses["AUTH"] = "535 no: pa55word of callplan@example.com"

    error = refusal_of(safe_desk)

    assert "The mail server refused the login." in str(error)
    assert "pa55word" not in f"{error}{safe_desk.told}{safe_desk.loaded()}"
    assert KIM not in str(error)
