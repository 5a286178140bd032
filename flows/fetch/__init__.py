"""Pages from the web: what is due, asked for politely, landed before anything is made of it."""
