"""Plain-text pages of about 530 words for the benchmarks, made from the evaluation corpora.

The texts stay in a folder of the benchmark's own and are never part of the project.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

CORPORA = {
    "ant_cnn_france24_2018": ("title", "text"),
    "ant_jawhara_2013_2017": ("title", "text"),
    "saudinewsnet_4_outlets_2015": ("title", "content"),
}
#: Words of a page: the speed goals are stated for text pages of 5 KB, 530 words.
WORDS = (430, 630)


def long_texts(corpora: Path, words: tuple[int, int] = WORDS) -> Iterator[str]:
    """Yield title and text of every article of so many words."""
    for name, (title, text) in CORPORA.items():
        with gzip.open(corpora / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                body = record.get(text) or ""
                if words[0] <= len(body.split()) <= words[1]:
                    yield f"{record.get(title) or ''}\n\n{body}\n"


def write_pages(corpora: Path, folder: Path, count: int) -> float:
    """Write `count` pages into `folder` and return their mean size in bytes.

    Where the corpora have fewer, articles come again with another number in their last line:
    another payload, so another page.
    """
    texts = list(long_texts(corpora))
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for number in range(count):
        again, index = divmod(number, len(texts))
        text = texts[index] + (f"رقم الصفحة {again}\n" if again else "")
        payload = text.encode()
        size += len(payload)
        (folder / f"{number:06d}.txt").write_bytes(payload)
    return size / count
