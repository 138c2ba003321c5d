"""A letter as HTML that opens on a phone: one column, styles inline, nothing from elsewhere, every text escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from connector.digest.letter import Letter
from connector.digest.text import by_whom


def as_html(letter: Letter) -> str:
    return _template().render(letter=letter)


@cache
def _template() -> Template:
    here = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    here.filters |= {"commands": _commands, "by_whom": by_whom}
    return here.get_template("letter.html")


def _commands(text: str) -> Markup:
    """What stands in backticks is something to type."""
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))
