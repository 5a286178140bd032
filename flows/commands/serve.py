"""`khabar serve`: everything on its schedule, in the foreground."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.commands.wrong_use import guarded


def run(*, home: Path | None, config: Path | None, port: int | None, ui: bool) -> int:
    """Serve until told to stop: 0; 1 where the server could not be started or ended, 2."""
    return guarded(lambda: _serve(home, config, port, ui))


def _serve(home: Path | None, config: Path | None, port: int | None, ui: bool) -> int:
    from flows.serve import serve
    from flows.server import ServerError
    from flows.settings import load_settings
    from transforms.plain import plain

    settings = load_settings(home=home, config=config)
    zone = ZoneInfo(settings.schedule.timezone)

    def say(line: str) -> None:
        # Who reads may be gone (a closed terminal, a pipe): what runs goes on all the same.
        with suppress(OSError):
            print(f"{datetime.now(zone):%H:%M:%S} {plain(line)}", flush=True)

    try:
        return serve(settings, port, ui=ui, say=say)
    except ServerError as problem:
        print(plain(str(problem)), file=sys.stderr)
        return 1
