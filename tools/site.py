"""What the site has beyond docs/: pages that the code writes, those that are beside docs/, lists as GitHub reads them.

    reference/options.md   every command with its arguments and options, from click
    reference/keys.md      every key of the config and the mapping, from the models
    index, contributing, changelog, reporting   README.md and the others at the top

A hook of mkdocs; `pages()` is also what tests/test_site.py looks at.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import click

ROOT = Path(__file__).parent.parent
BESIDE = {"README": "index", "CONTRIBUTING": "contributing", "CHANGELOG": "changelog", "SECURITY": "reporting"}
LINK = re.compile(r"\[([^\[\]]+)\]\((?!\w+:|#)([^)#\s]+)((?:#[^)\s]*)?)\)")
ITEM = re.compile(r"^(\s*)([-*]|\d+\.)( +)")

OPTIONS = """# Options
Every command as `--help` tells it, written by the code. [Commands](commands.md) says what they are for.
"""
KEYS = """# Keys
Every key with its type and default, written by the code. [Config](config.md) says what they are for.
"""


def pages() -> dict[str, str]:
    """Name in the site to Markdown, of those that are not in docs/."""
    tops = {name: (ROOT / f"{top}.md").read_text("utf-8") for top, name in BESIDE.items()}
    beside = {f"{name}.md": _moved(text, ROOT, "") for name, text in tops.items()}
    return beside | {"reference/options.md": options_page(), "reference/keys.md": keys_page()}


def nav(written: list[Any], names: set[str]) -> list[Any]:
    """With each FOLDER/* as the pages that there are, and without what there is none of."""
    found: list[Any] = []
    for entry in written:
        if isinstance(entry, dict):
            [(title, inside)] = entry.items()
            inside = nav(inside, names) if isinstance(inside, list) else inside
            found += [{title: inside}] if inside else []
        elif entry.endswith("/*"):
            found += sorted(name for name in names if name.startswith(entry[:-1]))
        else:
            found.append(entry)
    return found


def options_page() -> str:
    from connector.host.cli import cli

    return "\n".join([OPTIONS, *_commands("callplan", cli)])


def _commands(path: str, group: click.Group) -> Iterator[str]:
    for name in sorted(group.commands):
        command = group.commands[name]
        yield f"## {path} {name}\n"
        yield inspect.cleandoc(command.help or "").replace("\b", "") + "\n"
        rows = [_row(param) for param in command.params]
        if rows:
            yield "\n".join(["| option | default | what it says |", "| --- | --- | --- |", *rows, ""])
        if isinstance(command, click.Group):
            yield from _commands(f"{path} {name}", command)


def _row(param: click.Parameter) -> str:
    if isinstance(param, click.Argument):
        return f"| `{param.make_metavar(click.Context(click.Command('x')))}` | | |"
    shown = param.default if isinstance(param.default, str | int | float | Path) and param.default is not False else ""
    kind = f" {'`, `'.join(map(str, param.type.choices))}" if isinstance(param.type, click.Choice) else ""
    told = f"{getattr(param, 'help', None) or ''}{f' One of `{kind.strip()}`.' if kind else ''}".replace("|", "\\|")
    return f"| `{', '.join((*param.opts, *param.secondary_opts))}` | {f'`{shown}`' if shown != '' else ''} | {told} |"


def keys_page() -> str:
    from connector.config import Config
    from connector.host.discover import adapters
    from connector.mapping import Mapping

    parts = [KEYS]
    parts += ["## config.yaml\n", *_table(Config, "")]
    for name, adapter in sorted(adapters().items()):
        parts += [f"## crm.{name}\n", *_table(adapter.Settings, "")] if adapter.Settings.model_fields else []
    return "\n".join([*parts, "## mappings/CRM.yaml\n", *_table(Mapping, "")])


def _table(model: Any, prefix: str) -> Iterator[str]:
    yield "| key | type | default | what it says |\n| --- | --- | --- | --- |"
    yield from _keys(model, prefix)
    yield ""


def _keys(model: Any, prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        plain = isinstance(field.default, str | int | float | bool)
        default = "needed" if field.is_required() else f"`{field.default}`" if plain and field.default != "" else ""
        told = (field.description or "").replace("|", "\\|").replace("<", "&lt;")
        yield f"| `{key}` | {_type(field.annotation)} | {default} | {told} |"
        inner = next((one for one in _within(field.annotation) if hasattr(one, "model_fields")), None)
        if inner:
            yield from _keys(inner, f"{key}{_step(field.annotation)}")


def _step(annotation: Any) -> str:
    """From a key to those inside it: of one, of each in a list, of each by its name."""
    kinds = [get_origin(part) for part in _within(annotation)]
    return "[]." if tuple in kinds else ".NAME." if dict in kinds else "."


def _within(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _within(part)


def _type(annotation: Any) -> str:
    names = [_name(part) for part in get_args(annotation) if part is not NoneType] or [_name(annotation)]
    return " or ".join(dict.fromkeys(name for name in names if name))


def _name(part: Any) -> str:
    found = getattr(part, "__name__", "") or str(part)
    plain = {"str": "text", "int": "number", "float": "number", "bool": "yes or no", "ellipsis": "", "Ellipsis": ""}
    return plain.get(found, "keys" if hasattr(part, "model_fields") else found if isinstance(part, str) else "text")


def _moved(text: str, base: Path, folder: str) -> str:
    """Links of a file in `base` as a page in this folder of the site has them; what is not in it is named only."""

    def lead(link: re.Match[str]) -> str:
        target = _in_site((base / link[2]).resolve())
        return f"[{link[1]}]({os.path.relpath(target, folder or '.')}{link[3]})" if target else link[1]

    return LINK.sub(lead, text)


def _in_site(path: Path) -> str:
    """The page or file of the site that this file is, "" if none; of a folder, its first page."""
    if path.parent == ROOT and path.stem in BESIDE:
        return f"{BESIDE[path.stem]}.md"
    if not path.is_relative_to(ROOT / "docs"):
        return ""
    page = min(path.glob("*.md")) if path.is_dir() else path
    return page.relative_to(ROOT / "docs").as_posix()


def as_github_reads(text: str) -> str:
    """Python-Markdown wants a blank line before a list, and four spaces where GitHub takes what the marker needs."""
    lines, depths, fenced, found = text.split("\n"), list[int](), False, list[str]()
    for line in lines:
        fenced ^= line.lstrip().startswith("```")
        indent = len(line) - len(line.lstrip())
        item = None if fenced else ITEM.match(line)
        going_on = bool(depths)
        while line.strip() and depths and indent < depths[-1]:
            depths.pop()
        if item and not going_on and found and found[-1].strip():
            found.append("")
        less = depths[-1] if depths else 0
        found.append("    " * len(depths) + line[less:] if depths and line.strip() else line)
        if item and indent - less < 4:
            depths.append(len(item[0]))
    return "\n".join(found)


# What mkdocs calls


def on_config(config: Any) -> Any:
    names = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    config.nav = nav(config.nav, names)
    return config


def on_files(files: Any, config: Any) -> Any:
    from mkdocs.structure.files import File

    for name, text in pages().items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    path = Path(page.file.src_uri)
    here = ROOT / "docs" / path
    return as_github_reads(_moved(markdown, here.parent, str(path.parent)) if here.is_file() else markdown)
