"""Who is told how a run ended, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from flows.notify import Notice, NotSentError, ending_of, notify
from flows.notify_choice import NotifyChoice
from flows.outcome import Outcome, run_row
from flows.settings import load_settings
from tests.mail_server import MailServer
from warehouse.tables import GateResult

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def outcome(state: str = "published", message: str | None = None, **changes: Any) -> Outcome:
    run = run_row(
        "20260301T080000-a1", [], started=START, finished=START, transform_version="1",
        config_sha256="f" * 64,
    )  # fmt: skip
    counts = {"pages_landed": 60, "pages_published": 50, "pages_quarantined": 10}
    run = run.model_copy(update=counts | {"state": state, "message": message})
    return replace(Outcome(run), **changes)


def gate(action: str, **changes: Any) -> GateResult:
    values: dict[str, Any] = {
        "run_id": "20260301T080000-a1", "gate": "clean", "rule": "clean.batch.dated_share",
        "rule_version": "1", "batch_id": "akhbar-00001", "source_id": "akhbar", "scope": "batch",
        "severity": "critical", "expectation": "expect_column_max_to_be_between", "success": False,
        "observed": "0.1", "threshold": "dated_share >= 0.3", "judged": 1, "failed": 1,
        "action": action, "judged_on": date(2026, 3, 1),
    }  # fmt: skip
    return GateResult(**values | changes)


def test_a_notice_says_what_why_and_where() -> None:
    held = outcome(
        "held", "akhbar-00001: dates are gone",
        gates=(gate("hold"), gate("pass", rule="clean.batch.other"), gate("warn", observed=None)),
        report=Path("/srv/khabar/reports/20260301T080000-a1.html"),
    )  # fmt: skip
    notice = Notice.of(held)
    assert notice.subject == "Khabar: held, run 20260301T080000-a1"
    assert notice.body.splitlines() == [
        "held: akhbar-00001: dates are gone",
        "",
        "60 pages = 50 published + 0 known + 10 quarantined + 0 held",
        "akhbar-00001 hold: clean.batch.dated_share, observed 0.1, expected dated_share ›= 0.3",
        "akhbar-00001 warn: clean.batch.dated_share, observed no value, expected dated_share ›= 0.3",
        "",
        "Report: /srv/khabar/reports/20260301T080000-a1.html",
    ]


def test_a_notice_is_short_and_gives_no_orders() -> None:
    many = outcome(
        "failed",
        "<!channel> <script> @everyone",
        gates=[gate("hold", batch_id=f"b-{n:05d}") for n in range(20)],
    )
    notice = Notice.of(many)
    assert "and 12 more, in the report" in notice.body
    assert not set("<>@") & set(notice.body)


@pytest.mark.parametrize(
    ("over", "ending"),
    [
        (outcome(), "published"),
        (outcome(gates=(gate("warn"),)), "warned"),
        (outcome(gates=(gate("quarantine"),)), "published"),
        (outcome("held", "why", gates=(gate("warn"),)), "held"),
        (outcome("refused", "why"), "refused"),
        (outcome("failed", "why"), "failed"),
        (outcome("nothing_new"), "nothing_new"),
        (outcome("nothing_new", gates=(gate("warn"),)), "warned"),
        (outcome(unshown="the disk is full"), "failed"),
        (outcome(follow_up_problem="no"), "failed"),
    ],
)
def test_endings(over: Outcome, ending: str) -> None:
    assert ending_of(over) == ending


def test_a_run_whose_pages_read_again_are_held_says_so() -> None:
    after = outcome("held", "akhbar-00001: dates are gone")
    assert outcome(reprocessed=outcome()).headline == "50 pages and 0 articles published"
    assert outcome(reprocessed=after).headline == (
        "50 pages and 0 articles published; read again: held: akhbar-00001: dates are gone"
    )


def test_the_table_of_khabar_toml(tmp_path: Path) -> None:
    config = tmp_path / "khabar.toml"
    plain = load_settings(home=tmp_path)
    assert plain.notify.on == ("failed", "held", "refused")
    config.write_text('[notify]\nblocks = ["slack-webhook/desk"]\non = ["held"]\n', "utf-8")
    told = load_settings(home=tmp_path, config=config)
    assert told.notify == NotifyChoice(blocks=("slack-webhook/desk",), on=("held",))
    assert told.config_sha256 == plain.config_sha256
    with pytest.raises(ValidationError):
        NotifyChoice(blocks=("https://hooks.example/secret",))


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_mail_is_sent_as_plain_text() -> None:
    from flows.blocks import Email

    with MailServer() as server:
        block: Any = Email(url=server.address)
        with block.raise_on_failure():
            block.notify(body="خبر: held\nwhy <b>", subject="Khabar: held")
    [mail] = server.mails
    assert mail["Subject"] == "Khabar: held"
    assert mail["To"] == "editor@desk.example"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().split() == ["خبر:", "held", "why", "<b>"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_what_cannot_be_sent_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.blocks.core import Block

    from flows.blocks import Email

    with MailServer() as server:
        address = server.address
    block: Any = Email(url=address)  # whose server is gone by now
    monkeypatch.setattr(Block, "load", lambda _slug: block)
    with pytest.raises(NotSentError, match=r"\[WARNING\]: \w+"):
        notify("khabar-email/desk", Notice("Khabar: held", "why"))


def test_the_address_of_a_hook_is_in_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx
    from prefect.blocks.abstract import NotificationBlock
    from prefect.blocks.core import Block

    class Hook(NotificationBlock):
        def notify(self, body: str, subject: str | None = None) -> None:
            asked = httpx.Request("POST", "https://hooks.example/SECRET")
            httpx.Response(404, request=asked).raise_for_status()

    monkeypatch.setattr(Block, "load", lambda _slug: Hook())
    with pytest.raises(NotSentError, match=r"^it was answered with 404$"):
        notify("hook/desk", Notice("Khabar: held", "why"))


def test_only_warnings_of_a_failed_notification_are_told() -> None:
    from flows.notify import _said

    log = "[DEBUG]: POST https://hooks.example/SECRET\nmore\n[WARNING]: no route to the server"
    assert _said(log) == "[WARNING]: no route to the server"
