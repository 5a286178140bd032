"""The readable view of `khabar evaluate`: one table, then what to look at first."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.commands.evaluate_shapes import EvaluateShape, GroupShape, Task, WorstShape
from flows.commands.terminal import isolated
from transforms.plain import one_line

#: Line numbers of one page shown before the rest is only counted.
_LINES = 12
#: Pages that were not read, named before the rest is only counted.
_REFUSED = 5


def show(scores: EvaluateShape, console: Console | None = None) -> None:
    """Print the scores; names of outlets stand last, since terminals differ in bidi."""
    console = console or Console(highlight=False)
    console.print(_table(scores))
    _note(console, scores)
    for left in scores.left_out:
        console.print(f"left out: {left.documents} ({left.reason})", markup=False)
    if scores.refused:
        console.print(
            Text(f"\nnot read, so nothing found: {len(scores.refused)}", style="bold red")
        )
        for page in scores.refused[:_REFUSED]:
            console.print(Text(f"  {one_line(page.id)}: {one_line(page.reason)} [{page.rule}]"))
    below = [worst for worst in scores.worst if worst.value < 1]
    if below:
        console.print(Text("\nlowest first; look with `khabar explain FILE`", style="bold"))
        for worst in below:
            console.print(Text(_worst(worst)))
    if scores.faults:
        console.print(Text("\nnames lost, and names added", style="bold"))
        for fault in scores.faults:
            place = f"{one_line(fault.id)}, {fault.start}"
            console.print(
                Text(f"  {fault.fault:5}  {fault.type}  {place}  {isolated(fault.surface)}")
            )
    if scores.wrong:
        console.print(Text("\nnot read as the gold has it", style="bold"))
        for wrong in scores.wrong:
            said = f"{wrong.found or 'null':>22}  not {wrong.expected or 'null':22}"
            console.print(Text(f"  {said}  {isolated(wrong.raw)}"))


def _table(scores: EvaluateShape) -> Table:
    columns = _COLUMNS[scores.task]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, _ in columns:
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("of", overflow="fold")
    for group in scores.groups:
        name = "all" if group.by == "all" else f"{group.by} {isolated(group.name)}"
        cells = [cell(group) for _, cell in columns]
        table.add_row(*cells, Text(name), style="bold" if group.by == "all" else "")
    return table


def _figure(name: str) -> Callable[[GroupShape], str]:
    """Return what writes a measure as `0.9823 [.970-.991]`, without an interval of one page."""

    def cell(group: GroupShape) -> str:
        figure = group.measures[name]
        if figure.low is None or figure.high is None:
            return f"{figure.value:.4f}{'':14}"
        return f"{figure.value:.4f} {f'[{_end(figure.low)}-{_end(figure.high)}]':13}"

    return cell


def _alone(name: str) -> Callable[[GroupShape], str]:
    """Return what writes a measure without its interval."""
    return lambda group: f"{group.measures[name].value:.4f}"


def _end(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _count(name: str) -> Callable[[GroupShape], str]:
    return lambda group: f"{group.counts[name]}"


def _of_pages(name: str) -> Callable[[GroupShape], str]:
    return lambda group: f"{group.counts[name]}/{group.documents}"


_COLUMNS: dict[Task, list[tuple[str, Callable[[GroupShape], str]]]] = {
    "segments": [
        ("pages", lambda group: f"{group.documents}"),
        ("line F1            ", _figure("line_f1")),
        ("character F1       ", _figure("char_f1")),
        ("added", _count("lines_added")),
        ("lost", _count("lines_lost")),
    ],
    "html": [
        ("pages", lambda group: f"{group.documents}"),
        ("token F1           ", _figure("token_f1")),
        ("dates", _of_pages("dates_right")),
        ("titles", _of_pages("titles_right")),
    ],
    "dates": [
        ("strings", lambda group: f"{group.documents}"),
        ("right              ", _figure("right")),
        ("right", _count("right")),
        ("wrong", _count("wrong")),
        ("abstained", _count("abstained")),
    ],
    "links": [
        ("pages", lambda group: f"{group.documents}"),
        ("mention F1         ", _figure("mention_f1")),
        ("links B-cubed      ", _figure("b_cubed")),
        ("added", _count("added")),
        ("lost", _count("lost")),
        ("merged", _count("persons_merged")),
    ],
    "ner": [
        ("sentences", lambda group: f"{group.documents}"),
        ("F1                 ", _figure("f1")),
        ("precision", _alone("precision")),
        ("recall", _alone("recall")),
        ("PER", _alone("PER")),
        ("ORG", _alone("ORG")),
        ("LOC", _alone("LOC")),
    ],
}


def _note(console: Console, scores: EvaluateShape) -> None:
    """Say what the brackets are, and what they cannot say of a gold without a single error."""
    each = {"dates": "strings", "ner": "sentences"}.get(scores.task, "pages")
    lines = [f"[low-high]: 95 % bootstrap interval over {each}, {scores.resamples:,} resamples"]
    main = next(iter(scores.groups[0].measures.values()))
    if main.value == 1 and main.low is not None:
        share = 1 - 0.05 ** (1 / scores.documents)
        lines.append(
            f"no error in {scores.documents} {each}: up to {share:.0%} of others like them may "
            "still have one (95 %, exact binomial)"
        )
    for line in lines:
        console.print(Text(line, style="dim"))


def _worst(worst: WorstShape) -> str:
    parts = [f"  {worst.value:.3f}  {one_line(worst.id)}"]
    parts += [
        f"{name} {_numbers(lines)}"
        for name, lines in (("added lines", worst.added), ("lost lines", worst.lost))
        if lines
    ]
    return "; ".join(parts)


def _numbers(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_LINES]))
    return f"{shown} and {len(lines) - _LINES} more" if len(lines) > _LINES else shown
