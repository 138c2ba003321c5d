"""A letter by e-mail: text and HTML in one message, under a Message-ID that it keeps however often it is sent.

Errors   TryAgain: the server is busy or out of reach, and has not taken it; Unanswered: it broke off, and may have
         NeedsHuman: login, certificate, sender or recipient refused
         None of them holds an address, or what the server said
Source   RFC 5321, 5322, 3834
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from connector.digest.letter import Letter
from connector.digest.page import as_html
from connector.digest.text import as_text
from connector.digest.unanswered import Unanswered
from connector.errors import ConnectorError, NeedsHuman, TryAgain
from connector.telling import Smtp

SECONDS = 30  # to wait for each answer
GONE = (OSError, smtplib.SMTPServerDisconnected)


def written(letter: Letter, smtp: Smtp, now: datetime) -> EmailMessage:
    """Its headers cannot be broken into: the subject is one line, and what is not fails to be set."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = Address("Callplan", addr_spec=smtp.from_)
    message["To"] = letter.to.address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{smtp.from_.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers it
    message.set_content(as_text(letter))
    message.add_alternative(as_html(letter), subtype="html")
    return message


def send(letter: Letter, smtp: Smtp, now: datetime) -> None:
    message = written(letter, smtp, now)
    with _open(smtp) as server:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            (code, _), *_ = error.recipients.values()
            raise _refused(code, "the recipient") from None
        except smtplib.SMTPSenderRefused as error:
            raise _refused(error.smtp_code, "the sender, `smtp: from`") from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, "the message") from None
        except GONE:
            raise Unanswered("The mail server broke off before it said whether it took the message.") from None


@contextmanager
def _open(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    host, port = smtp.at
    try:
        server = _connect(smtp)
        if smtp.user and smtp.password:
            server.login(smtp.user, smtp.password.reveal())
    except ssl.SSLCertVerificationError:
        what = f"The certificate of {host}:{port} is not that of {host}, or nobody trusted has signed it."
        raise NeedsHuman(what, next_step="Write the name in `smtp: host` for which it has a certificate.") from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise _not_let_in(error, smtp) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, "the connection") from None
    except UnicodeError:
        what = f"{host} is no name of a server, or the login is not in plain ASCII letters, which mail servers ask for."
        raise NeedsHuman(what, next_step="Correct host, user or password under `smtp`.") from None
    except GONE as error:
        what = f"The mail server {host}:{port} cannot be reached ({type(error).__name__})."
        raise TryAgain(what, next_step="See that host, port and tls of `smtp` are right, and that it runs.") from None
    try:
        yield server
    finally:
        with suppress(*GONE, smtplib.SMTPException):  # it has the message by now, or has said why not
            server.quit()
        server.close()


def _connect(smtp: Smtp) -> smtplib.SMTP:
    host, port = smtp.at
    if smtp.tls == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    if smtp.tls == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _not_let_in(error: smtplib.SMTPException, smtp: Smtp) -> ConnectorError:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        what = f"The mail server offers no {'STARTTLS' if smtp.tls == 'starttls' else 'login'}."
        return NeedsHuman(what, next_step="Set `smtp: tls` and `port` as its administrators say.")
    step = "Correct user and password under `smtp`."
    return NeedsHuman("The mail server refused the login.", next_step=step)


def _refused(code: int, what: str) -> ConnectorError:
    said = f"The mail server refused {what} ({code})."
    if 400 <= code < 500:
        return TryAgain(said, next_step="It asks to be tried again later.")
    return NeedsHuman(said, next_step="Correct the address in the config, or ask the server's administrators.")
