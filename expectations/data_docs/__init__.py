"""Great Expectations' Data Docs of one run: every rule of every batch, for the engineer."""

from expectations.data_docs.site import FOLDER, write_data_docs

__all__ = ["FOLDER", "write_data_docs"]
