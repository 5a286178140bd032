"""ZIP and tar archives of pages: every member is read, refused or counted, none leads anywhere."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from flows.sources import archives, kinds, packed
from flows.sources.files import discover, read
from transforms.ingest.record import RawRecord

PAGES = {
    "day/one.txt": "خبر أول",
    "day/two.HTML": "<p>خبر ثان</p>",
    "../../etc/three.htm": "<p>خبر ثالث</p>",
}
OTHERS = {
    "day/picture.png": "x", "day/style.css": "x", ".hidden.txt": "x", "__MACOSX/day/one.txt": "x",
    "README.md": "x", "day/inner.zip": "x",
}  # fmt: skip


def write_zip(path: Path, members: Iterable[tuple[str, str]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return path


def write_tar(path: Path, members: Iterable[tuple[str, str]]) -> Path:
    packed = path.suffix in (".gz", ".tgz")
    with tarfile.open(path, "w:gz" if packed else "w") as archive:
        for name, text in members:
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


def write(path: Path, members: Iterable[tuple[str, str]]) -> Path:
    return write_zip(path, members) if path.suffix == ".zip" else write_tar(path, members)


def rules(records: Iterable[RawRecord]) -> list[str]:
    return [record.refused[0] for record in records if record.refused]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
def test_members_are_pages_in_their_order(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, [*PAGES.items(), *OTHERS.items()])
    assert discover([tmp_path]).files == [path]
    assert kinds.source_id_from(kinds.namesake(path)) == "a"
    *pages, told = read(path, "s")
    assert [page.payload.decode() for page in pages] == list(PAGES.values())
    assert [page.media_type for page in pages] == ["text/plain", "text/html", "text/html"]
    assert [page.locator for page in pages] == [
        f"{path.as_posix()}/{member}#{number}" for number, member in enumerate(PAGES, 1)
    ]
    assert told.refused == (
        "ingest.other-kinds", "3 members are of kinds that are not read in an archive",
        "1 .png, 1 .css, 1 .zip",
    )  # fmt: skip
    assert sorted(tmp_path.rglob("*")) == [path], "nothing is unpacked to disk"


def test_an_archive_of_pages_alone_says_nothing_more(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", PAGES.items())
    assert rules(read(path, "s")) == []


def test_a_name_with_control_characters_makes_one_line(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [("a\nb\x1b[31m.txt", "خبر")])
    (page,) = read(path, "s")
    assert page.locator.isprintable()


def test_a_damaged_or_encrypted_member_takes_no_neighbour_along(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [(f"{n}.txt", f"خبر {n} " * 50) for n in range(3)])
    content = bytearray(path.read_bytes())
    second = content.index(b"1.txt")
    content[second + 20] ^= 0xFF
    path.write_bytes(content)
    records = list(read(path, "s"))
    assert rules(records) == ["ingest.broken-member"]
    assert [r.payload.decode().split()[1] for r in records if not r.refused] == ["0", "2"]

    content = bytearray(write_zip(tmp_path / "b.zip", [("a.txt", "خبر")]).read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    (tmp_path / "b.zip").write_bytes(content)
    (record,) = read(tmp_path / "b.zip", "s")
    assert record.refused is not None
    assert "password required" in record.refused[2]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
def test_a_truncated_archive_says_so(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, [(f"{n}.txt", f"خبر {n}" * 5_000) for n in range(3)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert rules(read(path, "s"))[-1] == "ingest.broken-file"
    path.write_bytes(b"no archive at all")
    assert rules(read(path, "s")) == ["ingest.broken-file"]


def test_a_member_beyond_the_size_of_a_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_PAYLOAD_BYTES", 10)
    for name in ("a.zip", "a.tar"):
        path = write(tmp_path / name, [("a.txt", "س" * 50), ("b.txt", "خبر")])
        records = list(read(path, "s"))
        assert rules(records) == ["ingest.too-large"]
        assert records[-1].payload.decode() == "خبر"


def test_a_bomb_of_many_members_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 1_000)
    monkeypatch.setattr(archives, "MAX_RATIO", 2)
    path = write_zip(tmp_path / "a.zip", [(f"{n}.txt", "a" * 100_000) for n in range(50)])
    records = list(read(path, "s"))
    assert rules(records) == ["ingest.bomb"]
    assert len(records) < 5


def patched(path: Path, header: bytes, offset: int, *new: int) -> None:
    """Overwrite bytes behind the first `header` of a file."""
    content = bytearray(path.read_bytes())
    at = content.index(header) + offset
    content[at : at + len(new)] = bytes(new)
    path.write_bytes(content)


def test_a_zip_of_a_later_version_is_one_refusal(tmp_path: Path) -> None:
    """Found by fuzzing: Python's zipfile raises NotImplementedError, which is no BadZipFile."""
    path = write_zip(tmp_path / "a.zip", [("a.txt", "خبر")])
    patched(path, b"PK\x01\x02", 6, 116)
    (record,) = read(path, "s")
    assert record.refused is not None
    assert record.refused[0] == "ingest.broken-file"
    assert "zip file version 11.6" in record.refused[2]


def test_a_member_without_a_name_is_no_page(tmp_path: Path) -> None:
    """Found by fuzzing: `ZipInfo.is_dir` looks at the last character of the name."""
    path = write_zip(tmp_path / "a.zip", [("x", "خبر"), ("b.txt", "خبر")])
    patched(path, b"PK\x03\x04", 26, 0, 0, 1, 0)
    patched(path, b"PK\x01\x02", 28, 0, 0, 1, 0)
    page, told = read(path, "s")
    assert page.locator.endswith("b.txt#2")
    assert told.refused is not None
    assert told.refused[2] == "1 no ending"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_without_a_limit_is_not_unpacked(tmp_path: Path, method: int) -> None:
    """Some 200 bytes of bzip2 are 20 MB in memory before the first of them is looked at."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bomb.txt", bytes(20_000_000), compress_type=method)
        archive.writestr("a.txt", "خبر")
    tracemalloc.start()
    bomb, page = read(path, "s")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bomb.refused is not None
    assert bomb.refused[0] == "ingest.broken-member"
    assert "only stored and deflated" in bomb.refused[2]
    assert page.payload.decode() == "خبر"
    assert peak < 5_000_000


def test_members_too_large_for_a_page_count_as_what_they_unpack_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 1_000_000)
    monkeypatch.setattr(archives, "MAX_RATIO", 2)
    monkeypatch.setattr(archives, "MAX_PAYLOAD_BYTES", 99_000)
    path = write_zip(tmp_path / "a.zip", [(f"{n}.txt", "a" * 100_000) for n in range(50)])
    found = rules(read(path, "s"))
    assert found == [*["ingest.too-large"] * 10, "ingest.bomb"]


def test_damage_takes_no_neighbour_along(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.txt", f"خبر {number} " * 50)
    content = path.read_bytes()
    at = content.index(b"1.txt") + 7
    path.write_bytes(content[:at] + bytes(12) + content[at + 12 :])
    records = list(read(path, "s"))
    assert rules(records) == ["ingest.broken-member"]
    assert [r.payload.decode().split()[1] for r in records if not r.refused] == ["0", "2"]


#: Where the second of three members begins: behind a head and 600 bytes, filled up to blocks.
SECOND = 512 + 1_024


def damaged_tar(path: Path, change: Callable[[bytearray], None], *, resum: bool = False) -> Path:
    """Write three pages and a picture, `change` them; `resum`: the second head stays sound."""
    write_tar(path, [("0.txt", "a" * 600), ("1.txt", "b" * 600), ("x.png", "x"), ("2.txt", "c")])
    content = bytearray(path.read_bytes())
    change(content)
    if resum:
        head = content[SECOND : SECOND + 512]
        head[148:156] = b" " * 8
        content[SECOND + 148 : SECOND + 156] = b"%06o\0 " % sum(head)
    path.write_bytes(content)
    return path


def cut(at: int) -> Callable[[bytearray], None]:
    def change(content: bytearray) -> None:
        del content[at:]

    return change


def put(offset: int, new: bytes) -> Callable[[bytearray], None]:
    def change(content: bytearray) -> None:
        content[SECOND + offset : SECOND + offset + len(new)] = new

    return change


@pytest.mark.parametrize(
    ("change", "resum"),
    [
        (put(150, b"\xff"), False),
        (cut(SECOND + 100), False),
        (cut(SECOND), False),
        (put(124, b"%011o\0" % 1_000_000_000), True),
        (lambda content: (put(124, b"%011o" % 99_999)(content), put(156, b"x")(content)), True),
        (lambda content: (put(156, b"S")(content), put(482, b"\1")(content)), True),
    ],
    ids=["sum", "cut in a head", "cut before a head", "size", "endless head", "endless holes"],
)
def test_a_tar_archive_never_ends_in_silence(
    tmp_path: Path, change: Callable[[bytearray], None], resum: bool
) -> None:
    path = damaged_tar(tmp_path / "a.tar", change, resum=resum)
    first, *_, last = read(path, "s")
    assert first.payload == b"a" * 600
    assert last.refused is not None
    assert last.refused[0] == "ingest.broken-file"


def test_what_is_no_page_is_told_though_the_archive_is_damaged(tmp_path: Path) -> None:
    path = damaged_tar(tmp_path / "a.tar", cut(SECOND + 2 * 1_536 - 512))
    told, broken = (record for record in read(path, "s") if record.refused)
    assert told.refused is not None and broken.refused is not None
    assert told.refused[2] == "1 .png"
    assert broken.refused[0] == "ingest.broken-file"
    assert told.payload != broken.payload, "two records, of which neither hides the other"


def test_a_file_of_holes_is_no_page(tmp_path: Path) -> None:
    """A member of 512 bytes can say to be terabytes of zeros."""
    path = damaged_tar(
        tmp_path / "a.tar",
        lambda content: (
            put(156, b"S")(content),
            put(386, b"%011o\0%011o\0" % (0, 600))(content),
            put(483, b"%011o\0" % (8**11 - 1))(content),
        ),
        resum=True,
    )
    *pages, told = read(path, "s")
    assert [page.payload[:1] for page in pages] == [b"a", b"c"]
    assert told.refused is not None
    assert "1 with holes" in told.refused[2]


def test_heads_within_heads_are_damage(tmp_path: Path) -> None:
    """Each long name is read by a call within the call that read the one before."""
    name = tarfile.TarInfo("x")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 1
    path = tmp_path / "a.tar"
    path.write_bytes((name.tobuf() + bytes(512)) * 5_000)
    assert rules(read(path, "s")) == ["ingest.broken-file"]


def test_a_full_disk_is_not_filled_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "a.zip", PAGES.items())
    (tmp_path / "b.zip.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert len(list(read(tmp_path / "b.zip.gz", "s"))) == len(PAGES)
    monkeypatch.setattr(packed, "RESERVE_BYTES", 1 << 60)
    (record,) = read(tmp_path / "b.zip.gz", "s")
    assert record.refused is not None
    assert "no room" in record.refused[2]
