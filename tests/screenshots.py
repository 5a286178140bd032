"""Pictures of the reports of a home, for a person to look at before a release.

    python -m tests.screenshots HOME FOLDER

The newest run's report, the index and the last seven days, in both languages, on a telephone and a
desk, by day and by night. Written anew first, by the rules of today.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.commands.report import run as report
from tests.chromium import CHROMIUM, SCHEMES, WIDTHS, browser


def pages_of(home: Path) -> dict[str, Path]:
    """Write the reports of a home anew; return its pages by what the pictures are called."""
    for run_id in ("last", None):
        report(run_id, language="ar", show=False, home=home, config=None)
    folder = home.resolve() / "reports"
    newest = max(folder.glob("*T*.en.html"))
    pages = {"report.en": newest, "report.ar": newest.with_name(f"{newest.name[:-8]}.html")}
    for name in ("index", "latest"):
        pages |= {f"{name}.ar": folder / f"{name}.html", f"{name}.en": folder / f"{name}.en.html"}
    return pages


def main(home: Path, folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = pages_of(home)
    with browser() as chromium:
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = chromium.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=scheme  # type: ignore[arg-type]
                )  # fmt: skip
                for name, file in pages.items():
                    page.goto(file.as_uri())
                    picture = folder / f"{name}-{width}-{scheme}.png"
                    page.screenshot(path=picture, full_page=True)
                    print(picture)
                page.close()


if __name__ == "__main__":
    if len(sys.argv) != 3 or not CHROMIUM:
        sys.exit(f"{__doc__}\nNeeds Chromium (Debian: apt install chromium).")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
