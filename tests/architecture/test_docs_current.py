"""The generated pages of docs/ say what the code says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.write_docs import pages


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.name)
def test_generated_page_is_current(page: Path) -> None:
    # In a process of its own: the width of help texts must not depend on this terminal.
    code = (
        "import sys; from pathlib import Path; from tools.write_docs import pages;"
        "sys.stdout.reconfigure(encoding='utf-8');"
        "sys.stdout.write(pages()[Path(sys.argv[1])]())"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, str(page)],
        capture_output=True, encoding="utf-8", check=True,
        env=os.environ | {"TERMINAL_WIDTH": "88", "COLUMNS": "88"},
    )  # fmt: skip
    assert page.exists(), "run make docs"
    assert page.read_text("utf-8") == made.stdout, "stale: run make docs"
