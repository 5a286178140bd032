"""Whatever a page says is text in a report: 288 attacks as every value of every part of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from expectations.report import Week, write_latest, write_report
from expectations.report.charts import Chart, Series, drawn
from expectations.report.latest import GateLine, ReasonLine, SourceLine
from tests.hostile import PAYLOADS, Seen
from tests.report_rows import START, full, line
from transforms.plain import one_line, plain


def test_there_are_many_and_no_two_alike() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 200


def pages_of(folder: Path, words: str) -> dict[str, Seen]:
    """Write every page with `words` for everything that is text; return what is seen of them."""
    write_report(folder, full(words), [line(run_id=words, message=words)])
    week = Week(
        START - timedelta(days=7), START, runs=[line(state="held", run_id=words, message=words)],
        gates=[GateLine("clean", words, words, 9, 2, 1, 1000, 30, START)],
        reasons=[ReasonLine("clean", "page", words, words, 30, 2, START)],
        sources=[SourceLine(words, words, 10, 12, START, None, 0.125, "failing", words)],
    )  # fmt: skip
    write_latest(folder, week)
    return {
        path.name if path.name.startswith(("index", "latest")) else path.name[-8:]: Seen(path)
        for path in sorted(folder.glob("*.html"))
    }


def test_no_payload_makes_a_tag_in_any_page_nor_a_formula_in_any_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pictures(charts: Sequence[str]) -> Sequence[str | None]:
        return [None] * len(charts)

    monkeypatch.setattr("expectations.report.charts._pictures", pictures)
    (tmp_path / "benign").mkdir()
    benign = pages_of(tmp_path / "benign", "خبر عاجل من تونس").values()
    wanted = {tag for page in benign for tag in tags_of(page)}
    for number, payload in enumerate(PAYLOADS):
        folder = tmp_path / str(number)
        pages = pages_of(folder, payload)
        assert len(pages) == 6
        for page in pages.values():
            assert page.harmless(), payload
            assert tags_of(page) <= wanted, payload
            assert all(link.split("#")[0].endswith((".html", ".json", ".csv")) or link[0] == "#"
                       for link in page.links), payload  # fmt: skip
            shown = " ".join(plain(payload).split())
            assert shown in " ".join(page.text.split()), (payload, "is shown, as text")
        for sheet in folder.glob("*.csv"):
            assert sheet.read_bytes().startswith(b"\xef\xbb\xbf"), "or Excel garbles Arabic"
            text = sheet.read_text("utf-8-sig")
            assert plain(text) == text, payload
            for row in csv.reader(io.StringIO(text, newline="")):
                assert not any(is_formula(cell) for cell in row), (payload, row)
        (told,) = folder.glob("*.json")
        assert json.loads(told.read_text("utf-8"))["run"]["message"] == plain(payload)


def tags_of(page: Seen) -> set[str]:
    """Return the tags of a page but those that a dot in an id and a name in a text make."""
    return set(page.tags) - {"wbr", "mark"}


def is_formula(cell: str) -> bool:
    seen = cell.strip(" \t\r\n\u00a0\u3000\u200d\ufffd")
    return seen[:1] in tuple("=+-@＝＋－＠") or cell[:1] in tuple("\t\r\n")


def test_no_payload_makes_anything_but_text_in_a_chart() -> None:
    names = [one_line(payload, 60) for payload in PAYLOADS]
    unique = tuple(dict.fromkeys(names))
    charts = {
        str(at): Chart("bars", "", part, (Series("", (1.0,) * len(part)),), rtl=bool(at % 32))
        for at in range(0, len(unique), 16)
        if (part := unique[at : at + 16])
    }
    pictures = drawn({"page": charts})["page"]
    for name, picture in pictures.items():
        assert picture.svg is not None
        seen = Seen(str(picture.svg))
        assert set(seen.tags) <= {"svg", "g", "path", "line", "rect", "text", "tspan"}, name
        assert seen.harmless() and seen.links == set(), name
    said = "".join(Seen(str(picture.svg)).text for picture in pictures.values())
    assert "<script>alert(1)</script>" in said, "shown, as text"


def test_no_payload_forges_a_line_of_a_log() -> None:
    for payload in PAYLOADS:
        assert one_line(payload).replace("\u200d", "").isprintable(), payload
