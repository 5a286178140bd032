"""How a page gets in: one reader a file."""
