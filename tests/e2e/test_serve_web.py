"""The scheduled pipeline, three times over twelve outlets: what is new is fetched, nothing else."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.news_sites import Sites, news_sites
from tests.run_pages import ask
from tests.serving import Serving

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(900)]
KINDS = ("feed", "sitemap", "urls")
OUTLETS, STORIES = 12, 2


def configure(serving: Serving, sites: Sites) -> None:
    entries = "".join(
        outlet.toml(KINDS[n % 3], group='"web"') for n, outlet in enumerate(sites.outlets)
    )
    fetch = '\n[schedule.groups]\nweb = "0 3 1 1 *"\n[fetch]\ncontact = "tests@khabar.example"\ndelay_seconds = 0\n\n'
    text = serving.config.read_text("utf-8")
    head, mark, sources = text.partition("[[sources]]")
    serving.config.write_text(head + fetch + mark + sources + "\n" + entries, "utf-8")


def test_three_scheduled_runs_fetch_what_is_new(tmp_path: Path) -> None:
    with news_sites(OUTLETS, STORIES, first=160) as sites, Serving(tmp_path) as serving:
        configure(serving, sites)
        serving.start()

        def run() -> None:
            ended = serving.ended(serving.trigger("pipeline/web"))
            assert ended["state"]["type"] == "COMPLETED", serving.words()

        run()
        pages = OUTLETS * STORIES
        assert ask(serving.home, "SELECT count(*) FROM pages") == [(pages,)]
        assert sum(sites.asked("/news/").values()) == pages

        sites.forget()
        run()
        assert sites.asked("/news/") == {}
        assert sum(sites.asked().values()) == OUTLETS, "one list an outlet"

        sites.forget()
        changed = sites.outlets[4]
        title = changed.pages["/news/1"].title
        changed.change_body("/news/1", title, f"{title} (معدّل)")
        run()
        assert set(sites.asked("/news/")) == {(changed.id, "/news/1")}
        assert ask(serving.home, "SELECT title FROM versions") == [(title,)]
        assert ask(serving.home, "SELECT DISTINCT state FROM source_health") == [("well",)]
        assert serving.end(signal.SIGTERM) == 0
        assert serving.alive() == []
