"""Ids under which a page may stand in quarantine from before it was read, as SQL of its row `r`.

Each is what `warehouse.tables.identity.page_id` gave then; once the page is published, they are
released.
"""

from __future__ import annotations

#: Of the same record without its url: it was refused when its columns were not named yet.
WITHOUT_URL = "sha256(concat_ws(chr(31), 'page', r.payload_sha256, r.source_id, ''))"
#: Of its address alone: it could not be had from there.
NOT_HAD = "sha256(concat_ws(chr(31), 'page', sha256(r.locator), r.source_id, r.locator))"
