"""One writer at a time, and who it is."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from warehouse.errors import ExtensionMissing, StoreError, StoreLocked
from warehouse.lock import writer_lock
from warehouse.store import Store, lock_holder


def test_who_holds_the_lock_is_named(home: Path) -> None:
    assert lock_holder(home) is None
    with Store.open(home, run_id="run-7"):
        named = rf"process {os.getpid()} on {socket.gethostname()}, run run-7, since 20\d\d-"
        with pytest.raises(StoreLocked, match=named):
            Store.open(home).__enter__()
        holder = lock_holder(home)
        assert holder is not None
        assert "run run-7" in holder
    assert lock_holder(home) is None
    with Store.open(home) as store:
        assert store.snapshot == 1


def test_waiting_ends_in_time(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with writer_lock(lock, 0):
        start = time.monotonic()
        with pytest.raises(StoreLocked, match=r"waited 0\.5 s"), writer_lock(lock, 0.5):
            pass
        assert 0.5 <= time.monotonic() - start < 5


def test_a_lock_that_was_not_signed_yet_is_told_as_such(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with writer_lock(lock, 0):
        lock.write_text("")
        with pytest.raises(StoreLocked, match="not signed the lock yet"), writer_lock(lock, 0):
            pass


def test_the_lock_is_not_inherited_by_children(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with writer_lock(lock, 0):
        opened = Path("/proc/self/fd").iterdir()
        descriptors = [int(link.name) for link in opened if link.resolve() == lock]
        assert descriptors
        assert not any(os.get_inheritable(descriptor) for descriptor in descriptors)


def test_a_failure_on_opening_gives_the_lock_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("warehouse.engine.EXTENSIONS", ("no_such_thing",))
        with pytest.raises(ExtensionMissing, match="duckdb-extension-no-such-thing==1"):
            Store.open(home).__enter__()
    assert lock_holder(home) is None
    assert issubclass(ExtensionMissing, StoreError)
