#!/usr/bin/env python
"""What the pages cost beside a bare Flask page: bench/pages.py [REQUESTS] [ACCOUNTS]...

Twenty people who are logged in (two admins, six managers, twelve reps) ask the page of cold accounts and pages of
single accounts, each over a connection of their own, from a process of their own. The same people ask a Flask
application with one route and a small template, served by the same waitress in the same process, in turns with ours.
Each page at 1,000 and at 100,000 accounts: bytes and time are to be the same.

Prints for each the median and the 95th percentile of how long an answer took, the CPU of the server for one, bytes,
and how many times the bare page's it is: the median, least and most of the rounds.
On SQLite; on PostgreSQL under tools/with-postgres.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.crowd import addresses, fill, login_of, users, write_config

ROUNDS = 9  # in each, everybody asks for each page
SMALL = """<!doctype html>
<title>{{ name }}</title>
<h1>{{ name }}</h1>
<ul>{% for n in range(5) %}<li>{{ n }}</li>{% endfor %}</ul>
"""


@dataclass(frozen=True)
class Told:
    seconds: list[float]
    cpu: float
    bytes: int

    @property
    def middle(self) -> float:
        return median(self.seconds)

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.seconds)


def main(requests: int, sizes: list[int]) -> None:
    for name, store in stores():
        for many in sizes:
            with tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder:
                measure(f"{name}, {many:,} accounts", Path(folder), store(folder, many), requests, many)


def measure(title: str, folder: Path, store: str, requests: int, many: int) -> None:
    with served(folder, store, many) as at:
        found = asked(at, requests, many)
    print(title)
    for page, turns in found.items():
        print(f"  {page:8} {line(turns)}{ratio(turns, found['bare']) if page != 'bare' else ''}", flush=True)


def line(turns: list[Told]) -> str:
    seconds = [each for one in turns for each in one.seconds]
    late, cpu_each = quantiles(seconds, n=20)[-1], median(one.cpu_each for one in turns)
    told = f"{len(seconds):6,} requests, median {median(seconds) * 1e3:6.1f} ms, p95 {late * 1e3:6.1f} ms"
    return f"{told}, CPU {cpu_each * 1e3:5.2f} ms, {max(one.bytes for one in turns):7,} bytes"


def ratio(turns: list[Told], bare: list[Told]) -> str:
    """Of each round by itself, so that what else the machine does in it is in both."""
    times = sorted(one.middle / other.middle for one, other in zip(turns, bare, strict=True))
    cpus = median(one.cpu_each / other.cpu_each for one, other in zip(turns, bare, strict=True))
    return f", x {median(times):.1f} ({times[0]:.1f} to {times[-1]:.1f}), CPU x {cpus:.1f}"


def stores() -> Iterator[tuple[str, Any]]:
    yield "SQLite", lambda folder, many: f"sqlite:///{folder}/callplan.db"
    if url := os.environ.get("CALLPLAN_TEST_POSTGRES"):
        yield "PostgreSQL", lambda folder, many: _database(url, f"pages_{many}")


def _database(url: str, name: str) -> str:
    from sqlalchemy import create_engine, text

    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    return f"{url.rsplit('/', 1)[0]}/{name}"


@contextmanager
def served(folder: Path, store: str, many: int) -> Iterator[dict[str, Any]]:
    """Ours and the bare one, in a process of their own that says its CPU when it is asked."""
    command = [sys.executable, __file__, "serve", str(folder), store, str(many)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield {"process": process, **json.loads(process.stdout.readline())}
        process.stdin.close()


def asked(at: dict[str, Any], requests: int, many: int) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {"bare": [], "cold": [], "account": []}
    for page in found:
        turn(at, page, requests // ROUNDS, many)  # warm
    for _ in range(ROUNDS):
        for page, turns in found.items():
            turns.append(turn(at, page, requests // ROUNDS, many))
    return found


def turn(at: dict[str, Any], page: str, requests: int, many: int) -> Told:
    """Everybody asks their own."""
    port = at["bare_port"] if page == "bare" else at["port"]
    paths = [["/"] if page == "bare" else addresses(page, whose, many) for _, _, whose in users()]
    sent = [requests_of(port, own, key) for own, key in zip(paths, at["keys"], strict=True)]
    return crowd(at, port, sent, requests)


def requests_of(port: int, paths: list[str], key: str) -> list[bytes]:
    head = f"Host: 127.0.0.1:{port}\r\nAccept: text/html\r\nCookie: callplan={key}\r\n"
    return [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in paths]


def crowd(at: dict[str, Any], port: int, of: list[list[bytes]], requests: int) -> Told:
    seconds, sizes, before = list[float](), set[int](), cpu(at)
    threads = [threading.Thread(target=person, args=(port, own, requests // len(of), seconds, sizes)) for own in of]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Told(seconds, cpu(at) - before, max(sizes))


def person(port: int, own: list[bytes], times: int, seconds: list[float], sizes: set[int]) -> None:
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(times):
            began = time.perf_counter()
            line.sendall(own[at % len(own)])
            sizes.add(answer(line))
            seconds.append(time.perf_counter() - began)


def answer(line: socket.socket) -> int:
    """The bytes of one answer, which must be a page."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"not a page: {head[:300]!r}")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    have = len(body)
    while have < length:
        have += len(line.recv(262144))
    return length


def cpu(at: dict[str, Any]) -> float:
    at["process"].stdin.write("cpu\n")
    at["process"].stdin.flush()
    return float(at["process"].stdout.readline())


def serve(folder: Path, store: str, many: int) -> None:
    from flask import Flask, render_template_string

    from connector.host.open import WallClock, open_base, open_config
    from connector.host.web import Site, make_app, start
    from connector.host.web.door import lasting
    from connector.store.sessions import Sessions

    config = open_config(write_config(folder, store))
    database = open_base(config)
    fill(database, many)
    site = Site(config, database, WallClock(), lambda event, /, **facts: print(event, facts, file=sys.stderr))
    sessions = Sessions(database, lasting(site.settings))
    keys = [sessions.begin(who, who, role, WallClock().now(), login_of(role))[0] for who, role, _ in users()]
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: render_template_string(SMALL, name="A page"))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it tells of each request that waits
    ours, other = start(make_app(site), "127.0.0.1", 0), start(bare, "127.0.0.1", 0)
    print(json.dumps({"port": ours.port, "bare_port": other.port, "keys": keys}), flush=True)
    for _ in sys.stdin:
        print(time.process_time(), flush=True)
    ours.stop()
    other.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        given = [int(number) for number in sys.argv[1:]]
        main(given[0] if given else 2_000, given[1:] or [1_000, 100_000])
