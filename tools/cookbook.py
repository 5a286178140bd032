"""Run every query of docs/cookbook.md and docs/analytics.md on the samples and write its answer.

`make docs` does it in a home of its own, `python -m tools.cookbook HOME` in one with the samples.
A test fails while an answer is another.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from warehouse.reader import Reader

ROOT = Path(__file__).resolve().parent.parent
#: The pages whose queries are run.
PAGES = tuple(ROOT / "docs" / name for name in ("cookbook.md", "analytics.md"))

#: A heading (the question), what is said below it, the query, and its answer: a table or nothing.
_RECIPE = re.compile(
    r"^(### (?P<question>.+)\n(?:(?!```|#).*\n)*```sql\n(?P<query>(?:(?!```).*\n)+)```\n)"
    r"(?:\n(?:\|.*\n)+)?\n*",
    re.M,
)


class Recipe(NamedTuple):
    """A question in words and the query that answers it."""

    question: str
    query: str


def recipes(page: str) -> Iterator[Recipe]:
    """Yield the recipes of the page in their order."""
    for found in _RECIPE.finditer(page):
        yield Recipe(found["question"], found["query"])


def answered(page: str, reader: Reader) -> str:
    """Return the page with the answer to each query as a table below it."""

    def written(found: re.Match[str]) -> str:
        return f"{found[1]}\n{_table(reader, found['query'])}\n"

    return f"{_RECIPE.sub(written, page).rstrip()}\n"


def _table(reader: Reader, query: str) -> str:
    result = reader.execute(query)
    names = [column[0] for column in result.description or []]
    rows = [names, ["---"] * len(names), *result.fetchall()]
    return "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)


def _cell(value: Any) -> str:
    from transforms.plain import one_line

    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, bool):
        value = str(value).lower()
    text = "" if value is None else one_line(str(value))
    return text.replace("|", "\\|").replace("<", "&lt;")


def _write(home: Path) -> None:
    from warehouse.reader import connect

    for file in PAGES:
        page = file.read_text("utf-8")
        with connect(home) as reader:
            told = answered(page, reader)
        if told != page:
            file.write_text(told, "utf-8")
            print(f"written: {file.relative_to(ROOT)}")


def main() -> None:
    """Write the pages anew, from the home named or from one made of the samples."""
    if len(sys.argv) > 1:
        _write(Path(sys.argv[1]))
        return
    from flows.run import run_pipeline
    from flows.settings import load_settings

    with tempfile.TemporaryDirectory(prefix="khabar-cookbook-") as folder:
        settings = load_settings(home=Path(folder), config=ROOT / "samples" / "khabar.toml")
        run_pipeline(settings, [ROOT / "samples"])
        _write(Path(folder))


if __name__ == "__main__":
    main()
