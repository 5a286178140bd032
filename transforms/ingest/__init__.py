"""Ingest: decode the bytes of a record, render its text, make it a page."""
