"""`khabar init`: a commented khabar.toml to start from."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.commands.wrong_use import guarded


def run(file: Path) -> int:
    """Write the template; 2 where the file exists already, which is never overwritten."""
    return guarded(lambda: _write(file))


def _write(file: Path) -> int:
    if file.exists():
        print(f"{file} exists already; it is left as it is", file=sys.stderr)
        return 2
    template = Path(__file__).with_name("khabar.toml.example")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template.read_text("utf-8"), "utf-8")
    print(f"{file} written: name your sources in it, then run `khabar run`")
    return 0
