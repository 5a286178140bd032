"""The short form of fuzzing: sound inputs with a few edits, and bytes from nowhere."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Account, Target

_NAMES = sorted(TARGETS)
#: Twelve targets by this many inputs in two forms: about 20 seconds.
_QUICK = settings(
    max_examples=150, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


class Edit(NamedTuple):
    """What is done at one place of an input: `size` bytes become `new`, so many times."""

    at: float
    size: int
    new: bytes
    times: int


_EDITS = st.lists(
    st.builds(
        Edit,
        st.floats(0, 1),
        st.sampled_from([0, 0, 1, 1, 2, 7, 100, 10_000]),
        st.one_of(
            st.binary(max_size=4),
            st.sampled_from(
                [b"\x00", b"\xff", b"\n", b"\r\n\r\n", b'"', b"<", b"WARC/1.0\r\n", b"\x1f\x8b\x08",
                 b"PK\x03\x04", "ا".encode(), b"99999999999", b"-1", b"PAR1"]
            ),
        ),
        st.sampled_from([1, 1, 1, 3, 2_000]),
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


def edited(seed: bytes, edits: list[Edit]) -> bytes:
    for edit in edits:
        at = int(edit.at * len(seed))
        seed = seed[:at] + edit.new * edit.times + seed[at + edit.size :]
    return seed


def run(target: Target, data: bytes) -> Account:
    account = target.run(data)
    assert account.records == account.pages + account.refused + account.counted
    return account


@pytest.mark.parametrize("name", _NAMES)
def test_seeds_are_sound(name: str) -> None:
    accounts = [run(TARGETS[name], seed) for seed in TARGETS[name].seeds()]
    assert accounts
    assert all(account.pages for account in accounts)


@pytest.mark.parametrize("name", _NAMES)
def test_a_few_edits_break_nothing(name: str) -> None:
    target = TARGETS[name]
    seeds = target.seeds()

    @_QUICK
    @given(st.integers(0, len(seeds) - 1), _EDITS)
    def check(seed: int, edits: list[Edit]) -> None:
        run(target, edited(seeds[seed], edits))

    check()


@pytest.mark.parametrize("name", _NAMES)
def test_bytes_from_nowhere_break_nothing(name: str) -> None:
    target = TARGETS[name]

    @_QUICK
    @given(st.binary(max_size=300))
    def check(data: bytes) -> None:
        run(target, data)

    check()


def test_a_dropped_record_would_be_seen() -> None:
    """The law is held by each target, not only written down: an account that lacks one fails."""
    lossy = Target(lambda _: Account(records=2, pages=1), lambda: [b"x"])
    with pytest.raises(AssertionError):
        run(lossy, b"x")
