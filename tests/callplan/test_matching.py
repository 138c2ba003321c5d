"""Names compared, and NPIs suggested: the same whichever way round, in whatever order, and never one that is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.matches import by_band, people
from callplan.matching import nearly_right, party_of, suggest_npis, weigh
from callplan.model import Listed, npi_is_valid
from callplan.names import people_in, read_name
from callplan.orphans import Orphan, Planned, suggest_visits
from callplan.several import npis_in
from connector.store.standing import Accepted, Known, stand
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, npi

NAMES: tuple[str, ...] = (
    "Fola Adeyemi",
    "Adeyemi, Fola M",
    "F. Adeyemi MD",
    "Fola Adeyemy",
    "Bo Brandt",
    "Bo Brandt Jr",
    "Ana Castillo-Brandt",
)
NAMES += ("Iowa Heart Center", "Iowa Heart Centre LLC", "Bill Brandt", "William Brandt", "Dr. Brandt", "")
PLACES = (
    ("Des Moines", "IA", "50309"),
    ("Des Moines", "IA", ""),
    ("Ames", "IA", "50010"),
    ("", "", ""),
    ("Austin", "TX", "73301"),
)
PARTIES = st.tuples(st.sampled_from(NAMES), st.sampled_from(PLACES))
NPIS = [npi(number) for number in range(12)]


def listed(*rows: tuple[str, str, str, str, str]) -> Listed:
    columns = [np.array(column, dtype=np.str_) for column in zip(*rows, strict=True)] or [
        np.array([], dtype=np.str_)
    ] * 5
    return Listed(*columns, np.full(len(rows), "", dtype=np.str_))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("Dr. Fola Adeyemi, MD", ("ADEYEMI",), "FOLA"),
        ("ADEYEMI, FOLA M", ("ADEYEMI",), "FOLA"),
        ("José García-López MD FACC", ("GARCIA", "LOPEZ"), "JOSE"),
        ("Maria de la Cruz", ("DE", "LA", "CRUZ"), "MARIA"),
        ("Brandt, Bo, Jr., M.D.", ("BRANDT",), "BO"),
        ("Anh Do", ("DO",), "ANH"),
        ("Iowa Heart Center, PC", (), ""),
    ],
)
def test_a_name_is_read_however_it_is_written(text: str, last: tuple[str, ...], first: str) -> None:
    name = read_name(text)

    assert (name.last, name.first) == (last, first)


@settings(max_examples=60)
@given(PARTIES, PARTIES)
def test_two_records_agree_the_same_whichever_comes_first(
    one: tuple[str, tuple[str, str, str]], two: tuple[str, tuple[str, str, str]]
) -> None:
    this, that = (party_of(name, *place) for name, place in (one, two))

    assert weigh(this, that) == weigh(that, this)


@settings(max_examples=40)
@given(st.lists(PARTIES, min_size=1, max_size=5), st.lists(PARTIES, min_size=1, max_size=8), st.integers(0, 99))
def test_suggestions_are_the_same_in_any_order_and_never_an_npi_that_is_taken(
    ours: Sequence[tuple[str, tuple[str, str, str]]], theirs: Sequence[tuple[str, tuple[str, str, str]]], seed: int
) -> None:
    accounts = [(f"a{at}", name, *place) for at, (name, place) in enumerate(ours)]
    providers = [(NPIS[at], name, *place) for at, (name, place) in enumerate(theirs)]
    typed, taken = {"a0": NPIS[1][:9]}, {NPIS[0], NPIS[2]}
    found = suggest_npis(listed(*accounts), typed, listed(*providers), taken)

    Random(seed).shuffle(accounts)
    Random(seed).shuffle(providers)

    assert suggest_npis(listed(*accounts), typed, listed(*providers), taken) == found
    assert not taken & {one.to for one in found}
    assert all(25 <= one.confidence <= 99 for one in found)


def test_namesakes_in_one_town_get_half_each_and_a_nickname_less_than_the_name() -> None:
    des_moines = PLACES[0]
    accounts = listed(("a1", "Fola Adeyemi", *des_moines), ("a2", "Bill Brandt", *PLACES[1]))
    providers = [(ADEYEMI, "Fola Adeyemi"), (BRANDT, "Fola Adeyemi"), (CASTILLO, "William Brandt")]

    found = suggest_npis(accounts, {}, listed(*((of, name, *des_moines) for of, name in providers)), set())

    assert [(one.record, one.to, one.confidence) for one in found] == [
        ("a1", ADEYEMI, 49),
        ("a1", BRANDT, 49),
        ("a2", CASTILLO, 95),
    ]
    assert "first name is a nickname of the other, same city" in found[2].evidence


@settings(max_examples=40)
@given(st.sampled_from(NPIS), st.integers(0, 9), st.sampled_from("0123456789"))
def test_an_npi_with_one_digit_off_or_two_swapped_is_found_again(right: str, at: int, digit: str) -> None:
    swapped = right[:at] + right[at : at + 2][::-1] + right[at + 2 :]

    for typed in (
        right[:at] + digit + right[at + 1 :],
        swapped,
        right[:at] + right[at + 1 :],
        right[:at] + digit + right[at:],
    ):
        assert right in nearly_right(typed)
        assert all(npi_is_valid(found) for found in nearly_right(typed))


def test_a_sister_at_the_same_desk_is_not_suggested() -> None:
    account, provider = ("a1", "Ada Adeyemi", *PLACES[0]), (ADEYEMI, "Fola Adeyemi", *PLACES[0])

    found = suggest_npis(listed(account), {}, listed(provider), set())

    assert found == []


def test_a_record_that_lists_several_is_seen_by_its_npis_and_by_its_names() -> None:
    assert npis_in(f"{ADEYEMI} / {BRANDT}, 12345") == [ADEYEMI, BRANDT]
    assert people_in("Drs. Adeyemi & Brandt") == ["Drs. Adeyemi", "Brandt"]
    assert len(people_in("Iowa Heart & Vascular Center")) < 2


def test_of_two_stops_without_a_visit_the_one_at_that_hour_is_likelier_and_one_that_was_visited_is_none() -> None:
    day = date(2026, 11, 20)
    stops = [Planned("kim", account, day, hour * 60) for account, hour in (("a1", 9), ("a2", 10), ("a3", 14))]
    orphan = Orphan("v1", "kim", datetime(2026, 11, 20, 10, 10), "")  # noqa: DTZ001

    found = suggest_visits([orphan], stops, set())
    seen = suggest_visits([orphan], stops, {("a2", day)})

    assert [(one.to, one.confidence) for one in found] == [("a2", 61)]
    assert [(one.to, one.confidence) for one in seen] == [("a1", 60)]


ACCOUNTS = ("a", "b", "c", "d")


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(ACCOUNTS), st.sampled_from(["", "typo", ADEYEMI, BRANDT])),
    st.lists(
        st.tuples(st.sampled_from(["npi", "keep", "duplicate"]), st.sampled_from(ACCOUNTS), st.integers(0, 3)),
        max_size=6,
    ),
    st.dictionaries(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), max_size=1),
)
def test_whatever_is_accepted_no_two_accounts_stand_for_one_npi_unless_the_crm_says_so(
    npis: dict[str, str], given: list[tuple[str, str, int]], merged: dict[str, str]
) -> None:
    npis = {account: own for account, own in npis.items() if account not in merged}
    carriers = {of: sorted(a for a, own in npis.items() if own == of) for of in (ADEYEMI, BRANDT)}
    accepted = [
        Accepted(id_, sort, record, ACCOUNTS[to] if sort == "duplicate" else (ADEYEMI, BRANDT)[to % 2])
        for id_, (sort, record, to) in enumerate(given)
    ]

    found = stand(accepted, Known(npis, merged, frozenset(ACCOUNTS), carriers))

    stands = {**npis, **found.npi}
    for of, ours in carriers.items():
        assert sum(own == of for own in stands.values()) <= max(1, len(ours))
    assert not (found.at.keys() & found.lapsed.keys())
    assert len(found.at) + len(found.lapsed) == len(accepted)
    assert all(found.into.get(to) != account for account, to in found.into.items())


def test_on_real_providers_ninety_and_more_is_right(shared_data: Path) -> None:
    rows = people(shared_data / "medicare/providers.csv.gz", shared_data / "geo/us_zip_latlon.csv.gz")

    _, best, next_, *_, whole = by_band(rows, accounts=300).splitlines()

    assert all(float(line.split("right")[1].split("%")[0]) > 98 for line in (best, next_))
    assert float(whole.split(":")[1].split("%")[0]) > 85
