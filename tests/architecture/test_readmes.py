"""The two READMEs are one in two languages: the same commands, output, tables and links."""

from __future__ import annotations

import re
from pathlib import Path

ENGLISH, ARABIC = "README.md", "README.ar.md"
_CONSOLE = re.compile(r"```console\n(.*?)```", re.S)
_LINK = re.compile(r"\]\(([^)]+)\)")
_ROW = re.compile(r"^\| (`.*?) \|", re.M)


def _texts(root: Path) -> list[str]:
    return [(root / name).read_text("utf-8") for name in (ENGLISH, ARABIC)]


def test_the_commands_and_their_output_are_the_same(root: Path) -> None:
    english, arabic = (_CONSOLE.findall(text) for text in _texts(root))
    assert english == arabic
    assert len(english) >= 5


def test_the_links_lead_to_the_same_places(root: Path) -> None:
    english, arabic = (_LINK.findall(text) for text in _texts(root))
    assert english.pop(english.index(ARABIC))
    assert arabic.pop(arabic.index(ENGLISH))
    assert english == arabic


def test_the_tables_have_the_same_rows(root: Path) -> None:
    english, arabic = (
        [re.findall("`[a-z_]+`", row) for row in _ROW.findall(text)] for text in _texts(root)
    )
    assert english == arabic
    assert sum(map(len, english)) >= 12


def test_each_has_as_many_chapters_as_the_other(root: Path) -> None:
    english, arabic = (re.findall(r"^##? ", text, re.M) for text in _texts(root))
    assert english == arabic
    promises = [re.findall(r"^(\d)\. ", text, re.M) for text in _texts(root)]
    assert promises[0] == promises[1] != []
