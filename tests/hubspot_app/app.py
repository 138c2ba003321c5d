"""The app for HubSpot as files: where it lies, and what it says of itself.

Uploaded is what lies in src, with hsproject.json; the rest checks it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
APP = ROOT / "adapters/hubspot/app"
CARDS = APP / "src/app/cards"
PROPERTIES = CARDS / "properties.ts"


def uploaded(app: Path = APP) -> list[Path]:
    found = (path for path in (app / "src").rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return sorted([app / "hsproject.json", *found])


def properties(source: str) -> dict[str, str]:
    """Our name to HubSpot's, as properties.ts has them."""
    return dict(re.findall(r"^  (\w+): \"(\w+)\",$", source, re.MULTILINE))


def config(name: str) -> dict[str, Any]:
    """What one of the -hsmeta.json files says, by its path below src/app."""
    told: dict[str, Any] = json.loads((APP / "src/app" / name).read_text())["config"]
    return told


def scopes() -> set[str]:
    return set(config("app-hsmeta.json")["auth"]["requiredScopes"])
