"""Draws charts with Altair and vl-convert. Run in a child process of its own by `charts.py`.

Colours are the page's own (`style.css`), so that a chart is dark where the page is. Words stand
beside a chart: in it are numbers, dates and names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

_COLOURS = ("var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)")
#: Code points of the picture's own scale: drawn for a telephone, and widened by the page.
_WIDTH = 250
_BAR, _TALL = 22, 110
_SPARK = (88, 22)
#: So many dates have room below columns.
_DATES = 5


def draw(charts: Sequence[dict[str, Any]]) -> list[str | None]:
    """Return the SVG of each chart (`charts.Chart` as a dict); None for one that fails."""
    import altair
    import vl_convert

    altair.data_transformers.disable_max_rows()
    pictures: list[str | None] = []
    for chart in charts:
        try:
            spec = _SHAPES[chart["shape"]](altair, chart).to_dict(validate=False)
            pictures.append(vl_convert.vegalite_to_svg(spec))
        except Exception:
            pictures.append(None)
    return pictures


def _rows(chart: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for order, series in enumerate(chart["series"]):
        for label, value in zip(chart["labels"], series["values"], strict=True):
            yield {
                "label": label, "part": order, "value": value, "colour": series["colour"]
            }  # fmt: skip


def _base(alt: Any, chart: dict[str, Any]) -> Any:
    return alt.Chart(alt.Data(values=list(_rows(chart)))).properties(background="transparent")


def _colour(alt: Any) -> Any:
    scale = alt.Scale(domain=list(range(len(_COLOURS))), range=list(_COLOURS))
    return alt.Color("colour:N", scale=scale, legend=None)


def _configured(chart: Any) -> Any:
    return chart.configure(aria=False, padding=4).configure_view(stroke=None).configure_axis(
        labelColor="var(--ink)", labelFontSize=11, gridColor="var(--line)", tickColor="var(--line)",
        domainColor="var(--line)", titleColor="var(--ink)",
    )  # fmt: skip


def _bars(alt: Any, chart: dict[str, Any]) -> Any:
    rtl, several = chart["rtl"], len(chart["series"]) > 1
    whole = chart["share"] and several
    axis = alt.Axis(format="%" if chart["share"] else ",d", tickCount=4)
    sides = alt.Axis(
        orient="right" if rtl else "left", labelLimit=150, ticks=False, domain=False, title=None
    )
    drawn = _base(alt, chart).mark_bar(stroke="var(--paper)", strokeWidth=1)
    drawn = drawn.encode(
        y=alt.Y("label:N", sort=list(chart["labels"]), axis=sides),
        x=alt.X(
            "value:Q", title=None, axis=axis, stack="normalize" if whole else "zero",
            scale=alt.Scale(reverse=rtl),
        ),
        color=_colour(alt),
        order=alt.Order("part:Q"),
    )  # fmt: skip
    return _configured(drawn.properties(width=_WIDTH, height=alt.Step(_BAR)))


def _columns(alt: Any, chart: dict[str, Any]) -> Any:
    labels = chart["labels"]
    of_one_day = labels[0][:10] == labels[-1][:10]
    every = max(1, -(-len(labels) // _DATES))
    times = alt.Axis(
        title=None, labelAngle=0, ticks=False, values=labels[::every], labelOverlap=True,
        labelExpr=f"slice(datum.label, {'11, 16' if of_one_day else '5, 10'})",
    )  # fmt: skip
    drawn = _base(alt, chart).mark_bar(stroke="var(--paper)", strokeWidth=0.5)
    drawn = drawn.encode(
        x=alt.X("label:N", sort=labels, axis=times),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(format=",d", tickCount=4), stack="zero"),
        color=_colour(alt),
        order=alt.Order("part:Q"),
    )
    return _configured(drawn.properties(width=_WIDTH + 50, height=_TALL))


def _spark(alt: Any, chart: dict[str, Any]) -> Any:
    values = chart["series"][0]["values"]
    rows = [{"at": at, "value": value} for at, value in enumerate(values)]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("at:Q", axis=None, scale=alt.Scale(nice=False)),
        y=alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False)),
    )
    line = base.mark_line(color="var(--soft)", strokeWidth=1.5)
    end = base.transform_filter(f"datum.at == {len(values) - 1}").mark_point(
        color="var(--ink)", filled=True, size=22, opacity=1
    )
    both = alt.layer(line, end).properties(
        width=_SPARK[0], height=_SPARK[1], background="transparent"
    )
    return _configured(both)


_SHAPES = {"bars": _bars, "columns": _columns, "spark": _spark}
