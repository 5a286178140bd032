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
#: Chat programs read `<!channel>` as an order; a file that is called so gives none.
_NO_MARKUP = str.maketrans("<>", "‹›")


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


def ending_of(outcome: Outcome) -> Ending:
    """Return how a run ended; one that published and is not shown, or went wrong after, failed."""
    if outcome.exit_code and outcome.run.state in ("published", "nothing_new"):
        return "failed"
    if outcome.run.state == "published" and any(each.action == "warn" for each in outcome.gates):
        return "warned"
    return cast("Ending", outcome.run.state)


def notify(slug: str, notice: Notice) -> None:
    """Send a notice by the block of that name, `type/name`.

    Raises:
        ValueError: The server has no such block, or it is none that notifies.
        NotificationError: It could not be sent.
    """
    from prefect.blocks.abstract import NotificationBlock
    from prefect.blocks.core import Block

    import flows.blocks  # noqa: F401 - the types that are ours are known once imported

    block = Block.load(slug)
    if not isinstance(block, NotificationBlock):
        raise ValueError(f"{slug} is no block that notifies")
    tell: Any = block.notify  # a coroutine function, which in plain code is called at once
    with block.raise_on_failure():
        tell(body=notice.body, subject=notice.subject)
