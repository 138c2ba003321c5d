"""SOQL finds what its words say, in pages, and refuses what Salesforce would not take."""

from __future__ import annotations

import pytest

from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, KIM, Org, code, codes, open_org, provider


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


# Queries


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("Name = 'dr. ADEYEMI'", ["Adeyemi"]),
        ("Call_Tier__c = null", ["Brandt", "Castillo"]),
        ("Call_Tier__c != 'A'", ["Brandt", "Castillo"]),
        ("Call_Tier__c NOT IN ('B', 'C')", ["Adeyemi", "Brandt", "Castillo"]),
        ("Name LIKE 'Dr. %e%e%'", ["Adeyemi"]),
        (r"Name LIKE 'Dr\_%'", []),
        (r"Name = 'O\'Brien' OR Going_Cold__c = true", ["Adeyemi"]),
        ("(NOT Name LIKE '%brandt') AND Owner.Email = 'KIM@example.com'", ["Adeyemi", "Castillo"]),
        ("Call_Order__c >= 2 AND Call_Order__c < 2.5", ["Adeyemi"]),
        ("Next_Visit_Date__c <= 2026-11-24", ["Adeyemi"]),
        ("SystemModstamp >= 2026-11-23T08:00:00+01:00", ["Adeyemi"]),
        ("SystemModstamp > 2026-11-23T07:00:00Z", []),
    ],
)
def test_a_query_finds_what_its_words_say(org: Org, condition: str, names: list[str]) -> None:
    org.salesforce.edit(
        org.id(ADEYEMI), Call_Tier__c="A", Call_Order__c=2, Going_Cold__c=True, Next_Visit_Date__c="2026-11-24"
    )

    assert org.names(condition) == names


def test_a_query_sorts_by_several_fields_and_stops_at_its_limit(org: Org) -> None:
    org.salesforce.edit(org.id(ADEYEMI), Call_Order__c=1)
    org.salesforce.edit(org.id(BRANDT), Call_Order__c=1)

    _, body = org.query("SELECT Name FROM Account ORDER BY Call_Order__c DESC NULLS LAST, Name DESC LIMIT 2")

    assert [record["Name"] for record in body["records"]] == ["Dr. Brandt", "Dr. Adeyemi"]


def test_a_parent_s_field_comes_nested_under_its_name(org: Org) -> None:
    _, body = org.query(f"SELECT Owner.Email, Id FROM Account WHERE NPI__c = '{ADEYEMI}'")

    record = body["records"][0]
    assert record["Owner"]["Email"] == KIM.email
    assert record["Owner"]["attributes"]["type"] == "User"
    assert record["attributes"]["url"] == f"/services/data/v67.0/sobjects/Account/{record['Id']}"


def test_rows_are_counted_and_summed_by_group(org: Org) -> None:
    for npi, tier, order in ((ADEYEMI, "A", 1), (BRANDT, "A", 4)):
        org.salesforce.edit(org.id(npi), Call_Tier__c=tier, Call_Order__c=order)

    _, body = org.query(
        "SELECT Call_Tier__c tier, COUNT(Id), SUM(Call_Order__c) total, MAX(Name) FROM Account "
        "GROUP BY Call_Tier__c ORDER BY tier DESC NULLS LAST"
    )

    a, none = body["records"]
    assert a == {
        "attributes": {"type": "AggregateResult"},
        "tier": "A",
        "expr0": 2,
        "total": 5.0,
        "expr1": "Dr. Brandt",
    }
    assert (none["tier"], none["expr0"], none["total"]) == (None, 1, None)


def test_groups_may_be_by_a_parent_s_field_and_an_aggregate_needs_no_group(org: Org) -> None:
    _, grouped = org.query("SELECT Owner.Email, COUNT(Id) n FROM Account GROUP BY Owner.Email")
    _, whole = org.query("SELECT COUNT(Call_Tier__c), COUNT_DISTINCT(OwnerId) FROM Account")

    assert [(r["Email"], r["n"]) for r in grouped["records"]] == [(KIM.email, 3)]
    assert (whole["totalSize"], whole["records"][0]["expr0"], whole["records"][0]["expr1"]) == (1, 0, 1)


def test_a_query_may_skip_its_first_rows(org: Org) -> None:
    _, body = org.query("SELECT Name FROM Account ORDER BY Name LIMIT 1 OFFSET 1")

    assert [record["Name"] for record in body["records"]] == ["Dr. Brandt"]


def test_a_count_is_a_size_without_records(org: Org) -> None:
    assert org.query("SELECT COUNT() FROM Account")[1] == {"totalSize": 3, "done": True, "records": []}


@pytest.mark.parametrize(
    ("soql", "said"),
    [
        ("", "MALFORMED_QUERY"),
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name IN ()", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'open", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Account WHERE Name = 'a\qb'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE NOT Name = 'a' AND Name = 'b'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account GROUP BY Name", "MALFORMED_QUERY"),
        ("SELECT Id, (SELECT Id FROM Tasks) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-11-23T07:00:00", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Tier_Since__c > 2026-02-30", "MALFORMED_QUERY"),
        ("SELECT Tier__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id, id FROM Account", "INVALID_FIELD"),
        ("SELECT Boss.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account ORDER BY Tier__c", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE NPI__c = 2000000010", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Tier_Since__c > '2026-11-23'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Tier_Since__c > 2026-11-23T00:00:00Z", "INVALID_FIELD"),
        ("SELECT Id FROM Task WHERE Description LIKE 'a%'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE OwnerId = 'Kim'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Account WHERE Going_Cold__c > true", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Patient", "INVALID_TYPE"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Name who FROM Account", "MALFORMED_QUERY"),
        ("SELECT SUM(Name) FROM Account", "MALFORMED_QUERY"),
        ("SELECT MEDIAN(Call_Order__c) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Tier__c, COUNT(Id) FROM Account GROUP BY Tier__c", "INVALID_FIELD"),
        ("SELECT COUNT(Id) FROM Account GROUP BY Name HAVING COUNT(Id) > 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT A.B.C.D.E.F.Name FROM Account", "INVALID_FIELD"),
    ],
)
def test_a_query_that_salesforce_would_not_take_is_refused(org: Org, soql: str, said: str) -> None:
    assert code(org.query(soql)) == (400, said)


def test_a_refused_query_points_at_the_word(org: Org) -> None:
    _, body = org.query("SELECT Id, Tier__c FROM Account")

    lines = body[0]["message"].split("\n")
    assert lines[1] == "SELECT Id, Tier__c FROM Account"
    assert lines[2] == " " * 11 + "^"
    assert lines[3] == "ERROR at Row:1:Column:12"
    assert lines[4].startswith("No such column 'Tier__c' on entity 'Account'.")


def test_a_hidden_field_is_gone_from_describe_queries_and_writes(org: Org) -> None:
    org.salesforce.hide("Account", "Call_Tier__c")

    _, shape = org.call("GET", "/sobjects/Account/describe")
    rows = org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A"})

    assert "Call_Tier__c" not in {f["name"] for f in shape["fields"]}
    assert code(org.query("SELECT Call_Tier__c FROM Account")) == (400, "INVALID_FIELD")
    assert codes(rows) == ["INVALID_FIELD"]


def test_describe_tells_an_adapter_what_it_must_know(org: Org) -> None:
    _, shape = org.call("GET", "/sobjects/account/describe")

    fields = {f["name"]: f for f in shape["fields"]}
    tier, npi, last = fields["Call_Tier__c"], fields["NPI__c"], fields["LastActivityDate"]
    assert [option["value"] for option in tier["picklistValues"]] == ["A", "B", "C"]
    assert (tier["restrictedPicklist"], tier["updateable"], tier["custom"]) == (True, True, True)
    assert (npi["length"], npi["externalId"], npi["unique"]) == (10, True, True)
    assert (last["type"], last["updateable"], last["custom"]) == ("date", False, False)


# Pages


def test_a_long_answer_comes_in_pages_that_can_be_read_again(clock: StillClock) -> None:
    org = open_org(clock, page_size=2)
    _, first = org.query("SELECT Name FROM Account")
    tail = first["nextRecordsUrl"].removeprefix("/services/data/v67.0")

    _, second = org.call("GET", tail)

    assert (first["done"], first["totalSize"], len(first["records"])) == (False, 3, 2)
    assert (second["done"], second["totalSize"], len(second["records"])) == (True, 3, 1)
    assert tail.startswith("/query/0r8")
    assert tail.endswith("-2")
    assert org.call("GET", tail)[1] == second


def test_a_client_may_ask_for_pages_of_200(clock: StillClock) -> None:
    org = open_org(clock, World((), tuple(provider(f"{n}", f"Dr. {n}") for n in range(201))))

    headers = {"Sforce-Query-Options": "batchSize=200"}
    _, page = org.call("GET", "/query/", query_string={"q": "SELECT Id FROM Account"}, headers=headers)

    assert len(page["records"]) == 200


def test_a_locator_lapses_after_two_days(clock: StillClock) -> None:
    org = open_org(clock, page_size=2, token_seconds=7 * 86400)
    _, first = org.query("SELECT Name FROM Account")
    tail = first["nextRecordsUrl"].removeprefix("/services/data/v67.0")

    clock.sleep(2 * 86400)

    assert code(org.call("GET", tail)) == (400, "INVALID_QUERY_LOCATOR")
    assert code(org.call("GET", "/query/0r8000000000000AAA-2")) == (400, "INVALID_QUERY_LOCATOR")
