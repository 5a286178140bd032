"""The five pages that the project began with: what must never get worse about them.

They are part of the evaluation data, which is not in the checkout.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from flows.commands.evaluate_gold import GoldPage, read_pages
from flows.commands.evaluate_pages import Read
from flows.commands.evaluate_segments import PageScore, score_page, text_and_marks
from flows.commands.explained import Explained
from flows.settings import load_settings
from flows.sources.files import read
from transforms.clean.page import clean_page
from transforms.ingest.land import land
from transforms.stamp import Stamp
from warehouse.tables import Article, Page

STAMP = Stamp("seeds", "0")
#: What the pages state of their own publication; a day that can only be inferred is not stated.
STATED = {"000": None, "001": None, "002": "2023-10-13", "003": None, "004": "2023-09-26"}
#: Pages into which the site put a second article.
EMBEDDED = {"000", "002", "004"}

every_seed = pytest.mark.parametrize("seed", sorted(STATED))


@cache
def _gold(data: Path) -> dict[str, GoldPage]:
    return {page.id: page for page in read_pages(data / "gold" / "seeds.json")}


@cache
def _cleaned(data: Path, seed: str) -> Explained:
    """Land and clean one file in this process; the same for all tests."""
    file = data / _gold(data)[seed].file
    # An empty home has no khabar.toml: the pages are read without knowledge of their outlet.
    outlet = load_settings(config=None).source_for(file, "seeds")
    (record,) = read(file, outlet.source_id, outlet.columns)
    page = land(record, STAMP)
    assert isinstance(page, Page), page
    made = clean_page(page, outlet.row(), STAMP)
    return Explained(
        page.page_id, page.locator, page, None, made.segments, made.articles, made.evidence,
        [], [], {},
    )  # fmt: skip


def _articles(data: Path, seed: str) -> list[Article]:
    return _cleaned(data, seed).articles


def _score(data: Path, seed: str) -> PageScore:
    gold = _gold(data)[seed]
    marks = text_and_marks(Read(gold, _cleaned(data, seed)), data / gold.file)
    return score_page(gold.lines, *marks)


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No khabar.toml of the current folder is in force."""
    monkeypatch.chdir(tmp_path)


def test_the_folder_and_the_gold_hold_these_five(eval_data: Path) -> None:
    assert sorted(_gold(eval_data)) == sorted(STATED)
    files = {path.relative_to(eval_data).as_posix() for path in eval_data.glob("seeds/*.txt")}
    assert files == {page.file for page in _gold(eval_data).values()}


@every_seed
def test_the_main_article_and_the_one_put_into_it(eval_data: Path, seed: str) -> None:
    roles = [article.role for article in _articles(eval_data, seed)]
    assert roles == ["main", "embedded"] if seed in EMBEDDED else roles == ["main"]


def test_five_pages_give_eight_articles(eval_data: Path) -> None:
    roles = [article.role for seed in STATED for article in _articles(eval_data, seed)]
    assert (roles.count("main"), roles.count("embedded"), len(roles)) == (5, 3, 8)


@every_seed
def test_the_date_is_what_the_page_states_or_null_with_a_reason(eval_data: Path, seed: str) -> None:
    main = _articles(eval_data, seed)[0]
    stated = STATED[seed]
    assert _gold(eval_data)[seed].metadata.published == stated
    if stated is None:
        assert main.published_at is None and main.published_reason
    else:
        assert (main.published_at or "")[:10] == stated and main.published_reason is None


def test_lines_of_the_main_bodies(eval_data: Path) -> None:
    """Line F1 over the five pages together, by the program's own scorer."""
    scores = {seed: _score(eval_data, seed) for seed in STATED}
    right, added, lost = (
        sum(len(getattr(score, part)) for score in scores.values())
        for part in ("right", "added", "lost")
    )
    worst = {seed: (s.added, s.lost) for seed, s in scores.items() if s.added or s.lost}
    assert right and 2 * right / (2 * right + added + lost) >= 0.95, worst


@every_seed
def test_every_code_point_of_a_page_has_a_segment(eval_data: Path, seed: str) -> None:
    assert _score(eval_data, seed).covered == 1.0
