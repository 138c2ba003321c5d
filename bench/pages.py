#!/usr/bin/env python
"""What the pages cost beside a bare Flask page: bench/pages.py [REQUESTS] [ACCOUNTS]...

Twenty people who are logged in (two admins, six managers, twelve reps) ask the page of cold accounts and pages of single
accounts, each over a connection of their own, from a process of their own. The same people ask a Flask application with
one route and a small template, served by the same waitress in the same process, before and after. Each page at 1,000 and
at 100,000 accounts: bytes and time are to be the same.

Prints for each the median and the 95th percentile of the seconds that an answer took, the CPU of the server for each,
bytes, and how many times the bare page's each is. On SQLite; on PostgreSQL under tools/with-postgres.
"""

from __future__ import annotations

import json
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

from bench.crowd import addresses, fill, users, write_config

SMALL = "<!doctype html><title>{{ name }}</title><h1>{{ name }}</h1><ul>{% for n in range(5) %}<li>{{ n }}</li>{% endfor %}</ul>"


@dataclass
class Told:
    seconds: list[float]
    cpu: float
    bytes: int

    def line(self, what: str, bare: Told | None) -> str:
        middle, late = median(self.seconds) * 1e3, quantiles(self.seconds, n=20)[-1] * 1e3
        each = self.cpu / len(self.seconds) * 1e3
        told = f"  {what:14} {len(self.seconds):6,} requests  median {middle:6.1f} ms  p95 {late:6.1f} ms  CPU {each:5.2f} ms  {self.bytes:7,} bytes"
        if bare is None or bare is self:
            return told
        of_cpu = self.cpu / len(self.seconds) / (bare.cpu / len(bare.seconds))
        return f"{told}  x {middle / (median(bare.seconds) * 1e3):.1f} (CPU x {of_cpu:.1f})"


def main(requests: int, sizes: list[int]) -> None:
    for name, store in stores():
        for many in sizes:
            with (
                tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder,
                served(Path(folder), store(folder, many), many) as at,
            ):
                print(f"{name}, {many:,} accounts")
                for what, told in asked(at, requests, many).items():
                    print(told.line(what, None if what == "bare" else at["bare"]), flush=True)


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
        assert process.stdin and process.stdout
        yield {"process": process, **json.loads(process.stdout.readline())}
        process.stdin.close()


def asked(at: dict[str, Any], requests: int, many: int) -> dict[str, Told]:
    def turn(page: str) -> Told:
        port = at["bare_port"] if page == "bare" else at["port"]
        paths = [["/"] if page == "bare" else addresses(page, whose, many) for _, _, whose in users()]
        return crowd(
            at, port, [requests_of(port, own, key) for own, key in zip(paths, at["keys"], strict=True)], requests
        )

    for page in ("bare", "cold", "account"):
        turn(page)  # warm
    found: dict[str, list[Told]] = {"bare": [], "cold": [], "account": []}
    for page in ("bare", "cold", "account", "bare", "account", "cold", "bare"):
        found[page].append(turn(page))
    told = {
        page: Told([s for one in turns for s in one.seconds], sum(one.cpu for one in turns), turns[-1].bytes)
        for page, turns in found.items()
    }
    at["bare"] = told["bare"]
    return told


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
    sessions = Sessions(database, lasting(site))
    keys = [sessions.begin(who, who, role, WallClock().now())[0] for who, role, _ in users()]
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: render_template_string(SMALL, name="A page"))
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
