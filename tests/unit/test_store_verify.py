"""A file that is not what was written is found and named, and nothing is built on it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from warehouse import verify as verification
from warehouse.errors import CatalogUnreadable, FilesDamaged
from warehouse.home import Home
from warehouse.inventory import Part, parts_shown
from warehouse.store import Store, relocate
from warehouse.verify import Damage, Verified, verify

pytestmark = pytest.mark.slow


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def data(home: Path) -> Path:
    return home / "warehouse" / "data" / "main"


def said(found: Verified) -> list[tuple[str, str, str | None, int, bool]]:
    return [
        (d.file, d.what, p.table if p else None, p.rows if p else 0, bool(p and p.deletes))
        for d, p in ((damage, damage.part) for damage in found.damages)
    ]


def test_a_flipped_bit_and_a_vanished_file_are_found(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store)
    files = list((home / "warehouse" / "data").rglob("*.parquet"))
    whole = verify(home)
    assert whole.damages == []
    assert whole.files == len(files)
    assert whole.size == sum(file.stat().st_size for file in files)
    flipped = next(data(home).glob("articles/*-delete.parquet"))
    gone = next(data(home).glob("versions/*.parquet"))
    flip(flipped)
    gone.unlink()
    found = verify(home)
    assert said(found) == [
        (f"data/main/articles/{flipped.name}", "changed", "articles", 4, True),
        (f"data/main/versions/{gone.name}", "missing", "versions", 3, False),
    ]
    assert {damage.part.run_id for damage in found.shown if damage.part} == {"run-1"}


def test_lengths_alone_find_what_is_cut_and_what_is_gone(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store)
    flipped, cut, gone = sorted(data(home).glob("*/*.parquet"))[:3]
    flip(flipped)
    cut.write_bytes(cut.read_bytes()[:-1])
    gone.unlink()
    names = [f"data/main/{file.parent.name}/{file.name}" for file in (flipped, cut, gone)]
    quick = [(damage.file, damage.what) for damage in verify(home, quick=True).damages]
    assert quick == [(names[1], "changed"), (names[2], "missing")]
    assert [damage.file for damage in verify(home).damages] == names


def test_a_file_without_a_sum_is_not_taken_for_whole(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store)
    sums = Home.at(home).sums
    first, *rest = sums.read_text("utf-8").splitlines(keepends=True)
    sums.write_text("".join(rest), "utf-8")
    [damage] = verify(home).damages
    assert (damage.what, damage.file) == ("unlisted", first.split()[1])
    sums.unlink()
    found = verify(home)
    assert {damage.what for damage in found.damages} == {"unlisted"}
    assert len(found.shown) == found.files == len(parts_shown(Home.at(home)))


def test_what_no_table_shows_any_more_is_damage_of_no_table(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store)
    old = next(data(home).glob("runs/*.parquet"))
    store.maintain()
    flip(old)
    found = verify(home)
    assert found.damages == [Damage(f"data/main/runs/{old.name}", "changed", None)]
    assert found.shown == []
    store.maintain()


def test_a_compacted_file_is_of_several_runs(rows: ModuleType, home: Path, store: Store) -> None:
    rows.some_runs(home, store)
    by_table = [part for part in parts_shown(Home.at(home)) if part.table == "runs"]
    assert [(part.rows, part.run_id) for part in by_table] == [(1, "run-0"), (1, "run-1")]
    store.maintain()
    [part] = [part for part in parts_shown(Home.at(home)) if part.table == "runs"]
    assert isinstance(part, Part)
    assert (part.rows, part.run_id, part.deletes) == (2, None, False)
    file = home / "warehouse" / part.file
    assert file.stat().st_size == part.size


def test_damage_is_not_written_into_sound_files(rows: ModuleType, home: Path, store: Store) -> None:
    rows.some_runs(home, store)
    victim = next(data(home).glob("pages/*.parquet"))
    content = victim.read_bytes()
    flip(victim)
    before = store.snapshot
    with pytest.raises(FilesDamaged, match=rf"pages/{victim.name} \(changed\).*khabar verify"):
        store.maintain(keep=timedelta(days=-1))
    assert store.snapshot == before
    victim.write_bytes(content)
    assert store.maintain().files_compacted > 0
    assert verify(home).damages == []


def test_what_maintenance_removes_meanwhile_is_no_damage(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.some_runs(home, store)
    compare, removed = verification._compare, []

    def interrupted(*given: Any) -> Any:
        monkeypatch.setattr(verification, "_compare", compare)
        removed.append(store.maintain(keep=timedelta(days=-1)).files_removed)
        return compare(*given)

    monkeypatch.setattr(verification, "_compare", interrupted)
    assert verify(home).damages == []
    assert removed > [0]


def test_nothing_published_is_nothing_damaged(tmp_path: Path) -> None:
    assert verify(tmp_path) == Verified(0, 0, [])


@pytest.mark.parametrize("how", ["pointer", "copy", "content"])
def test_a_frozen_catalog_that_is_gone_is_no_clean_bill(
    how: str, rows: ModuleType, home: Path
) -> None:
    with Store.open(home) as store:
        rows.some_runs(home, store)
        there, frozen = store.home, store.home.frozen(store.snapshot)
    if how == "content":
        frozen.write_bytes(b"no database" * 1000)
    else:
        (there.published if how == "pointer" else frozen).unlink()
    with pytest.raises(CatalogUnreadable, match="khabar relocate"):
        verify(home)
    relocate(home)
    assert verify(home).damages == []
