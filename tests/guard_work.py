"""Work for the guard's tests: imported by the children, so it stands in a module of its own."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

POISON = -1


def each(items: Sequence[int], bad: Callable[[], object]) -> list[int]:
    done = []
    for item in items:
        if item == POISON:
            bad()
        done.append(item)
    return done


def echo(items: Sequence[int]) -> list[int]:
    return each(items, lambda: None)


def spin(items: Sequence[int]) -> list[int]:
    def forever() -> None:
        while True:
            pass

    return each(items, forever)


def spin_in_c(items: Sequence[int]) -> list[int]:
    # holds the interpreter's lock within C: no handler, no thread gets control
    return each(items, lambda: re.match(r"(a+)+$", "a" * 60 + "b"))


def sleep_forever(items: Sequence[int]) -> list[int]:
    return each(items, lambda: time.sleep(3600))


def hog(items: Sequence[int]) -> list[int]:
    def fill() -> None:
        held = []
        while True:
            held.append(b"x" * 20_000_000)
            time.sleep(0.02)

    return each(items, fill)


def leave(items: Sequence[int]) -> list[int]:
    return each(items, lambda: os._exit(7))


def segfault(items: Sequence[int]) -> list[int]:
    return each(items, lambda: os.kill(os.getpid(), signal.SIGSEGV))


def fail(items: Sequence[int]) -> list[int]:
    def fail_with_a_page() -> None:
        raise ValueError("كلام الصفحة\n\x1b[31m" * 100)

    return each(items, fail_with_a_page)


def out_of_memory(items: Sequence[int]) -> list[int]:
    def allocate() -> None:
        raise MemoryError

    return each(items, allocate)


def fail_without_a_trace(items: Sequence[int]) -> list[int]:
    """Goes through all items before it looks at them, so that progress tells nothing."""
    whole = list(items)
    if POISON in whole:
        os._exit(7)
    return whole


def die_while_replying(items: Sequence[int]) -> list[object]:
    return [Undertaker() if item == POISON else item for item in items]


class Undertaker:
    def __reduce__(self) -> tuple[object, ...]:
        os._exit(9)


def keep(items: Sequence[bytes]) -> int:
    """Leaks what it was given, as a cache without a limit would."""
    for item in items:
        _KEPT.append(item * 200)
    return os.getpid()


_KEPT: list[bytes] = []


def swell(items: Sequence[int]) -> bytes:
    """Returns far more than the pipe to the parent holds."""
    return b"x" * 5_000_000


def where(items: Sequence[int]) -> dict[str, object]:
    import psutil

    server = psutil.Process(os.getppid())
    return {
        "pid": os.getpid(),
        "items": list(items),
        "modules": sorted(sys.modules),
        "threads of the fork server": server.num_threads(),
    }


def touch_and_spin(items: Sequence[str]) -> None:
    """Says in a file which process it is, then never ends."""
    for item in items:
        Path(item).write_text(str(os.getpid()), encoding="utf-8")
        re.match(r"(a+)+$", "a" * 60 + "b")
