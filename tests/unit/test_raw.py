"""Raw: payloads by their hash, whole or not there, and never unpacked without a limit."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow as pa
import pytest

from warehouse import raw as store
from warehouse.errors import RawDamaged, RawMissing
from warehouse.home import Home
from warehouse.raw import Raw
from warehouse.retention import expire_raw


def _sha(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def _files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_payloads_come_back_as_they_were(home: Path) -> None:
    raw = Raw(home)
    payloads = ["خبر".encode(), b"", b"\x00\xff" * 5_000, "خبر".encode()]
    names = raw.put(payloads)
    assert names == [_sha(payload) for payload in payloads]
    assert [raw.read(name) for name in names] == payloads
    assert all(map(raw.has, names))
    assert _files(home / "raw") == sorted({f"{n[:2]}/{n}.zst" for n in names})


def test_many_are_kept_behind_one_barrier(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, fsync = os.sync, os.fsync
    monkeypatch.setattr(os, "sync", lambda: (done.append("sync"), sync())[1])
    monkeypatch.setattr(os, "fsync", lambda d: (done.append("fsync"), fsync(d))[1])
    payloads = [b"%d" % number for number in range(100)]
    names = Raw(home).put(payloads)
    folders = {name[:2] for name in names}
    assert done == ["sync"] + ["fsync"] * (len(folders) + 1)


def test_a_few_are_flushed_before_they_have_their_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(os, "fsync", lambda _: done.append("fsync"))
    monkeypatch.setattr(Path, "replace", lambda a, b: (done.append("name"), replace(a, b))[1])
    Raw(home).put([b"one", b"two"])
    assert done[:4] == ["fsync", "fsync", "name", "name"]
    assert set(done[4:]) == {"fsync"}


def test_what_is_there_is_not_written_again_but_is_as_young(home: Path) -> None:
    raw = Raw(home)
    [name] = raw.put([b"page"])
    written = raw.path(name).stat().st_ino
    os.utime(raw.path(name), (1_000, 1_000))
    assert [kept.put_at for kept in raw.kept()] == [1_000]
    raw.put([b"page"])
    [kept] = raw.kept()
    assert raw.path(name).stat().st_ino == written
    assert kept.put_at > 1_000_000_000


def test_a_failure_leaves_nothing_half(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "sync", full)
    with pytest.raises(OSError, match="No space"):
        Raw(home).put(b"%d" % number for number in range(100))
    assert _files(home / "raw") == []


def test_what_was_left_half_is_swept_once_it_is_old(home: Path) -> None:
    raw = Raw(home)
    raw.put([b"page"])
    left = home / "raw" / f"{_sha(b'other')}.00000000.partial"
    left.write_bytes(b"half")
    assert raw.sweep(before=left.stat().st_mtime - 1) == 0
    assert raw.sweep(before=left.stat().st_mtime + 1) == 1
    assert len(_files(home / "raw")) == 1


def test_what_is_removed_is_not_left_half_written_either(home: Path) -> None:
    raw = Raw(home)
    [name, other] = raw.put([b"page", b"other"])
    for each in (name, other):
        (home / "raw" / f"{each}.00000000.partial").write_bytes(b"half")
    assert raw.remove([name]) == 1
    assert {Path(file).name[:64] for file in _files(home / "raw")} == {other}


def test_what_is_not_kept_is_named(home: Path) -> None:
    with pytest.raises(RawMissing, match="khabar forget"):
        Raw(home).read(_sha(b"never"))


@pytest.mark.parametrize("bytes_on_disk", [b"", b"no zstd at all", None])
def test_damage_is_found(home: Path, bytes_on_disk: bytes | None) -> None:
    raw = Raw(home)
    [name] = raw.put([b"page"])
    other = pa.Codec("zstd").compress(b"another page", asbytes=True)
    raw.path(name).write_bytes(other if bytes_on_disk is None else bytes_on_disk)
    with pytest.raises(RawDamaged, match="backup"):
        raw.read(name)


def test_a_bomb_is_not_unpacked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Raw(home)
    [name] = raw.put([b"x" * 2_000])
    monkeypatch.setattr(store, "LARGEST_BYTES", 1_000)
    with pytest.raises(RawDamaged):
        raw.read(name)
    with pytest.raises(ValueError, match=r"2,000 bytes; at most 1,000"):
        raw.put([b"y" * 2_000])


def test_removed_is_gone(home: Path) -> None:
    raw = Raw(home)
    names = raw.put([b"one", b"two"])
    assert raw.remove([names[0], names[0], _sha(b"never")]) == 1
    assert [raw.has(name) for name in names] == [False, True]


def test_what_was_put_again_since_stays(home: Path) -> None:
    raw = Raw(home)
    names = raw.put([b"one", b"two"])
    os.utime(raw.path(names[0]), (1_000, 1_000))
    assert raw.remove(names, put_before=2_000.0) == 1
    assert [raw.has(name) for name in names] == [False, True]


def test_the_home_owns_its_raw_and_its_landing(home: Path) -> None:
    own = Home.at(home)
    assert own.owns(own.raw / "ab")
    assert own.owns(own.landing)
    assert not own.owns(own.root / "pages")


def test_bytes_that_no_journal_names_yet_are_left_to_the_crawl_that_put_them(
    tmp_path: Path,
) -> None:
    raw = Raw(tmp_path)
    (name,) = raw.put([b"a page that is being fetched"])
    assert expire_raw(Home.at(tmp_path), 0) == 0
    os.utime(raw.path(name), (1, 1))
    assert expire_raw(Home.at(tmp_path), 0) == 1
