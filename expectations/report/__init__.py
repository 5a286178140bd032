"""The data-quality report of a run: one HTML file that needs nothing but itself."""

from expectations.report.write import write_report

__all__ = ["write_report"]
