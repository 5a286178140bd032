"""Relative links of the documents lead somewhere, to the heading too where they name one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*(ROOT / name for name in ("README.md", "README.ar.md", "CONTRIBUTING.md")),
     *ROOT.glob("docs/*.md")]
)  # fmt: skip

_FENCED = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
_INLINE = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]^]+\]:[ \t]+<?([^\s>]+)", re.M)
_HTML = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=[\"']([^\"'\s]+)", re.I)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.M)
_ANCHOR = re.compile(r"<a\b[^>]*?\b(?:id|name)=[\"']([^\"']+)", re.I)


def links(text: str) -> list[str]:
    """Return the targets of a document's links that stand outside code and lead to no other host."""
    plain = _CODE.sub("", _FENCED.sub("", text))
    found = [target for form in (_INLINE, _REFERENCE, _HTML) for target in form.findall(plain)]
    return [each for each in found if not urlsplit(each).scheme and not each.startswith("//")]


def anchors(text: str) -> set[str]:
    """Return what a link can name after `#`: headings as GitHub spells them, and own anchors."""
    plain = _FENCED.sub("", text)
    made: list[str] = []
    for heading in _HEADING.findall(plain):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
        again = made.count(slug)
        made += [slug, f"{slug}-{again}"] if again else [slug]
    return {*made, *_ANCHOR.findall(plain)}


def dead(document: Path, text: str) -> list[str]:
    """Return the links of a document that lead nowhere."""
    lost = []
    for link in links(text):
        to = urlsplit(link)
        target = (document.parent / unquote(to.path)).resolve() if to.path else document
        inside = target == ROOT or ROOT in target.parents
        if not (inside and target.exists()):
            lost.append(link)
        elif to.fragment and target.suffix == ".md":
            named = anchors(text if target == document else target.read_text("utf-8"))
            if unquote(to.fragment) not in named:
                lost.append(link)
    return lost


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_link_of_a_document_is_dead(document: Path) -> None:
    assert dead(document, document.read_text("utf-8")) == []


def test_the_documents_have_links() -> None:
    found = {path.name: links(path.read_text("utf-8")) for path in DOCUMENTS}
    assert found["README.md"] and found["README.ar.md"]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("[a](docs/none.md)", ["docs/none.md"]),
        ("![a](none.svg 'title')", ["none.svg"]),
        ("[a]\n\n[a]: none.md", ["none.md"]),
        ('<img src="none.png" alt="">', ["none.png"]),
        ("[a](../elsewhere.md)", ["../elsewhere.md"]),
        ("# One\n[a](#two)", ["#two"]),
        ("[a](README.md#no-such-heading-there)", ["README.md#no-such-heading-there"]),
        ("# `Two` words\n[a](#two-words) [b](docs/) [c](README.md)", []),
        ("# Twice\n# Twice\n[a](#twice-1)", []),
        ("```mermaid\nA[a](none)\n```\nand `[a](none.md)` [b](https://docs.example/none)", []),
        ("```\n[a](one.md)\n```\n[b](two.md)\n```\n[c](three.md)\n```", ["two.md"]),
    ],
)  # fmt: skip
def test_dead_links_are_found_outside_code_only(text: str, lost: list[str]) -> None:
    assert dead(ROOT / "CONTRIBUTING.md", text) == lost
