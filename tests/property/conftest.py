"""Laws are about what comes out: on a machine that others use, the first example may take seconds."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
