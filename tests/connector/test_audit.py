"""The audit log: every line as it was written, or the first that is not is named."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from connector.errors import NeedsHuman
from connector.store.audit import Audit, Head

LINES = 20


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    audit = Audit(tmp_path / "audit.jsonl")
    for number in range(LINES // 2):
        audit.append([{"event": "intend", "record": f"a{number}"}, {"event": "written", "record": f"a{number} ü"}])
    return audit


def test_an_untouched_log_is_whole_and_knows_its_end(audit: Audit) -> None:
    found = audit.verify([Audit(audit.path).append([{"event": "approved"}])])

    assert (found.problem, found.head.lines) == (None, LINES + 1)


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("deed", ["change", "drop", "swap", "cut", "repeat"])
def test_a_line_that_was_changed_dropped_swapped_or_cut_is_noticed(audit: Audit, deed: str, seed: int) -> None:
    head = audit.append([{"event": "end"}])
    lines, at = audit.path.read_text(encoding="utf-8").splitlines(keepends=True), Random(seed).randrange(LINES)
    if deed == "change":
        lines[at] = lines[at].replace('"record": "a', '"record": "b')
    elif deed == "drop":
        del lines[at]
    elif deed == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    elif deed == "cut":
        del lines[at:]
    else:
        lines.insert(at, lines[at])
    audit.path.write_text("".join(lines), encoding="utf-8")

    assert audit.verify([head]).problem


def test_a_line_that_a_crash_tore_is_told_and_the_chain_goes_on(audit: Audit) -> None:
    whole = audit.path.read_bytes()
    audit.path.write_bytes(whole + b'{"event": "inte')
    torn = audit.verify()

    audit.append([{"event": "after"}])
    mended = audit.verify()

    assert (torn.problem, torn.head.lines) == (None, LINES)
    assert (mended.problem, mended.head.lines) == (None, LINES + 2)
    assert b'"event": "torn"' in audit.path.read_bytes()


def test_a_line_that_was_torn_just_before_its_end_is_whole(audit: Audit) -> None:
    audit.path.write_bytes(audit.path.read_bytes()[:-1])

    audit.append([{"event": "after"}])

    assert (audit.verify().problem, audit.verify().head.lines) == (None, LINES + 1)


def test_a_line_that_tells_of_a_torn_one_may_be_torn_itself(audit: Audit) -> None:
    audit.path.write_bytes(audit.path.read_bytes() + b'{"event": "inte\n{"event": "to')

    audit.append([{"event": "after"}])

    assert (audit.verify().problem, audit.verify().head.lines) == (None, LINES + 2)


def test_a_log_of_which_nothing_is_left_is_noticed(tmp_path: Path) -> None:
    assert "20 lines are missing" in str(Audit(tmp_path / "none.jsonl").verify([Head(20, "x")]).problem)


def test_a_log_that_cannot_be_written_stops_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(NeedsHuman, match="cannot be written") as caught:
        Audit(tmp_path).append([{"event": "x"}])

    assert "Nothing was sent." in str(caught.value)


def test_a_file_that_is_no_audit_log_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Call Dr. Brandt\n")

    with pytest.raises(NeedsHuman, match="does not end with a line of ours"):
        Audit(path).append([{"event": "x"}])

    assert path.read_text() == "Call Dr. Brandt\n"
