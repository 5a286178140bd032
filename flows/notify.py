"""Who is told how a run ended: Prefect's notification blocks, named in the `[notify]` table.

A block is kept by the Prefect server, with its secrets; khabar.toml only names it:
`slack-webhook/desk`, `khabar-email/editors`, `custom-webhook/pager`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self, cast

from flows.notify_choice import Ending
from flows.outcome import Outcome

#: Causes that one message has room for; the report has all.
_CAUSES = 8
_CAUSE = 400
#: Chat programs read `<!channel>` and `@everyone` as orders; a file that is called so gives none.
_NO_MARKUP = str.maketrans("<>@", "‹›＠")


class Notice(NamedTuple):
    """A message: what happened in a line, and then why, where it is shown, what to do."""

    subject: str
    body: str

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return the message about a run that is over."""
        run = outcome.run
        lines = [
            outcome.headline,
            "",
            f"{run.pages_landed} pages = {run.pages_published} published + {run.pages_duplicate} "
            f"known + {run.pages_quarantined} quarantined + {run.pages_held} held",
        ]
        failing = sorted(
            (each for each in outcome.gates if each.action in ("hold", "warn")),
            key=lambda each: (each.action, each.batch_id, each.rule),
        )
        lines += [
            f"{each.batch_id} {each.action}: {each.rule}, observed {each.observed or 'no value'}, "
            f"expected {each.threshold}"[:_CAUSE]
            for each in failing[:_CAUSES]
        ]
        if len(failing) > _CAUSES:
            lines.append(f"and {len(failing) - _CAUSES} more, in the report")
        if outcome.report:
            lines += ["", f"Report: {outcome.report}"]
        subject = f"Khabar: {ending_of(outcome).replace('_', ' ')}, run {run.run_id}"
        return cls(subject, "\n".join(lines).translate(_NO_MARKUP))

    @classmethod
    def of_problem(cls, flow: str, words: str) -> Self:
        """Return the message about a run of a flow that came to no end of its own."""
        return cls(f"Khabar: {flow} failed", words.translate(_NO_MARKUP))


def ending_of(outcome: Outcome) -> Ending:
    """Return how a run ended; one that published and is not shown, or went wrong after, failed.

    A source that has gone silent is warned of where nothing is new, too.
    """
    ended_well = outcome.run.state in ("published", "nothing_new")
    if ended_well and outcome.exit_code:
        return "failed"
    if ended_well and any(each.action == "warn" for each in outcome.gates):
        return "warned"
    return cast("Ending", outcome.run.state)


class NotSentError(Exception):
    """A notice was not sent; the message says why, which Prefect's own error keeps to itself."""


def notify(slug: str, notice: Notice) -> None:
    """Send a notice by the block of that name, `type/name`.

    Raises:
        ValueError: The server has no such block, or it is none that notifies.
        NotSentError: It could not be sent.
    """
    from httpx import HTTPStatusError
    from prefect.blocks.abstract import NotificationBlock, NotificationError
    from prefect.blocks.core import Block

    import flows.blocks  # noqa: F401 - the types that are ours are known once imported

    block = Block.load(slug)
    if not isinstance(block, NotificationBlock):
        raise ValueError(f"{slug} is no block that notifies")
    tell: Any = block.notify  # a coroutine function, which in plain code is called at once
    try:
        with block.raise_on_failure():
            tell(body=notice.body, subject=notice.subject)
    except NotificationError as problem:
        raise NotSentError(_said(problem.log)) from None
    except HTTPStatusError as problem:  # whose own words have the address, often a secret
        raise NotSentError(f"it was answered with {problem.response.status_code}") from None


def _said(log: str) -> str:
    """Return the warnings of a log of Apprise; what it says for debugging may have secrets."""
    lines = (line for line in log.splitlines() if line.startswith(("[WARNING]", "[ERROR]")))
    return " ".join(lines) or "no reason was given"
