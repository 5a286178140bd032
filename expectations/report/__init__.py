"""The data-quality reports: of a run, of all runs, and of the last days; files that need no other.

`data.py` says what a run's report holds, `figures.py` and `sources.py` judge and sum it up,
`charts.py` and `draw.py` draw, `page.py` and the templates show, `write.py`, `latest.py` and
`files.py` write, `mask.py` takes forgotten words out again.
"""

from expectations.report.data import AskedLine, RunLine, RunReport
from expectations.report.latest import Week, write_latest
from expectations.report.page import file_of
from expectations.report.write import write_index, write_report

__all__ = [
    "AskedLine", "RunLine", "RunReport", "Week", "file_of", "write_index", "write_latest",
    "write_report",
]  # fmt: skip
