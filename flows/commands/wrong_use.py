"""What a user did wrong, said on standard error without a stack trace: exit status 2."""

from __future__ import annotations

import sys
from collections.abc import Callable

from flows.errors import BrokenProgramError
from flows.settings import UsageError
from transforms.plain import plain
from warehouse.errors import StoreError

#: Exit status of wrong use, as in a shell; of a program that cannot work.
WRONG_USE, BROKEN = 2, 1


def guarded(command: Callable[[], int]) -> int:
    """Return the command's exit status; 2, with the reason in words, where it was used wrongly.

    1 where the program itself cannot work: a module is missing.
    """
    try:
        return command()
    except (UsageError, StoreError) as problem:
        print(plain(str(problem)), file=sys.stderr)
        return WRONG_USE
    except BrokenProgramError as problem:
        print(plain(f"the installation is not whole: {problem}; khabar doctor"), file=sys.stderr)
        return BROKEN
    except BrokenPipeError:
        # The reader has seen enough (khabar sql ... | head): no error, and nothing more to say.
        sys.stderr.close()
        return 0
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        print(plain(f"{place}{problem.strerror or problem}"), file=sys.stderr)
        return WRONG_USE
    except Exception as problem:
        if not _is_duckdb_io(problem):
            raise
        print(plain(str(problem)), file=sys.stderr)
        return WRONG_USE


def _is_duckdb_io(problem: Exception) -> bool:
    """Return whether DuckDB could not open or read a file; whoever met it has imported DuckDB."""
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(problem, duckdb.IOException)
