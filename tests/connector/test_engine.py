"""Whoever is asked about claims says the same, to the byte: DuckDB over files, a DuckDB file, PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import duckdb
import pytest
import sqlglot
from sqlalchemy import create_engine, text
from sqlglot import exp

from callplan.assess import Assessment, Gate, Question, assess
from callplan.model import AssessRules, Family, Npi, ScoreRules, TierRules
from callplan.tiers import Tiers, assign_tiers
from connector.config import EngineSettings, Warehouse
from connector.contract import Resolved
from connector.engine.source import source_of
from connector.engine.sql import COMPILED, compiled, compiled_anew
from connector.engine.warehouse import Warehouse as Opened
from connector.engine.warehouse import open_warehouse
from connector.errors import NeedsHuman, TryAgain
from tests.callplan.columns import ONE_THREAD, TODAY, accounts, claims, indications, npi, practices
from tests.callplan.test_assess import bytes_of

RULES = AssessRules(
    (Family("rhythm", ("33206-33249",)), Family("coronary", ("92920-92944",), 0.7)),
    specialties=("Cardiology", "Cirugía", ""),
    volume_floor=20,
    closed=((Npi(npi(3)), "contract"),),
    diagnoses=("I48",),
    min_share=0.1,
    score=ScoreRules(0.5, 0.25, 0.25),
)
PLAIN = AssessRules(RULES.families)
WHO, CODES = range(40), ["33249", "33206", "92928", "99213"]
RNG = Random(4)
LINES = [  # provider, procedure, diagnosis, volume
    (who, code, RNG.choice(["I48.91", "i481", "E119", "M17", ""]), RNG.choice([1.005, RNG.randrange(1, 90_000) / 1000]))
    for who in WHO
    for code in RNG.sample(CODES, RNG.randrange(1, 4))
]
SPECIALTIES = [RNG.choice(["Cardiology", "Cirugía", "Podiatry", ""]) for _ in WHO]
SIZES = [RNG.choice([0, 0, 3, 40]) for _ in WHO]


def of_files(rules: AssessRules) -> Assessment:
    """The same claims as they would have been read from files."""
    given = claims(*((who, code, volume) for who, code, _, volume in LINES), specialties=SPECIALTIES)
    told = indications(*((who, code, diagnosis[:3].upper(), volume) for who, code, diagnosis, volume in LINES))
    return assess(source_of(given, told, ONE_THREAD, practices(*enumerate(SIZES))), rules)


def tiers_of(assessed: Assessment) -> Tiers:
    before = accounts(["A", "B", "C", ""] * 10, territory=["kim", "sam"] * 20)
    return assign_tiers(assessed, before, TierRules(week=3.0), TODAY)


Shop = Callable[..., Opened]


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A database in which the claims stand under names of its own."""
    with _duckdb(tmp_path_factory.mktemp("shop")) if request.param == "duckdb" else _postgres() as url:

        def opened(**other: object) -> Opened:
            names = {"npi": "prescriber", "code": "hcpcs", "diagnosis": "icd10", "size": "clinicians"}
            told = {"url": url, "claims": "marts.claims", "providers": "marts.doctors", "columns": names}
            return open_warehouse(Warehouse.model_validate(told | other), ONE_THREAD, Path())

        yield opened


@contextmanager
def _duckdb(folder: Path) -> Iterator[str]:
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        for statement in statements():
            connection.execute(statement)
    yield f"duckdb:///{folder / 'shop.duckdb'}"


@contextmanager
def _postgres() -> Iterator[str]:
    server = os.environ.get("CALLPLAN_TEST_POSTGRES")
    if not server:
        pytest.skip("no PostgreSQL: run under tools/with-postgres, as `make test` does")
    name = f"shop_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = server.rsplit("/", 1)[0] + f"/{name}"
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements():
            connection.execute(text(statement))
    engine.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def statements() -> Iterator[str]:
    """In an order that is not that of the NPIs; a text NPI on one side and a number on the other."""
    yield "CREATE SCHEMA marts"
    yield "CREATE TABLE marts.claims (prescriber varchar(10), hcpcs varchar(5), icd10 varchar(7), volume numeric(9, 3))"
    yield "CREATE TABLE marts.doctors (prescriber bigint, specialty varchar(80), name varchar(80), clinicians int)"
    yield "CREATE TABLE marts.nothing (npi bigint, code varchar(5), volume int)"
    rows = [f"('{npi(who)}', '{code}', nullif('{told}', ''), {volume})" for who, code, told, volume in LINES]
    yield f"INSERT INTO marts.claims VALUES {', '.join(sorted(rows, reverse=True))}"
    who = [f"({npi(at)}, '{SPECIALTIES[at]}', 'Dr. {at}', {SIZES[at] or 'NULL'})" for at in reversed(WHO)]
    yield f"INSERT INTO marts.doctors VALUES {', '.join(who)}"


@pytest.mark.parametrize("rules", [PLAIN, RULES], ids=["as most ask", "with all that can be asked"])
def test_a_database_gives_the_tiers_that_files_with_the_same_claims_give(shop: Shop, rules: AssessRules) -> None:
    expected = of_files(rules)

    found = assess(shop(), rules)

    assert bytes_of(found) == bytes_of(expected)
    for name in ("tier", "rank", "toward", "held"):
        assert getattr(tiers_of(found), name).tolist() == getattr(tiers_of(expected), name).tolist()
    assert set(expected.gate.tolist()) >= {Gate.OPEN, Gate.PROCEDURES, Gate.FLOOR}
    assert set(tiers_of(expected).tier.tolist()) == {"A", "B", "C"}


def test_a_database_says_who_its_providers_are_and_a_vintage_that_moves_with_its_claims(shop: Shop) -> None:
    one, other = (
        shop(),
        shop(claims="marts.doctors", columns={"npi": "prescriber", "code": "name", "volume": "clinicians"}),
    )

    assert one.claims.npi.tolist() == [npi(at) for at in WHO]
    assert one.claims.specialty.tolist() == SPECIALTIES
    assert one.claims.name[7] == "Dr. 7"
    assert one.rows == len(LINES)
    assert one.claims.vintage == shop().claims.vintage != other.claims.vintage


def test_without_a_table_of_providers_they_are_those_of_the_claims(shop: Shop) -> None:
    found = assess(shop(providers=None), PLAIN)

    assert found.npi.tolist() == [npi(at) for at in WHO]
    assert found.volume.tolist() == of_files(PLAIN).volume.tolist()
    assert set(found.specialty.tolist()) == {""}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"claims": "marts.claim"}, "claim"),
        ({"columns": {"npi": "prescriber", "code": "hcpc"}}, 'no column "hcpc". The nearest is "hcpcs"'),
        ({"providers": "marts.claims"}, "has more than one row"),
        ({"claims": "marts.nothing", "providers": None, "columns": {}}, "there are no claims"),
    ],
)
def test_what_is_wrong_in_a_database_is_said_with_the_next_step(
    shop: Shop, other: dict[str, object], told: str
) -> None:
    with pytest.raises(NeedsHuman, match=told) as raised:
        assert shop(**other).claims.vintage

    assert raised.value.next_step


def test_an_answer_about_other_providers_than_were_read_is_not_taken(shop: Shop) -> None:
    opened = shop()
    opened._providers["npi"][0] += 1  # as if one had gone and another had come

    with pytest.raises(TryAgain, match="changed while they were read"):
        assess(opened, PLAIN)


def test_a_database_that_does_not_answer_is_tried_again_and_its_password_is_not_said() -> None:
    told = {"url": Resolved("postgresql+psycopg://kim:secret@127.0.0.1:1/claims"), "claims": "claims"}

    with pytest.raises(TryAgain) as raised:
        open_warehouse(Warehouse.model_validate(told), ONE_THREAD, Path())

    assert "secret" not in str(raised.value) + repr(raised.value)


def test_parquet_files_are_asked_where_they_lie(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        for statement in statements():
            connection.execute(statement)
        lines = 'SELECT prescriber AS npi, hcpcs AS "HCPCS Code", volume FROM marts.claims'
        connection.execute(f"COPY ({lines}) TO '{tmp_path / 'claims.parquet'}' (FORMAT parquet)")
    told = {"url": "duckdb://", "claims": "*.parquet", "columns": {"code": "HCPCS Code"}}

    found = assess(open_warehouse(Warehouse.model_validate(told), ONE_THREAD, tmp_path), PLAIN)

    assert found.volume.tolist() == of_files(PLAIN).volume.tolist()


def test_claims_that_need_more_memory_than_is_given_say_so() -> None:
    many = claims(*((at % 5000, "33249", 1.0) for at in range(20_000)))

    with pytest.raises(NeedsHuman, match="1MB of memory are too little"):
        assess(source_of(many, indications(), EngineSettings(memory="1MB", threads=1)), PLAIN)


@pytest.mark.parametrize("kept", sorted(COMPILED.glob("*.sql")), ids=lambda kept: kept.stem)
def test_the_sql_that_is_kept_is_what_ibis_writes(kept: Path) -> None:
    name, dialect = kept.stem.split(".")
    question = {one.name: one for one in (Question(), Question(diagnoses=True))}[name]

    assert kept.read_text() == compiled_anew(question, dialect), "run tools/compile-questions"
    assert compiled(question, dialect) == kept.read_text()


@pytest.mark.parametrize("dialect", ["snowflake", "bigquery", "databricks", "trino"])
def test_all_that_can_be_asked_can_be_written_for_a_warehouse(dialect: str) -> None:
    written = compiled(Question(diagnoses=True, by_diagnosis=True, by_size=True), dialect)

    assert sqlglot.parse_one(written, read=dialect, into=exp.Select).named_selects == [
        *("npi", "kind", "gate", "family", "volume", "percentile", "decile", "score", "share")
    ]
