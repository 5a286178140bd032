"""Stories: which of our own reports, by invented outlets, are taken for one event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import permutations

import pytest

from tests.story_texts import BEIRUT, BEIRUT_NEXT_DAY, BEIRUT_RETOLD, SUEZ, SUEZ_RETOLD
from transforms.group import stories
from transforms.group.compare import Overlap
from transforms.group.families import Pair
from transforms.group.relation import Report
from transforms.group.stories import (
    Group,
    days_to_read,
    days_to_write,
    first_told,
    replaced,
    stories_of,
)
from transforms.group.told import Told, evidence, in_order

DAY = date(2020, 8, 5)


def told(
    number: int, outlet: str, text: tuple[str, str], after: int = 0, names: Iterable[str] = ()
) -> Told:
    """Return an article, `after` days after the first."""
    day = DAY + timedelta(after)
    return Told(f"{number:032x}", outlet, *text, day, day, frozenset(names))


def groups(articles: Sequence[Told], pairs: Sequence[Pair] = ()) -> list[list[int]]:
    """Return the stories by the numbers of their articles."""
    return [[int(each, 16) for each in g.article_ids] for g in stories_of(articles, pairs)]


def copies(one: int, other: int, shared: float, sizes: tuple[int, int] = (100, 100)) -> Pair:
    """Return a pair whose smaller body has this share of its shingles in the other."""
    both = int(shared * min(sizes))
    return Pair(f"{one:032x}", f"{other:032x}", Overlap(*sizes, both))


def test_the_same_event_told_by_two_outlets_is_a_story() -> None:
    names = {"beirut", "hassan-diab"}
    articles = [
        told(1, "nahr", BEIRUT, names=names),
        told(2, "jabal", BEIRUT_RETOLD, names=names),
        told(3, "nahr", SUEZ, names={"suez-canal"}),
        told(4, "jabal", SUEZ_RETOLD, names={"suez-canal"}),
    ]
    found = stories_of(articles)
    assert [g.article_ids for g in found] == [
        (articles[0].article_id, articles[1].article_id),
        (articles[2].article_id, articles[3].article_id),
    ]
    first = found[0]
    assert first.story_id == articles[0].article_id
    assert [(t.nearest_id, t.rule) for t in first.tellers] == [
        (articles[1].article_id, "told alike"), (articles[0].article_id, "told alike"),
    ]  # fmt: skip
    assert all(stories.JOIN <= t.score <= 1 for t in first.tellers)
    assert first.independent == 2


def test_the_next_mornings_paper_tells_the_event_of_the_evening() -> None:
    names = {"suez-canal", "ever-given"}
    evening, morning = told(1, "nahr", SUEZ, names=names), told(2, "jabal", SUEZ_RETOLD, 1, names)
    assert groups([evening, morning]) == [[1, 2]]


def test_two_days_later_nothing_but_a_copy_is_the_same_story() -> None:
    articles = [told(1, "nahr", BEIRUT), told(2, "jabal", BEIRUT, 2), told(3, "wadi", BEIRUT, 9)]
    assert groups(articles) == []
    assert groups(articles, [copies(1, 2, 0.98), copies(1, 3, 0.98)]) == [[1, 2]]


def test_a_follow_up_of_the_next_day_stays_apart() -> None:
    articles = [
        told(1, "nahr", BEIRUT, names={"beirut"}),
        told(2, "jabal", BEIRUT_RETOLD, names={"beirut"}),
        told(3, "wadi", BEIRUT_NEXT_DAY, 1, {"beirut", "macron"}),
    ]
    assert groups(articles) == [[1, 2]]


def flight(ordinal: str, tons: int) -> tuple[str, str]:
    """Return a report on an aid flight."""
    return (
        f"وصول الطائرة الإغاثية {ordinal} إلى مطار الخرطوم",
        f"وصلت إلى مطار الخرطوم الطائرة الإغاثية {ordinal} وعلى متنها {tons} طنا من الخيام والأغذية "
        "للمتضررين من السيول في السودان.",
    )


def test_one_aid_flight_after_another_are_two_stories() -> None:
    names = {"khartoum", "sudan"}
    third = [
        told(1, "nahr", flight("الثالثة", 90), names=names),
        told(2, "jabal", flight("الثالثة", 90), names=names),
    ]
    fourth = told(3, "jabal", flight("الرابعة", 85), names=names)
    assert groups(third) == [[1, 2]]
    assert groups([third[0], fourth]) == []


def closing(points: str, direction: str) -> tuple[str, str]:
    """Return a report on how a stock exchange closed."""
    return (
        f"مؤشر بورصة عمّان يغلق على {direction} عند {points} نقطة",
        f"أغلق مؤشر بورصة عمّان تعاملات الجلسة على {direction} عند مستوى {points} نقطة وسط تداولات "
        "هادئة شملت أسهم المصارف والصناعة.",
    )


def test_a_daily_price_joins_that_of_another_outlet_but_not_of_another_day() -> None:
    names = {"amman-stock-exchange"}
    articles = [
        told(1, "nahr", closing("2145.7", "ارتفاع"), names=names),
        told(2, "jabal", closing("2145.7", "ارتفاع"), names=names),
        told(3, "wadi", closing("2138.2", "انخفاض"), 1, names),
    ]
    assert groups(articles) == [[1, 2]]


def sentence(name: str, place: str) -> tuple[str, str]:
    """Return a ministry's formula on a sentence that was carried out."""
    return (
        f"تنفيذ حكم قضائي بحق {name} في {place}",
        f"أصدرت وزارة الداخلية بيانا بشأن تنفيذ حكم قضائي بحق {name} في محافظة {place} بعد أن أيدته "
        "المحكمة العليا وصدر الأمر بإنفاذ ما تقرر.",
    )


def test_an_outlets_template_is_no_story_even_where_half_of_the_words_are_the_same() -> None:
    articles = [
        told(1, "nahr", sentence("سالم الراوي", "الكرك")),
        told(2, "nahr", sentence("ماجد الحداد", "إربد")),
        told(3, "nahr", sentence("فارس النجار", "معان"), 3),
    ]
    same_formula = [copies(1, 2, 0.85), copies(1, 3, 0.97)]
    assert groups(articles, same_formula) == []


def test_a_ministrys_template_of_two_days_is_no_story_of_two_outlets() -> None:
    articles = [
        told(1, "nahr", sentence("سالم الراوي", "الكرك")),
        told(2, "jabal", sentence("فارس النجار", "معان"), 6),
    ]
    assert groups(articles, [copies(1, 2, 0.75)]) == []


def test_an_outlets_own_page_that_comes_twice_is_one_report() -> None:
    articles = [told(1, "nahr", BEIRUT), told(2, "nahr", BEIRUT), told(3, "nahr", BEIRUT, 1)]
    same_words = Pair(f"{1:032x}", f"{3:032x}", Overlap(100, 100, 100, same_words=True))
    (story,) = stories_of(articles, [copies(1, 2, 0.97), same_words])
    assert [int(each, 16) for each in story.article_ids] == [1, 2, 3]
    assert {t.rule for t in story.tellers} == {"copy"}
    assert {t.score for t in story.tellers} == {1.0}
    assert story.independent == 1


def test_the_next_days_version_of_an_outlets_own_report_is_no_copy_of_it() -> None:
    articles = [told(1, "nahr", BEIRUT), told(2, "nahr", BEIRUT_NEXT_DAY, 1)]
    assert groups(articles, [copies(1, 2, 0.7)]) == []


def test_exact_numbers_in_the_leads_that_differ_are_evidence_against() -> None:
    lead = "أغلقت بورصة عمّان تعاملات الجلسة عند مستوى {} نقطة وسط تداولات هادئة."
    score = {}
    for other in ("2145.7", "2138.2"):
        articles = [
            told(1, "nahr", ("بورصة عمّان تغلق وسط تداولات هادئة", lead.format("2145.7"))),
            told(2, "jabal", ("تداولات هادئة في بورصة عمّان", lead.format(other))),
        ]
        score[other] = float(evidence(in_order(articles)).scores[0])
    assert score["2138.2"] < score["2145.7"] - 0.1


def test_tolls_that_differ_are_no_evidence() -> None:
    articles = [
        told(1, "nahr", ("حريق فندق بالقاهرة يقتل 14 شخصا", "قتل 14 شخصا في حريق فندق بالدقي.")),
        told(2, "jabal", ("حريق فندق بالقاهرة يقتل 16 شخصا", "قتل 16 شخصا في حريق فندق بالدقي.")),
    ]
    found = evidence(in_order(articles))
    assert (float(found.clash[0]), float(found.order[0])) == (0, 0)


def test_a_story_does_not_grow_through_the_week() -> None:
    """Each day's report is alike to the one before: only those of the same days are joined."""
    articles = [
        told(2 * day + number, outlet, SUEZ if number else SUEZ_RETOLD, day, {"suez-canal"})
        for day in range(7)
        for number, outlet in enumerate(("nahr", "jabal"))
    ]
    for story in stories_of(articles):
        days = {articles[int(each, 16)].latest for each in story.article_ids}
        assert max(days) - min(days) <= timedelta(1)  # type: ignore[operator, type-var]


def test_a_report_that_is_like_one_of_three_only_is_left_out() -> None:
    ids = ["a", "b", "c", "d"]
    day = DAY.toordinal()
    alike = {("a", "b"): 0.95, ("a", "c"): 0.93, ("b", "c"): 0.92, ("c", "d"): 0.9}
    reports = stories._Reports(
        articles={each: [each] for each in ids},
        days=dict.fromkeys(ids, day),
        sources={each: frozenset({each}) for each in ids},
        scores=alike,
        across=alike,
    )
    assert stories._joined(reports) == [["a", "b", "c"], ["d"]]


def test_a_round_up_does_not_join_the_reports_that_it_holds() -> None:
    both = ("أخبار اليوم في سطور", f"{BEIRUT[1]} {SUEZ[1]}")
    articles = [
        told(1, "nahr", both),
        told(2, "jabal", BEIRUT, names={"beirut"}),
        told(3, "wadi", SUEZ, names={"suez-canal"}),
    ]
    held = [copies(1, 2, 0.95, (200, 100)), copies(1, 3, 0.95, (200, 100))]
    assert [2, 3] not in [g[-2:] for g in groups(articles, held)]
    assert not any({2, 3} <= set(g) for g in groups(articles, held))


def test_a_body_that_holds_two_wordings_of_one_report_is_no_round_up() -> None:
    names = {"suez-canal", "ever-given"}
    articles = [
        told(1, "nahr", (SUEZ[0], f"{SUEZ[1]} {SUEZ_RETOLD[1]}"), names=names),
        told(2, "jabal", SUEZ, names=names),
        told(3, "wadi", SUEZ_RETOLD, names=names),
    ]
    held = [copies(1, 2, 0.95, (200, 100)), copies(1, 3, 0.95, (200, 100))]
    assert groups(articles, held) == [[1, 2, 3]]


def test_copies_count_as_one_report() -> None:
    names = {"suez-canal", "ever-given"}
    articles = [
        told(1, "nahr", SUEZ, names=names),
        told(2, "jabal", SUEZ, names=names),
        told(3, "wadi", SUEZ_RETOLD, names=names),
    ]
    (story,) = stories_of(articles, [copies(1, 2, 0.97)])
    assert [t.rule for t in story.tellers] == ["copy", "copy", "told alike"]
    assert story.independent == 2


def test_an_article_without_a_day_goes_with_its_copies_only() -> None:
    undated = Told(f"{3:032x}", "wadi", *BEIRUT)
    month = Told(f"{4:032x}", "wadi", *BEIRUT, date(2020, 8, 1), date(2020, 8, 31))
    articles = [told(1, "nahr", BEIRUT), undated, month]
    assert groups(articles) == []
    assert groups(articles, [copies(1, 3, 0.98)]) == [[1, 3]]


def test_the_order_of_arrival_changes_nothing() -> None:
    articles = [
        told(1, "nahr", BEIRUT, names={"beirut"}),
        told(2, "jabal", BEIRUT_RETOLD, names={"beirut"}),
        told(3, "wadi", BEIRUT_NEXT_DAY, 1, {"beirut", "macron"}),
        told(4, "nahr", SUEZ, names={"suez-canal"}),
        told(5, "jabal", SUEZ_RETOLD, 1, {"suez-canal"}),
    ]
    pairs = [copies(1, 2, 0.6), copies(4, 5, 0.55), copies(2, 3, 0.2)]
    expected = stories_of(articles, pairs)
    assert expected
    for order in permutations(range(5)):
        turned = [Pair(p.other, p.one, Overlap(p.found.right, p.found.left, p.found.both))
                  if order[0] % 2 else p for p in pairs]  # fmt: skip
        assert stories_of(
            [articles[place] for place in order], turned[:: order[1] % 2 * 2 - 1]
        ) == (expected)


def test_days_beyond_those_read_do_not_count() -> None:
    """What is written for a day is the same from the days to read as from the whole history."""
    texts = (BEIRUT, BEIRUT_RETOLD, BEIRUT_NEXT_DAY, SUEZ, SUEZ_RETOLD, closing("2145.7", "ارتفاع"))
    articles = [
        told(10 * after + number, ("nahr", "jabal", "wadi")[number % 3], text, after, {str(number)})
        for after in range(50)
        for number, text in enumerate(texts)
        if (after + number) % 3
    ]
    changed = DAY + timedelta(25)
    (first, last), (from_day, to_day) = days_to_write(changed), days_to_read(changed)
    day_of = {each.article_id: each.latest or DAY for each in articles}
    read = [each for each in articles if from_day <= day_of[each.article_id] <= to_day]
    assert len(read) < len(articles)

    def written(found: Iterable[Group]) -> list[Group]:
        return [g for g in found if any(first <= day_of[i] <= last for i in g.article_ids)]

    assert written(stories_of(read)) == written(stories_of(articles))
    assert written(stories_of(read))


def test_what_is_left_of_a_story_is_written_where_an_article_leaves_it() -> None:
    """A report, its retelling, and a copy brought six days later, which is taken away."""
    names = {"suez-canal", "ever-given"}
    early = [told(1, "nahr", SUEZ, names=names), told(2, "jabal", SUEZ_RETOLD, names=names)]
    late = told(3, "wadi", SUEZ, 6, names)
    pairs = [copies(1, 3, 0.98)]
    (before,) = stories_of([*early, late], pairs)
    assert len(before.article_ids) == 3
    first, _ = days_to_write(DAY + timedelta(6))
    assert all((each.latest or DAY) < first for each in early)
    standing = {before.story_id: before.article_ids}
    gone, come = replaced(stories_of(early, pairs), standing, [late.article_id])
    assert gone == [before.story_id]
    assert [g.article_ids for g in come] == [tuple(each.article_id for each in early)]


def test_stories_of_other_articles_stay_as_they_stand() -> None:
    articles = [
        told(1, "nahr", BEIRUT, names={"beirut"}),
        told(2, "jabal", BEIRUT_RETOLD, names={"beirut"}),
        told(3, "nahr", SUEZ, names={"suez-canal"}),
        told(4, "jabal", SUEZ_RETOLD, names={"suez-canal"}),
    ]
    found = stories_of(articles)
    standing = {each.story_id: each.article_ids for each in found}
    assert replaced(found, standing, [articles[0].article_id]) == ([found[0].story_id], found[:1])
    assert replaced(found, {}, [articles[3].article_id]) == ([], found[1:])
    assert replaced([], standing, [articles[3].article_id]) == ([found[1].story_id], [])


def test_a_change_reaches_no_further_than_the_days_to_write() -> None:
    texts = (BEIRUT, BEIRUT_RETOLD, BEIRUT_NEXT_DAY, SUEZ, SUEZ_RETOLD)
    articles = [
        told(10 * after + number, ("nahr", "jabal", "wadi")[number % 3], text, after, {str(number)})
        for after in range(30)
        for number, text in enumerate(texts)
        if (after + number) % 3
    ]
    changed = DAY + timedelta(15)
    first, last = days_to_write(changed)
    day_of = {each.article_id: each.latest or DAY for each in articles}
    new = Told(f"{999:032x}", "sahl", *BEIRUT_RETOLD, changed, changed, frozenset({"1"}))
    before, after_it = stories_of(articles), stories_of([*articles, new])
    assert before != after_it
    for found in set(before) ^ set(after_it):
        assert any(first <= day_of.get(i, changed) <= last for i in found.article_ids)


@pytest.mark.parametrize("title", ["", " ", "ـــ", "؟!", "\u200f", "\ud800", "a" * 5000])
def test_empty_and_odd_values_are_no_story(title: str) -> None:
    articles = [
        Told(f"{number:032x}", outlet, title, title, DAY, DAY)
        for number, outlet in enumerate(("nahr", "jabal", "wadi"))
    ]
    assert all(0 <= score <= 1 for score in evidence(in_order(articles)).scores.tolist())
    assert groups(articles) in ([], [[0, 1, 2]])


def test_nothing_is_no_story() -> None:
    assert stories_of([]) == []
    assert stories_of([told(1, "nahr", BEIRUT)]) == []
    assert groups([told(1, "nahr", BEIRUT)], [copies(1, 2, 1.0)]) == []


def test_a_day_of_one_template_stays_small() -> None:
    """Words that most articles have bring no pair up."""
    articles = [
        told(number, f"outlet-{number % 7}", ("أحوال الطقس", "طقس معتدل في أغلب المناطق"))
        for number in range(1500)
    ]
    assert len(evidence(in_order(articles))) == 0


def test_a_headline_that_a_whole_day_has_says_nothing() -> None:
    """Each forecast names two towns; those that name the same ones are still no event."""
    articles = [
        told(
            number,
            f"outlet-{number % 7}",
            (
                "أحوال الطقس المتوقعة",
                f"تتوقع الأرصاد طقسا معتدلا ورياحا خفيفة في مدينتي بلدة{number // 2} وقرية{number // 2}",
            ),
        )
        for number in range(600)
    ]
    assert len(evidence(in_order(articles))) >= 300
    assert groups(articles) == []


def test_the_first_of_a_story_is_before_all_others() -> None:
    def at(name: str, moment: str, precision: str = "time") -> Report:
        day = date.fromisoformat(moment[:10])
        return Report(name, name, moment, precision, day, day)

    noon = at("a", "2020-08-05T12:00:00Z")
    later, last = at("b", "2020-08-05T15:30:00+03:00"), at("c", "2020-08-05T13:05:00Z")
    reports = {each.article_id: each for each in (noon, later, last)}
    first = first_told(["c", "a", "b"], reports)
    assert (first.article_id, first.rule, first.minutes) == ("a", "time", 30)
    reports["c"] = at("c", "2020-08-05", "day")
    assert first_told(["a", "b", "c"], reports).article_id is None
    reports["c"] = at("c", "2020-08-04", "day")
    first = first_told(["a", "b", "c"], reports)
    assert (first.article_id, first.rule, first.days) == ("c", "day", 1)
    assert first_told(["a", "x"], reports).article_id is None


def test_an_outlet_that_brings_its_report_twice_at_once_was_first() -> None:
    def at(name: str, outlet: str, moment: str) -> Report:
        day = date.fromisoformat(moment[:10])
        return Report(name, outlet, moment, "time", day, day)

    once, twice = at("a", "nahr", "2020-08-05T12:00:00Z"), at("b", "nahr", "2020-08-05T12:00:00Z")
    other = at("c", "jabal", "2020-08-05T12:40:00Z")
    reports = {each.article_id: each for each in (once, twice, other)}
    first = first_told(reports.keys(), reports)
    assert (first.article_id, first.minutes) == ("a", 40)
    reports["b"] = at("b", "nahr", "2020-08-05T11:50:00Z")
    assert first_told(reports.keys(), reports).article_id == "b"
    assert first_told(["a", "b"], reports).article_id == "b"
    reports["c"] = at("c", "jabal", "2020-08-05T12:00:00Z")
    assert first_told(["a", "c"], reports).article_id is None
