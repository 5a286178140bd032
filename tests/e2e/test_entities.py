"""Decisions on entities through whole runs: written, followed, kept, taken back, refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from pytest import CaptureFixture

from flows.commands import entities, entities_review
from flows.run import reprocess_sources, run_pipeline
from flows.settings import Settings, load_settings
from tests.run_pages import ask, tables_of
from transforms.tag.decisions import decide
from transforms.tag.text_entities import text_id
from warehouse.decisions import change_decisions, decisions_of
from warehouse.errors import DecisionsRefused, StoreLocked
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.tables import Decision

_PAGE = """\
معرض الكتاب يفتح بابه للزوار في يومه رقم {number}
تاريخ النشر: {number} مايو 2023
قال {words} إن المعرض يستمر عشرة أيام في القاهرة، وإن برنامجه يضم ندوات ولقاءات مع كتّاب ومترجمين من داخل البلاد وخارجها.
ويتوقع القائمون عليه أن يزيد عدد الزوار هذا العام على ما كان في العام الماضي، إذ خصصوا للأطفال {number} جناحا أكبر من ذي قبل.
المصدر: وكالة النخيل
"""
#: By the number of the page.
WORDS = {
    1: "الكاتب سمير الفاجنري",
    2: "الكاتب سمير الفاغنري",
    3: "الكاتب سمير الفاغنري",
    4: "خليفة حفتر ثم حفتر",
    5: "مسعود بارزاني قرب مروان البرغوثي ومصطفى البرغوثي. رد البرغوثي. وقيل",
    6: "الكاتب سامي النعماني",
    7: "الكاتب سامي النعماني",
}
JIM, GHAYN = text_id("PER", "سمير الفاجنري"), text_id("PER", "سمير الفاغنري")
SAMI, HAFTAR = text_id("PER", "سامي النعماني"), "khalifa-haftar"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schemas/entities.schema.json").read_text("utf-8")
)
_PEOPLE = """
SELECT a.published_at, m.surface, m.entity_id, m.link_method, m.score, m.link_status
FROM mentions AS m JOIN articles AS a USING (article_id)
WHERE m.type = 'PER' ORDER BY a.published_at, m.page_start
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with pages of one source and the home that they were published to."""
    root = tmp_path_factory.mktemp("published")
    pages = root / "nakheel"
    pages.mkdir()
    for number, words in WORDS.items():
        (pages / f"{number}.txt").write_text(_PAGE.format(number=number, words=words), "utf-8")
    run_pipeline(settings_of(root / "home"), [pages])
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, for a test that decides."""
    shutil.copytree(published, tmp_path / "copy")
    from warehouse.store import relocate

    relocate(tmp_path / "copy" / "home")
    return tmp_path / "copy"


def settings_of(home: Path) -> Settings:
    return load_settings(home=home, workers=1)


def again(root: Path) -> object:
    """Run the same pages again; return the state of the run and how many articles changed."""
    outcome = run_pipeline(settings_of(root / "home"), [root / "nakheel"])
    assert outcome.exit_code == 0
    after = outcome.reprocessed
    return outcome.run.state, after.run.articles_published if after else 0


def merge(root: Path, entity: str, into: str, note: str | None = None) -> int:
    return entities.merge(entity, into, note=note, home=root / "home", config=None)


def split(root: Path, entity: str, other: str | None = None, **given: str) -> int:
    scope = {"surface": None, "article": None, "to": None, "note": None} | given
    return entities.split(entity, other, **scope, home=root / "home", config=None)  # type: ignore[arg-type]


def link(root: Path, surface: str, entity: str) -> int:
    return entities.link(
        surface, entity, article=None, note=None, home=root / "home", config=None
    )  # fmt: skip


def review(root: Path, captured: CaptureFixture[str]) -> list[dict]:  # type: ignore[type-arg]
    captured.readouterr()
    assert entities_review.run(limit=9, as_json=True, home=root / "home", config=None) == 0
    cases = [json.loads(line) for line in captured.readouterr().out.splitlines()]
    for case in cases:
        jsonschema.validate(case, SCHEMA)
    return cases


def linked(root: Path, number: int) -> list[tuple[object, ...]]:
    return [row[1:] for row in ask(root / "home", _PEOPLE) if row[0] == f"2023-05-0{number}"]


def article(root: Path, number: int) -> str:
    query = f"SELECT article_id FROM articles WHERE published_at = '2023-05-0{number}'"
    ((found,),) = ask(root / "home", query)
    return str(found)


def test_a_merge_is_followed_by_the_next_run_and_survives_all_later_ones(
    root: Path, capsys: CaptureFixture[str]
) -> None:
    before = tables_of(root / "home")
    assert merge(root, JIM, GHAYN, note="حرف واحد") == 0
    told = capsys.readouterr().out
    assert "1 mentions in 1 articles" in told and "khabar reprocess" in told
    assert tables_of(root / "home") == before  # nothing is published without a run

    assert again(root) == ("nothing_new", 1)
    decided = ("سمير الفاجنري", GHAYN, "decision", 1.0, "linked")
    assert linked(root, 1) == [decided]
    assert linked(root, 2) == [("سمير الفاغنري", GHAYN, "none", 0.65, "new")]
    assert ask(root / "home", "SELECT action, entity_id, other_id, note FROM decisions") == [
        ("merge", JIM, GHAYN, "حرف واحد")
    ]
    assert ask(
        root / "home",
        f"SELECT current_id, steps, name_ar FROM entity_ids WHERE entity_id IN ('{JIM}', '{GHAYN}')"
        " ORDER BY steps",
    ) == [(GHAYN, 0, "سمير الفاغنري"), (GHAYN, 1, "سمير الفاغنري")]
    ((articles,),) = ask(
        root / "home", f"SELECT articles FROM entity_top WHERE entity_id = '{GHAYN}'"
    )
    assert articles == 3
    assert ask(root / "home", "SELECT count(*) FROM versions") == [(0,)]

    after = tables_of(root / "home")
    assert again(root) == ("nothing_new", 0)
    everything = reprocess_sources(settings_of(root / "home"), everything=True)
    assert everything is not None
    assert everything.run.articles_duplicate == everything.run.articles_landed == len(WORDS)
    assert tables_of(root / "home") == after


def test_a_home_built_anew_from_the_same_pages_and_decisions_is_the_same(root: Path) -> None:
    assert merge(root, JIM, GHAYN) == 0
    assert link(root, "البرغوثي", "marwan-barghouti") == 0
    assert split(root, HAFTAR, surface="حفتر") == 0
    again(root)
    anew = root / "anew"
    shutil.copytree(Home.at(root / "home").decisions.parent, anew / "decisions")
    run_pipeline(settings_of(anew), [root / "nakheel"])
    ours, theirs = tables_of(root / "home"), tables_of(anew)
    left_over = ("entities", "aliases")  # what an earlier run named stays resolvable
    same = ours.keys() - {*left_over, "pages"}  # the pages of the copy were read elsewhere
    assert {table: ours[table] for table in same} == {table: theirs[table] for table in same}
    assert len(ours["decisions"]) == 3
    for table in left_over:
        assert set(theirs[table]) <= set(ours[table])


def test_a_run_over_the_home_itself_takes_the_decisions_for_no_page(root: Path) -> None:
    assert merge(root, JIM, GHAYN) == 0
    shutil.copy(root / "nakheel" / "1.txt", root / "home" / "more.txt")
    outcome = run_pipeline(settings_of(root / "home"), [root / "home"], "other")
    assert outcome.run.pages_landed == 1


def test_splits_of_a_spelling_of_an_article_and_of_whom_a_person_names(root: Path) -> None:
    assert split(root, HAFTAR, surface="حفتر") == 0
    assert split(root, SAMI, article=article(root, 7)[:12]) == 0
    assert again(root) == ("nothing_new", 2)
    full, short = linked(root, 4)
    assert full[1:3] == (HAFTAR, "alias")
    assert short[1:] == (text_id("PER", "حفتر"), "decision", 1.0, "linked")
    ((_, namesake, method, *_),) = linked(root, 7)
    assert linked(root, 6)[0][1] == SAMI and namesake != SAMI and method == "decision"
    assert split(root, HAFTAR, surface="خليفة حفتر", to="saddam-haftar") == 0
    again(root)
    assert linked(root, 4)[0][1] == "saddam-haftar"


def test_an_open_name_is_listed_linked_and_listed_no_more(
    root: Path, capsys: CaptureFixture[str]
) -> None:
    first, *_ = review(root, capsys)
    assert (first["kind"], first["surface"], first["mentions"]) == ("ambiguous", "البرغوثي", 1)
    assert {e["entity_id"] for e in first["entities"]} == {"marwan-barghouti", "mustafa-barghouti"}
    assert "البرغوثي" in first["example"]
    assert "entities link 'البرغوثي' marwan-barghouti" in first["next"][0]
    assert link(root, "البرغوثي", "marwan-barghouti") == 0
    assert [case["kind"] for case in review(root, capsys)] == ["variant"]
    again(root)
    assert linked(root, 5)[-1] == ("البرغوثي", "marwan-barghouti", "decision", 1.0, "linked")


@pytest.mark.parametrize("verb", ["merge", "split"])
def test_a_pair_is_listed_until_it_is_decided(
    root: Path, capsys: CaptureFixture[str], verb: str
) -> None:
    (pair,) = [case for case in review(root, capsys) if case["kind"] == "variant"]
    assert {each["entity_id"] for each in pair["entities"]} == {JIM, GHAYN}
    assert 0.9 < pair["score"] <= 1 and pair["mentions"] == 3
    assert all(each["name"] in each["example"] for each in pair["entities"])
    assert [words.split()[2] for words in pair["next"]] == ["merge", "split"]
    do: Callable[..., int] = {"merge": merge, "split": split}[verb]
    assert do(root, JIM, GHAYN) == 0
    assert [case["kind"] for case in review(root, capsys)] == ["ambiguous"]


def test_a_merge_is_taken_back_by_a_split_and_the_text_counts_again(root: Path) -> None:
    before = tables_of(root / "home")
    assert merge(root, JIM, GHAYN) == 0
    again(root)
    assert split(root, JIM, GHAYN) == 0
    assert again(root) == ("nothing_new", 1)
    after = tables_of(root / "home")
    ((row,),) = ask(root / "home", "SELECT action FROM decisions")
    assert row == "apart"
    assert {t: r for t, r in after.items() if t not in ("decisions", "aliases")} == {
        t: r for t, r in before.items() if t not in ("decisions", "aliases")
    }


def test_what_contradicts_is_refused_in_words_and_nothing_is_written(
    root: Path, capsys: CaptureFixture[str]
) -> None:
    assert merge(root, JIM, GHAYN) == 0
    file = Home.at(root / "home").decisions
    written = file.read_text("utf-8")
    capsys.readouterr()
    for do, said in (
        (lambda: merge(root, JIM, GHAYN), "are one already"),
        (lambda: merge(root, JIM, SAMI), f"{JIM} was merged into {GHAYN}: name that one"),
        (lambda: merge(root, "nobody", JIM), "no entity has this id"),
        (lambda: merge(root, "'; DROP TABLE mentions", JIM), "no entity has this id"),
        (lambda: split(root, SAMI), "which mentions of"),
        (lambda: split(root, SAMI, surface="سامي النعماني"), "itself goes by that name"),
        (lambda: split(root, SAMI, surface="أحد"), "no published mention"),
        (lambda: split(root, SAMI, GHAYN, surface="أحد"), "without --surface"),
        (lambda: split(root, SAMI, article=""), "which mentions of"),
        (lambda: link(root, "القاهرة", HAFTAR), "no published mention of an open name"),
    ):
        assert do() == 2
        assert said in capsys.readouterr().err
    assert file.read_text("utf-8") == written
    assert split(root, SAMI, HAFTAR) == 0
    capsys.readouterr()
    assert merge(root, SAMI, HAFTAR) == 2
    told = capsys.readouterr().err
    assert "not written" in told and f"keep {SAMI} apart from {HAFTAR}" in told
    assert "Traceback" not in told


def test_the_knowledge_s_id_stays_whichever_is_named_first(root: Path) -> None:
    assert merge(root, HAFTAR, SAMI) == 0
    (row,) = decisions_of(root / "home").rows
    assert (row.entity_id, row.other_id) == (SAMI, HAFTAR)


def test_a_file_that_contradicts_stops_a_run_before_it_starts(root: Path) -> None:
    before = tables_of(root / "home")
    file = Home.at(root / "home").decisions
    assert merge(root, JIM, GHAYN) == 0
    good = file.read_text("utf-8")
    line = good.splitlines()[1].split("\t")
    line[2], line[6] = line[6], line[2]
    for text, said in (
        (good + "\t".join(line) + "\n", "leads back"),
        (good + ">>>>>>> theirs\n", "line 3"),
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(DecisionsRefused, match=said):
            run_pipeline(settings_of(root / "home"), [root / "nakheel"])
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(DecisionsRefused, match="UTF-8"):
        run_pipeline(settings_of(root / "home"), [root / "nakheel"])
    assert tables_of(root / "home") == before


def test_hostile_names_pass_through_the_file_and_the_tables(root: Path) -> None:
    name = "اسم\tمن\nسطرين\u202e\x00'; DROP TABLE mentions; --"
    row = decide(
        decided_on="2026-11-25", action="split", entity_id=SAMI, surface="سامي النعماني",
        other_id=text_id("PER", "فلان"), other_name=name, note=name,
    )  # fmt: skip
    change_decisions(root / "home", [row])
    assert decisions_of(root / "home").rows == [row]
    assert again(root) == ("nothing_new", 2)
    shown = "اسم من سطرين\ufffd'; DROP TABLE mentions; --".replace("'", "")
    stored = ask(root / "home", "SELECT other_name FROM decisions")
    assert stored == [(shown,)]
    assert ask(
        root / "home", f"SELECT name_ar FROM entities WHERE entity_id = '{row.other_id}'"
    ) == [(shown,)]  # fmt: skip


def test_no_decision_is_written_while_a_run_holds_the_home(root: Path) -> None:
    home = Home.at(root / "home")
    rows: list[Decision] = []
    with writer_lock(home.lock, 1.0), pytest.raises(StoreLocked):
        change_decisions(home, rows)
    assert not home.decisions.exists()


def test_an_id_that_only_texts_had_leads_to_the_knowledge_once_it_holds_the_name(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transforms.tag import lexicon
    from transforms.tag.lexicon import Bearer, Known

    words = lexicon.lexicon()
    known = Known("sami-al-nomani", "PER", None, "سامي النعماني", None, None, "curated")
    monkeypatch.setitem(words.known, "sami-al-nomani", known)
    monkeypatch.setitem(
        words.forms, "سامي النعماني", [Bearer("sami-al-nomani", known.name_ar, "editor", None)]
    )
    monkeypatch.setattr(lexicon, "KNOWLEDGE_VERSION", "2099.01")
    reprocess_sources(settings_of(root / "home"), everything=True)
    assert ask(root / "home", "SELECT old_id, new_id, reason FROM id_changes") == [
        (SAMI, "sami-al-nomani", "knowledge")
    ]
    ((current, steps),) = ask(
        root / "home", f"SELECT current_id, steps FROM entity_ids WHERE entity_id = '{SAMI}'"
    )
    assert (current, steps) == ("sami-al-nomani", 1)
    monkeypatch.undo()
    assert again(root) == ("nothing_new", 0)
    assert ask(root / "home", "SELECT count(*) FROM id_changes") == [(1,)]


def test_reprocess_says_how_many_articles_changed(root: Path, capsys: CaptureFixture[str]) -> None:
    from flows.commands import reprocess

    assert merge(root, JIM, GHAYN) == 0
    capsys.readouterr()
    given = {"everything": False, "from_raw": False, "home": root / "home"}
    given |= {"config": None, "as_json": False}
    assert reprocess.run([], **given) == 0  # type: ignore[arg-type]
    told = capsys.readouterr()
    assert "1 of them for decisions on entities" in told.err
    assert "0 better + 1 unchanged" in told.out and "1 articles changed" in told.out


def test_khabar_run_says_what_is_wrong_with_the_file_before_anything_starts(
    root: Path, capsys: CaptureFixture[str]
) -> None:
    from flows import run_command

    file = Home.at(root / "home").decisions
    file.parent.mkdir()
    file.write_text("merge everything\n", "utf-8")
    assert run_command.run([root / "nakheel"], home=root / "home") == 2
    assert f"{file}: line 1" in capsys.readouterr().err
