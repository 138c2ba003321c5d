"""The site: every page has its place, what the code writes is whole, and nothing is fetched from outside.

`make docs` builds it, and stops at a link or an anchor that leads nowhere; the same is held here without building.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ruamel.yaml import YAML

from connector.config import Config
from connector.host.cli import cli
from connector.mapping import Mapping

ROOT = Path(__file__).parent.parent
SITE = YAML(typ="safe").load(ROOT / "mkdocs.yml")
WRITTEN = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}


@pytest.fixture(scope="module")
def site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_of_docs", ROOT / "tools/site.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def leaves(nav: Any) -> Iterator[str]:
    for entry in nav.values() if isinstance(nav, dict) else nav:
        yield from [entry] if isinstance(entry, str) else leaves(entry)


def test_every_page_is_in_the_navigation_once_and_no_other(site: ModuleType) -> None:
    named = list(leaves(site.nav(SITE["nav"], WRITTEN)))

    assert sorted(named) == sorted(WRITTEN | site.pages().keys()), "name the page under nav: of mkdocs.yml"


def test_every_option_and_every_key_is_on_a_page_that_the_code_writes(site: ModuleType) -> None:
    options, keys = site.options_page(), site.keys_page()

    assert [name for name in cli.commands if f"## callplan {name}\n" not in options] == []
    assert "| `--config, -c` | `config.yaml` |" in options
    for model in (Config, Mapping):
        assert [name for name in model.model_fields if f"| `{name}` |" not in keys] == []
    assert "| `claims[].path` | text | needed |" in keys
    assert "| `roads.speeds.town_mph` | number | `25` |" in keys
    assert "| `fields.NAME.policy` |" in keys


def test_a_page_from_beside_the_documents_leads_to_where_its_links_are_in_the_site(site: ModuleType) -> None:
    home, contributing = site.pages()["index.md"], site.pages()["contributing.md"]

    assert "](tutorial.md)" in home
    assert "](decisions/0001-" in home
    assert "](contributing.md)" in home
    assert "](docs/" not in home + contributing
    assert "](reference/contract.md)" in contributing


def test_lists_are_read_as_on_github(site: ModuleType) -> None:
    text = "Steps:\n1. One\n   goes on:\n\n       code\n2. Two\n   - inner\nAfter"

    read = site.as_github_reads(text)

    assert read == "Steps:\n\n1. One\n    goes on:\n\n        code\n2. Two\n    - inner\nAfter"


def test_nothing_on_any_page_is_fetched_from_outside(site: ModuleType) -> None:
    texts = [(ROOT / "docs" / name).read_text() for name in WRITTEN] + list(site.pages().values())

    fetched = [
        found for text in texts for found in re.findall(r"<(?:script|iframe|img|link)\b|!\[[^]]*\]\(https?:", text)
    ]

    assert fetched == []
    assert SITE["theme"]["font"] is False
    assert SITE["plugins"] == ["search"]
    assert not {"extra_javascript", "extra_css"} & SITE.keys()
    assert "```mermaid" not in "".join(texts)  # its script would come from a network of others
