"""CSV that a spreadsheet takes for text and numbers, never for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from transforms.plain import plain

#: Begins a file: without it Excel takes UTF-8 for the code page of the machine, and Arabic for
#: gibberish.
MARK = "\ufeff"
#: What begins a formula, also in the full-width forms that some spreadsheets read alike; a tab or
#: the end of a line may begin a cell of its own.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
#: Not seen, but no white space either: what `plain` shows for a control, and the two joiners.
_UNSEEN = frozenset("\ufffd\u200c\u200d")
#: In quotation marks stands what a spreadsheet could separate by, commas or not.
_SEPARATES = re.compile(r"""[,;\t\r\n"']""")


def csv_line(row: Iterable[Any]) -> str:
    """Return one row of CSV with the end of its line; None is an empty cell.

    The form is that of RFC 4180. The csv module would leave a semicolon or a tab bare, at which
    spreadsheets of many countries begin a new cell.
    """
    return ",".join(_quoted(cell(value)) for value in row) + "\n"


def cell(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: such a text gets an apostrophe.

    Rule: OWASP, CSV Injection: = + - @ tab, return and line feed at the beginning. White space
    and what is not seen before them hide nothing. Numbers are left: a number is no formula.
    """
    if not isinstance(value, str) or not value or value[0].isalnum():
        return value
    shown = map(plain, value)  # one by one: a whole body need not be looked at
    first = next((c for c in shown if not c.isspace() and c not in _UNSEEN), "")
    return f"'{value}" if value[0] in _FORMULA or first in _FORMULA else value


def _quoted(value: Any) -> str:
    text = "" if value is None else str(value)
    if _SEPARATES.search(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'
