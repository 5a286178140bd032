"""Clean: what each span of a page is, and the articles that stand on it."""
