"""The readable view of `khabar explain`: the page in logical order, each span with its reason."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.commands.explained import Explained
from flows.commands.shapes import ArticleShape, ExplainShape, KnownShape
from flows.commands.terminal import isolated
from transforms.plain import one_line

#: What stays is bright, what was cut is dim; colours of the kinds that a person looks for.
STYLES = {
    "title": "bold cyan",
    "body": "default",
    "summary": "cyan",
    "date": "green",
    "source": "green",
    "byline": "green",
    "dateline": "green",
    "keywords": "magenta",
    "caption": "yellow",
    "related_inline": "red",
    "related_list": "red",
    "ad": "red",
}
_CUT = "dim"
REPLAYED = {
    "same": "read again by the evidence named here: the same",
    "differs": "READ AGAIN BY THE EVIDENCE NAMED HERE, IT COMES OUT DIFFERENT: report this",
    "older": "read by an earlier version of the transforms (khabar reprocess --all reads it again)",
}


def show(explained: Explained, shape: ExplainShape, console: Console | None = None) -> None:
    """Print one record."""
    console = console or Console(highlight=False, soft_wrap=False)
    place = shape.file or explained.locator
    record = f" record {shape.record}" if shape.record is not None else ""
    console.rule(Text(f"{one_line(place)}{record}"), align="left")
    console.print(Text(f"page {shape.page_id}, {shape.text_length:,} code points"))
    if shape.quarantine is not None:
        refused = shape.quarantine
        console.print(
            Text(f"REFUSED at {refused.stage}: {one_line(refused.reason)} ", style="bold red"),
            Text(f"[{refused.rule}: {one_line(refused.evidence)}]", style="red"),
        )
    for index, article in enumerate(shape.articles):
        _show_article(console, index, article)
    if shape.replay is not None:
        console.print(Text(REPLAYED[shape.replay], style="dim"))
    if explained.page is not None:
        console.print(_spans(explained.page.text, shape))
    console.print()


def _show_article(console: Console, index: int, article: ArticleShape) -> None:
    facts = [
        ("published", article.published_at or _unknown(article)),
        ("modified", article.chosen("modified_at")),
        ("byline", article.chosen("byline")),
        ("dateline", article.chosen("dateline")),
        ("section", article.chosen("section")),
        ("source", article.stated_source),
        ("publisher", article.publisher),
        ("keywords", "، ".join(article.keywords) or None),
        ("language", article.language),
    ]
    console.print(Text(f"article {index} ({article.role}) {article.article_id}", style="bold"))
    if article.title:
        console.print(Text(f"  title      {isolated(article.title)}"))
    for name, value in facts:
        if value:
            console.print(Text(f"  {name:10} {isolated(value)}"))
    if article.mentions:
        names = dict.fromkeys(m.name or m.surface for m in article.mentions)
        console.print(Text(f"  names      {isolated('، '.join(names))}"))
    if article.dates:
        dates = "; ".join(f"{d.iso or '?'} {isolated(d.surface)}" for d in article.dates)
        console.print(Text(f"  dates      {dates}"))


def _unknown(article: ArticleShape) -> str:
    """Return what is known of a publication date that is not known, and why it is not."""
    first, last = article.published_between
    bounds = [f"not before {first}" if first else "", f"not after {last}" if last else ""]
    why = f" ({article.published_reason})" if article.published_reason else ""
    return ", ".join([f"unknown{why}", *filter(None, bounds)])


def _spans(text: str, shape: ExplainShape) -> Table:
    """Return one row a span; the Arabic stands last, since terminals differ in bidi."""
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    for name, width in (("#", 2), ("kind", 14), ("rule", 28)):
        table.add_column(name, no_wrap=True, width=width, overflow="ellipsis")
    table.add_column("text", overflow="fold")
    for span in shape.segments:
        if span.kind == "blank":
            continue
        style = STYLES.get(span.kind, _CUT)
        article = "" if span.article is None else str(span.article)
        words = isolated(text[span.start : span.end].strip())
        table.add_row(article, span.kind, span.rule, Text(words), style=style)
        for known in span.known:
            table.add_row("", "", "", Text(_known(known), style="dim"))
    return table


def _known(known: KnownShape) -> str:
    """Return why a line is not the page's own: the story that it opens, or how often it stands."""
    if known.kind in ("title", "lead"):
        return f"↳ {known.kind} of article {known.article_id} (snapshot {known.evidence_id})"
    return f"↳ on {known.stories} stories of the source (snapshot {known.evidence_id})"
