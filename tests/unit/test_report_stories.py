"""What a run's report says of events that several sources tell, and of copies."""

from __future__ import annotations

from pathlib import Path

from expectations.report import write_report
from expectations.report.data import StoryLine
from flows.report_data import filled, stored_report
from tests import group_rows as given
from tests import report_rows
from tests import story_texts as stories
from warehouse.reader import connect
from warehouse.store import Store


def test_events_of_the_run_are_told_with_what_is_independent(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        told = [
            given.told("wakala", *stories.BEIRUT, 4, at="2026-03-04T18:00:00+02:00"),
            given.told("jabal", *stories.BEIRUT_RETOLD, 4, at="2026-03-04T18:40:00+02:00"),
        ]
        given.publish(store, tmp_path, "run-1", told)
        copy = given.told(
            "barq", *stories.BEIRUT, 4, at="2026-03-04T19:00:00+02:00", run_id="run-2"
        )
        given.publish(store, tmp_path, "run-2", [copy])
    with connect(tmp_path) as reader:
        first, second = (filled(stored_report(reader, r), reader, {}) for r in ("run-1", "run-2"))
    line = StoryLine(stories.BEIRUT[0], articles=3, sources=3, independent=2, first="wakala")
    assert (first.stories, first.copied) == ([line], 0)
    assert (second.stories, second.copied) == ([line], 1)


def test_the_page_says_them_and_is_silent_where_there_are_none(tmp_path: Path) -> None:
    heading = "Events that several sources tell"
    lines = [StoryLine(stories.BEIRUT[0], 3, 3, 2, "wakala"), StoryLine(None, 2, 2, 2, None)]
    for told, expected in (
        (report_rows.report(stories=lines, copied=1), True), (report_rows.report(), False),
    ):  # fmt: skip
        path = write_report(tmp_path, told, [report_rows.line(told.run)])
        page = path.with_name(f"{path.stem}.en.html").read_text("utf-8")
        assert (heading in page) is expected
        assert (stories.BEIRUT[0] in page) is expected
