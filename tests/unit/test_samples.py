"""The samples and their gold: complete, exact, and in nobody else's words."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.outlet import Outlet
from tests.gold.pages import pages
from tests.gold.samples import SAMPLES, Doc, core_entities, docs, files, good, labels

RUN_WORDS = 12
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_WORD = re.compile(r"\w+")
_NO_LABEL = {"blank"}

every_doc = pytest.mark.parametrize("doc", docs(), ids=lambda doc: doc.id)
every_good = pytest.mark.parametrize("doc", good(), ids=lambda doc: doc.id)


def test_there_are_enough_pages_of_enough_shapes() -> None:
    assert len(good()) >= 30
    assert len({doc.shape for doc in good()}) >= 8
    assert len({doc.id for doc in docs()}) == len(docs())


def test_every_file_is_in_the_gold_and_every_entry_has_its_file() -> None:
    assert sorted({doc.file for doc in docs()}) == files()


def test_every_file_belongs_to_a_declared_source() -> None:
    declared = tomllib.loads((SAMPLES / "khabar.toml").read_text(encoding="utf-8"))["sources"]
    folders = [Outlet(**entry).path for entry in declared]
    for file in files():
        assert any(folder and Path(file).is_relative_to(folder) for folder in folders), file


def test_the_readme_names_every_file() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [file for file in files() if not _is_named(file, readme)] == []


def _is_named(file: str, readme: str) -> bool:
    """Whether the file's name stands in the readme; of the wire's outlets, the folder's."""
    path = Path(file)
    return path.name in readme or f"{path.parent.name}/ " in readme


@every_good
def test_gold_is_complete(doc: Doc) -> None:
    assert [line["line"] for line in doc.lines] == list(range(1, len(doc.text_lines) + 1))
    assert doc.raw["n_lines"] == len(doc.lines)
    for line, text in zip(doc.lines, doc.text_lines, strict=True):
        assert line["label"] in labels()
        assert (line["label"] in _NO_LABEL) == (not text.strip()), line
    assert Counter(line["label"] for line in doc.lines)["body"] >= 3
    assert {"title", "published", "articles", "language"} <= doc.metadata.keys()
    assert len(doc.mentions) >= 3, "thin gold is no gold"
    assert doc.dates, "every sample names a date"


@every_good
def test_spans_give_back_their_text(doc: Doc) -> None:
    for line, text in zip(doc.lines, doc.text_lines, strict=True):
        covered = 0
        for span in line.get("spans", []):
            assert covered <= span["start"] < span["end"] <= len(text)
            assert span["label"] in labels()
            written = text[span["start"] : span["end"]]
            assert span.get("text", written) == written
            covered = span["end"]


@every_good
def test_mentions_give_back_their_surface_and_stand_in_titles_and_bodies(doc: Doc) -> None:
    end = 0
    for mention in doc.mentions:
        assert doc.text[mention["start"] : mention["end"]] == mention["surface"]
        assert mention["type"] in {"PER", "ORG", "LOC"}
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", mention["entity"])
        assert mention["start"] >= end, "mentions do not overlap"
        end = mention["end"]
        line = doc.lines[_line_of(doc, mention["start"])]
        embedded = line["label"] == "embedded_article"
        assert line["label"] in {"title", "body", "embedded_article"}
        assert mention["article"] == int(embedded)


def _line_of(doc: Doc, offset: int) -> int:
    return max(i for i, start in enumerate(doc.line_starts) if start <= offset)


def test_the_core_entities_are_asked_for() -> None:
    assert core_entities() - {each["entity"] for doc in good() for each in doc.mentions} == set()
    asked = [m for doc in good() for m in doc.mentions if m["entity"] in core_entities()]
    assert len(asked) >= 300


def test_an_entity_has_one_type() -> None:
    types: dict[str, set[str]] = {}
    for doc in good():
        for mention in doc.mentions:
            types.setdefault(mention["entity"], set()).add(mention["type"])
    assert {entity for entity, kinds in types.items() if len(kinds) > 1} == set()


@every_good
def test_dates_give_back_their_text_and_are_dates(doc: Doc) -> None:
    for mention in doc.dates:
        line = doc.text_lines[mention["line"] - 1]
        assert line[mention["start"] : mention["end"]] == mention["text"]
        for part in mention["value"].split("/"):
            _assert_iso(part)
        assert doc.lines[mention["line"] - 1]["label"] in {"title", "body"}
    if doc.metadata["published"]:
        _assert_iso(doc.metadata["published"])


def _assert_iso(value: str) -> None:
    assert _ISO.fullmatch(value), value
    date.fromisoformat(value + "-01-01"[len(value) - 4 :])


@every_good
def test_a_weekday_is_the_day_that_the_gold_says(doc: Doc) -> None:
    names = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
    for mention in doc.dates:
        said = mention["text"].replace("الإثنين", "الاثنين").split()[0]
        if said in names:
            assert date.fromisoformat(mention["value"]).weekday() == names.index(said), mention


@every_good
def test_metadata_agrees_with_the_lines(doc: Doc) -> None:
    titles = [
        text
        for line, text in zip(doc.lines, doc.text_lines, strict=True)
        if line["label"] == "title" and "subtype" not in line
    ]
    assert titles == ([doc.metadata["title"]] if doc.metadata["title"] else [])
    embedded = any(line["label"] == "embedded_article" for line in doc.lines)
    assert doc.metadata["articles"] == 1 + embedded == 1 + ("embedded" in doc.metadata)


@every_good
def test_the_article_after_lam_has_lost_its_alef(doc: Doc) -> None:
    """A text put together from names is spelled as a person would: للأمم, never لالأمم."""
    assert re.findall(r"\b[وف]?لال\w+", doc.text) == []


def test_bad_records_say_which_stage_refuses_them() -> None:
    bad = [doc for doc in docs() if doc.bad]
    assert {doc.bad["stage"] for doc in bad if doc.bad} == {"ingest", "clean"}
    assert {doc.shape for doc in bad} == {"bad"}
    assert all(doc.metadata["articles"] == 0 for doc in bad)


def test_the_copy_is_verbatim_and_the_retelling_is_not() -> None:
    bodies = {doc.id: _body(doc) for doc in good() if doc.shape == "wire"}
    original = bodies["wire-original"]
    assert bodies["wire-copy"] == [original[0].split(" – ", 1)[1], *original[1:]]
    assert not set(_runs(original, RUN_WORDS)) & set(_runs(bodies["wire-rewrite"], RUN_WORDS))
    assert len(set(original) & set(bodies["wire-extension"])) >= len(original) // 2
    assert len(bodies["wire-extension"]) > len(original)


def _body(doc: Doc) -> list[str]:
    rows = zip(doc.lines, doc.text_lines, strict=True)
    return [text for line, text in rows if line["label"] == "body"]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["seeds", "pages", "html", "corpora"])
def test_no_page_of_ours_repeats_an_outlets_words(part: str, eval_data: Path) -> None:
    texts = {doc.id: doc.text for doc in good()} | {page.id: page.text for page in pages()}
    ours = {run: name for name, text in texts.items() for run in _runs([text], RUN_WORDS)}
    begins = {run[0] for run in ours}
    found: set[str] = set()
    for text in _texts(eval_data / part):
        words = _WORD.findall(text)
        for i, word in enumerate(words):
            if word in begins and (run := tuple(words[i : i + RUN_WORDS])) in ours:
                found.add(f"{ours[run]}: {' '.join(run)}")
    assert found == set()


def _runs(texts: Iterable[str], length: int) -> Iterator[tuple[str, ...]]:
    for text in texts:
        words = _WORD.findall(text)
        for i in range(len(words) - length + 1):
            yield tuple(words[i : i + length])


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.name.endswith(".jsonl.gz"):
            with gzip.open(path, "rt", encoding="utf-8") as rows:
                for row in rows:
                    yield " ".join(str(value) for value in json.loads(row).values())
        else:
            yield path.read_text(encoding="utf-8", errors="replace")
