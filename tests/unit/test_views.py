"""Each analyst's view, on a handful of rows whose answer can be counted by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from warehouse.store import Store
from warehouse.tables import Evidence, IdChange
from warehouse.views import VIEWS, load
from warehouse.writes import Decided

Rows = list[tuple[object, ...]]
Ask = Callable[..., Rows]

MARCH_4, MARCH_5, MARCH_9 = (date(2026, 3, day) for day in (4, 5, 9))


def dated(day: date) -> dict[str, object]:
    return {
        "published_at": day.isoformat(),
        "published_earliest": day,
        "published_latest": day,
    }


def an_id_change(old: str, new: str) -> IdChange:
    return IdChange(old_id=old, new_id=new, reason="knowledge", run_id="run-2")


@pytest.fixture(scope="module")
def home(rows: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five pages of two sources, of which one is configured; two runs, three refusals."""
    place: Path = tmp_path_factory.mktemp("home")
    fetched = rows.NOON
    museum = rows.a_page("متحف في القاهرة\nالنص الأول", fetched_at=fetched)
    visit = rows.a_page("زيارة إلى القاهرة\nالنص الثاني", fetched_at=fetched)
    month = rows.a_page("شهر في القاهرة\nالنص الثالث", source_id="sahifa")
    undated = rows.a_page("خبر بلا تاريخ\nالنص الرابع")
    early = rows.a_page("خبر من الغد\nالنص الخامس", fetched_at=fetched)

    a_museum = rows.an_article(museum, body_words=100, **dated(MARCH_4))
    a_visit = rows.an_article(visit, body_words=300, **dated(MARCH_4))
    inside = rows.an_article(visit, role="embedded", body_words=50, **dated(MARCH_5))
    a_month = rows.an_article(
        month, published_at="2026-03", published_precision="month",
        published_earliest=date(2026, 3, 1), published_latest=date(2026, 3, 31),
    )  # fmt: skip
    none = dict.fromkeys(
        ("published_at", "published_precision", "published_rule", "published_earliest",
         "published_latest")
    )  # fmt: skip
    an_undated = rows.an_article(undated, language="fr", published_reason="no date", **none)
    an_early = rows.an_article(early, body_words=20, **dated(MARCH_9))

    cairo = rows.an_entity()
    nile = rows.an_entity("loc-nile", "النيل")
    haftar = rows.an_entity("per-haftar", "خليفة حفتر", "PER")
    mentions = [
        rows.a_mention(a_museum, cairo, at=0),
        rows.a_mention(a_museum, cairo, at=20),
        rows.a_mention(a_museum, nile, at=40),
        rows.a_mention(a_visit, cairo, at=0),
        rows.a_mention(a_visit, haftar, at=20),
        rows.a_mention(inside, None, at=0),
        rows.a_mention(a_month, cairo, at=0),
        rows.a_mention(an_undated, haftar, at=0),
        rows.a_mention(an_early, None, at=0),
    ]
    akhbar = rows.stage(
        rows.a_batch(place),
        [museum, visit, undated, early],
        [a_museum, a_visit, inside, an_undated, an_early],
        tagged=(mentions[:6] + mentions[7:], [cairo, nile, haftar]),
    )
    akhbar.write(
        "clean",
        Evidence,
        [
            rows.some_evidence(a_museum, 0, "title", "متحف"),
            rows.some_evidence(a_museum, 3, "keyword", "متاحف"),
            rows.some_evidence(a_museum, 1, "keyword", "آثار"),
            rows.some_evidence(a_museum, 2, "keyword", "إعلان", chosen=False),
        ],
    )
    sahifa = rows.stage(
        rows.a_batch(place, source_id="sahifa"),
        [month],
        [a_month],
        tagged=([mentions[6]], [cairo]),
    )

    later = rows.NOON + timedelta(hours=1)
    bad = rows.a_page("صفحة فهرس\nروابط")
    worse = rows.a_page("صفحة فارغة\nلا شيء")
    with Store.open(place) as store:
        store.publish(
            rows.a_run("run-1", pages_landed=7, pages_published=5, pages_quarantined=2),
            [akhbar, sahifa],
            [],
            [
                rows.a_result(akhbar, judged=6, failed=2, success=False, action="quarantine"),
                rows.a_result(sahifa, judged=2, failed=0),
                rows.a_result(sahifa, "clean.share", scope="batch", judged=0, action="hold",
                              success=False),
            ],
            [rows.a_refusal(bad.page_id, bad), rows.a_refusal(worse.page_id, worse)],
            [rows.a_source(), rows.a_source("quiet")],
        )  # fmt: skip
        again = rows.a_page("صفحة فهرس\nروابط", run_id="run-2")
        store.publish(
            rows.a_run("run-2", later, pages_landed=3, pages_published=1, seconds=0.0),
            [rows.stage(rows.a_batch(place, "run-2"), [again], [], tagged=([], []))],
            [],
            [],
            [rows.a_refusal(worse.page_id, worse, run_id="run-2", at=later)],
            decided=Decided(
                [], [an_id_change("x-old", "x-mid"), an_id_change("x-mid", "loc-nile")]
            ),
        )
    return place


@pytest.fixture(scope="module")
def ask(rows: ModuleType, home: Path) -> Ask:
    def asked(view: str, columns: str = "*", where: str = "true") -> Rows:
        found: Rows = rows.read(home, f"(FROM {view} WHERE {where})", columns)
        return found

    return asked


def test_article_counts(ask: Ask) -> None:
    assert ask("article_counts", where="source_id = 'akhbar'") == [
        ("akhbar", MARCH_4, "ar", "main", 2, 400, 200.0),
        ("akhbar", MARCH_5, "ar", "embedded", 1, 50, 50.0),
        ("akhbar", MARCH_9, "ar", "main", 1, 20, 20.0),
        ("akhbar", None, "fr", "main", 1, 2, 2.0),
    ]
    # A month is no day.
    assert ask("article_counts", "published_on, articles", "source_id = 'sahifa'") == [(None, 1)]


def test_source_activity(ask: Ask) -> None:
    columns = "source_id, name, pages, articles, embedded_articles, first_published,"
    columns += " last_published, pages_refused, articles_refused, refused_share"
    assert ask("source_activity", columns) == [
        ("akhbar", "أخبار", 5, 5, 1, MARCH_4, MARCH_9, 1, 0, 1 / 6),
        ("quiet", "أخبار", 0, 0, 0, None, None, 0, 0, None),
        ("sahifa", None, 1, 1, 0, date(2026, 3, 1), date(2026, 3, 31), 0, 0, 0.0),
    ]


def test_entity_daily(ask: Ask) -> None:
    assert ask("entity_daily") == [
        ("loc-cairo", "القاهرة", "LOC", MARCH_4, 2, 1, 3),
        ("loc-nile", "النيل", "LOC", MARCH_4, 1, 1, 1),
        ("per-haftar", "خليفة حفتر", "PER", MARCH_4, 1, 1, 1),
    ]


def test_entity_top(ask: Ask) -> None:
    columns = "type, place, entity_id, articles, sources, mentions, first_published, last_published"
    assert ask("entity_top", columns) == [
        ("LOC", 1, "loc-cairo", 3, 2, 4, date(2026, 3, 1), date(2026, 3, 31)),
        ("LOC", 2, "loc-nile", 1, 1, 1, MARCH_4, MARCH_4),
        ("PER", 1, "per-haftar", 2, 1, 2, MARCH_4, MARCH_4),
    ]


def test_entity_rising(ask: Ask) -> None:
    # Back from the ninth of March; nothing is older than seven days, so nothing rises.
    columns = "last_7_days, days_8_to_35, rising"
    assert ask("entity_rising", columns, "entity_id = 'loc-cairo'") == [(2, 0, None)]


def test_what_rises() -> None:
    select = next(view.select for view in VIEWS if view.name == "entity_rising")
    named = {1: "new", 2: "new old", 3: "old", 20: "old", 30: "old", 36: "old new"}
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE articles (article_id INT, source_id VARCHAR, published_earliest DATE,"
            " published_latest DATE); CREATE TABLE mentions (article_id INT, entity_id VARCHAR);"
            "CREATE TABLE entities AS SELECT unnest(['new', 'old']) AS entity_id, 'PER' AS type,"
            " 'فلان' AS name_ar, NULL AS name_en"
        )
        for age, names in named.items():
            day = MARCH_9 - timedelta(days=age - 1)
            connection.execute("INSERT INTO articles VALUES (?, 's', ?, ?)", [age, day, day])
            for name in names.split():
                connection.execute("INSERT INTO mentions VALUES (?, ?)", [age, name])
        asked = "entity_id, last_7_days, days_8_to_35, rising"
        found = connection.execute(f"SELECT {asked} FROM ({select}) ORDER BY 1").fetchall()
    # Three articles in the last week, two in the four before it; the sixth is older.
    assert found == [
        ("new", 2, 0, round((3 / 4) / (1 / 3), 2)),
        ("old", 2, 2, round((3 / 4) / (3 / 3), 2)),
    ]


def test_cooccurrence(ask: Ask) -> None:
    # Four articles name an entity: Cairo stands in three, the Nile in one, Haftar in two.
    assert ask("cooccurrence", "entity_a, entity_b, articles, lift") == [
        ("loc-cairo", "loc-nile", 1, pytest.approx(1 * 4 / (3 * 1))),
        ("loc-cairo", "per-haftar", 1, pytest.approx(1 * 4 / (3 * 2))),
    ]


def test_entity_ids(ask: Ask) -> None:
    # What stood before two changes leads to the entity of today, and each that stands to itself.
    assert ask("entity_ids", "entity_id, current_id, steps, name_ar, decision_id") == [
        ("loc-cairo", "loc-cairo", 0, "القاهرة", None),
        ("loc-nile", "loc-nile", 0, "النيل", None),
        ("per-haftar", "per-haftar", 0, "خليفة حفتر", None),
        ("x-mid", "loc-nile", 1, "النيل", None),
        ("x-old", "loc-nile", 2, "النيل", None),
    ]


def test_entity_variants(ask: Ask) -> None:
    columns = "entity_id, surface, clitic, mentions, articles, document"
    assert ask("entity_variants", columns) == [
        ("loc-cairo", "القاهرة", None, 4, 3, 0),
        ("loc-nile", "القاهرة", None, 1, 1, 0),
        ("per-haftar", "القاهرة", None, 2, 2, 0),
    ]


def test_entity_source_matrix(ask: Ask) -> None:
    # Cairo stands in 2 of the 5 articles of akhbar and in the only one of sahifa: 3 of 6 in all.
    assert ask("entity_source_matrix", "entity_id, source_id, articles, share, lift") == [
        ("loc-cairo", "akhbar", 2, 0.4, pytest.approx(0.8)),
        ("loc-cairo", "sahifa", 1, 1.0, pytest.approx(2.0)),
        ("loc-nile", "akhbar", 1, 0.2, pytest.approx(1.2)),
        ("per-haftar", "akhbar", 2, 0.4, pytest.approx(1.2)),
    ]


def test_untagged_frequent(ask: Ask) -> None:
    columns = "surface, type, mentions, articles, sources, open"
    assert ask("untagged_frequent", columns) == [("القاهرة", "LOC", 2, 2, 1, 2)]


def test_kwic(rows: ModuleType, tmp_path: Path) -> None:
    body = "أ" * 100 + " زار الوفد القاهرة أمس ثم عاد إلى بلده."
    page = rows.a_page(f"خبر من القاهرة اليوم\n{body}")
    article = rows.an_article(page)
    cairo = rows.an_entity()
    at = body.index("القاهرة")
    headed = rows.a_mention(article, cairo, at=7).model_copy(
        update={"part": "title", "start": None, "end": None}
    )
    within = rows.a_mention(article, cairo, at=at).model_copy(
        update={"page_start": 21 + at, "page_end": 28 + at}
    )
    with Store.open(tmp_path) as store:
        staged = rows.stage(
            rows.a_batch(tmp_path), [page], [article], tagged=([headed, within], [cairo])
        )
        rows.publish(store, "run-1", [staged])
    found = rows.read(tmp_path, "kwic", "part, before, surface, after, name_ar, page_start")
    assert found == [
        ("body", body[at - 60 : at], "القاهرة", body[at + 7 :], "القاهرة", 21 + at),
        ("title", "خبر من ", "القاهرة", " اليوم", "القاهرة", 7),
    ]


def test_quarantine_reasons(rows: ModuleType, ask: Ask) -> None:
    columns = "stage, rule, unit, source_id, records, quarantined, released, first_seen,"
    columns += " last_seen, most_attempts, example_reason"
    assert ask("quarantine_reasons", columns) == [
        (
            "clean", "clean.has_article", "page", "akhbar", 2, 1, 1, rows.NOON,
            rows.NOON + timedelta(hours=1), 2, "no article was found",
        )
    ]  # fmt: skip


def test_gate_history(ask: Ask) -> None:
    columns = "run_id, gate, rule, scope, batches, batches_failed, batches_held, judged, failed,"
    columns += " failed_share"
    assert ask("gate_history", columns) == [
        ("run-1", "clean", "clean.body_chars", "row", 2, 1, 0, 8, 2, 0.25),
        ("run-1", "clean", "clean.share", "batch", 1, 1, 1, 0, 0, None),
    ]


def test_run_history(ask: Ask) -> None:
    assert ask("run_history", "run_id, pages_landed, balanced, pages_per_second") == [
        ("run-1", 7, True, 3.5),
        ("run-2", 3, False, None),
    ]


def test_date_quality(ask: Ask) -> None:
    columns = "source_id, published_precision, published_rule, published_reason, articles, share,"
    columns += " after_fetch"
    assert ask("date_quality", columns) == [
        ("akhbar", "day", "date.line", None, 4, 0.8, 1),
        ("akhbar", None, None, "no date", 1, 0.2, 0),
        ("sahifa", "month", "date.line", None, 1, 1.0, 0),
    ]


def test_article_keywords(ask: Ask) -> None:
    assert ask("article_keywords", "place, keyword") == [(1, "آثار"), (2, "متاحف")]


def test_source_health() -> None:
    (view,) = (view for view in VIEWS if view.name == "source_health")
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE sources AS SELECT unnest(['well', 'partly', 'failing', 'index']) AS source_id, "
        "NULL AS name_ar, NULL AS name_en, NULL AS kind, 'one two' AS address"
    )
    connection.execute(
        "CREATE TABLE fetches (source_id TEXT, what TEXT, url TEXT, requested_at TIMESTAMPTZ, outcome TEXT, "
        "detail TEXT, rule TEXT)"
    )
    requests = [
        ("well", "one", 1, "unchanged"), ("well", "page", 1, "fetched"),
        ("well", "page", 1, "refused"), ("well", "page", 20, "failed"),
        ("well", "two", 2, "failed"), ("well", "two", 1, "unchanged"),
        ("well", "once in the index", 3, "failed"), ("well", "page", 2, "failed"),
        ("failing", "one", 2, "fetched"), ("failing", "one", 1, "failed"),
        ("failing", "two", 1.1, "failed"), ("failing", "once an address", 3, "fetched"),
        ("partly", "one", 1, "failed"), ("partly", "two", 0.9, "fetched"),
        ("index", "one", 1, "failed"), ("index", "sitemap", 1.5, "fetched"),
        ("in the index", "list", 1, "fetched"), ("in the index", "sitemap", 1.5, "failed"),
        ("silent", "list", 1, "fetched"), ("silent", "page", 9, "fetched"),
        ("no list", "page", 1, "failed"), ("no list", "robots", 1, "fetched"),
    ]  # fmt: skip
    for source, url, day, outcome in requests:
        moment = datetime(2026, 3, 30, tzinfo=UTC) - timedelta(days=day)
        what = url if url in ("page", "robots") else "listing"
        row = [source, what, url, moment, outcome, f"{outcome} it", None]
        connection.execute("INSERT INTO fetches VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    told = "source_id, state, last_error, asked_7d, fetched_7d, not_had_7d, refused_share"
    assert connection.execute(f"SELECT {told} FROM ({view.select})").fetchall() == [
        ("failing", "failing", "one: failed it", 0, 0, 0, None),
        ("index", "failing", "one: failed it", 0, 0, 0, None),
        ("no list", "failing", "page: failed it", 1, 0, 1, 1.0),
        ("in the index", "partly", "sitemap: failed it", 0, 0, 0, None),
        ("partly", "partly", "one: failed it", 0, 0, 0, None),
        ("silent", "silent", None, 0, 0, 0, None),
        ("well", "well", "two: failed it", 3, 1, 2, 2 / 3),
    ]


def test_every_view_has_a_test() -> None:
    beside = Path(__file__).with_name("test_views_copies.py").read_text("utf-8")
    tested = {*globals(), *re.findall(r"^def (test_\w+)", beside, re.M)}
    assert {f"test_{view.name}" for view in VIEWS} <= tested


def test_a_view_without_a_question_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "silent.sql").write_text("SELECT 1 AS one\n")
    monkeypatch.setattr("warehouse.views.files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"views/silent\.sql does not say which question"):
        load()
