"""An OpenStreetMap extract, made into what OSRM reads: osrm-extract, then osrm-contract, with the profile for cars.

The data are made in a folder of their own beside the wanted one, which they replace once they are whole.

Errors   NeedsHuman: no extract, no tools, no room, other files where the data would be, or a tool that failed
Source   OSRM's tool chain as the wheel osrm-bindings 26.10.0 ships it, read 2026-11-25
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from connector.errors import NeedsHuman

TOOLS = ("osrm-extract", "osrm-contract")
GET_TOOLS = (
    "On Python 3.12 or newer: pip install 'callplan[roads]'. On 3.11: pip download --no-deps --only-binary=:all: "
    "--python-version 3.12 osrm-bindings==26.10.0, unzip the file into a folder, and add --tools FOLDER."
)
STARTS = {".pbf": (b"OSMHeader", 4, 20), ".osm": (b"<", 0, 4), ".bz2": (b"BZh", 0, 3)}  # of a file: what, from, to
ROOM = 30  # times the extract's size. Measured: 0.43 MB became 4.9 MB; the rest is for what comes and goes meanwhile


@dataclass(frozen=True, slots=True)
class Tools:
    folder: Path
    profile: Path


def find_tools(folder: Path | None) -> Tools:
    """In the folder that is named, else in the installed package, else on the PATH; none of them is imported."""
    for place in [folder / part for part in ("osrm/bin", "bin", ".")] if folder else _usual():
        profiles = [place.parent / share / "car.lua" for share in ("share/profiles", "share/osrm/profiles", "profiles")]
        profile = next((path for path in profiles if path.is_file()), None)
        if profile and all((place / tool).is_file() for tool in TOOLS):
            return Tools(place, profile)
    where = f"{folder} has" if folder else "This environment has"
    raise NeedsHuman(f"{where} no osrm-extract and osrm-contract with their profile car.lua.", next_step=GET_TOOLS)


def build(extract: Path, out: Path, with_tools: Path | None, say: Callable[[str], None]) -> Path:
    """The path for `roads.data`."""
    _stop_at_no_extract(extract)
    _stop_at_other_files(out.resolve())
    tools, out = find_tools(with_tools), out.resolve()
    _stop_at_no_room(extract, out)
    name = f"{extract.name.split('.')[0]}.osrm"
    with TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        version = f"{extract.name} ({_sha256(extract)[:12]})"
        options: list[str | Path] = ["--profile", tools.profile, "--data_version", version, "--output", made / name]
        _run(tools, "osrm-extract", [*options, extract.absolute()], say)
        _run(tools, "osrm-contract", [made / name], say)
        if out.exists():
            out.rename(Path(scratch) / "before")
        made.rename(out)
    return out / name


def _usual() -> list[Path]:
    found, on_path = find_spec("osrm"), shutil.which("osrm-extract")
    inside = [Path(place) / "bin" for place in (found.submodule_search_locations or ())] if found else []
    return [*inside, *([Path(on_path).resolve().parent] if on_path else [])]


def _stop_at_no_extract(extract: Path) -> None:
    start = STARTS.get(extract.suffix)
    next_step = "Download your state's extract (.osm.pbf): docs/how-to/drive-times.md says from where."
    if not extract.is_file():
        raise NeedsHuman(f"{extract}: there is no such file.", next_step=next_step)
    with extract.open("rb") as file:
        head = file.read(20)
    if not start or start[0] not in head[start[1] : start[2]]:
        raise NeedsHuman(f"{extract} is no OpenStreetMap extract.", next_step=next_step)


def _stop_at_other_files(out: Path) -> None:
    """A folder that is replaced must hold nothing but what an earlier build made."""
    others = [file.name for file in out.iterdir() if ".osrm" not in file.name] if out.is_dir() else []
    if others or out.is_file():
        what = f"has {others[0]}, which is no OSRM data" if others else "is a file"
        raise NeedsHuman(f"{out} {what}, and would be replaced.", next_step="Name a folder of its own with --out.")


def _stop_at_no_room(extract: Path, out: Path) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        free, wanted = shutil.disk_usage(out.parent).free, extract.stat().st_size * ROOM
    except OSError as error:
        raise NeedsHuman(f"{out.parent}: {error.strerror}.", next_step="Name another folder with --out.") from error
    if free < wanted:
        raise NeedsHuman(
            f"{out.parent} has {free / 1e9:,.1f} GB free; about {wanted / 1e9:,.1f} GB are needed.",
            next_step="Make room, or name another folder with --out.",
        )


def _run(tools: Tools, tool: str, options: list[str | Path], say: Callable[[str], None]) -> None:
    say(f"{tool} ...")
    began = monotonic()
    done = subprocess.run(  # noqa: S603  (a list of arguments, no shell)
        [tools.folder / tool, *options], capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        raise NeedsHuman(f"{tool} failed: {_why(done)}.", next_step=_remedy(done.returncode))
    say(f"{tool} took {monotonic() - began:.1f} seconds")


def _why(done: subprocess.CompletedProcess[str]) -> str:
    said = (done.stdout + done.stderr).splitlines()
    lines = [line for line in said if "[error]" in line or "what():" in line]
    why = re.sub(r".*(\[error\]|what\(\):)", "", lines[-1]).strip().rstrip(".") if lines else "it did not say why"
    return f"{why} (signal {-done.returncode})" if done.returncode < 0 else why


def _remedy(code: int) -> str:
    if code == -9:
        return "Most likely there was too little memory: take a smaller extract, or build on a larger machine."
    return "Nothing was changed. Is the extract whole? Download it again."


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
