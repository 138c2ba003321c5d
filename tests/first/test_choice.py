"""Which field fits which of ours: by name, label, type and values, and never at a guess."""

from __future__ import annotations

from connector.contract import Field, FieldType, Shape, Value
from connector.host.first.choice import MOST_READ, Choice, choose_npi, choose_places, choose_written, likely_npi

NPIS = ("2000000010", "2000000028", "2000000036", "2000000044")


def text(name: str, label: str = "", length: int = 255) -> Field:
    return Field(name, FieldType.TEXT, True, length, label=label)


def shape(*fields: Field) -> Shape:
    return Shape("Account", {field.name: field for field in fields})


def rows(**columns: tuple[Value, ...]) -> list[dict[str, Value]]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def the(choices: list[Choice], ours: str) -> Choice:
    return next(choice for choice in choices if choice.ours == ours)


def test_npis_under_an_odd_name_are_known_by_their_check_digit() -> None:
    fields = shape(text("Ref_2__c", "Reference"), text("Phone"), text("NPI__c", "NPI"))
    held = rows(Ref_2__c=NPIS, Phone=("5155550100",) * 4, NPI__c=("n/a", "see notes", "-", "?"))

    found = choose_npi(fields, held)

    assert (found.field, found.why) == ("Ref_2__c", "4 of 4 values are NPIs")


def test_an_empty_field_that_is_called_npi_is_taken_and_one_with_something_else_in_it_is_not() -> None:
    empty = choose_npi(
        shape(text("Provider_Key__c", "National Provider Identifier")), rows(Provider_Key__c=(None,) * 4)
    )
    wrong = choose_npi(shape(text("NPI__c")), rows(NPI__c=("1234567890", "0", "yes", "no")))

    assert empty.field == "Provider_Key__c"
    assert wrong.field is None
    assert "NPI__c is called so, and what stands in it are no NPIs" in wrong.why


def test_of_two_fields_with_npis_the_one_that_is_called_so_or_is_fuller_and_else_neither() -> None:
    both = shape(text("NPI__c"), text("Legacy_Id__c"))
    odd = shape(text("Old__c"), text("New__c"))
    less = (*NPIS[:3], None)

    assert choose_npi(both, rows(NPI__c=less, Legacy_Id__c=NPIS)).field == "NPI__c"
    assert choose_npi(odd, rows(Old__c=less, New__c=NPIS)).field == "New__c"
    undecided = choose_npi(odd, rows(Old__c=NPIS, New__c=NPIS))
    assert (undecided.field, set(undecided.others)) == (None, {"Old__c", "New__c"})


def test_the_field_that_is_called_npi_is_looked_at_first_however_many_there_are() -> None:
    many = [text(f"Field_{n:03}__c") for n in range(2 * MOST_READ)]

    likely = likely_npi(shape(*many, text("ZZ_Npi__c"), text("Short__c", length=9)))

    assert (likely[0], len(likely), "Short__c" in likely) == ("ZZ_Npi__c", MOST_READ, False)


def test_an_address_is_found_by_label_where_fields_are_renamed_and_left_out_where_two_are_called_so() -> None:
    fields = shape(
        text("Practice_Town__c", "City"), text("BillingState"), text("Zip_1__c", "ZIP"), text("PLZ__c", "Zip")
    )
    usual = {"city": "BillingCity", "state": "BillingState", "zip": "BillingPostalCode", "latitude": "BillingLatitude"}

    found = list(choose_places(fields, usual))

    assert the(found, "city").field == "Practice_Town__c"
    assert the(found, "state").field == "BillingState"
    assert (the(found, "zip").field, the(found, "zip").others) == (None, ("Zip_1__c", "PLZ__c"))
    assert the(found, "latitude").field is None


def test_what_is_written_goes_where_set_up_puts_it_or_into_an_empty_field_that_is_called_so() -> None:
    tiers = ("A", "B", "C")
    fields = shape(
        Field("Call_Tier__c", FieldType.PICKLIST, True, None, tiers),
        text("Why__c", "Tier Reason"),
        Field("Next_Visit__c", FieldType.DATE, True),
        text("Next_Step__c", "Next Step"),
    )
    usual = {
        "tier": "Call_Tier__c",
        "tier_reason": "Tier_Reason__c",
        "next_visit": "Next_Visit_Date__c",
        "next_step": "Step__c",
    }
    held = rows(Why__c=(None, None), Next_Visit__c=(None, ""), Next_Step__c=("call back", None))

    found = list(choose_written(fields, usual, held))

    assert [choice.field for choice in found] == ["Call_Tier__c", "Why__c", "Next_Visit__c", None]
    assert the(found, "next_step").why == "Next_Step__c is filled in 1 of 2 records, and stays whose it is"


def test_a_field_that_may_not_be_written_or_is_of_another_type_is_left_with_its_reason() -> None:
    fields = shape(
        Field("Call_Tier__c", FieldType.PICKLIST, True, None, ("Gold", "Silver")),
        Field("Call_Order__c", FieldType.NUMBER, False),
        text("Tier_Since__c"),
    )
    usual = {"tier": "Call_Tier__c", "call_order": "Call_Order__c", "tier_since": "Tier_Since__c", "volume": "V__c"}

    found = {choice.ours: choice for choice in choose_written(fields, usual, [])}

    assert {choice.field for choice in found.values()} == {None}
    assert found["tier"].why == "Call_Tier__c has no option A, B, C"
    assert found["call_order"].why == "Call_Order__c is read-only for this login"
    assert found["tier_since"].why == "Tier_Since__c is a text, where a date is needed"
    assert found["volume"].why == "V__c is not there"


def test_one_field_takes_only_one_of_ours() -> None:
    fields = shape(Field("Visit__c", FieldType.DATE, True, label="Next Visit"))

    found = choose_written(fields, {"next_visit": "A__c", "last_visit": "Visit__c"}, [])

    assert [choice.field for choice in found] == [None, "Visit__c"]
