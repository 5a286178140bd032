"""How long it takes to ask many feeds: a real server on loopback, a host of its own for each.

    python benchmarks/feeds.py [--feeds 1000]

Politeness is that of a user: one request at a time and a second between two to one host, and
robots.txt first. Twice: with every feed new, and with none changed. Each feed names 10 pages
that robots.txt does not allow, so that what is measured is the polling alone.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.fetch.crawl import CrawlOrder, crawl
from flows.progress import Silent
from flows.settings import load_settings
from tests.news_sites import START, SitePage, Sites


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000)
    count = parser.parse_args().feeds
    with Sites(count) as sites, tempfile.TemporaryDirectory() as folder:
        for outlet in sites.outlets:
            outlet.robots = "User-agent: *\nDisallow: /news/\n"
            for number in range(10):
                path = f"/news/{number}"
                outlet.pages[path] = SitePage(path, "خبر اليوم من مدينة بعيدة", "", START, START)
        config = Path(folder) / "khabar.toml"
        entries = "".join(outlet.toml() for outlet in sites.outlets)
        config.write_text(f'[fetch]\ncontact = "bench@khabar.example"\n\n{entries}', "utf-8")
        settings = load_settings(home=Path(folder) / "home", config=config)
        print(f"{'round':<22}{'wall s':>8}{'CPU s':>8}{'requests':>10}{'feeds had':>11}")
        for name in ("first, all new", "second, all unchanged"):
            sites.forget()
            began, cpu = time.monotonic(), _cpu()
            done = crawl(CrawlOrder(settings.sources, settings, name[:5], Silent()))
            had = sum(each.problem is None for each in done.fetched)
            seconds = time.monotonic() - began
            print(
                f"{name:<22}{seconds:>8.1f}{_cpu() - cpu:>8.1f}{len(sites.requests):>10}{had:>11}"
            )


def _cpu() -> float:
    """Return the CPU seconds of this process, the server's among them.

    The lists are read in killable children, whose time is not in it.
    """
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    main()
