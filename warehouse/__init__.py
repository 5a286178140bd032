"""The warehouse: the contract of its tables, and the only code that writes them."""
