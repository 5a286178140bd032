"""Work on pages in child processes that can be killed: one bad page never stops a run.

Items go to the children in chunks. A chunk that takes too long, needs too much memory, kills its
child or raises is taken apart until the item is found that does it; the others are done again.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from multiprocessing import connection
from types import TracebackType
from typing import Any, Generic, NamedTuple, TypeVar

from flows.child import Cause, Child, Limits, Result, Unloadable, prepare
from flows.errors import BrokenProgramError

__all__ = ["Cause", "Done", "Guard", "GuardError", "Killed", "prepare"]

T = TypeVar("T")
R = TypeVar("R")

#: CPU seconds that every chunk gets beside those of its items: a fresh child may first have to
#: load models and name tables (about 2 s where no fork server has them ready).
BASE_SECONDS = 5.0
#: A hog fills about a gigabyte in the time between two looks; more looks cost more than they save.
WATCH_SECONDS = 0.25
#: Chunks out of order wait for their turn; so many a worker keep all children busy while one
#: chunk is being taken apart, and bound the memory by the chunk, not by the input.
_LOOK_AHEAD = 4
#: A chunk of large pages is divided, so that parent and child hold no gigabyte in the pipe.
_CHUNK_BYTES = 32_000_000
#: Children that die before they are given anything, in a row: the fault of no page.
_STILLBORN = 5


class GuardError(BrokenProgramError):
    """The children cannot work at all: the work cannot be imported there, or none stays alive."""


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """The result of `count` items from the item `first` on."""

    first: int
    count: int
    result: R


@dataclass(frozen=True, slots=True)
class Killed(Generic[T]):
    """One item that broke a limit or made the work fail, alone."""

    index: int
    item: T
    cause: Cause
    detail: str


class _Chunk(NamedTuple):
    first: int
    items: list[Any]
    #: Its items had been passed when their chunk failed: should it fail too, it is halved.
    halve: bool = False

    def parts(self, suspect: int | None) -> list[_Chunk]:
        """Return the chunk in parts: the suspect alone, or two halves where there is none."""
        count = len(self.items)
        if suspect is None or self.halve or suspect >= count:
            cuts = [0, count // 2, count]
            passed = 0
        else:
            cuts = [0, suspect, suspect + 1, count]
            passed = suspect
        return [
            _Chunk(self.first + start, self.items[start:end], halve=end <= passed)
            for start, end in pairwise(cuts)
            if start < end
        ]


class Guard:
    """A pool of killable children. Use it as a context manager; one `map` at a time.

    `seconds_per_item` is CPU time, so that a busy machine condemns no page. The work is a
    function that can be imported (or a partial of one), never one of `__main__`; it must go
    through its items once, in order, as it works: that is how a culprit is found without trying.
    """

    def __init__(
        self,
        workers: int,
        seconds_per_item: float,
        memory_limit_mb: int,
        chunk: int = 64,
        *,
        base_seconds: float = BASE_SECONDS,
    ) -> None:
        self._workers = max(1, workers)
        self._limits = Limits(base_seconds, seconds_per_item, memory_limit_mb)
        self._size = max(1, chunk)
        self._children: list[Child] = []
        self._is_mapping = False
        self._closed = threading.Event()

    def __enter__(self) -> Guard:
        prepare()
        threading.Thread(target=self._watch, name="khabar-guard-watch", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        while self._children:
            self._children.pop().kill()

    def map(
        self, work: Callable[[Sequence[T]], R], items: Iterable[T]
    ) -> Iterator[Done[R] | Killed[T]]:
        """Yield what the work makes of the items, in their order.

        Reads ahead of what it has yielded by a few chunks a worker, never more.

        Raises:
            GuardError: the children cannot work at all.
            ValueError: the work cannot be imported by name.
            RuntimeError: the guard is closed, or another `map` of it has not ended.
        """
        if self._closed.is_set() or self._is_mapping:
            raise RuntimeError("a guard does one map at a time, and none once it is closed")
        if getattr(getattr(work, "func", work), "__module__", None) == "__main__":
            raise ValueError("the work of a guard must not be defined in __main__")
        self._is_mapping = True
        run = _Run(pickle.dumps(work, 5), items, self._size, self._workers * _LOOK_AHEAD)
        try:
            yield from self._outcomes(run)
        finally:
            self._is_mapping = False
            for child in list(run.running):
                self._dismiss(child)

    def _outcomes(self, run: _Run) -> Iterator[Done[Any] | Killed[Any]]:
        while True:
            self._fill(run)
            outcome = run.next_outcome()
            if outcome is not None:
                yield outcome
            elif not run.running:
                return
            busy = {child.connection: child for child in run.running}
            for ready in connection.wait(list(busy), timeout=0 if outcome else None):
                self._settle(run, busy[ready])  # type: ignore[index]

    def _fill(self, run: _Run) -> None:
        """Give every idle child a chunk, as long as there are any within the look-ahead."""
        stillborn = 0
        while len(run.running) < self._workers and (chunk := run.next_chunk()):
            packed = pickle.dumps(chunk.items, 5)
            if len(packed) > _CHUNK_BYTES and len(chunk.items) > 1:
                run.put_back(chunk.parts(None))
                continue
            child = self._idle_child(run)
            if child.send(run.work, packed, len(chunk.items)):
                run.running[child] = chunk
                continue
            self._dismiss(child)
            run.put_back([chunk])
            stillborn += 1
            if stillborn == _STILLBORN:
                raise GuardError("child processes end before they are given anything to do")

    def _idle_child(self, run: _Run) -> Child:
        for child in self._children:
            if child not in run.running:
                return child
        child = Child(self._limits)
        self._children.append(child)
        return child

    def _settle(self, run: _Run, child: Child) -> None:
        """Take in what became of a child's chunk."""
        reply = child.receive()
        chunk = run.running.pop(child)
        if child.is_worn():
            self._dismiss(child)
        if isinstance(reply, Result):
            run.finish(Done(chunk.first, len(chunk.items), reply.value), chunk)
        elif isinstance(reply, Unloadable):
            raise GuardError(f"the work cannot be imported in a child: {reply.detail}")
        elif len(chunk.items) == 1:
            run.finish(Killed(chunk.first, chunk.items[0], reply.cause, reply.detail), chunk)
        else:
            run.put_back(chunk.parts(reply.suspect))

    def _dismiss(self, child: Child) -> None:
        self._children.remove(child)
        child.kill()

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            for child in list(self._children):
                child.inspect()


class _Run:
    """The state of one `map`: what is still to do, what is being done, what waits for its turn."""

    def __init__(self, work: bytes, items: Iterable[Any], size: int, ahead: int) -> None:
        self.work = work
        self.running: dict[Child, _Chunk] = {}
        self._items = iter(items)
        self._size = size
        self._read_limit = ahead * size
        self._waiting: deque[_Chunk] = deque()
        self._finished: dict[int, tuple[Done[Any] | Killed[Any], int]] = {}
        self._read = self._yielded = 0

    def next_chunk(self) -> _Chunk | None:
        """Return the next chunk to do, the earliest first; None where there is none for now."""
        if self._waiting:
            return self._waiting.popleft()
        if self._read - self._yielded >= self._read_limit:
            return None
        items = list(islice(self._items, self._size))
        chunk = _Chunk(self._read, items)
        self._read += len(items)
        return chunk if items else None

    def put_back(self, chunks: Sequence[_Chunk]) -> None:
        """Queue parts of a chunk before all later ones."""
        self._waiting = deque(sorted((*chunks, *self._waiting), key=lambda chunk: chunk.first))

    def finish(self, outcome: Done[Any] | Killed[Any], chunk: _Chunk) -> None:
        """Keep an outcome until its turn."""
        self._finished[chunk.first] = (outcome, len(chunk.items))

    def next_outcome(self) -> Done[Any] | Killed[Any] | None:
        """Return the outcome whose turn it is; None where it is not there yet."""
        if self._yielded not in self._finished:
            return None
        outcome, count = self._finished.pop(self._yielded)
        self._yielded += count
        return outcome
