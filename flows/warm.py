"""Imported by the guard's fork server alone: loads once what every child would load for itself.

What fails here fails again in a child, where it belongs to a page and is reported.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress

# Children are forked from this process, so no library may start a thread in it. Both of these
# would, on import, for work that no stage gives them.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"

with suppress(Exception):
    from flows.work import rehearse

    rehearse()
# A chunk makes ten thousand rows that live until it is done. Looked for every 700 objects, as
# Python does, cycles cost 2 to 6 % of the work; there are hardly any.
gc.set_threshold(20_000)
gc.collect()
gc.freeze()  # the collector of a child then touches, and so copies, none of the shared memory
