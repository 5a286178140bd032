"""What every derived row carries: the run that made it and the version of the transforms."""

from __future__ import annotations

from typing import NamedTuple

from transforms.version import TRANSFORM_VERSION


class Stamp(NamedTuple):
    """The run in whose name rows are made; `**stamp._asdict()` fills both columns of a row."""

    run_id: str
    transform_version: str = TRANSFORM_VERSION
