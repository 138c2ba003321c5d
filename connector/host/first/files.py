"""The starter files with what was told and found in them: comments and order stay, names and paths are changed.

config.yaml and mappings/CRM.yaml are edited as text, line by line, because their comments are half of their worth. Each
names the schema that lies in schema/ beside them, by which editors complete and check YAML. What is there stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from connector.config import write_schemas
from connector.errors import NeedsHuman
from connector.host.discover import adapters, starter, starter_mapping
from connector.host.first.answers import Answers
from connector.host.first.look import Found

SCHEMAS = "schema"
SCHEMA_LINE = re.compile(r"\A(# yaml-language-server: \$schema=).*\n")


def write_starter(folder: Path) -> Iterator[Path]:
    """Config and mappings for every CRM, with nothing told and nothing found."""
    texts = {folder / "config.yaml": lambda: _pointed(_example(), SCHEMAS)}
    for path in sorted((starter() / "mappings").glob("*.yaml")):
        texts[folder / "mappings" / path.name] = _mapping_as_it_comes(path)
    yield from _write(folder, texts)


def write_found(answers: Answers, found: Found) -> Iterator[Path]:
    """Config and mapping for one CRM."""
    folder = answers.folder
    yield from _write(
        folder,
        {
            folder / "config.yaml": lambda: config_text(answers),
            folder / "mappings" / f"{answers.crm}.yaml": lambda: mapping_text(answers.crm, found),
        },
    )


def _write(folder: Path, texts: Mapping[Path, Callable[[], str]]) -> Iterator[Path]:
    for path, text in texts.items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(), encoding="utf-8")
            yield path
    if not (folder / SCHEMAS).exists():
        yield from write_schemas(folder / SCHEMAS, {name: one.Settings for name, one in adapters().items()})


def _mapping_as_it_comes(path: Path) -> Callable[[], str]:
    return lambda: _pointed(path.read_text(encoding="utf-8"), f"../{SCHEMAS}", "mapping")


def config_text(answers: Answers) -> str:
    text = _pointed(_example(), SCHEMAS)
    text = _put(text, r"^time_zone: \S+", f"time_zone: {answers.zone}")
    text = _put(text, r"^crm:\n(?:  .*\n)+", "\n".join(["crm:", *_crm_lines(answers), ""]))
    text = _put(text, r"^reps:\n  - .*\n", "reps: []\n")
    return (
        _put(text, r"^claims:\n  - path: .*\n", f'claims:\n  - path: "{answers.claims}"\n') if answers.claims else text
    )


def _crm_lines(answers: Answers) -> Iterator[str]:
    yield f"  {answers.crm}:"
    yield f"    mapping: mappings/{answers.crm}.yaml"
    for name, value in answers.settings.items():
        yield f"    {name}: {_scalar(value)}" if value else f"    # {name}:   # to be filled in"


def _scalar(value: str) -> str:
    """Quoted where YAML would read something else than this text."""
    return value if re.fullmatch(r"(https?://)?[A-Za-z][\w./:@-]*|\$\{(ENV|FILE):[\w./-]+\}", value) else _quoted(value)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mapping_text(crm: str, found: Found) -> str:
    path = starter_mapping(crm)
    assert path, f"{crm} has no starter mapping"
    text = _pointed(path.read_text(encoding="utf-8"), f"../{SCHEMAS}", "mapping")
    if found.shape is None:
        return text
    text = _put(text, r"^  object: \w+", f"  object: {found.object}")
    for choice in found.choices:
        text = _chosen(text, choice.ours, choice.field)
    return _logged(text, found.interactions) if found.interactions else text


def _chosen(text: str, ours: str, field: str | None) -> str:
    """The name on the right of `ours: name` or `ours: {field: name`; what is only read may be left out."""
    written = re.search(rf"^  {ours}: +\{{field: (\w+)", text, re.MULTILINE)
    if written:
        return text[: written.start(1)] + (field or written[1]) + text[written.end(1) :]
    read = re.search(rf"^  ({ours}: +)(\w+)", text, re.MULTILINE)
    if not read or (not field and ours == "npi"):
        return text
    line = f"  {read[1]}{field}" if field else f"  # {read[1]}{read[2]}"
    return text[: read.start()] + line + text[read.end() :]


def _logged(text: str, kinds: tuple[str, ...]) -> str:
    """Without the objects that this login may not see, and without what is kept in one of them."""
    text = _put(text, r"^interactions: \[.*\]", f"interactions: [{', '.join(kinds)}]")
    for part in re.findall(r"^(?:appointment|task): \{object: \w+.*\}$", text, re.MULTILINE):
        kind = part.partition("object: ")[2].partition(",")[0]
        if part.startswith("appointment") and kind not in kinds:
            text = text.replace(part, f"# {part}")
    return text


def _example() -> str:
    return (starter() / "config.example.yaml").read_text(encoding="utf-8")


def _pointed(text: str, folder: str, what: str = "config") -> str:
    """With a schema line that leads somewhere."""
    return f"# yaml-language-server: $schema={folder}/{what}.schema.json\n" + SCHEMA_LINE.sub("", text)


def _put(text: str, pattern: str, instead: str) -> str:
    changed, times = re.subn(pattern, lambda _found: instead, text, flags=re.MULTILINE)
    if times != 1:  # of ours none: a test writes each
        raise NeedsHuman(
            f"The starter files have {times} places like {pattern}, and one is wanted.",
            next_step="An adapter's mapping.yaml is written line by line, as mappings/salesforce.yaml is.",
        )
    return changed
