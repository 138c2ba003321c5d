"""`python -m sandbox sample FOLDER` and `python -m sandbox serve --providers FILE.csv`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path


def main() -> None:
    words = _parser().parse_args()
    if words.what == "sample":
        from sandbox.sample import write_sample

        print(write_sample(words.folder, words.seed, words.accounts))  # noqa: T201
        return
    _serve(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__import__("sandbox").__doc__)
    whats = parser.add_subparsers(dest="what", required=True)
    sample = whats.add_parser("sample", help="write the sample claims")
    sample.add_argument("folder", type=Path)
    sample.add_argument("--seed", type=int, default=7)
    sample.add_argument("--accounts", type=int, default=800)
    serve = whats.add_parser("serve", help="serve both CRMs until stopped")
    serve.add_argument("--providers", type=Path, required=True, help="a CSV of accounts")
    serve.add_argument("--reps", type=int, default=8)
    serve.add_argument("--seed", type=int, default=7)
    serve.add_argument("--today", type=date.fromisoformat, help="the day that the CRMs take for today")
    serve.add_argument("--label", default="sample data")
    serve.add_argument("--salesforce-port", type=int, default=0)
    serve.add_argument("--hubspot-port", type=int, default=0)
    serve.add_argument("--state", type=Path, help="a file to keep the state in")
    serve.add_argument("--until-stdin-closes", action="store_true", help="stop when whoever started this is gone")
    return parser


def _serve(words: argparse.Namespace) -> None:
    from sandbox.people import populate
    from sandbox.server import serve

    today = words.today or datetime.now(UTC).date()
    world = populate(words.providers, reps=words.reps, today=today, seed=words.seed, label=words.label)
    ports = (words.salesforce_port, words.hubspot_port)
    serving = serve(world, today=words.today, ports=ports, state=words.state)
    print(json.dumps({**serving.reach(), "label": words.label}), flush=True)  # noqa: T201

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if words.until_stdin_closes:
        threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    stop.wait()
    serving.close()


def _wait_for_end(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main()
