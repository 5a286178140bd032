"""The data-quality reports: of a run, and of the last days; HTML files that need nothing else."""

from expectations.report.figures import AskedLine
from expectations.report.latest import Week, write_latest
from expectations.report.write import write_report

__all__ = ["AskedLine", "Week", "write_latest", "write_report"]
