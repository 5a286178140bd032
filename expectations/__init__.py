"""The gates: what a row, an article or a batch must satisfy before a reader may see it."""
