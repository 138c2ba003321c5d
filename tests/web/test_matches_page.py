"""The page of the unmatched queue: who works through it, by button or by workbook, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from python_calamine import CalamineWorkbook

from callplan.model import Sort, Suggestion
from connector.contract import CrmId
from connector.errors import NeedsHuman
from connector.host.matches import to_be_decided
from connector.host.modest import repacked
from connector.host.spreadsheet import write_workbook
from connector.store.matches import Kept
from tests.web.house import ADEYEMI, BRANDT, KIM, PAT, ROBIN, House

TRICK = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


def offered(home: House, *evidence: str) -> list[Kept]:
    """Accounts that perhaps are Dr. Adeyemi's once more; of each, why."""
    records = [home.desk.org.add_account(KIM, name=f"Adeyemi {at}") for at, _ in enumerate(evidence)]
    home.desk.night(name="pull")
    to = home.account(ADEYEMI)
    found = [Suggestion(Sort.DUPLICATE, record, to, 90, why) for record, why in zip(records, evidence, strict=True)]
    home.store.matches.propose(found, [Sort.DUPLICATE], home.desk.clock.now())
    return [one for one in home.store.matches.all(sort=Sort.DUPLICATE) if one.record in records]


def states(home: House, *found: Kept) -> list[str]:
    return [one.state for one in home.store.matches.named([one.id for one in found])]


def sent(home: House, workbook: bytes) -> tuple[int, str]:
    key, session = home.session(ROBIN)
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    head = part.format("csrf", "") + session.csrf + "\r\n" + part.format("file", '; filename="../../w.xlsx"')
    body = head.encode() + workbook + b"\r\n--x--\r\n"
    told = {"Cookie": f"callplan={key}", "Content-Type": "multipart/form-data; boundary=x"}
    answer = home.ask("POST", "/memory/matches.xlsx", told, body.decode("latin-1"))
    return answer.status, answer.read().decode()


def decided(found: Sequence[Kept], *words: str) -> bytes:
    """The workbook, as it comes back."""
    book, columns = BytesIO(), to_be_decided([("memory", one, "") for one in found])
    [number, decision, *rest] = columns
    write_workbook(book, [number, type(decision)(decision.name, words), *rest], (), "Matches")
    return book.getvalue()


def test_of_suggestions_one_of_which_somebody_has_decided_meanwhile_none_is(shared: House) -> None:
    first, second = offered(shared, "same name", "same street")
    assert shared.post("/memory/matches", ROBIN, {"reject": str(first.id)})[0] == 303

    both = {"decide": "accept", "number": str(second.id), "accept": str(first.id)}
    assert shared.post("/memory/matches", ROBIN, both)[0] == 409
    assert sent(shared, decided([first, second], "accept", "accept"))[0] == 409
    assert states(shared, first, second) == ["rejected", "proposed"]


def test_the_queue_is_an_admins(shared: House) -> None:
    [one] = offered(shared, "same name")

    for who in (KIM, PAT):
        assert shared.get("/memory/matches", who)[0] == shared.get("/memory/matches.xlsx", who)[0] == 403
        assert shared.post("/memory/matches", who, {"accept": str(one.id)})[0] == 403
    assert shared.post("/memory/matches", ROBIN, {"csrf": "x", "accept": str(one.id)})[0] == 403
    assert states(shared, one) == ["proposed"]


def test_what_evidence_says_is_text_on_the_page_and_in_the_workbook(shared: House) -> None:
    offered(shared, TRICK)
    key, _ = shared.session(ROBIN)

    assert "<script>alert" not in shared.get("/memory/matches?sort=duplicate", ROBIN)[1]
    book = shared.ask("GET", "/memory/matches.xlsx?sort=duplicate", {"Cookie": f"callplan={key}"}).read()
    heads, *rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert TRICK in [row[heads.index("Evidence")] for row in rows]
    assert b"<f>" not in ZipFile(BytesIO(book)).read("xl/worksheets/sheet1.xml")


def test_a_workbook_that_was_filled_in_is_brought_back(shared: House) -> None:
    first, second = offered(shared, "same name", "same street")

    status, _ = sent(shared, decided([first, second], "accept", "no"))

    assert (status, states(shared, first, second)) == (303, ["accepted", "rejected"])


def test_a_workbook_that_says_nothing_or_nonsense_decides_nothing(shared: House) -> None:
    first, second = offered(shared, "same name", "same street")

    for book in (decided([first, second], "accept", "perhaps"), decided([first], ""), b"no workbook"):
        status, said = sent(shared, book)
        assert status == 400
        assert "/tmp" not in said
    assert states(shared, first, second) == ["proposed", "proposed"]


@pytest.mark.parametrize("parts", [{"xl/worksheets/sheet1.xml": 20_000_000}, {f"{at}": 1 for at in range(1_001)}])
def test_a_workbook_that_unfolds_beyond_measure_is_not_read(tmp_path: Path, parts: dict[str, int]) -> None:
    file = tmp_path / "bomb.xlsx"
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, size in parts.items():
            made.writestr(name, b"0" * size)

    with pytest.raises(NeedsHuman, match="would unfold into"):
        repacked(file)


def test_a_workbook_that_says_it_is_smaller_than_it_is_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "liar.xlsx"
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        made.writestr("sheet", b"0" * 5_000)

    file.write_bytes(file.read_bytes().replace((5_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))

    with pytest.raises(NeedsHuman, match="no workbook"):
        repacked(file)


def test_a_long_queue_is_paged_and_each_suggestion_shown_once(shared: House) -> None:
    to = shared.account(BRANDT)
    found = [Suggestion(Sort.SEVERAL, CrmId(f"x{at:03d}"), to, 50 + at % 3, "same name") for at in range(60)]
    shared.store.matches.propose(found, [Sort.SEVERAL], shared.desk.clock.now())

    first = shared.get("/memory/matches?sort=several", ROBIN)[1]
    more = first.partition("after=")[2].partition('"')[0]
    second = shared.get(f"/memory/matches?sort=several&after={more}", ROBIN)[1]

    shown = [[f"x{at:03d} " in page for at in range(60)] for page in (first, second)]
    assert [sum(page) for page in shown] == [50, 10]
    assert all(one != other for one, other in zip(*shown, strict=True))
