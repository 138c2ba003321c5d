"""A mapping as somebody edits it: checked as `callplan check` checks the file, then put in its place at once or not.

Only the one file that the config names for a CRM is ever written. What stood there before is kept beside it as .bak.

Errors   NeedsHuman: what is wrong with it, in the sentences of `callplan check`; the file cannot be written
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from shutil import copymode, copystat
from tempfile import NamedTemporaryFile

from connector.config import Config
from connector.contract import Shape
from connector.errors import NeedsHuman
from connector.host.check import stop_at_wrong_mapping
from connector.host.open import mapping_file, stop_at_foreign
from connector.mapping import Mapping
from connector.yamlfile import Loaded, read_draft

MOST_BYTES = 20_000  # ours have 4,000
MOST_BRACKETS = 400  # that open, ours have 30: 4,000 of them in one another take the parser ten seconds to refuse


@dataclass(frozen=True, slots=True)
class Seen:
    """The file as it stands."""

    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Saved:
    before: str  # hashes of the files and of what differs between them
    after: str
    diff: str


def seen(file: Path) -> Seen:
    try:
        raw = file.read_bytes()
    except OSError:
        raw = b""  # `callplan init` writes one; here one can be written, too
    return Seen(raw.decode("utf-8-sig", errors="replace"), _hash(raw))


def read_one(config: Loaded[Config], crm: str, written: str) -> Loaded[Mapping]:
    """What can be known without the CRM."""
    file = mapping_file(config, crm)
    if len(written.encode()) > MOST_BYTES:
        raise NeedsHuman(f"{file}: at most {MOST_BYTES:,} bytes are a mapping.", next_step="Take out what is not.")
    if written.count("[") + written.count("{") > MOST_BRACKETS:
        raise NeedsHuman(f"{file}: more than {MOST_BRACKETS} brackets.", next_step="Write `key: value` on lines.")
    draft = read_draft(file, written, Mapping)
    stop_at_foreign(draft, config, crm)
    return draft


def check_one(config: Loaded[Config], draft: Loaded[Mapping], describe: Callable[[str], Shape]) -> Shape:
    """All that is wrong with it by what the CRM says; else what it says of the account's object."""
    shape = describe(draft.value.account.object)
    stop_at_wrong_mapping(config.value, draft, shape, describe)
    return shape


def save(file: Path, written: str, known: str) -> Saved | None:
    """None where the file is not what it was when `known` was its hash: nothing is done then.

    The new file appears under its name whole, or not at all; it may be read by whom the old one might.
    """
    from filelock import FileLock

    place = file.resolve()  # of a link, what it leads to
    try:
        with FileLock(f"{place}.lock"):
            before = seen(place)
            if before.hash != known:
                return None
            if place.exists():
                _keep(place)
            _put(place, written.encode())
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise NeedsHuman(f"{file}: {reason}.", next_step="Let Callplan write there, or edit it by hand.") from error
    differs = "".join(unified_diff(before.text.splitlines(True), written.splitlines(True), "before", "after"))
    return Saved(before.hash, _hash(written.encode()), _hash(differs.encode()))


def _keep(place: Path) -> None:
    kept = Path(f"{place}.bak")
    _put(kept, place.read_bytes())
    copystat(place, kept)


def _put(place: Path, written: bytes) -> None:
    with NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}.", delete=False) as file:
        made = Path(file.name)
        try:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
            if place.exists():
                copymode(place, made)
            made.replace(place)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


def _hash(raw: bytes) -> str:
    return sha256(raw).hexdigest()
