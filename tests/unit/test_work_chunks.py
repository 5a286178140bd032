"""The work of the children: rows in the contract's schema, accounted for, without Prefect."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pyarrow as pa
import pytest

from flows.guard import Done, Guard
from flows.work import clean_chunk, land_chunk, tag_chunk, tag_items
from transforms.clean.body import assemble
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import BY_NAME, Alias, Article, Entity, Page, Source
from warehouse.tables.arrow import arrow_schema, from_arrow

STAMP = Stamp("run-1")
SOURCE = Source(source_id="outlet", country="EG")
TITLE = "وزير الخارجية المصري يصل إلى باريس"
BODY = "وصل وزير الخارجية المصري إلى باريس يوم 5 مايو 2020، وقال إن مصر وفرنسا تتفقان على السلام."
TEXTS = [f"{TITLE}\n{BODY}\nوهذا هو الخبر رقم {n}.\n" for n in range(3)]
GOOD = [RawRecord("outlet", f"{n}.txt", t.encode(), "text/plain") for n, t in enumerate(TEXTS)]
BAD = [RawRecord("outlet", "bad.txt", b" ", "text/plain")]


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return from_arrow(Page, land_chunk(GOOD, STAMP).pages)


def in_contract(tables: dict[str, pa.Table]) -> bool:
    return all(table.schema == arrow_schema(BY_NAME[name]) for name, table in tables.items())


def test_every_record_lands_or_is_refused() -> None:
    landed = land_chunk([*GOOD, *BAD], STAMP)
    assert landed.pages.schema == arrow_schema(Page)
    assert landed.pages.num_rows == 3
    assert [refusal.rule for refusal in landed.refusals] == ["ingest.empty"]
    assert land_chunk([], STAMP).pages.num_rows == 0


def test_cleaned_pages_in_the_schema_of_the_contract(pages: list[Page]) -> None:
    cleaned = clean_chunk(pages, SOURCE, STAMP)
    assert list(cleaned) == ["segments", "articles", "evidence"]
    assert in_contract(cleaned)
    assert cleaned["articles"].num_rows == 3
    assert in_contract(clean_chunk([], SOURCE, STAMP))


def test_tagged_articles_name_each_entity_once(pages: list[Page]) -> None:
    cleaned = clean_chunk(pages, SOURCE, STAMP)
    articles = from_arrow(Article, cleaned["articles"])
    texts = {page.page_id: page.text for page in pages}
    items = tag_items(cleaned["articles"], cleaned["segments"], texts)
    assert [assemble(i.page_text, i.body_spans).text for i in items] == [a.body for a in articles]
    titles = {i.page_text[slice(*i.title_span)].strip() for i in items if i.title_span}
    assert titles == {TITLE}
    tagged = tag_chunk(items, SOURCE, STAMP)
    assert list(tagged) == ["dates", "mentions", "entities", "aliases"]
    assert in_contract(tagged)
    assert tagged["mentions"].num_rows >= 3
    entities = [entity.entity_id for entity in from_arrow(Entity, tagged["entities"])]
    aliases = [alias.alias_id for alias in from_arrow(Alias, tagged["aliases"])]
    assert entities
    assert len(entities) == len(set(entities))
    assert len(aliases) == len(set(aliases))


def test_the_guard_carries_the_tables_over(pages: list[Page]) -> None:
    with Guard(1, 5.0, 1000, chunk=2) as guard:
        outcomes = list(guard.map(partial(clean_chunk, source=SOURCE, stamp=STAMP), pages))
    assert [o.count for o in outcomes if isinstance(o, Done)] == [2, 1]
    articles = [o.result["articles"] for o in outcomes if isinstance(o, Done)]
    assert pa.concat_tables(articles) == clean_chunk(pages, SOURCE, STAMP)["articles"]


def test_what_the_fork_server_loads_is_whole_and_knows_no_orchestrator() -> None:
    code = (
        "import sys, threading\n"
        "from flows.work import rehearse\n"
        "rehearse()\n"
        "import flows.warm\n"
        "heavy = ('prefect', 'great_expectations', 'duckdb')\n"
        "print([name for name in heavy if name in sys.modules], threading.active_count())\n"
        "loaded = ('transforms.clean.page', 'transforms.tag.article', 'trafilatura')\n"
        "print([name in sys.modules for name in loaded])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[] 1", "[True, True, True]"]
