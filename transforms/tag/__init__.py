"""Tag: dates and names in an article, and the entities that the names stand for."""
