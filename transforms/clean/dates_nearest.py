"""Which day, month or year a date means that does not say its year, or counts from today.

News tells what happened, so the last such day is the rule for what lies near. How far that holds
was measured on the articles of CNN Arabic, France 24, Jawhara FM and four Saudi outlets:

- Weekday and date without a year (401): the weekday gives the year away; 331 of the 340 that
  agree with a year at all lie within 60 days of the publication, before and after alike.
- Day and month alone, read by eye where they lie further off: 61 to 120 days back, 61 of 70 are
  the last such day; ahead, without a word that looks ahead, only 35 of 60 are the next one, with
  such a word 50 of 52. Beyond 120 days half are neither: names of streets, parties and attacks,
  and lists of what happened on a day. There only منذ, a verb that the date belongs to (جرت في
  ...) or a word that looks ahead decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_calendar import Publication, Value

#: What the words around a date say of its direction: `since` (منذ), `happened` (a verb of the past
#: that the date belongs to), `before` (قبل), `until` (حتى) and `due` (تبدأ: what is to come,
#: mostly), `ahead` (المقرر, س + verb: what is to come, surely), `next`: the reader asked for it.
Cue = Literal["since", "happened", "before", "until", "due", "ahead", "next", None]
#: Which one is meant where nothing near says so.
Prefer = Literal["past", "future"]
#: Gives the value of a day or month in a year.
Dated = Callable[[int], Value]
#: Gives the value of a day or of days in a month.
DatedInMonth = Callable[[int, int], Value]
#: Within so many days the nearest one is meant.
NEAR_DAYS = 60
#: Within so many days before the publication the last one is meant.
BACK_DAYS = 120
#: A verb of the past reaches back so many days; further, the day is as near ahead, and a year that
#: is not written is that of an older story.
HAPPENED_DAYS = 330
#: A month without a year: the last one, up to this many months back; a longer way back the next
#: one is as likely.
BACK_MONTHS = 7
#: As HAPPENED_DAYS.
HAPPENED_MONTHS = 10
RELATIVE = "relative to the publication date, which is not known"
COARSE = "the publication date is not precise enough"
CURRENT = "said to be current, but the publication date says otherwise"
BEFORE = "before a day or month whose year is not written"
FAR_MONTH = "no year is written and the next such month is as near as the last"
FAR = "no year is written and the nearest such day is far from the publication date"


def relative(publication: Publication | None, resolve: Callable[[date], Value]) -> Value:
    """Return what `resolve` says for the publication day.

    Where only the month or year of the publication is known, its first and its last day must
    come to the same value.
    """
    if publication is None:
        return cal.unknown(RELATIVE)
    first = resolve(publication.earliest)
    if publication.earliest == publication.latest:
        return first
    last = resolve(publication.latest)
    if first.iso is not None and first.iso == last.iso:
        return first
    return cal.unknown(COARSE)


def nearest_day(published: date, month: int, day: int, weekday: int | None, cue: Cue) -> Value:
    """Return the day without a written year that is meant; null where nothing decides.

    The weekday, where written, must agree: with the nearest one, or far off with the last or next.
    """
    days = _days_around(published, month, day)
    if not days:
        return cal.unknown(cal.IMPOSSIBLE)
    if weekday is not None:
        nearest = min(days, key=lambda found: abs((found - published).days))
        if nearest.weekday() == weekday:
            return cal.of_day(nearest)
        is_near = abs((nearest - published).days) <= NEAR_DAYS
        return _other_year(published, days, weekday, is_near=is_near)
    chosen = _choose(published, days, cue)
    return cal.of_day(chosen) if chosen else cal.unknown(FAR)


def nearest_in_month(published: date, month: int, dated: DatedInMonth, cue: Cue) -> Value:
    """Return what `dated` gives in the year that is meant; a range lies where its last day does."""
    values = [dated(year, month) for year in range(published.year - 1, published.year + 2)]
    days = {date.fromisoformat(value.iso[-10:]): value for value in values if value.iso}
    chosen = _choose(published, list(days), cue) if days else None
    return days[chosen] if chosen else cal.unknown(FAR if days else cal.IMPOSSIBLE)


def _other_year(published: date, days: list[date], weekday: int, *, is_near: bool) -> Value:
    """Return the last or next such day if its weekday is the written one."""
    around = [found for found in days if abs((found - published).days) <= 366]
    agreeing = [found for found in around if found.weekday() == weekday]
    if is_near or len(agreeing) != 1:
        return cal.unknown(cal.WEEKDAY)
    return cal.of_day(agreeing[0])


def _choose(published: date, days: list[date], cue: Cue) -> date | None:
    """Return which of the same day in several years is meant; None where nothing decides."""
    last = max((found for found in days if found <= published), default=date.min)
    following = min((found for found in days if found > published), default=date.max)
    back, ahead = (published - last).days, (following - published).days
    if cue == "since":
        return last
    if min(back, ahead) <= NEAR_DAYS:
        return (
            None
            if cue == "happened" and ahead < back
            else min(last, following, key=lambda found: abs((found - published).days))
        )
    if cue in ("ahead", "next") or (cue in ("until", "due") and ahead < back):
        return following
    if cue == "happened":
        return last if back <= HAPPENED_DAYS else None
    return last if cue is None and back < ahead and back <= BACK_DAYS else None


def day_by_modifier(published: date, month: int, day: int, modifier: str) -> Value:
    """Return the day of a month said to be past (P), current (C) or to come (F)."""
    days = _days_around(published, month, day)
    if not days:
        return cal.unknown(cal.IMPOSSIBLE)
    if modifier == "C":
        same = [d for d in days if (d.year, d.month) == (published.year, published.month)]
        return cal.of_day(same[0]) if same else cal.unknown(CURRENT)
    if modifier == "P":
        return cal.of_day(max(d for d in days if d < published))
    return cal.of_day(min(d for d in days if d > published))


def _days_around(published: date, month: int, day: int) -> list[date]:
    """Return the day in the years around the publication, as they exist.

    29 February needs four years on both sides to find one there.
    """
    days = []
    years = 4 if (month, day) == (2, 29) else 1
    for year in range(published.year - years, published.year + years + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return days


def shift_month(published: date, months: int) -> tuple[int, int]:
    """Return (year, month) so many months from the publication's."""
    count = published.year * 12 + published.month - 1 + months
    return count // 12, count % 12 + 1


def month_by_modifier(published: date, month: int, modifier: str) -> Value:
    """Return the named month said to be past (P), current (C) or to come (F)."""
    away = month - published.month
    if modifier == "C":
        return cal.month_value(published.year, month) if away == 0 else cal.unknown(CURRENT)
    if modifier == "P":
        return cal.month_value(published.year - (away >= 0), month)
    return cal.month_value(published.year + (away <= 0), month)


def nearest_month(published: date, month: int, cue: Cue, *, part: bool = False) -> Value:
    """Return the named month without a year: the last one, or the next where that is said.

    `part`: a part of it is meant (مطلع مايو, منتصف مايو). The month that comes next is then ahead:
    so were 9 of 9 such in the corpora, and without a part only 23 of 29.
    """
    back = (published.month - month) % 12
    if part and back == 11 and cue is None:
        cue = "ahead"
    last = cal.month_value(published.year - (month > published.month), month)
    following = cal.month_value(published.year + (month < published.month), month)
    if cue in ("ahead", "next"):
        return following
    if cue == "since":
        return last
    if cue == "before":
        return cal.unknown(BEFORE)
    if cue in ("until", "due") and back >= BACK_MONTHS - 1:
        return following if back > BACK_MONTHS else cal.unknown(FAR_MONTH)
    limit = HAPPENED_MONTHS if cue == "happened" else BACK_MONTHS
    return last if back <= limit else cal.unknown(FAR_MONTH)


@lru_cache(maxsize=4_096)
def weekday_value(published: date, weekday: int, modifier: str, cue: Cue) -> Value:
    """Return the day of a weekday alone: the last one, the publication day itself included.

    What is to come lies ahead: with `ahead` behind the publication day, with `due` on it or
    behind it. With P the last one before the publication day, with F the next one after it; هذا
    الاثنين (C) is the publication day or not decided.
    """
    back = (published.weekday() - weekday) % 7
    last, following = published - timedelta(days=back), published + timedelta(days=7 - back)
    if modifier == "C" and back:
        if cue == "next":
            return cal.of_day(following)
        return cal.unknown("whether the last or the next such weekday is meant")
    if modifier == "P" and not back:
        return cal.of_day(published - timedelta(days=7))
    looks_ahead = not modifier and (cue == "next" or (back and cue in ("ahead", "due")))
    return cal.of_day(following if looks_ahead or modifier == "F" else last)


def week_value(published: date, weeks: int) -> Value:
    """Return the ISO week (Monday to Sunday) so many weeks from the publication's, as a range."""
    monday = published - timedelta(days=published.weekday()) + timedelta(weeks=weeks)
    return cal.range_value(cal.of_day(monday), cal.of_day(monday + timedelta(days=6)))


def near_weekday(expected: date, weekday: int) -> Value:
    """Return the day of `weekday` within a day of `expected` (أمس الثلاثاء, printed a day late)."""
    for away in (0, -1, 1):
        found = expected + timedelta(days=away)
        if found.weekday() == weekday:
            return cal.of_day(found)
    return cal.unknown(cal.WEEKDAY)
