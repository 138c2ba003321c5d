"""YAML in: every problem at once, each with its line and what to do.

    config.yaml:12:14: 99213 is a number here. Quote it: "99213".
    config.yaml:20:3: "visit_per_week" is not a key here. The nearest is "visits_per_week".

Codes and ZIPs are text: what YAML would read as a number is refused, because 01234 would lose its zero without
a word. `${ENV:NAME}` and `${FILE:path}` are resolved after parsing, so that a value cannot change the file's shape.

Errors   NeedsHuman, with all problems of the file
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from connector.contract import Resolved
from connector.errors import NeedsHuman

MOST_BYTES = 1_000_000
MOST_ALIASES = 20
DEEPEST = 20
START = "`callplan init` writes a starter config and mappings."
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
REFERENCE = re.compile(r"\$\{(ENV|FILE):([^}]+)\}")


def _iso(written: object) -> date:
    """YAML makes a date of 2027-06-30 itself; quoted, it is still a text."""
    try:
        return date.fromisoformat(str(written))
    except ValueError as error:
        raise ValueError(f"{written} is not a day. Write it as 2027-06-30.") from error


def _address(written: str) -> str:
    if not ADDRESS.fullmatch(written):
        raise ValueError(f'"{written}" is no e-mail address. Write one such as pat@example.com.')
    return written


Day = Annotated[date, BeforeValidator(_iso)]
Email = Annotated[str, AfterValidator(_address)]
Model = TypeVar("Model", bound=BaseModel)
QUOTES = "\"'"
WANTED = {  # by pydantic's name of what is wrong, or by the pattern that does not fit
    r"^\d{5}$": "is no ZIP, which has five digits",
    r"^(month|quarter|year|[1-9]\d? weeks)$": 'is no length. Write month, quarter, year, or such as "6 weeks"',
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "float_parsing": "is no number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "where one text is wanted",
    "too_short": "where at least one is wanted",
    "tuple_type": "is no list. Write it as [one, another]",
    "list_type": "is no list. Write it as [one, another]",
    "dict_type": "where keys are wanted. Write them as {key: value}",
    "model_type": "where keys are wanted. Write them as {key: value}",
}
LIMITS = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}  # pydantic's names of them
CONFINED: dict[Path, str] = {}  # folders whose files refer only to what is theirs, and how their variables begin
PATHS = {"path", "mapping", "audit", "rejected", "file", "data", "leave", "windows"}  # keys under which files are named
Key = int | str
Problem = tuple[int, int, str]  # line and column, from 1, and what is wrong with the next step


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """A checked file that still knows where each value stood."""

    value: Model
    path: Path
    tree: CommentedMap

    def at(self, *keys: Key) -> str:
        """`file:line:column` of a value, or of the nearest thing round it."""
        line, column = _position(self.tree, keys)
        return f"{self.path}:{line}:{column}"


def confine(folder: Path, prefix: str) -> None:
    """From here on, a file in this folder names only files in it, and variables that begin so.

    Names are looked at as they are written: a link in the folder was put there by whoever may read what it leads to.
    """
    CONFINED[folder.resolve()] = prefix


def _confined(base: Path) -> tuple[Path, str] | None:
    whole = base.resolve()
    return next(((folder, prefix) for folder, prefix in CONFINED.items() if whole.is_relative_to(folder)), None)


def _strays(base: Path, name: str) -> str:
    """Why a file of that name is not this folder's to name; "" where it is."""
    found = _confined(base)
    if not found or Path(os.path.normpath(base.resolve() / name)).is_relative_to(found[0]):
        return ""
    return f"{name} lies outside this organisation's folder. Put it, or a link to it, inside."


def read_yaml(path: Path, model: type[Model]) -> Loaded[Model]:
    text = _text(path)
    return _checked(path, text, _tree(path, text), model)


def read_draft(path: Path, written: str, model: type[Model]) -> Loaded[Model]:
    """What somebody would write into the file, checked as if it stood there.

    It may refer to the environment and to files only where the file does so already: whoever writes a draft must not
    come to read them.
    """
    text = _decoded(path, written.encode())
    tree = _tree(path, text)
    known = dict(_references(_tree(path, _text(path)))) if path.exists() else {}
    strange = [keys for keys, reference in _references(tree) if known.get(keys) != reference]
    if strange:
        line, column = _position(tree, strange[0])
        raise NeedsHuman(f"{path}:{line}:{column}: a reference cannot be written here. Write the value itself.")
    return _checked(path, text, tree, model)


def _references(node: Any, keys: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Where the file refers to something else, and to what."""
    if len(keys) > DEEPEST:
        return
    if isinstance(node, CommentedMap | CommentedSeq):
        pairs = node.items() if isinstance(node, CommentedMap) else enumerate(node)
        for key, value in pairs:
            yield from _references(value, (*keys, key))
    elif isinstance(node, str) and REFERENCE.fullmatch(node.strip()):
        yield keys, node.strip()


def _checked(path: Path, text: str, tree: CommentedMap, model: type[Model]) -> Loaded[Model]:
    problems: list[Problem] = []
    plain = _resolved(tree, path.parent, (), tree, problems)
    try:
        value = model.model_validate(plain)
    except ValidationError as error:
        lines = text.splitlines()
        problems += [_problem(detail, tree, lines, model) for detail in _own(error.errors(include_url=False))]
    if problems:
        raise NeedsHuman("\n".join(f"{path}:{line}:{column}: {what}" for line, column, what in sorted(problems)))
    return Loaded(value, path, tree)


def nearest(name: str, names: Sequence[str]) -> str:
    """A sentence with the closest of the names, or with all of them if none is close."""
    close = difflib.get_close_matches(name, names, 1, 0.5)
    return f'The nearest is "{close[0]}".' if close else f"There are: {', '.join(sorted(names))}."


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise NeedsHuman(f"{path}: {reason}.", next_step=START) from error
    return _decoded(path, raw)


def _decoded(path: Path, raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise NeedsHuman(f"{path}: {len(raw):,} bytes is no config file; at most {MOST_BYTES:,} are read.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise NeedsHuman(f"{path}:{line}: not UTF-8.", next_step="Save the file as UTF-8.") from error
    if not text.strip():
        raise NeedsHuman(f"{path}: the file is empty.", next_step=START)
    if len(re.findall(r"(?:^|[\s\[,])\*\w+", text)) > MOST_ALIASES:
        raise NeedsHuman(f"{path}: more than {MOST_ALIASES} aliases (*name).", next_step="Write the values out.")
    return text


def _tree(path: Path, text: str) -> CommentedMap:
    try:
        tree = YAML().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise NeedsHuman(f"{where}: {_syntax(error)}") from error
    except ValueError as error:  # of a date, whose place is not told
        day, line = _impossible_day(text)
        raise NeedsHuman(f"{path}:{line}: {day} is on no calendar. Correct the day.") from error
    except (YAMLError, RecursionError) as error:
        raise NeedsHuman(f"{path}: this is not YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(tree, CommentedMap):
        raise NeedsHuman(f"{path}:1: a list of `key: value` is wanted here.")
    return tree


def _impossible_day(text: str) -> tuple[str, int]:
    """The first, and its line."""
    for line, written in enumerate(text.splitlines(), 1):
        for day in re.findall(r"\b\d{4}-\d\d-\d\d\b", written.partition(" #")[0]):
            try:
                date.fromisoformat(day)
            except ValueError:
                return day, line
    return "a date", 1


def _syntax(error: MarkedYAMLError) -> str:
    problem = (error.problem or "this is not YAML").splitlines()[0]
    if "duplicate key" in problem:
        return f"{problem.split(' with value')[0].replace('found ', '')} stands here twice. Keep one."
    if "\\t" in problem or "tab" in problem:
        return "a tab where YAML wants spaces. Indent with spaces."
    return f"{problem}. Check indentation, colons and quotes here and in the line above."


def _resolved(node: Any, base: Path, keys: tuple[Key, ...], tree: CommentedMap, problems: list[Problem]) -> Any:
    """The tree as plain values, references replaced by what they refer to."""
    if len(keys) > DEEPEST:
        problems.append((*_position(tree, keys), f"nested deeper than {DEEPEST} levels. Flatten it."))
        return None
    if isinstance(node, CommentedMap):
        return {str(k): _resolved(v, base, (*keys, k), tree, problems) for k, v in node.items()}
    if isinstance(node, CommentedSeq):
        return [_resolved(v, base, (*keys, at), tree, problems) for at, v in enumerate(node)]
    if isinstance(node, str) and (found := REFERENCE.fullmatch(node.strip())):
        try:
            return Resolved(_refer(found[1], found[2], base))
        except LookupError as error:
            problems.append((*_position(tree, keys), str(error.args[0])))
            return Resolved("")
    if isinstance(node, str) and keys and keys[-1] in PATHS and (stray := _strays(base, node)):
        problems.append((*_position(tree, keys), stray))
    return str(node) if isinstance(node, str) else node


def resolved(written: str, base: Path) -> str:
    """One value as a file beside `base` would have it.

    Errors   LookupError: what it refers to is not there
    """
    found = REFERENCE.fullmatch(written.strip())
    return Resolved(_refer(found[1], found[2], base)) if found else written


def _refer(kind: str, name: str, base: Path) -> str:
    if kind == "ENV":
        if (found := _confined(base)) and not name.startswith(found[1]):
            raise LookupError(f"the variables of this organisation begin with {found[1]}. Call it {found[1]}{name}.")
        if name not in os.environ:
            raise LookupError(f"the environment has no {name}. Set it where the night is started.")
        return os.environ[name]
    if stray := _strays(base, name):
        raise LookupError(stray)
    try:
        return (base / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise LookupError(f"{base / name} cannot be read. Put the value there, alone.") from error


def _position(tree: CommentedMap, keys: Sequence[Key]) -> tuple[int, int]:
    """Line and column, from 1, of the value; of the key or the mapping where there is no value."""
    node: Any = tree
    line, column = 0, 0
    for key in keys:
        if isinstance(node, CommentedMap) and key in node:
            line, column = node.lc.key(key) if isinstance(node[key], CommentedMap | None) else node.lc.value(key)
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line, column = node.lc.item(key)
        else:
            break
        node = node[key]
    return line + 1, column + 1


def _problem(detail: ErrorDetails, tree: CommentedMap, lines: list[str], model: type[BaseModel]) -> Problem:
    keys = tuple(key for key in detail["loc"] if isinstance(key, int | str))
    line, column = _position(tree, keys)
    kind, written = detail["type"], _written(lines, line, column)
    if kind == "extra_forbidden":
        line, column = _key_position(tree, keys)
        return line, column, f'"{keys[-1]}" is not a key here. {nearest(str(keys[-1]), list(_keys_of(model, keys)))}'
    if kind == "missing":
        return line, column, f'"{keys[-1]}" is missing here. Add it; config.example.yaml shows how.'
    if kind == "string_type" and isinstance(detail["input"], bool | int | float):
        return line, column, f'{written} is a number here. Quote it: "{written}".'
    if kind == "string_type" and detail["input"] is not None and not isinstance(detail["input"], dict | list):
        return line, column, f'{written} is a date here. Quote it: "{written}".'
    if kind == "secret_literal":
        return line, column, "a secret must not be written into this file. Use ${ENV:NAME} or ${FILE:path}."
    if kind in {"enum", "literal_error"}:
        names = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
        return line, column, f'"{detail["input"]}" is not possible here. {nearest(str(detail["input"]), names)}'
    if wanted := WANTED.get(str(detail.get("ctx", {}).get("pattern", kind))):
        return line, column, f"{_called(detail['input'], written.strip(QUOTES))} {wanted}."
    if limit := next(
        (f"{word} {detail['ctx'][kind]}" for kind, word in LIMITS.items() if kind in detail.get("ctx", {})), ""
    ):
        return line, column, f"{written} is not possible here. Write a number {limit}."
    message = detail["msg"].removeprefix("Value error, ") if kind == "value_error" else _lower(detail["msg"])
    return line, column, f"{message}{'' if message.endswith('.') else f'; found {written}.'}"


def _called(value: object, written: str) -> str:
    """A value in a sentence; of several, what they are together."""
    together = {True: "a list", False: "an empty list"}[bool(value)] if isinstance(value, list) else "keys"
    return together if isinstance(value, list | dict) else "nothing" if value is None else f'"{written}"'


def _own(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without those that only say that something inside was wrong."""
    inside = {detail["loc"][:cut] for detail in details for cut in range(len(detail["loc"]))}
    return [detail for detail in details if detail["loc"] not in inside]


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _written(lines: list[str], line: int, column: int) -> str:
    """The value as it stands in the file, so that a lost zero can be shown."""
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    return re.split(r"\s+#|[,\]}]|\s*$", rest, maxsplit=1)[0].strip() or "nothing"


def _key_position(tree: CommentedMap, keys: Sequence[Key]) -> tuple[int, int]:
    node: Any = tree
    for key in keys[:-1]:
        node = node[key] if not isinstance(node, CommentedMap) or key in node else node
    if isinstance(node, CommentedMap) and keys[-1] in node:
        line, column = node.lc.key(keys[-1])
        return line + 1, column + 1
    return _position(tree, keys)


def _keys_of(model: type[BaseModel], keys: Sequence[Key]) -> Iterator[str]:
    """The keys that are possible where `keys` ends."""
    here: type[BaseModel] | None = model
    for key in keys[:-1]:
        if here and isinstance(key, str) and key in here.model_fields:
            here = _model_in(here.model_fields[key].annotation)
    yield from (field.alias or name for name, field in here.model_fields.items()) if here else ()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
