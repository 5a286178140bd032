"""`khabar init`: a commented khabar.toml to start from."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.commands.wrong_use import guarded


def run(file: Path, *, outlets: bool = False) -> int:
    """Write the template; 2 where the file exists already, which is never overwritten."""
    return guarded(lambda: _write(file, outlets=outlets))


def _write(file: Path, *, outlets: bool) -> int:
    if file.exists():
        print(f"{file} exists already; it is left as it is", file=sys.stderr)
        return 2
    names = ["khabar.toml.example", *(["outlets.toml.example"] if outlets else [])]
    parts = [Path(__file__).with_name(name).read_text("utf-8") for name in names]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(parts), "utf-8")
    told = "name your sources in it"
    if outlets:
        told = "say in [fetch] contact who you are, enable the outlets that you want"
    print(f"{file} written: {told}, then run `khabar run`")
    return 0
