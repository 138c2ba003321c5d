"""One row of an upload, written as a collection's row would be: same rules, locks and history.

An empty cell leaves its field as it is, #N/A clears it. In a chunk of 200 rows, a key to upsert by stands once
and an id 12 times at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from zlib import crc32

from sandbox.salesforce import ids
from sandbox.salesforce.bulk.cells import CLEARED
from sandbox.salesforce.bulk.columns import Column, Unreadable, columns_of
from sandbox.salesforce.bulk.jobs import Bulk, Done, IngestJob
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.values import Value

Cells = Sequence[str]


class Rows:
    def __init__(self, bulk: Bulk, job: IngestJob, header: Cells) -> None:
        self.bulk, self.job, self.records = bulk, job, bulk.records
        if job.operation in ("delete", "hardDelete") and [name.lower() for name in header] != ["id"]:
            raise Unreadable(f"InvalidBatch : The '{job.operation}' batch must contain only ids")
        columns = columns_of(bulk.records, job.kind, header)
        self.width, places = len(columns), {c.field.name: n for n, c in enumerate(columns) if not c.parent}
        self.id_at = places.get("Id")
        self.key_at = places.get(job.key) if job.key else None
        ours = {self.id_at, self.key_at if job.operation == "upsert" else None}
        self.columns: list[tuple[int, Column]] = [(n, c) for n, c in enumerate(columns) if n not in ours]
        self._write: Callable[[Cells], Done] = {
            "insert": self._insert,
            "update": self._update,
            "upsert": self._upsert,
            "delete": self._delete,
            "hardDelete": self._erase,
        }[job.operation]
        self._ids: Counter[str] = Counter()
        self._keys: Counter[str] = Counter()

    def begin(self, chunk: Sequence[Cells | str]) -> None:
        self._ids.clear()
        if self.job.operation == "upsert" and self.key_at is not None:
            self._keys = Counter(self._key(cells) for cells in chunk if not isinstance(cells, str))

    def write(self, cells: Cells) -> Done:
        if len(cells) != self.width:
            raise Refused("InvalidBatch", f"The row has {len(cells)} cells and the header {self.width}")
        if sum(map(len, cells)) > self.bulk.limits.cell_chars:
            self._check_length(cells)
        return self._write(cells)

    def id_of(self, cells: Cells | str) -> str:
        """For the result file: the record's id where the row says one."""
        known = self.id_at is not None and not isinstance(cells, str) and self.id_at < len(cells)
        return (ids.full(cells[self.id_at]) or "") if known and self.id_at is not None else ""

    # Operations

    def _insert(self, cells: Cells) -> Done:
        if self.id_at is not None and cells[self.id_at]:
            raise Refused("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id")
        return Done(self.records.create(self.job.kind, self._sent(cells), "api"), True)

    def _update(self, cells: Cells) -> Done:
        return self._change(self._named(cells, "an update"), cells)

    def _delete(self, cells: Cells) -> Done:
        key = self._named(cells, "a delete")
        self.records.delete(self.job.kind, key, "api")
        return Done(key, False)

    def _erase(self, cells: Cells) -> Done:
        key = self._named(cells, "a delete")
        self.records.erase(self.job.kind, key, "api")
        return Done(key, False)

    def _upsert(self, cells: Cells) -> Done:
        key = str(self.job.key)
        value = cells[self.key_at] if self.key_at is not None else ""
        if key == "Id":
            return self._change(self._named(cells, "an upsert"), cells) if value else self._insert(cells)
        if value in ("", CLEARED):
            raise Refused("MISSING_ARGUMENT", f"{key} not specified", key)
        if self._keys[value.lower()] > 1:
            raise Refused("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", key)
        found = self.records.find(self.job.kind.name, key, value)
        if found is not None:
            return self._change(str(found["Id"]), cells)
        return Done(self.records.create(self.job.kind, {**self._sent(cells), key: value}, "api"), True)

    # Parts

    def _change(self, id: str, cells: Cells) -> Done:
        self._ids[id] += 1
        if self._ids[id] > self.bulk.limits.same_id:
            words = f"Maximum number of duplicate updates in one batch ({self.bulk.limits.same_id} allowed)."
            raise Refused("DUPLICATE_VALUE", f"{words} Attempt to update Id more than once in this Api call: {id}")
        self._strike(id)
        self.records.update(self.job.kind, id, self._sent(cells), "api")
        return Done(id, False)

    def _named(self, cells: Cells, call: str) -> str:
        sent = cells[self.id_at] if self.id_at is not None else ""
        if not sent:
            raise Refused("MISSING_ARGUMENT", f"Id not specified in {call} call")
        return ids.full(sent) or sent

    def _sent(self, cells: Cells) -> dict[str, Value]:
        records = self.records
        return {c.field.name: c.value(records, cells[n]) for n, c in self.columns if cells[n] != ""}

    def _key(self, cells: Cells) -> str:
        return cells[self.key_at].lower() if self.key_at is not None and self.key_at < len(cells) else ""

    def _strike(self, id: str) -> None:
        faults, struck = self.bulk.faults, self.bulk.struck
        if faults.lock_share and id not in struck and crc32(id.encode()) % 1000 < faults.lock_share * 1000:
            struck.add(id)
            self.records.locked[id] = faults.lock_tries

    def _check_length(self, cells: Cells) -> None:
        limits = self.bulk.limits
        if max(map(len, cells)) > limits.cell_chars or sum(map(len, cells)) > limits.row_chars:
            words = f"A cell holds {limits.cell_chars} characters, and a row {limits.row_chars}"
            raise Refused("STRING_TOO_LONG", words)
