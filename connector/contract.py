"""What a CRM must do for Callplan: describe itself, hand over accounts and interactions, take changes and what to do.

Nine verbs and two pieces of data, no base class. An adapter is a folder under adapters/ whose `connect`
returns something of this shape; tests/adapters/contract.py is the law that each of them keeps.

Shapes   a Page carries rows and the cursor to continue from; commit both together or neither
Units    datetimes are UTC and aware; dates and datetimes inside `fields` are ISO 8601 text
Errors   NeedsHuman: login, permission, unknown or unwritable field, always before the first row is sent
         TryAgain: rate limit, busy or unreachable, with seconds; StopForTonight: the daily quota is spent
         a row the CRM refuses is an Outcome, and the others of its batch are written
Source   docs/reference/contract.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, NewType, Protocol, TypeVar

from connector.errors import NeedsHuman

CrmId = NewType("CrmId", str)
Cursor = NewType("Cursor", str)  # opaque: only the adapter that made it reads it
Value = str | int | float | bool | None


class FieldType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    DATE = "date"
    DATETIME = "datetime"
    PICKLIST = "picklist"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the CRM describes it to the integration user: what it cannot see is absent."""

    name: str
    type: FieldType
    writable: bool
    length: int | None = None  # characters, for text
    options: tuple[str, ...] = ()  # for a picklist that refuses others
    unique: bool = False  # no two records have the same value, and it leads to a record
    label: str = ""  # as people see it


@dataclass(frozen=True, slots=True)
class Shape:
    object: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where appointments are kept, in the CRM's own names: one of the interactions' objects and two fields of it."""

    object: str
    key: str  # unique; whoever bears one was booked by us
    outcome: str  # in which a rep says what became of it


@dataclass(frozen=True, slots=True)
class Tasks:
    """Where tasks are put, in the CRM's own names: an object and a field of it."""

    object: str
    key: str  # unique; whatever bears one was made by a machine, and is no touch


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read, in the CRM's own names. `fields` holds all that a mapping reads or writes, once each."""

    object: str
    fields: tuple[str, ...]
    interactions: tuple[str, ...]  # the CRM's activity objects, such as Task or meetings
    only: str | None = None  # a checkbox: records in which it is not set are taken for gone
    calendar: Calendar | None = field(default=None, repr=False)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)  # by object of interactions
    tasks: Tasks | None = field(default=None, repr=False)

    @property
    def told(self) -> str:
        """All of it as one text. Whoever names no calendar, notes or tasks has read as if there were none to name."""
        return f"{self}{self.calendar or ''}{dict(self.notes) or ''}{self.tasks or ''}"


@dataclass(frozen=True, slots=True)
class Account:
    id: CrmId
    modified: datetime
    owner: str | None = None  # the owner's e-mail, lower case
    fields: Mapping[str, Value] = field(default_factory=dict)
    gone: bool = False  # deleted, archived or merged away
    merged_into: CrmId | None = None


class Kind(StrEnum):
    VISIT = "visit"
    CALL = "call"
    EMAIL = "email"
    MESSAGE = "message"
    NOTE = "note"
    TASK = "task"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Result(StrEnum):
    DONE = "done"
    PLANNED = "planned"
    NO_ANSWER = "no_answer"
    NO_SHOW = "no_show"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One logged visit, call or mail. Bodies and subjects stay in the CRM."""

    id: CrmId
    account: CrmId | None
    kind: Kind
    at: datetime  # when it happened, or will
    modified: datetime
    result: Result  # as logged; what lies ahead has not happened, whatever its result
    direction: Direction | None = None
    minutes: float | None = None
    owner: str | None = None
    gone: bool = False
    created: datetime | None = None  # when it was put into the CRM; None where the CRM does not say
    outcome: str | None = None  # how it went, in the CRM's own word
    status: str | None = None  # where it stands, in the CRM's own word
    automated: bool = False  # sent by a machine: a list, a sequence, a workflow
    noted: bool | None = None  # whether the fields that the mapping names for notes are filled; None: it names none


def demand_notes(shape: Shape, names: tuple[str, ...]) -> None:
    """Errors   NeedsHuman: a field that is named for notes is not there, and would seem empty for ever"""
    missing = [name for name in names if name not in shape.fields]
    if missing:
        raise NeedsHuman(
            f"{shape.object}.{missing[0]} does not exist, or this login may not see it.",
            next_step="Run `callplan check`, and correct `notes:` in the mapping, or the permission.",
        )


def vanished(id: CrmId, at: datetime) -> Interaction:
    """An interaction that is not there any more, and of which nothing else is known."""
    return Interaction(id, None, Kind.NOTE, at, at, Result.CANCELED, gone=True)


Row = TypeVar("Row", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: tuple[Row, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Change:
    """Absolute values for one record, in the CRM's names; None clears. Sending it twice changes nothing."""

    id: CrmId
    fields: Mapping[str, Value]


def demand_writable(shape: Shape, change: Change) -> None:
    """Stop before anything is sent if a field is not there or not to be written.

    Errors   NeedsHuman
    """
    for name in change.fields:
        if name not in shape.fields or not shape.fields[name].writable:
            raise NeedsHuman(
                f"{shape.object}.{name} does not exist or is read-only for this login.",
                next_step="Run `callplan check`, and correct the mapping or the permission.",
            )


@dataclass(frozen=True, slots=True)
class Appointment:
    """One visit in a rep's calendar. The subject names the account and its tier, and no patient."""

    key: str  # ours, and stable for one visit
    account: CrmId
    owner: str  # e-mail of the rep
    subject: str
    starts: datetime  # UTC, aware
    minutes: int
    cancelled: bool = False
    record: CrmId | None = None  # the CRM's, once it has told it: of one that is not there then, none is made again

    @property
    def over(self) -> bool:
        """Of which nothing is made that is not there."""
        return self.cancelled


@dataclass(frozen=True, slots=True)
class Todo:
    """One task for whoever has the account. The subject names the account, and no patient."""

    key: str  # ours, and stable for one task
    account: CrmId
    owner: str  # e-mail
    subject: str
    due: date
    done: bool = False
    record: CrmId | None = None  # as of an appointment

    @property
    def over(self) -> bool:
        return self.done


def demand_calendar(calendar: Calendar | None) -> Calendar:
    """Errors   NeedsHuman"""
    if calendar is None:
        raise NeedsHuman(
            "The mapping does not say where appointments are kept.",
            next_step="Copy `appointment:` from the mapping that comes with Callplan, or set week.appointments: false.",
        )
    return calendar


def demand_bookable(shape: Shape, calendar: Calendar, words: tuple[str, ...]) -> None:
    """Stop before anything is sent if an appointment could not be kept apart, or not be marked with these words.

    Errors   NeedsHuman
    """
    outcome = shape.fields.get(calendar.outcome)
    lacks = [word for word in words if outcome and outcome.options and word not in outcome.options]
    what = _unfit_to_keep(shape, calendar.key, calendar.outcome) or (
        f"{shape.object}.{calendar.outcome} has no option {', '.join(lacks)}." if lacks else None
    )
    if what:
        raise NeedsHuman(what, next_step="Run `callplan setup` again, or correct `appointment:` in the mapping.")


def demand_tasks(tasks: Tasks | None) -> Tasks:
    """Errors   NeedsHuman"""
    if tasks is None:
        raise NeedsHuman(
            "The mapping does not say where tasks are put.",
            next_step="Copy `task:` from the mapping that comes with Callplan, or set cold.flag.tasks: false.",
        )
    return tasks


def demand_markable(shape: Shape, tasks: Tasks) -> None:
    """Stop before anything is sent if a task could not be kept apart.

    Errors   NeedsHuman
    """
    if what := _unfit_to_keep(shape, tasks.key):
        raise NeedsHuman(what, next_step="Run `callplan setup` again, or correct `task:` in the mapping.")


def _unfit_to_keep(shape: Shape, key: str, *further: str) -> str | None:
    """Why what we make could not be told from everything else, by its key."""
    there = {name: field for name in (key, *further) if (field := shape.fields.get(name)) and field.writable}
    missing = [name for name in (key, *further) if name not in there]
    if missing:
        return f"{shape.object}.{missing[0]} does not exist or is read-only for this login."
    if not there[key].unique:
        return f"{shape.object}.{key} is not unique, so that one could be made twice."
    return None


class Verdict(StrEnum):
    WRITTEN = "written"
    REFUSED = "refused"
    LEFT = "left"  # an appointment or a task of which somebody has said what became of it: nothing was written
    UNKNOWN = "unknown"  # no answer came: it may or may not have been written


@dataclass(frozen=True, slots=True)
class Outcome:
    id: CrmId  # of the record that was to change; of an appointment or a task, its key
    verdict: Verdict
    code: str = ""  # the vendor's word
    message: str = ""
    gone: bool = False  # refused because the record was deleted or merged away
    moved_to: CrmId | None = None
    passing: bool = False  # refused for a reason that passes, such as a row lock: worth sending again tonight
    remedy: str = ""  # what an admin does about it, in the words of the CRM's setup
    record: CrmId | None = None  # of these two, the CRM's record, under the id that `interactions` gives it


@dataclass(frozen=True, slots=True)
class WritePath:
    """One way to write: what the vendor calls it, and how many rows one go of it carries."""

    api: str
    rows: int
    calls: int = 1  # that it takes

    def calls_for(self, rows: int) -> int:
        return -(-rows // self.rows) * self.calls


@dataclass(frozen=True, slots=True)
class Limits:
    paths: tuple[WritePath, ...]  # the ways that `write` takes by number of rows, smallest first
    calls_left: int | None = None  # today, as last told by the CRM; None until it has said
    calls_per_day: int | None = None

    def cheapest(self, rows: int) -> WritePath:
        """The way that writes so many rows in the fewest calls; of equal ones, the smaller."""
        return min(self.paths, key=lambda path: path.calls_for(rows))

    @property
    def rows_per_call(self) -> int:
        """The most rows that a single call writes."""
        return max(path.rows for path in self.paths if path.calls == 1)


Meter = Callable[[Limits], None]  # told before each request what the CRM has said so far; may raise StopForTonight


def unmetered(_limits: Limits) -> None:
    """For calls that nobody counts: tests and tools."""


class Keep(Protocol):
    """A few texts that outlive the process and are shared by all that use one store, such as the id of a bulk job.

    What must not be read there is to be sealed by the adapter.
    """

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, text: str | None) -> None:
        """None takes it out. On record when this returns."""

    def swap(self, name: str, old: str | None, new: str) -> bool:
        """Put the new text where the old one still is; whether it was, of all that try at once for only one."""


class Drawer:
    """A Keep for one process: for tools, and for a command that writes nothing."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._texts.get(name)

    def put(self, name: str, text: str | None) -> None:
        self._texts.pop(name, None)
        if text is not None:
            self._texts[name] = text

    def swap(self, name: str, old: str | None, new: str) -> bool:
        if self._texts.get(name) != old:
            return False
        self._texts[name] = new
        return True


class Clock(Protocol):
    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a set-up is asked to do: bring these fields, and nothing that is not asked for."""

    written: tuple[str, ...]  # the fields that the mapping writes
    dry_run: bool = False
    assign: str | None = None  # the login that is to be given the permissions
    key: bool = False  # also the field that holds the NPI
    appointments: bool = False  # also the fields of appointments
    tasks: bool = False  # also the field of tasks


class Crm(Protocol):
    @property
    def limits(self) -> Limits: ...

    @property
    def unlisted(self) -> frozenset[Kind]:
        """The kinds of which `interactions` does not tell what was deleted: those are to be looked at by name."""

    def describe(self, object: str) -> Shape:
        """The fields of one object, as this login may see and write them."""

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        """Every account changed since the cursor (all for None), at least once; also those gone."""

    def interactions(self, since: Cursor | None) -> Iterator[Page[Interaction]]:
        """Every interaction changed since the cursor (all for None), at least once; also those gone."""

    def interactions_named(self, ids: Iterable[CrmId]) -> Iterator[Interaction]:
        """These interactions as they are now, each once; one that is not there any more comes as gone."""

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        """These accounts as they are now, without the ones that are gone; for reading back what was written."""

    def page(self, id: CrmId) -> str | None:
        """Where people open this account; None where that is not known. One call at most, however many are asked."""

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        """Send the changes by the smallest path that takes them all; exactly one Outcome for each, in any order."""

    def book(self, appointments: Iterable[Appointment]) -> Iterator[Outcome]:
        """Bring each appointment into the calendar, or as it stands there up to date; one Outcome for each key.

        One key has one record, however often it is sent. For one that is cancelled nothing is made, and what is there
        is marked as off. Of none at all, only whether it could be done is found out.
        """

    def remind(self, todos: Iterable[Todo]) -> Iterator[Outcome]:
        """Put each task before its owner, as `book` does appointments; one that is done is closed, and none deleted."""

    def first_contact(self) -> Iterator[str]:
        """What only a real CRM can tell: questions with its answers, asked without writing anything."""

    def set_up(self, asked: SetUp) -> Iterator[str]:
        """Make what the mapping writes to, line by line what is done; twice is as once."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A record to look at: an account, or an interaction under the id that `interactions` gives it."""

    object: str  # in the CRM's own name, as in Reading
    id: CrmId


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request that says it comes from the CRM."""

    method: str
    url: str  # the public one, which the CRM called
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What a delivery says to look at, and a seal that no other delivery has."""

    seal: str
    marks: tuple[Mark, ...]


class NotHeard(Exception):
    """A delivery that is not taken: 400 it cannot be read, 401 it is not the CRM's, 404 none are awaited."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why
        super().__init__(why)


class Resolved(str):
    """Text that a config file took from the environment or another file: `${ENV:NAME}`, `${FILE:path}`."""

    __slots__ = ()


class Secret:
    """A value that never shows itself: not in a repr, a log, an error or a pickle.

    As a field of an adapter's settings it takes only what was referred to, never what was written in the file.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, ("***",)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from pydantic_core import PydanticCustomError, core_schema

        def take(value: Any) -> Secret:
            if isinstance(value, Secret):
                return value
            if isinstance(value, Resolved):
                return Secret(str(value))
            raise PydanticCustomError("secret_literal", "a secret must not be written into the file")

        return core_schema.no_info_plain_validator_function(take)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\$\{(ENV|FILE):[^}]+\}$"}
