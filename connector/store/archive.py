"""A back-up of the whole store in one file: the same from SQLite and from PostgreSQL, and into either.

A ZIP with one file of lines for each table, and a manifest that says which version of the tables it is, how many rows
each has, and the hash of its lines. All are of one moment: a single reading transaction, which keeps nobody from
writing. Logins to the pages stay out; what adapters keep sealed stays sealed. The audit log is a file of its own.

Shapes   a line is a JSON list, one value for each column of the manifest; stamps and days as ISO 8601, bytes as base64
Errors   NeedsHuman: the file is there already, cannot be written, or is not what it was when it was made
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import JSON, Connection, Date, DateTime, Engine, LargeBinary, Table, select

from connector.errors import NeedsHuman
from connector.store.tables import Stamp, metadata, sessions

FORM = 1  # of the archive itself
LEFT_OUT = {sessions.name}  # who was logged in logs in again
MANIFEST = "manifest.json"
LONGEST = 64 << 20  # bytes of a line; the longest that a night made was some thousandths of it
MOST_MANIFEST = 1 << 20
MOST_DENSE = 400  # bytes for each that is packed: what is denser was not packed by us
ROWS = 1000
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError, TypeError)
ANOTHER = "Take another back-up: nothing was changed."


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an archive; `columns` are the names, in order, with the kind of value that each has."""

    name: str
    columns: dict[str, str]
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    form: int
    version: str  # the last migration that its tables have seen
    callplan: str
    made: str
    tables: tuple[Part, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def write_archive(engine: Engine, version: str, path: Path, callplan: str, now: datetime) -> Manifest:
    """Under its name once it is whole, and readable by its owner alone."""
    part = path.with_name(f".{path.name}.part")
    if path.exists():
        raise NeedsHuman(f"{path} is there already.", next_step="Name another file: back-ups are not written over.")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with _moment(engine) as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                tables = tuple(_pack(packed, connection, table) for table in _tables())
                manifest = Manifest(FORM, version, callplan, now.isoformat(), tables)
                packed.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise NeedsHuman(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
            next_step="Name a file in a folder that is there and has room.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


@contextmanager
def _moment(engine: Engine) -> Iterator[Connection]:
    """All that is read is as it stood at the first look, whatever is written meanwhile."""
    of_postgres = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    options: dict[str, Any] = {"reads": True} if engine.dialect.name == "sqlite" else of_postgres
    with engine.connect() as connection:
        whole = connection.execution_options(**options, yield_per=ROWS)
        with whole.begin():
            yield whole


def _pack(packed: zipfile.ZipFile, connection: Connection, table: Table) -> Part:
    kinds = {column.name: _kind(column.type) for column in table.columns}
    write = [WRITE.get(kind) for kind in kinds.values()]
    rows, size, told = 0, 0, hashlib.sha256()
    with packed.open(_file(table.name), "w", force_zip64=True) as file:
        for part in connection.execute(select(table).order_by(*table.primary_key)).partitions(ROWS):
            lines = b"".join(orjson.dumps(_written(row, write)) + b"\n" for row in part)
            file.write(lines)
            told.update(lines)
            rows, size = rows + len(part), size + len(lines)
    return Part(table.name, kinds, rows, size, told.hexdigest())


def _file(table: str) -> str:
    return f"tables/{table}.jsonl"


def _kind(column: Any) -> str:
    kinds: dict[type, str] = {Stamp: "stamp", DateTime: "stamp", Date: "day", JSON: "json", LargeBinary: "bytes"}
    return next((kind for of, kind in kinds.items() if isinstance(column, of)), "plain")


WRITE: dict[str, Callable[[Any], Any]] = {
    "stamp": datetime.isoformat,
    "day": date.isoformat,
    "bytes": lambda value: base64.b64encode(value).decode(),
}
READ: dict[str, Callable[[Any], Any]] = {
    "stamp": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": lambda value: base64.b64decode(value, validate=True),
}


def _written(row: Any, how: list[Callable[[Any], Any] | None]) -> list[Any]:
    return [value if value is None or not turn else turn(value) for value, turn in zip(row, how, strict=True)]


class Archive:
    """An archive that was read once from end to end and is what its manifest says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as packed:
            self.manifest = self._manifest(packed)
            for part in self.manifest.tables:
                self._check(packed, part)
        self.sha256 = _hash_of(path)

    def rows(self, part: Part) -> Iterator[list[dict[str, Any]]]:
        """A thousand at a time, as the database takes them."""
        names, how = list(part.columns), [READ.get(kind) for kind in part.columns.values()]
        with self._open() as packed, packed.open(_file(part.name)) as file:
            some = []
            for line in _lines(file):
                some.append(dict(zip(names, _written(orjson.loads(line), how), strict=True)))
                if len(some) == ROWS:
                    yield some
                    some = []
            if some:
                yield some

    @contextmanager
    def _open(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as packed:
                yield packed
        except OSError as error:
            raise NeedsHuman(
                f"{self.path} cannot be read: {(error.strerror or str(error)).lower()}.",
                next_step="Name the file that `callplan backup` wrote.",
            ) from error
        except UNREADABLE as error:
            raise self._damaged("it does not unpack") from error

    def _damaged(self, why: str) -> NeedsHuman:
        return NeedsHuman(f"{self.path} is damaged, or no back-up of Callplan: {why}.", next_step=ANOTHER)

    def _manifest(self, packed: zipfile.ZipFile) -> Manifest:
        if packed.getinfo(MANIFEST).file_size > MOST_MANIFEST:
            raise self._damaged("its manifest is too long")
        told = orjson.loads(packed.read(MANIFEST))
        if told["form"] != FORM:
            raise NeedsHuman(f"{self.path} is of a later form.", next_step="Restore it with the Callplan that made it.")
        found = Manifest(**{**told, "tables": tuple(Part(**part) for part in told["tables"])})
        if sorted(packed.namelist()) != sorted([MANIFEST, *(_file(part.name) for part in found.tables)]):
            raise self._damaged("its files are not those of its manifest")
        return found

    def _check(self, packed: zipfile.ZipFile, part: Part) -> None:
        info = packed.getinfo(_file(part.name))
        if info.file_size != part.bytes or info.file_size > MOST_DENSE * info.compress_size + MOST_MANIFEST:
            raise self._damaged(f"{part.name} has another size than it says")
        rows, told = 0, hashlib.sha256()
        with packed.open(info) as file:
            for line in _lines(file):
                rows += 1
                told.update(line)
        if (rows, told.hexdigest()) != (part.rows, part.sha256):
            raise self._damaged(f"{part.name} is not what it was")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise ValueError("a line without an end")
        yield line


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
