"""What can go wrong with the store, in words for the person who has to act on it."""
# The names are words, as whoever catches them reads them.
# ruff: noqa: N818

from __future__ import annotations


class StoreError(Exception):
    """Base of everything that the warehouse refuses; the message says what to do."""


class StoreLocked(StoreError):
    """Another process writes to the warehouse; the message names it."""


class SchemaRefused(StoreError):
    """The tables on disk and the contract differ in a way that no migration covers."""


class ExtensionMissing(StoreError):
    """A DuckDB extension wheel is not installed, or not for this version of DuckDB."""


class NothingPublished(StoreError):
    """There is no `khabar.duckdb` to read yet."""


class HomeMoved(StoreError):
    """`khabar.duckdb` points to the place where the home lay before."""


class Damaged(StoreError):
    """A file of the warehouse is no longer what it was; the message says how to mend it."""


class DiskFull(StoreError):
    """The disk of the home is full; nothing was lost, nothing is half."""


class CatalogUnreadable(StoreError):
    """The frozen catalog that readers are shown is gone or damaged."""


class FilesDamaged(StoreError):
    """Files of the tables are not what was written; the message names them."""


class KeyTaken(StoreError):
    """A row that may only be appended has the key of a row that is already there."""


class SnapshotGone(StoreError):
    """The snapshot that was asked for is expired, or there never was one of that number."""


class BeingForgotten(StoreError):
    """Pages are being forgotten, or were while they were read: what was read may hold them."""


class DecisionsRefused(StoreError):
    """The file of decisions cannot be followed; the message names the line or the decisions."""


class RawMissing(StoreError):
    """The bytes of a page are not kept, or no longer; the message says why that may be."""


class RawDamaged(StoreError):
    """The bytes of a page are not those that landed; the message says how to mend it."""
