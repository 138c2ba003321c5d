"""The documents say what the product does: every command, job, key, exit code and link, and no more."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from markdown.extensions.toc import slugify
from pydantic import BaseModel

from connector import config, errors, mapping
from connector.config import write_schemas
from connector.host.cli import cli
from connector.host.discover import adapters, job, job_names
from connector.intake.catalogue import LAYOUTS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = (ROOT / "docs/reference/commands.md").read_text()
CLAIMS = (ROOT / "docs/reference/claims.md").read_text()
CONFIG = (ROOT / "docs/reference/config.md").read_text()


def keys(model: type[BaseModel]) -> Iterator[tuple[str, object]]:
    """Every key of a model and of the models inside it, with its default."""
    for name, field in model.model_fields.items():
        yield field.alias or name, None if field.is_required() else field.default
        for part in (field.annotation, *get_args(field.annotation)):
            if inspect.isclass(part) and issubclass(part, BaseModel):
                yield from keys(part)


def test_every_command_is_documented_and_no_other() -> None:
    told = set(re.findall(r"^\| `callplan (\w+)", COMMANDS, re.MULTILINE))

    assert told == set(cli.commands)


def test_every_job_is_documented_and_reads_like_its_name() -> None:
    jobs = COMMANDS.split("## Jobs")[1]

    assert set(re.findall(r"^\| `(\w+)`", jobs, re.MULTILINE)) == set(job_names())
    for name in job_names():
        assert len(inspect.getsource(job(name)).splitlines()) <= 30
        assert (job(name).__doc__ or "").endswith(".")


@pytest.mark.parametrize("model", [config.Config, *(adapter.Settings for adapter in adapters().values())])
def test_every_key_of_the_config_is_documented_with_its_default(model: type[BaseModel]) -> None:
    for name, default in keys(model):
        lines = [line for line in CONFIG.splitlines() if f"`{name}`" in line]
        assert lines, f"{name} is not in docs/reference/config.md"
        if isinstance(default, int | float | str) and default:
            short = default if isinstance(default, str) else f"{default:g}"
            assert any(f"`{default}`" in line or f" {default} " in line or f"({short})" in line for line in lines), name


def test_every_value_that_a_mapping_takes_is_documented() -> None:
    told = CONFIG.split("## The mapping")[1]

    assert set(re.findall(r"^\| `(\w+)`", told, re.MULTILINE)) == set(get_args(mapping.Ours))


def test_every_layout_is_documented_and_no_other() -> None:
    told = CLAIMS.split("## Layouts")[1].split("##")[0]

    assert set(re.findall(r"^\| `(\w+)`", told, re.MULTILINE)) == {layout.name for layout in LAYOUTS}


def test_every_exit_code_is_documented() -> None:
    classes = [found for found in vars(errors).values() if inspect.isclass(found) and hasattr(found, "exit_code")]
    pages = [ROOT / "README.md", ROOT / "docs/reference/commands.md", ROOT / "docs/how-to/after-a-bad-night.md"]

    for page in pages:
        missing = [code.exit_code for code in classes if not re.search(rf"\b{code.exit_code}\b", page.read_text())]
        assert missing == [], page


def test_the_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    settings = {name: adapter.Settings for name, adapter in adapters().items()}

    for made in write_schemas(tmp_path, settings):
        kept = ROOT / "docs/reference" / made.name
        assert json.loads(kept.read_text()) == json.loads(made.read_text()), "run `make schemas`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_section_of_a_page_comes_twice_and_no_key_of_a_section(page: Path) -> None:
    sections = re.split(r"^###? ", page.read_text(), flags=re.MULTILINE)[1:]

    headings = [section.splitlines()[0] for section in sections]
    rows = [re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE) for section in sections]

    assert len(set(headings)) == len(headings)
    assert [found for found in rows if len(set(found)) < len(found)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_anchor_that_a_link_names_is_a_heading_there() -> None:
    headings = {
        page: {slugify(line, "-") for line in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}
        for page in PAGES
    }

    lost = [
        (page.name, f"{path}#{anchor}")
        for page in PAGES
        for path, anchor in re.findall(r"\]\(([^):#]*)#([^)]+)\)", page.read_text())
        if anchor not in headings.get((page.parent / path).resolve() if path else page, set())
    ]

    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_a_page_is_one(page: Path) -> None:
    named = re.findall(r"(?:^ +(?:\.venv/bin/)?|`)callplan (\w+)([^\n`]*)", page.read_text(), re.MULTILINE)

    for command, rest in named:
        assert command in cli.commands, command
        whole = cli.commands[command]
        parts = [whole, *(whole.commands.values() if isinstance(whole, click.Group) else ())]
        options = {word for part in parts for option in part.params for word in option.opts}
        given = set(re.findall(r"(?<!\S)(--[a-z-]+)", rest.split("#")[0])) - {"--help"}
        assert given <= options, (command, given)


def test_every_file_that_the_documents_name_is_there() -> None:
    named = {
        name
        for page in PAGES
        for name in re.findall(r"`((?:docs|tests|adapters|connector)/[\w/.-]+)`", page.read_text())
    }

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
