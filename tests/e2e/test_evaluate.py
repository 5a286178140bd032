"""`khabar evaluate` as a user has it, and that its figures are the ones that it says they are.

Two independent scorers hold it to its word: one written out here, which knows only what
`khabar explain --json` prints, on the samples; and where the evaluation data is at hand the
scorer beside it, on all its sets. Both must agree to the last digit.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import in_process
from tests.gold.samples import SAMPLES, Doc, good

ROOT = Path(__file__).resolve().parents[2]
KHABAR = [sys.executable, "-m", "flows.cli"]
ENV = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
CONFIG = ["--config", str(SAMPLES / "khabar.toml")]


def done(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, encoding="utf-8", timeout=500,
        cwd=SAMPLES.parent, env=ENV | env,
    )  # fmt: skip


def khabar(*args: str | Path) -> subprocess.CompletedProcess[str]:
    return in_process.khabar(*args, cwd=SAMPLES.parent)


def evaluate(*args: str | Path) -> dict[str, Any]:
    ran = khabar("evaluate", *args, "--json")
    assert ran.returncode == 0, ran.stderr
    told = dict(json.loads(ran.stdout))
    schema = ROOT / "docs" / "schemas" / "evaluate.schema.json"
    jsonschema.validate(told, json.loads(schema.read_text("utf-8")))
    return told


def explain(files: list[Path]) -> list[dict[str, Any]]:
    ran = khabar("explain", "--json", "--text", *CONFIG, *files)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def value(scores: dict[str, Any], by: str, name: str, measure: str) -> float:
    (group,) = [g for g in scores["groups"] if (g["by"], g["name"]) == (by, name)]
    return float(group["measures"][measure]["value"])


# ---- the samples, scored once more by what `explain` prints ----


def f1(counts: Counter[str]) -> float:
    twice = 2 * counts["right"]
    return round(twice / (twice + counts["added"] + counts["lost"]), 4)


def count(doc: Doc, page: dict[str, Any]) -> tuple[Counter[str], Counter[str]]:
    """Return right, added and lost lines, and visible characters, of one page."""
    body = {
        at
        for segment in page["segments"]
        if segment["kind"] == "body" and segment["article"] == 0
        for at in range(segment["start"], segment["end"])
    }
    lines: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    for label, text, start in zip(doc.lines, doc.text_lines, doc.line_starts, strict=True):
        if label["label"] in {"blank", "summary", "dateline"}:
            continue
        visible = [at for at, char in enumerate(text) if not char.isspace()]
        taken = sum(start + at in body for at in visible) >= max(0.5, len(visible) / 2)
        lines[outcome(taken, label["label"] == "body")] += 1
        whole = [{"start": 0, "end": len(text), "label": label["label"]}]
        for span in label.get("spans") or whole:
            if span["label"] in {"blank", "summary", "dateline"}:
                continue
            for at in visible:
                if span["start"] <= at < span["end"]:
                    chars[outcome(start + at in body, span["label"] == "body")] += 1
    return lines, chars


def outcome(taken: bool, is_body: bool) -> str:
    if taken:
        return "right" if is_body else "added"
    return "lost" if is_body else "neither"


def test_segments_of_the_samples() -> None:
    scores = evaluate("segments", SAMPLES / "gold.json", *CONFIG)
    docs = [doc for doc in good() if doc.kind != "html"]
    files = list(dict.fromkeys(doc.file for doc in docs))
    pages: dict[tuple[str, int | None], dict[str, Any]] = {}
    for page in explain([SAMPLES / file for file in files]):
        file = Path(page["file"]).relative_to(SAMPLES).as_posix()
        pages[file, page["record"]] = page
    for kind in ("text", "record"):
        lines: Counter[str] = Counter()
        chars: Counter[str] = Counter()
        for doc in docs:
            if doc.kind == kind:
                page = pages[doc.file, doc.record]
                assert page["text"] == doc.text
                of_lines, of_chars = count(doc, page)
                lines += of_lines
                chars += of_chars
        assert value(scores, "kind", kind, "line_f1") == f1(lines)
        assert value(scores, "kind", kind, "char_f1") == f1(chars)
    assert scores["documents"] == len(docs)
    assert value(scores, "all", "all", "line_f1") >= 0.95
    low = scores["groups"][0]["measures"]["line_f1"]["low"]
    assert 0 < low <= value(scores, "all", "all", "line_f1")
    assert sum(left["documents"] for left in scores["left_out"]) == 62 - len(docs)


def test_html_of_the_samples() -> None:
    scores = evaluate("html", SAMPLES / "gold.json", *CONFIG)
    docs = [doc for doc in good() if doc.kind == "html"]
    values, dated = [], 0
    for doc, page in zip(docs, explain([SAMPLES / doc.file for doc in docs]), strict=True):
        rows = zip(doc.lines, doc.text_lines, strict=True)
        gold = " ".join(text for label, text in rows if label["label"] == "body")
        article = page["articles"][0]
        got, want = (Counter(re.findall(r"\w+", text)) for text in (article["body"], gold))
        values.append(2 * (got & want).total() / (got.total() + want.total()))
        dated += (article["published_at"] or "")[:10] == (doc.metadata["published"] or "")
    assert value(scores, "all", "all", "token_f1") == round(sum(values) / len(docs), 4)
    assert scores["groups"][0]["counts"]["dates_right"] == dated
    assert scores["worst"][0]["value"] == round(min(values), 3)


def test_a_person_reads_a_table_and_a_wrong_gold_ends_with_2(tmp_path: Path) -> None:
    table = khabar("evaluate", "html", SAMPLES / "gold.json", *CONFIG)
    assert table.returncode == 0, table.stderr
    assert "token F1" in table.stdout and "95 % bootstrap interval" in table.stdout
    (tmp_path / "page.txt").write_text("سطر أول\nسطر ثان\n", "utf-8")
    gold = {"docs": [{"file": "page.txt", "lines": [{"line": 1, "label": "body"}]}]}
    (tmp_path / "gold.json").write_text(json.dumps(gold), "utf-8")
    wrong = khabar("evaluate", "segments", tmp_path / "gold.json")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "page.txt: line 2 has no label" in wrong.stderr


def test_a_page_that_is_refused_has_its_body_lost(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><script>1</script></html>", "utf-8")
    (tmp_path / "page.txt").write_text("سطر أول من الخبر\n", "utf-8")
    (tmp_path / "empty.txt").write_text("", "utf-8")
    lines = [{"line": 1, "label": "body"}]
    entry = {"file": "page.txt", "html": "page.html", "lines": lines, "sha256": "0" * 64}
    gold = tmp_path / "gold.json"
    gold.write_text(json.dumps({"docs": [entry]}), "utf-8")
    stale = khabar("evaluate", "html", gold)
    assert stale.returncode == 2 and "sha256 differs" in stale.stderr
    del entry["sha256"]
    gold.write_text(json.dumps({"docs": [entry]}), "utf-8")
    assert value(evaluate("html", gold), "all", "all", "token_f1") == 0
    refused = {"file": "empty.txt", "text": "سطر من الخبر", "lines": lines}
    gold.write_text(json.dumps({"docs": [refused]}), "utf-8")
    scores = evaluate("segments", gold)
    assert [(each["id"], each["rule"]) for each in scores["refused"]] == [
        ("empty.txt", "ingest.empty")
    ]
    assert "not read, so nothing found: 1" in khabar("evaluate", "segments", gold).stdout
    assert scores["worst"] == [
        {"id": "empty.txt", "value": 0, "covered": 0, "added": [], "lost": [1]}
    ]
    two = {"file": "table.csv", "lines": lines}
    (tmp_path / "table.csv").write_text("title,text\nعنوان,نص\nعنوان ثان,نص ثان\n", "utf-8")
    gold.write_text(json.dumps({"docs": [two]}), "utf-8")
    several = khabar("evaluate", "segments", gold)
    assert several.returncode == 2 and "has 2 records" in several.stderr


# ---- the evaluation data, scored by the scorer that stands beside it ----


def scored_there(eval_data: Path, *args: str | Path) -> dict[str, Any]:
    scorer = eval_data.parent / "tools" / "score.py"
    ran = done(sys.executable, scorer, *args, KHABAR=" ".join(KHABAR))
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("gold", ["seeds.json", "pages.json"])
def test_segments_agree_with_the_scorer(eval_data: Path, gold: str) -> None:
    file = eval_data / "gold" / gold
    ours, theirs = evaluate("segments", file, eval_data), scored_there(
        eval_data, "segments", file, eval_data
    )  # fmt: skip
    worst = [[each["value"], each["id"], each["covered"]] for each in ours["worst"]]
    assert worst == theirs.pop("worst")
    by_kind = any(group["by"] == "kind" for group in ours["groups"])
    for kind, figures in theirs.items():
        where = ("kind", kind) if by_kind else ("all", "all")
        assert value(ours, *where, "line_f1") == figures["line_f1"]
        assert value(ours, *where, "char_f1") == figures["char_f1"]
        (group,) = [g for g in ours["groups"] if (g["by"], g["name"]) == where]
        assert group["documents"] == figures["docs"]
    assert ours["documents"] == sum(figures["docs"] for figures in theirs.values())


def test_html_agrees_with_the_scorer(eval_data: Path) -> None:
    file = eval_data / "gold" / "pages.json"
    ours = evaluate("html", file, eval_data)
    theirs = scored_there(eval_data, "html", file, eval_data)
    assert value(ours, "all", "all", "token_f1") == theirs["token_f1"]
    assert ours["worst"][0]["value"] == theirs["worst"]
    counts = ours["groups"][0]["counts"]
    assert f"{counts['dates_right']}/{counts['pages']}" == theirs["dates"]
    assert f"{counts['titles_right']}/{counts['pages']}" == theirs["titles"]


def test_dates_agree_with_the_scorer(eval_data: Path) -> None:
    file = eval_data / "dates" / "date_strings.json"
    ours, theirs = evaluate("dates", file), scored_there(eval_data, "dates", file)
    counts = ours["groups"][0]["counts"]
    assert f"{counts['right']}/{counts['strings']}" == theirs["right"]
    assert (counts["wrong"], counts["abstained"]) == (theirs["wrong"], theirs["abstained"])
    assert value(ours, "all", "all", "right") == theirs["share"]


def test_labelled_words_agree_with_the_scorer(eval_data: Path, tmp_path: Path) -> None:
    words = (eval_data / "ner" / "anercorp_train.conll").read_text("utf-8").split("\n\n")
    file = tmp_path / "last.conll"
    file.write_text("\n\n".join(words[-150:]), "utf-8")
    ours, theirs = evaluate("ner", file), scored_there(eval_data, "tokens_ner", file)
    assert ours["documents"] == theirs["sentences"]
    for name, there in {"f1": "f1", "precision": "p", "recall": "r"}.items():
        assert value(ours, "all", "all", name) == theirs[there]
    for kind in ("PER", "ORG", "LOC"):
        assert value(ours, "all", "all", kind) == theirs.get(kind, 0)
