"""One day written in both calendars: the two writings are checked against each other."""

from __future__ import annotations

from datetime import date, timedelta

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_reading import Reading, Seen

#: Moon sighting and sunset may move the Hijri day by one against the tables.
_MOON = timedelta(days=1)


def days_apart(value: Value, day: date) -> int:
    """Return the days between a value that is a day, or a time of one, and a day."""
    return abs((date.fromisoformat((value.iso or "")[:10]) - day).days)


def check_pair(hijri: Reading, day: Reading) -> Value:
    """Return the Gregorian day of the two writings; null where they disagree.

    The Hijri day supplies the year that is not written, and decides between day and month
    (03/02/2022) where the numbers do not.
    """
    said = next(iter(hijri.possible), hijri.value)
    if said.reason == cal.WEEKDAY:
        # It fits no day that the moon allows, so it fits the Gregorian day no better.
        return cal.unknown(cal.WEEKDAY)
    if said.iso is None or hijri.year is None:
        return day.value
    moon = date.fromisoformat(said.iso[:10])
    value = day.value
    if day.year is None and day.with_year is not None:
        years = [day.with_year(year) for year in (moon.year - 1, moon.year, moon.year + 1)]
        value = next((v for v in years if v.iso and days_apart(v, moon) <= _MOON.days), value)
    value = next((v for v in day.possible if days_apart(v, moon) <= _MOON.days), value)
    if value.iso is not None and days_apart(value, moon) > _MOON.days:
        return cal.unknown(cal.DISAGREE)
    return value


def read_pair(seen: Seen) -> Reading | None:
    """Read 23/02/2022 - 22/07/1443, in either order, with م and هـ or without them.

    A number around 1440 may be anything, but not beside the Gregorian date of the same day: the
    pair itself says which calendar is which.
    """
    tags = [seen.tag(f"first{n}") or seen.tag(f"last{n}") for n in "12"]
    if sorted(tags) != ["J", "Y"] or _contradicts(seen, tags):
        return None
    hijri, gregorian = sorted("12", key=lambda n: tags[int(n) - 1] != "J")
    year = _number(seen, gregorian, "first", "last")
    moons = [moon for numbers in _orders(seen, hijri) if (moon := cal.hijri_to_day(*numbers))]
    days = [cal.day_value(*numbers, seen.value("wd")) for numbers in _orders(seen, gregorian)]
    written = [value for value in days if value.iso]
    if not moons or not written:
        return Reading(days[0] if moons else cal.unknown(cal.IMPOSSIBLE, "hijri"), year)
    agreeing = {v for v in written if any(days_apart(v, moon) <= _MOON.days for moon in moons)}
    if len(agreeing) != 1:
        return Reading(cal.unknown(cal.DISAGREE), year)
    return Reading(agreeing.pop(), year)


def _contradicts(seen: Seen, tags: list[str]) -> bool:
    """Return whether an era says the other calendar (2022 هـ)."""
    return any(
        seen.tag(f"era{n}") == {"J": "G", "Y": "B"}[tag] for n, tag in zip("12", tags, strict=True)
    )


def _orders(seen: Seen, n: str) -> list[tuple[int, int, int]]:
    """Return the year, month and day of a writing: as its order leaves them."""
    year = _number(seen, n, "first", "last")
    if seen.tag(f"first{n}"):
        return [(year, _number(seen, n, "second"), _number(seen, n, "third"))]
    one, other = _number(seen, n, "one"), _number(seen, n, "other")
    return [(year, other, one)] if one == other else [(year, other, one), (year, one, other)]


def _number(seen: Seen, n: str, *groups: str) -> int:
    return next((v for group in groups if (v := seen.value(group + n)) is not None), 0)
