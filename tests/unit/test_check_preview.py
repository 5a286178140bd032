"""What a preview of rules reads: published pages whole, refused ones as somebody's choice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flows.check import _recalls, _Standing
from warehouse.staging import Batch


def test_published_pages_are_judged_as_a_reprocess_would(tmp_path: Path) -> None:
    def next_batch(source_id: str, *, picked: bool) -> Batch:
        return Batch("check", source_id, 0, tmp_path, picked)

    crew: Any = SimpleNamespace(settings=SimpleNamespace(batch_pages=2), next_batch=next_batch)
    standing = _Standing(
        pages={"barq": dict.fromkeys(("a", "b", "c"))}, kept={"barq": dict.fromkeys(("d",))}
    )
    found = [(each.batch.picked, list(each.page_ids)) for each in _recalls(standing, crew)]
    # A share of what is published may hold it; of what was refused, it says nothing.
    assert found == [(False, ["a", "b"]), (False, ["c"]), (True, ["d"])]
