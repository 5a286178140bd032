"""Pages in other languages: refused, or published with their language where the source asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.run import run_pipeline
from flows.settings import Settings, UsageError, load_settings
from tests.gold.pages import pages
from tests.run_pages import ask

FOREIGN = {page.stated["language"]: page.text for page in pages() if "language" in page.stated}
ENGLISH = "\n".join(
    [
        "Tunis is the capital of Tunisia",
        "Tunis is the capital of the country and lies on the coast of the sea. The old town was"
        " added to the list of the world's heritage in 1979, and it is known for the mosque.",
        "The museum of Bardo is in the west of the town, and it was opened for the public in 1888.",
    ]
)


def _settings(folder: Path, asked: str) -> Settings:
    pages_in = folder / "pages"
    pages_in.mkdir()
    for code, text in {**FOREIGN, "en": ENGLISH}.items():
        (pages_in / f"{code}.txt").write_text(text, "utf-8")
    config = folder / "khabar.toml"
    config.write_text(
        f'home = "home"\n[[sources]]\nid = "zajil"\npath = "pages"\n{asked}\n', "utf-8"
    )
    return load_settings(config=config, workers=1)


def test_articles_in_other_languages_are_refused_with_their_language(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "")
    outcome = run_pipeline(settings, [])
    assert (outcome.run.pages_published, outcome.run.pages_quarantined) == (0, 3)
    refused = ask(
        settings.home,
        "SELECT rule, evidence FROM quarantine WHERE unit = 'article' ORDER BY evidence",
    )
    assert refused == [
        ("clean.article.arabic_share",
         "arabic_share = 0, expected >= 0.5; language_unasked = en, expected is empty"),
        ("clean.article.language", "language_unasked = fa, expected is empty"),
        ("clean.article.language", "language_unasked = ur, expected is empty"),
    ]  # fmt: skip


def test_a_source_that_asks_for_them_publishes_them_without_names(tmp_path: Path) -> None:
    settings = _settings(tmp_path, 'languages = ["ar", "fa", "en"]')
    outcome = run_pipeline(settings, [])
    assert (outcome.run.pages_published, outcome.run.pages_quarantined) == (2, 1)
    published = ask(
        settings.home, "SELECT language, language_asked FROM articles ORDER BY language"
    )
    assert published == [("en", True), ("fa", True)]
    for table in ("mentions", "dates"):
        assert ask(settings.home, f"SELECT count(*) FROM {table}") == [(0,)]
    assert ask(settings.home, "SELECT languages FROM sources") == [("ar fa en",)]


def test_only_languages_that_are_told_apart_can_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="languages"):
        _settings(tmp_path, 'languages = ["de"]')
