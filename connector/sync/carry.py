"""What is carried to the CRM, made to fit its fields: text is cut, a number is a number, a day is a day.

A value that does not fit is left out and counted; so is an address that would have to be cut: it would lead nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callplan.model import Npi
from connector.contract import Field, FieldType, Shape, Value
from connector.intake.cells import day
from connector.mapping import Target
from connector.store.plan import Carried
from connector.sync.wanted import cut

YES, NO = ("true", "yes", "y", "1", "x"), ("false", "no", "n", "0")


@dataclass(frozen=True, slots=True)
class Fitted:
    rows: tuple[Carried, ...]
    left_out: Mapping[str, int]  # by our name, how many values
    examples: Mapping[str, str]  # by our name, the first of them


def fit_carried(
    npis: Iterable[str], said: Mapping[Npi, Mapping[str, str]], carry: Mapping[str, Target], shape: Shape
) -> Fitted:
    """`said` is what the sources say, `carry` the CRM's fields, both by our names."""
    rows, left_out, examples = list[Carried](), Counter[str](), dict[str, str]()
    for npi in map(Npi, npis):
        found: dict[str, Value] = {}
        for name, target in carry.items():
            field, written = shape.fields[target.field], said.get(npi, {}).get(name, "")
            value = fit(written, field) if written else None
            if value is not None:
                found[name] = value
            elif written:
                left_out[name] += 1
                examples.setdefault(name, f"NPI {npi}: its {name} does not fit {field.name}, a {field.type.value}")
        if found:
            rows.append(Carried(npi, found))
    return Fitted(tuple(rows), left_out, examples)


def fit(written: str, field: Field) -> Value:
    """As the field takes it; None where it does not."""
    if field.type is FieldType.NUMBER:
        return _number(written)
    if field.type is FieldType.DATE:
        found = day(written)
        return None if found is None else str(found)
    if field.type is FieldType.CHECKBOX:
        return True if written.casefold() in YES else False if written.casefold() in NO else None
    if field.type is FieldType.PICKLIST and field.options:
        return written if written in field.options else None
    is_address = written.startswith(("http://", "https://"))
    return None if is_address and field.length and len(written) > field.length else cut(written, field.length)


def _number(written: str) -> Value:
    try:
        number = float(written.replace(",", "").replace("$", ""))
    except ValueError:
        return None
    return None if not abs(number) < 1e15 else int(number) if number.is_integer() else number
