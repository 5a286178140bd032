"""Copies and retellings over many articles: arrays of hashes in, relations between bodies out."""
