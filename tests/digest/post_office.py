"""A mail server on loopback that takes what it is sent, refuses what it is told to, and tells who is there."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from socket import socket


class PostOffice:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.received: list[EmailMessage] = []
        self.commands: list[str] = []
        self.refuses: dict[str, str] = {}  # the beginning of a command to what is answered
        self.on_message: Callable[[], None] = lambda: None  # before it is acknowledged
        office = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    _Talk(office, self.request).run()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.received if message["To"] == address]


class _Talk:
    def __init__(self, office: PostOffice, connection: socket) -> None:
        self.office, self.connection, self.safe = office, connection, False
        self.file = connection.makefile("rwb")

    def run(self) -> None:
        self.say("220 here")
        while line := self.file.readline().decode().strip():
            self.office.commands.append(line)
            if refused := next((told for start, told in self.office.refuses.items() if line.startswith(start)), None):
                self.say(refused)
                continue
            match line.split()[0].upper():
                case "EHLO":
                    can = "AUTH PLAIN" if self.safe else "STARTTLS" if self.office.tls else "8BITMIME"
                    self.say(f"250-here\r\n250 {can}")
                case "AUTH":
                    self.say("235 in")
                case "STARTTLS":
                    self.say("220 go on")
                    assert self.office.tls
                    self.connection = self.office.tls.wrap_socket(self.connection, server_side=True)
                    self.file, self.safe = self.connection.makefile("rwb"), True
                case "DATA":
                    self.take()
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 well")

    def take(self) -> None:
        self.say("354 go on")
        lines = list[bytes]()
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.office.received.append(message_from_bytes(b"".join(lines), policy=SMTP))
        self.office.on_message()
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.file.write(f"{text}\r\n".encode())
        self.file.flush()
