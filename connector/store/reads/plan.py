"""What was made to be looked at, a plan or a taking-back: what is known of it as a whole, and record by record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from connector.contract import Value
from connector.store.drafts import New
from connector.store.reads.paging import LOOKED, PAGE, Page, page_of
from connector.store.tables import accounts, draft_rows, drafts, sessions


@dataclass(frozen=True, slots=True)
class Draft(New):
    id: int


@dataclass(frozen=True, slots=True)
class DraftRow:
    place: int
    record: str
    npi: str | None
    move: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of one NPI or CRM id, of one field, of accounts whose tier moves so; "" is all."""

    who: str = ""
    field: str = ""
    move: str = ""

    def fits(self, row: DraftRow) -> bool:
        return not self.field or self.field in row.after


def newest(connection: Connection, crm: str, about: str) -> Draft | None:
    columns = [drafts.c[name] for name in Draft.__dataclass_fields__]
    query = select(*columns).where(drafts.c.crm == crm, drafts.c.about == about).order_by(drafts.c.id.desc()).limit(1)
    found = connection.execute(query).mappings().first()
    return Draft(**found) if found else None


def rows_of(connection: Connection, crm: str, draft: int, wanted: Wanted, after: int = -1) -> Page[DraftRow]:
    looked = LOOKED if wanted.field else PAGE
    rows = rows_after(connection, crm, draft, after, wanted, looked)
    return page_of(rows, wanted.fits, lambda row: row.place, looked)


def rows_after(
    connection: Connection, crm: str, draft: int, after: int, wanted: Wanted, looked: int = LOOKED
) -> list[DraftRow]:
    """In the order in which they would be sent, as many as are to be looked at and one; those of any field."""
    r = draft_rows.c
    columns = [r[name] for name in DraftRow.__dataclass_fields__]
    query = select(*columns).where(r.draft == draft, r.place > after).order_by(r.place).limit(looked + 1)
    if wanted.who:
        query = query.where(r.npi.in_([wanted.who, *_npi_of(connection, crm, wanted.who)]))
    if wanted.move:
        query = query.where(r.move == wanted.move)
    return [DraftRow(**row) for row in connection.execute(query).mappings()]


def _npi_of(connection: Connection, crm: str, record: str) -> Sequence[str]:
    query = select(accounts.c.npi).where(accounts.c.crm == crm, accounts.c.id == record, accounts.c.npi.is_not(None))
    return connection.execute(query).scalars().all()


def another_admin(connection: Connection, than: str) -> bool:
    """Whether anybody else has come in as an admin, as far as logins are kept."""
    query = select(exists().where(sessions.c.role == "ADMIN", sessions.c.email != than))
    return bool(connection.execute(query).scalar())
