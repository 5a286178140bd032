"""Copies: are near-copies found, are they right, what does it cost, beside what others have.

    python benchmarks/copies.py HOME [--bodies 20000] [--index 1000000]

HOME is one that holds many articles, such as `benchmarks/whole_corpora.py --home HOME` leaves:
cleaned bodies are compared. Exact Jaccard indices come from a full inverted index over shingles.
datasketch and rensa are measured beside it where they can be imported (`pip install datasketch
rensa`); all three get the same texts, and find pairs with 42 bands of 3 rows. Seconds are CPU
seconds of the process with all its threads.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from flows.work import clean_chunk, land_chunk
from transforms.group.candidates import Shelf, meet, shelf_of
from transforms.group.compare import overlap
from transforms.group.meeting import Body, days_of, met, packed, pairs_of
from transforms.group.relation import relation_of
from transforms.group.shingles import Shingles, shingles_of
from transforms.group.words import words_of
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.copies import bodies_on
from warehouse.shelves import Shelves
from warehouse.sqltext import literal
from warehouse.tables import Article, Page, Source
from warehouse.tables.arrow import from_arrow

BATCH = 2_000
#: Articles of a day before those of HOME, of random words.
PER_DAY = 2_000


def bodies_of(home: Path) -> list[Body]:
    """Return the bodies of all articles, the earliest first."""
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT article_id, body, dateline, published_earliest FROM articles"
            " ORDER BY published_earliest, article_id"
        ).fetchall()
    return [Body(*row) for row in rows]


def hashed(bodies: Sequence[Body]) -> Shingles:
    """Return the sets of shingles of bodies."""
    return shingles_of(words_of([each.core for each in bodies]))


def exact(shingles: Shingles) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs that share a shingle: rows, Jaccard index, containment of the smaller."""
    body = np.repeat(np.arange(len(shingles)), shingles.sizes)
    order = np.argsort(shingles.hashes, kind="stable")
    hashes, body = shingles.hashes[order], body[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    counts = np.diff(np.r_[starts, len(hashes)])
    pairs = []
    for start, count in zip(starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
        some = body[start : start + count].astype(np.int64)
        left, right = np.triu_indices(count, 1)
        pairs.append(some[left] << 32 | some[right])
    keys, shared = np.unique(np.concatenate(pairs), return_counts=True)
    one, other = keys >> 32, keys & 0xFFFFFFFF
    sizes = shingles.sizes
    jaccard = shared / (sizes[one] + sizes[other] - shared)
    return keys, shared, jaccard, shared / np.minimum(sizes[one], sizes[other])


def found_in(shingles: Shingles, shelf: Shelf) -> dict[int, float]:
    """Return the pairs that are met, with the Jaccard index that comparing them gives."""
    likely = meet(shelf, shelf)
    return {
        one << 32 | other: overlap(shingles.of(one), shingles.of(other)).jaccard
        for one, other in zip(likely.asked.tolist(), likely.rows.tolist(), strict=True)
    }


def report_recall(bodies: Sequence[Body]) -> None:
    """Print how many of the exact pairs are found, and how many of the found ones are exact."""
    shingles = hashed(bodies)
    shelf = shelf_of(shingles, packed([each.article_id for each in bodies]), days_of(bodies))
    found = found_in(shingles, shelf)
    keys, shared, jaccard, contained = exact(shingles)
    print(f"bodies                                  {len(bodies)}")
    print(f"index, bytes a body                     {size_of(shelf) / len(bodies):.0f}")
    for least in (0.5, 0.7, 0.9):
        true = set(keys[jaccard >= least].tolist())
        ours = {key for key, value in found.items() if value >= least}
        print(
            f"Jaccard >= {least}: pairs {len(true)}, recall {len(true & ours) / len(true):.4f},"
            f" precision {len(true & ours) / max(1, len(ours)):.4f}"
        )
    for least in (0.5, 0.8):
        true = set(keys[(contained >= least) & (shared >= 20)].tolist())
        print(
            f"containment >= {least} of 20 shingles or more: pairs {len(true)},"
            f" recall {len(true & found.keys()) / len(true):.4f}"
        )


#: What pages show below an article; `{}` are headlines of others of the outlet.
TAILS = (
    "اقرأ أيضا:\n{}\n{}\n{}\n{}",
    "كلمات مفتاحية: أخبار، تقارير\nشارك المقال\nموضوعات ذات صلة\n{}\n{}\n{}",
    "الأكثر قراءة\n{}\n{}\n{}\n{}\n{}\nجميع الحقوق محفوظة © 2026",
    "أضف تعليقا\nالاسم\nالبريد الإلكتروني\nالتعليق\nإرسال",
    "Tweet\nمواضيع قد تهمك\n{}\n{}\n{}\nاتصل بنا | من نحن | سياسة الخصوصية",
)


def cleaned(pages: Sequence[str]) -> list[Body]:
    """Return the bodies of main articles of pages of plain text, landed and cleaned."""
    records = [
        RawRecord("bench", f"{n}.txt", text.encode(), "text/plain") for n, text in enumerate(pages)
    ]
    stamp, source = Stamp("benchmark"), Source(source_id="bench")
    landed = from_arrow(Page, land_chunk(records, stamp).pages)
    found = from_arrow(Article, clean_chunk(landed, source, stamp)[Article.table])
    mains = {each.page_id: each for each in found if each.role == "main"}
    return [
        Body(mains[p.page_id].article_id, mains[p.page_id].body, mains[p.page_id].dateline)
        for p in landed
        if p.page_id in mains
    ]


def report_tails(home: Path, count: int = 200) -> None:
    """Print whether a body under five page tails is one, and two bodies under one tail are two."""
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT title, body FROM articles WHERE title IS NOT NULL AND role = 'main'"
            " AND body_words BETWEEN 80 AND 500 ORDER BY article_id LIMIT ?",
            [count * 6],
        ).fetchall()
    titles = [title for title, _ in rows[count:]]
    joined = apart = 0
    for n, (title, body) in enumerate(rows[:count]):
        tails = [tail.format(*titles[5 * n : 5 * n + 5]) for tail in TAILS]
        same = cleaned([f"{title}\n{body}\n{tail}" for tail in tails])
        kinds = _relations(same)
        joined += len(same) == len(TAILS) and len(kinds) == len(TAILS) * (len(TAILS) - 1) // 2
        other, text = rows[n - 1]
        two = cleaned([f"{title}\n{body}\n{tails[0]}", f"{other}\n{text}\n{tails[0]}"])
        apart += len(two) == 2 and not _relations(two)
    print(f"one body under five tails, all five joined: {joined} of {count}")
    print(f"two bodies under one tail, not joined: {apart} of {count}")


def _relations(bodies: Sequence[Body]) -> list[str]:
    shingles = hashed(bodies)
    texts = shingles.texts.tolist()
    pairs = combinations(range(len(bodies)), 2)
    found = (
        overlap(shingles.of(n), shingles.of(m), same_words=texts[n] == texts[m]) for n, m in pairs
    )
    return [each for pair in found if (each := relation_of(pair, same_source=False))]


def size_of(shelf: Shelf) -> int:
    """Return the bytes of a shelf's arrays."""
    arrays = (
        shelf.keys, shelf.rows, shelf.sketches, shelf.sampled, shelf.sampled_rows, shelf.samples,
        shelf.texts, shelf.ids, shelf.days,
    )  # fmt: skip
    return sum(array.nbytes for array in arrays)


def token_sets(texts: Sequence[str]) -> list[set[str]]:
    """Return the shingles of texts as strings, as users of the other packages make them."""
    sets = []
    for text in texts:
        words = text.split()
        sets.append({" ".join(words[n : n + 5]) for n in range(max(1, len(words) - 4))})
    return sets


def with_datasketch(sets: Sequence[set[str]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that datasketch finds."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, params=(42, 3))
    made = MinHash.bulk(([t.encode() for t in each] for each in sets), num_perm=128)
    for n, each in enumerate(made):
        yield from ((other, n) for other in index.query(each))
        index.insert(n, each)


def with_rensa(sets: Sequence[set[str]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that rensa finds."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.5, num_perm=126, num_bands=42)
    made = RMinHash.from_token_sets(sets, 126, 42)
    index.insert_many(made)
    for n, others in enumerate(index.query_all(made)):
        yield from ((other, n) for other in others if other < n)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return the CPU seconds of some work, and what it gives."""
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


def report_speed(bodies: Sequence[Body]) -> None:
    """Print CPU a body, of whole texts and of sets made before, beside the other packages."""
    texts = [each.core for each in bodies]
    made, shingles = timed(lambda: hashed(bodies))
    ids = packed([each.article_id for each in bodies])
    searched, pairs = timed(lambda: _pairs(shelf_of(shingles, ids, days_of(bodies))))  # type: ignore[arg-type]
    keys, _, jaccard, _ = exact(shingles)  # type: ignore[arg-type]
    true = set(keys[jaccard >= 0.5].tolist())
    rows = [("here", made, searched, pairs)]
    for name, find in (("datasketch", with_datasketch), ("rensa", with_rensa)):
        try:
            __import__(name)
        except ImportError:
            print(f"{name} is not installed")
            continue
        made, sets = timed(lambda: token_sets(texts))
        searched, pairs = timed(lambda: {o << 32 | n for o, n in find(sets)})  # noqa: B023
        rows.append((name, made, searched, pairs))
    print(f"\n{len(bodies)} bodies   sets of shingles  signatures and pairs  whole   ratio  recall")
    whole = rows[0][1] + rows[0][2]
    for name, made, searched, pairs in rows:
        recall = len(true & pairs) / len(true)  # type: ignore[operator]
        per = [1e6 * s / len(bodies) for s in (made, searched, made + searched)]
        print(
            f"{name:12} {per[0]:12.0f} us {per[1]:15.0f} us {per[2]:10.0f} us"
            f" {(made + searched) / whole:7.1f} {recall:7.4f}"
        )


def _pairs(shelf: Shelf) -> set[int]:
    likely = meet(shelf, shelf)
    return set((likely.asked << 32 | likely.rows).tolist())


def report_growth(bodies: Sequence[Body], large: int) -> None:
    """Print what a batch costs against the index of these bodies and against one of `large`."""
    batch, known = bodies[-BATCH:], bodies[:-BATCH]
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as name:
        folder = Path(name)
        costs = []
        for label, older in (("small", 0), ("large", large - len(known))):
            shelves = Shelves(folder / label)
            stored = folder / f"{label}.parquet"
            _store(known, older, shelves, stored)
            runs = [timed(lambda: _batch(batch, shelves, stored)) for _ in range(3)]  # noqa: B023
            seconds, pairs = min(runs, key=lambda run: run[0])
            costs.append(seconds)
            total = len(shelves)
            print(
                f"batch of {BATCH} against {total} bodies on {len(shelves.shelves)} shelves:"
                f" {seconds:.3f} s, {len(pairs)} pairs,"  # type: ignore[arg-type]
                f" {shelves.bytes / total:.0f} bytes a body on disk"
            )
        print(f"ratio {costs[1] / costs[0]:.2f}, memory {_resident():.0f} MB")


def _store(known: Sequence[Body], older: int, shelves: Shelves, stored: Path) -> None:
    """Fill shelves and a Parquet file, with older bodies of random words before the known ones."""
    vocabulary = list({word for each in known[:4000] for word in each.body.split()})
    chosen = random.Random(1)
    schema = pa.schema(
        [
            ("article_id", pa.string()),
            ("body", pa.string()),
            ("dateline", pa.string()),
            ("published_earliest", pa.date32()),
        ]
    )
    first = min(each.day for each in known if each.day) - timedelta(-(-older // PER_DAY))
    with pq.ParquetWriter(stored, schema, compression="zstd") as file:
        for start in range(0, older, 20_000):
            some = [
                Body(
                    f"{n:032x}",
                    " ".join(chosen.choices(vocabulary, k=chosen.randrange(60, 440))),
                    day=first + timedelta(n // PER_DAY),
                )
                for n in range(start, min(older, start + 20_000))
            ]
            _add(some, shelves, file, start + 1)
        for start in range(0, len(known), BATCH):
            _add(known[start : start + BATCH], shelves, file, older + start + 1)


def _add(some: Sequence[Body], shelves: Shelves, file: pq.ParquetWriter, snapshot: int) -> None:
    ids = packed([each.article_id for each in some])
    shelves.cover([shelf_of(hashed(some), ids, days_of(some))], snapshot)
    columns = {
        "article_id": [each.article_id for each in some],
        "body": [each.core for each in some],
        "dateline": pa.nulls(len(some), pa.string()),
        "published_earliest": pa.array([each.day for each in some], pa.date32()),
    }
    file.write_table(pa.table(columns), row_group_size=2_048)


def _batch(batch: Sequence[Body], shelves: Shelves, stored: Path) -> list[object]:
    """Look a batch up and compare what it meets, bodies read from the file."""

    def read(days: Mapping[str, set[date | None]]) -> Iterator[list[Body]]:
        with duckdb.connect() as connection:
            yield from bodies_on(connection, f"read_parquet({literal(str(stored))})", days)

    return list(pairs_of(met([batch], shelves.shelves), read))


def _resident() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--bodies", type=int, default=20_000)
    parser.add_argument("--index", type=int, default=1_000_000)
    parser.add_argument("--growth", action="store_true", help="the last part only")
    args = parser.parse_args()
    bodies = bodies_of(args.home)
    if not args.growth:
        report_recall(bodies)
        report_tails(args.home)
        report_speed(bodies[: args.bodies])
        sys.stdout.flush()
    report_growth(bodies[: args.bodies + BATCH], args.index)


if __name__ == "__main__":
    main()
