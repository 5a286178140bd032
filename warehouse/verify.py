"""Are the files of the tables still what was written? Every file, without a lock.

A damaged Parquet file gives wrong rows without an error, so that only its sum tells.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from warehouse.checksums import sha256_of, sums
from warehouse.errors import FilesDamaged
from warehouse.home import Home
from warehouse.inventory import Part, parts_shown

#: What can be wrong with a file: other bytes than were written, not there, or without a sum.
What = Literal["changed", "missing", "unlisted"]
#: As many files as a person reads in one message; `khabar verify` names them all.
_NAMED = 3


class Damage(NamedTuple):
    """A file that is not what was written. Without `part`, no table shows it any more."""

    file: str
    what: What
    part: Part | None = None


class Verified(NamedTuple):
    """How many files of how many bytes were looked at, and which of them are damaged."""

    files: int
    size: int
    damages: list[Damage]

    @property
    def shown(self) -> list[Damage]:
        """Return the damages of files whose rows readers see."""
        return [damage for damage in self.damages if damage.part is not None]


def verify(home: Home | Path, *, quick: bool = False) -> Verified:
    """Compare the files with what was written: every byte, or with `quick` only the lengths.

    Without `quick` the files of earlier snapshots are read as well, as long as they are kept. A
    run may publish meanwhile; what maintenance removes under our hands is no damage.
    """
    home = Home.at(home)
    parts, listed = _expected(home)
    names = sorted(parts if quick else parts.keys() | listed.keys())
    size, damages = 0, []
    for name in names:
        part = parts.get(name)
        what, length = _compare(home.warehouse / name, part, listed.get(name), quick)
        size += length
        if what is not None:
            damages.append(Damage(name, what, part))
    if any(damage.what == "missing" for damage in damages):
        parts, listed = _expected(home)
        damages = [d for d in damages if d.what != "missing" or d.file in parts | listed]
    return Verified(len(names), size, damages)


def refuse_damaged(home: Home) -> None:
    """Raise FilesDamaged where a file of the tables is not what was written."""
    damages = verify(home).shown
    if not damages:
        return
    named = ", ".join(f"{damage.file} ({damage.what})" for damage in damages[:_NAMED])
    more = f" and {len(damages) - _NAMED} more" if len(damages) > _NAMED else ""
    raise FilesDamaged(
        f"Damaged files: {named}{more}. Nothing was compacted, so that no damage is written "
        f"into sound files. What to do: khabar verify --home {home.root}"
    )


def _expected(home: Home) -> tuple[dict[str, Part], dict[str, str]]:
    # The snapshot first: the sums of its files were kept before it was shown.
    parts = {part.file: part for part in parts_shown(home)}
    return parts, sums(home)


def _compare(
    file: Path, part: Part | None, digest: str | None, quick: bool
) -> tuple[What | None, int]:
    """Return what is wrong with a file, if anything, and its length in bytes."""
    try:
        length = file.stat().st_size
        if digest is None:
            return "unlisted", length
        differs = part is not None and part.size != length
        differs = differs or (not quick and sha256_of(file) != digest)
        return ("changed" if differs else None), length
    except FileNotFoundError:
        return "missing", 0
