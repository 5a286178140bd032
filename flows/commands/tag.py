"""`khabar tag`: the names in each line of a text file."""

from __future__ import annotations

from pathlib import Path

from flows.commands.shapes import TagShape, TextMentionShape, line
from flows.commands.wrong_use import guarded
from flows.settings import UsageError, load_settings
from transforms.plain import one_line


def run(file: Path, *, as_json: bool, config: Path | None = None) -> int:
    """Tag each line of `file`, blank ones included; exit status 2 where it cannot be read."""
    return guarded(lambda: _tag(file, as_json, config))


def _tag(file: Path, as_json: bool, config: Path | None) -> int:
    if not file.exists() or file.is_dir():
        raise UsageError(f"{file}: {'is a folder' if file.exists() else 'there is no such file'}")
    from transforms.tag.article import tag_text
    from transforms.tag.tagger import tagger_named

    tagger = tagger_named(load_settings(config=config).tagger.name)
    texts = file.read_text("utf-8", errors="replace").split("\n")
    if texts and texts[-1] == "":
        texts.pop()
    for number, text in enumerate(texts):
        mentions = [
            TextMentionShape(
                start=m.start,
                end=m.end,
                surface=m.surface,
                type=m.type,
                entity_id=m.entity_id,
                name=m.name,
                score=m.score,
            )
            for m in tag_text(text.rstrip("\r"), tagger)
        ]
        if as_json:
            print(line(TagShape(line=number, mentions=mentions)))
        else:
            print(number, *(_shown(mention) for mention in mentions), sep="\t")
    return 0


def _shown(mention: TextMentionShape) -> str:
    return f"{one_line(mention.surface)}/{mention.type}/{mention.name or '?'}"
