"""No two connections spill into one folder, and what killed ones have spilled goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from warehouse.home import Home
from warehouse.reader import connect
from warehouse.store import Store

_ASKED = "SELECT current_setting('temp_directory')"


def test_each_connection_has_a_folder_of_its_own(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page("خبر\nمتنه")])])
    with store.reading() as writing, connect(home) as first, connect(home) as second:
        told = [each.execute(_ASKED).fetchall()[0][0] for each in (writing, first, second)]
    assert len(set(told)) == 3
    assert {Path(folder).parent for folder in told} == {Home.at(home).warehouse}


def test_the_next_writer_removes_what_the_dead_have_spilled(home: Path) -> None:
    warehouse = Home.at(home).warehouse
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    ours = warehouse / f"spill-{os.getpid()}-00000000"
    for folder in (warehouse / f"spill-{dead}-00000000", warehouse / "spill", ours):
        folder.mkdir(parents=True)
        (folder / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("words of a page")
    with Store.open(home):
        assert [folder.name for folder in warehouse.glob("spill*")] == [ours.name]
