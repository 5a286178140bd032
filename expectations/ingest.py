"""Rules of the ingest gate: is this a page of readable text at all, and is every record there?"""

from __future__ import annotations

from expectations.rules import PRESENT, Rule

_ROWS = (
    Rule(
        id="ingest.page.visible_chars",
        stage="ingest",
        unit="page",
        column="visible_chars",
        severity="critical",
        low=20,
        why="20 visible characters are three or four Arabic words, less than any headline. "
        "Higher, and one-line notices would be lost here instead of being judged by what they "
        "say; lower, and a page of a logo and a dot would be cut into segments for nothing.",
        reason="The page is empty: hardly a visible character in it",
        advice="Open the page. Where it needs a script to show its text, fetch it rendered.",
    ),
    Rule(
        id="ingest.page.replacement_share",
        stage="ingest",
        unit="page",
        column="replacement_share",
        severity="critical",
        high=0.02,
        why="At 2 % about one word in ten is broken (an Arabic word has five letters), and names "
        "are no longer found. Higher would publish text that nobody could quote; lower would "
        "lose whole pages for one broken advert.",
        reason="Bytes that no encoding explains: the text is broken",
        advice="State the charset of the source, or fetch the page again.",
    ),
    Rule(
        id="ingest.page.some_replacements",
        stage="ingest",
        unit="page",
        column="replacement_share",
        severity="warning",
        high=0.001,
        why="One broken character in a thousand is a few words of a page: readable, but a sign "
        "that an encoding was guessed wrongly or a download cut. At 0 every page with one bad "
        "advert would be named.",
        reason="Some characters of the page are broken",
        advice="Look at the charset and charset_rule of the source's pages.",
    ),
    Rule(
        id="ingest.page.control_share",
        stage="ingest",
        unit="page",
        column="control_share",
        severity="critical",
        high=0.01,
        why="Text has no control characters; one in a hundred means a picture, an archive or "
        "UTF-16 read as bytes. Higher would let binary files in; 0 would lose pages with a stray "
        "form feed.",
        reason="Control characters: the payload is not text",
        advice="Look at what the address returns: another file type or another encoding.",
    ),
    Rule(
        id="ingest.page.text_chars_wrong",
        stage="ingest",
        unit="page",
        column="text_chars_wrong",
        severity="critical",
        high=0,
        why="Every offset counts the code points of the text; a length that is off by one means "
        "that spans were counted in bytes or UTF-16 units and point elsewhere.",
        reason="The stated length is not the length of the text",
        advice="A fault of the program: report it with the page.",
        final=True,
    ),
)

_BATCH = (
    Rule(
        id="ingest.page.page_id.present",
        stage="ingest",
        unit="page",
        column="page_id",
        kind="present",
        severity="critical",
        why=PRESENT,
        reason="A page without an id",
        advice="A fault of the program: report it with the batch.",
    ),
    Rule(
        id="ingest.page.page_id.unique",
        stage="ingest",
        unit="page",
        column="page_id",
        kind="unique",
        severity="critical",
        why="A page that is staged twice would be counted and published twice; the store "
        "enforces no key of its own.",
        reason="The same page is staged twice",
        advice="A fault of the program: ingest drops what it landed before.",
    ),
    Rule(
        id="ingest.batch.landed",
        stage="ingest",
        unit="batch",
        column="pages_landed",
        severity="critical",
        low=1,
        why="Nothing new to read is no batch: a batch of no records means that the reader failed "
        "silently, or that ingest staged no count of what it read (run_stages).",
        reason="The batch states no record that was read",
        advice="Look at the reader of the source.",
    ),
    Rule(
        id="ingest.batch.pages_unaccounted",
        stage="ingest",
        unit="batch",
        column="pages_unaccounted",
        severity="critical",
        low=0,
        high=0,
        why="Records read = pages staged + duplicates + refused, to the page: nothing is dropped "
        "silently, so one too few or too many is a fault.",
        reason="Records were lost or invented between the reader and the staged pages",
        advice="A fault of the program: compare run_stages with the staged pages.",
    ),
    Rule(
        id="ingest.batch.pages_refused_share",
        stage="ingest",
        unit="batch",
        column="pages_refused_share",
        severity="critical",
        high=0.5,
        sample="pages_judged",
        why="When more than half of a source's pages are refused, the source has changed or is "
        "read wrongly, and a person should look before the rest goes out. Lower would stop "
        "sources with many picture pages; higher would publish the remains of a broken crawl.",
        reason="More than half of the pages were refused",
        advice='Read the reasons in quarantine: `khabar sql "FROM quarantine_reasons"`.',
    ),
)

RULES = _ROWS + _BATCH
