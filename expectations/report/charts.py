"""The charts of a report: what each shows, in words too, and how it gets to be SVG.

Altair and vl-convert draw them in a child process with a time limit (`draw.py`): whatever happens
there, the report is written, with the numbers as tables. What comes back is cut down to shapes and
text before it stands in a page.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from expectations.report.data import RunLine, RunReport
from expectations.report.words import DATED, ENDS, UNITS, Language, Words
from expectations.rules import SHARES_FROM
from transforms.plain import one_line

if TYPE_CHECKING:
    from markupsafe import Markup

#: A drawing that takes longer is given up; on two busy cores a report's took 5 seconds.
_SECONDS = 60
#: Bars beyond these cannot be told apart on a telephone; the table below a chart has all.
_BARS = 16
_COLUMNS = 60
_SPARKS = 14
_LABEL = 28

_CHILD = (
    "import json, sys; asked = json.load(sys.stdin); sys.path[:] = asked['path']; "
    "from expectations.report.draw import draw; json.dump(draw(asked['charts']), sys.stdout)"
)
_TAGS = {"svg", "g", "path", "line", "rect", "text", "tspan"}
_ATTRIBUTES = {
    "d", "fill", "fill-opacity", "font-size", "font-weight", "height", "opacity", "stroke",
    "stroke-linejoin", "stroke-linecap", "stroke-width", "text-anchor", "transform", "viewBox",
    "width", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """One part of every bar: what it is called, its value under each label, which colour it has."""

    name: str
    values: tuple[float, ...]
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows in one language; `said` is its text for who does not see it.

    bars lie and begin where the language does; columns stand, time from left to right; a spark is
    a line without axes. `share` says that values are parts of 1.
    """

    shape: Literal["bars", "columns", "spark"]
    said: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    share: bool = False
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its picture; None where it could not be drawn."""

    chart: Chart
    svg: Markup | None


def charts_of(report: RunReport, language: Language, sparks: Iterable[str]) -> dict[str, Chart]:
    """Return the charts of a run's report by name; of the rules `sparks` those of their values.

    Of a run of a few pages there are none: its tables say all, and to draw would cost as much as
    the rest of the run.
    """
    if report.run.pages_landed < SHARES_FROM:
        return {}
    charts = {"account": _account(report, language), **history_charts(report.history, language)}
    if report.dates:
        charts["dates"] = _dates(report, language)
    if report.boilerplate:
        charts["boilerplate"] = _boilerplate(report, language)
    told = [rule for rule in sparks if len(report.trends.get(rule, ())) > 1][:_SPARKS]
    return charts | {f"rule {rule}": _spark(rule, report.trends[rule], language) for rule in told}


def history_charts(runs: Sequence[RunLine], language: Language) -> dict[str, Chart]:
    """Return the chart of what runs of new pages did, oldest first; none of one, or of a few pages.

    Pages that are read again would be counted twice.
    """
    shown = [run for run in runs if run.brings][-_COLUMNS:]
    worth = len(shown) > 1 and sum(run.pages_landed for run in shown) >= SHARES_FROM
    return {"history": _history(shown, language)} if worth else {}


def _history(runs: Sequence[RunLine], language: Language) -> Chart:
    first, last = runs[0].started_at, runs[-1].started_at
    # In Arabic text a date with hyphens would be shown from its end; one with strokes is a number.
    said = _one(
        language,
        f"الصفحات الجديدة في {len(runs)} من التشغيلات، من {first:%Y/%m/%d} إلى {last:%Y/%m/%d}: "
        f"نُشر {sum(run.pages_published for run in runs):,}، "
        f"وحُجر {sum(run.pages_quarantined for run in runs):,}، "
        f"وعُلّق {sum(run.pages_held for run in runs):,}.",
        f"New pages of {len(runs)} runs, {first:%Y-%m-%d} to {last:%Y-%m-%d}: "
        f"{sum(run.pages_published for run in runs):,} published, "
        f"{sum(run.pages_quarantined for run in runs):,} quarantined, "
        f"{sum(run.pages_held for run in runs):,} held.",
    )
    series = tuple(
        Series(_of(words, language), tuple(getattr(run, f"pages_{end}") for run in runs), colour)
        for colour, (end, words) in enumerate(ENDS.items())
        if end != "duplicate"
    )
    labels = _labels(f"{run.started_at:%Y-%m-%d %H:%M:%S}" for run in runs)
    return Chart("columns", said, labels, series)


def _account(report: RunReport, language: Language) -> Chart:
    run = report.run
    series = tuple(
        Series(_of(words, language), tuple(getattr(run, f"{u}s_{end}") for u in UNITS), colour)
        for colour, (end, words) in enumerate(ENDS.items())
    )
    said = _one(
        language,
        f"الصفحات: وصل {run.pages_landed:,}، ونُشر منها {run.pages_published:,}، ومكرر "
        f"{run.pages_duplicate:,}، ومحجور {run.pages_quarantined:,}، ومعلَّق {run.pages_held:,}.",
        f"{run.pages_landed:,} pages landed: {run.pages_published:,} published, "
        f"{run.pages_duplicate:,} known, {run.pages_quarantined:,} quarantined, "
        f"{run.pages_held:,} held.",
    )
    labels = tuple(_of(words, language) for words in UNITS.values())
    return Chart("bars", said, labels, series, rtl=language == "ar")


def _dates(report: RunReport, language: Language) -> Chart:
    lines = sorted(report.dates, key=lambda line: -line.articles)[:_BARS]
    series = tuple(
        Series(_of(words, language), tuple(getattr(line, name) for line in lines), colour)
        for colour, (name, words) in enumerate(DATED.items())
    )
    all_of = sum(line.articles for line in report.dates)
    dated = sum(line.day for line in report.dates) / max(all_of, 1)
    said = _one(
        language,
        f"دقة التواريخ بحسب المصدر: {dated:.0%} من {all_of:,} من المقالات مؤرخة باليوم أو الساعة.",
        f"How precise dates are, by source: {dated:.0%} of {all_of:,} articles are dated to the "
        "day or hour.",
    )
    labels = _labels(line.source_id for line in lines)
    return Chart("bars", said, labels, series, share=True, rtl=language == "ar")


def _boilerplate(report: RunReport, language: Language) -> Chart:
    lines = report.boilerplate[:_BARS]
    most = lines[0]
    name = one_line(most.source_id, _LABEL)
    said = _one(
        language,
        f"نسبة ما حُذف من نص الصفحات بحسب المصدر؛ الأعلى {name}: {most.share:.1%}.",
        f"Share of the pages' text that was cut, by source; the highest is {name}: "
        f"{most.share:.1%}.",
    )
    cut = Series(_one(language, "حُذف", "cut"), tuple(line.share for line in lines), 1)
    labels = _labels(line.source_id for line in lines)
    return Chart("bars", said, labels, (cut,), share=True, rtl=language == "ar")


def _spark(rule: str, values: Sequence[float], language: Language) -> Chart:
    said = _one(
        language,
        f"قيم القاعدة {rule} في آخر {len(values)} من التشغيلات: من {values[0]:.3g} إلى "
        f"{values[-1]:.3g}",
        f"Values of {rule} in the last {len(values)} runs: from {values[0]:.3g} to "
        f"{values[-1]:.3g}",
    )
    labels = tuple(map(str, range(len(values))))
    return Chart("spark", said, labels, (Series("", tuple(values)),))


def _labels(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of bars, cut to what has room; no two are alike, or bars would be joined."""
    labels: list[str] = []
    for name in names:
        label = one_line(name, _LABEL)
        labels.append(label if label not in labels else f"{label} {len(labels) + 1}")
    return tuple(labels)


def _of(words: Words, language: Language) -> str:
    return words.ar if language == "ar" else words.en


def _one(language: Language, ar: str, en: str) -> str:
    return ar if language == "ar" else en


def drawn(pages: Mapping[str, Mapping[str, Chart]]) -> dict[str, dict[str, Drawn]]:
    """Return the charts of some pages with their pictures, as far as they can be drawn.

    What looks the same in both languages is drawn once.
    """
    looks = {chart: _look(chart) for charts in pages.values() for chart in charts.values()}
    unlike = list(dict.fromkeys(looks.values()))
    pictures = dict(zip(unlike, map(_harmless, _pictures(unlike)), strict=True))
    return {
        page: {name: Drawn(chart, pictures[looks[chart]]) for name, chart in charts.items()}
        for page, charts in pages.items()
    }


def _look(chart: Chart) -> str:
    """Return all that `draw.py` needs of a chart: its words stand beside it."""
    series = [{"values": each.values, "colour": each.colour} for each in chart.series]
    return json.dumps(
        {
            "shape": chart.shape, "labels": chart.labels, "series": series,
            "share": chart.share, "rtl": chart.rtl,
        }
    )  # fmt: skip


def _pictures(looks: Sequence[str]) -> Sequence[str | None]:
    none: list[str | None] = [None] * len(looks)
    if not looks:
        return none
    asked = json.dumps({"path": sys.path, "charts": [json.loads(look) for look in looks]})
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD], input=asked, capture_output=True,
            encoding="utf-8", timeout=_SECONDS, check=True,
        )  # fmt: skip
        pictures: Any = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return none
    return pictures if len(pictures) == len(looks) else none


def _harmless(svg: str | None) -> Markup | None:
    """Return a picture of nothing but shapes and text; None where it is none.

    It has no size of its own: it is as wide as its place. Its text stands beside it.
    """
    if svg is None:
        return None
    from lxml import etree
    from markupsafe import Markup

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(svg.encode(), parser)
    except etree.XMLSyntaxError:
        return None
    for element in list(root.iter()):
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        unseen = element.get("display") == "none" or (tag == "path" and not element.get("d"))
        parent = element.getparent()
        if (tag not in _TAGS or unseen) and parent is not None:
            parent.remove(element)
            continue
        element.tag = tag
        for name in element.attrib:
            if name not in _ATTRIBUTES or (tag == "svg" and name in ("width", "height")):
                del element.attrib[name]
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode", method="html"))  # noqa: S704 - cleaned
