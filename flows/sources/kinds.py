"""Which files are read, by the ends of their names; what the source of a path is named after."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from flows.sources.packed import unpacked_name

#: One file is one page.
PAGES = (".txt", ".html", ".htm")
#: One file has a record a line or a row.
TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".arrow", ".feather")
#: One file has a page a member.
ARCHIVES = (".zip", ".tar", ".warc")
#: The endings of the files that are read, each also followed by .gz; .tgz is .tar.gz.
ENDINGS = (*PAGES, *TABLES, *ARCHIVES)


def ending(path: Path) -> str:
    """Return what the name of a file ends in, in lower case, without .gz."""
    return unpacked_name(path).suffix.lower()


def namesake(path: Path) -> Path:
    """Return the file or folder that the source of `path` is named after.

    A folder gives its own name, and so does a table: an export is a source of its own. A page
    that is named by itself gives that of the folder that it lies in: `khabar run barq/*.txt` and
    `khabar run barq` read the same pages of the same source.
    """
    return path.parent if ending(path) in PAGES and not path.is_dir() else path


def source_id_from(path: Path) -> str:
    """Return a source id made of a file's or folder's name: its Latin letters and digits.

    A name without any (an Arabic one) gives `files-` and a hash of the name. Nothing but the name
    decides, so that the id is the same on the next day and on another machine.
    """
    name = path.name.split(".")[0] if path.is_file() else path.name
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", latin).strip("-_")
    return slug[:60] or f"files-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
