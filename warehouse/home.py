"""Where everything of one warehouse lies: the layout of a home folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The paths under one home folder.

    <home>/khabar.duckdb                       what readers open
    <home>/warehouse/catalog.sqlite            the live catalog: the writer's alone
    <home>/warehouse/data/                     Parquet files
    <home>/warehouse/read-<snapshot>.sqlite    the catalog frozen at one snapshot
    <home>/warehouse/published.json            which snapshot readers see
    <home>/warehouse/SHA256SUMS                of every data file, for `sha256sum -c`
    <home>/warehouse/lock                      held by the writer, names it
    <home>/warehouse/forgetting                there while the history of forgotten pages goes
    <home>/raw/                                every page's bytes as they came in, by their SHA-256
    <home>/landing/                            what was fetched and is not read yet: journals, each
                                               line a JSON object that names its bytes' SHA-256
    <home>/decisions/entities.tsv              what analysts decided: theirs, to keep in git
    <home>/decisions/quarantine.tsv            what they let in against a rule: theirs as well
    <home>/staging/  reports/  prefect/        batches of a run; its reports; Prefect's own files
    """

    root: Path

    @classmethod
    def at(cls, path: Path | str | Home) -> Home:
        """Return the home at `path`, made absolute: the catalog and the views need full paths."""
        return path if isinstance(path, Home) else cls(Path(path).expanduser().resolve())

    @property
    def warehouse(self) -> Path:
        """Return the folder that only the store writes to."""
        return self.root / "warehouse"

    @property
    def catalog(self) -> Path:
        """Return the live DuckLake catalog; nobody but the writer may open it."""
        return self.warehouse / "catalog.sqlite"

    @property
    def data(self) -> Path:
        """Return the folder of the Parquet files."""
        return self.warehouse / "data"

    @property
    def lock(self) -> Path:
        """Return the file that the writer holds locked."""
        return self.warehouse / "lock"

    @property
    def published(self) -> Path:
        """Return the pointer file: the snapshot that readers see and its frozen catalog."""
        return self.warehouse / "published.json"

    @property
    def copies(self) -> Path:
        """Return the folder of the index of bodies, which can be made again from the articles."""
        return self.warehouse / "copies"

    @property
    def sums(self) -> Path:
        """Return the file of the data files' SHA-256 sums."""
        return self.warehouse / "SHA256SUMS"

    @property
    def forgetting(self) -> Path:
        """Return the mark of pages that are being forgotten and whose history may be there yet."""
        return self.warehouse / "forgetting"

    @property
    def database(self) -> Path:
        """Return the file that readers open."""
        return self.root / "khabar.duckdb"

    @property
    def raw(self) -> Path:
        """Return the folder of the pages' bytes as they came in."""
        return self.root / "raw"

    @property
    def landing(self) -> Path:
        """Return the folder of the journals of what was fetched."""
        return self.root / "landing"

    @property
    def decisions(self) -> Path:
        """Return the file of what analysts decided about entities."""
        return self.root / "decisions" / "entities.tsv"

    @property
    def accepts(self) -> Path:
        """Return the file of what analysts let in although a rule refuses it."""
        return self.root / "decisions" / "quarantine.tsv"

    @property
    def staging(self) -> Path:
        """Return the folder of the batches that runs have not published yet."""
        return self.root / "staging"

    @property
    def reports(self) -> Path:
        """Return the folder of the data-quality reports."""
        return self.root / "reports"

    @property
    def prefect(self) -> Path:
        """Return the home of the ephemeral Prefect server."""
        return self.root / "prefect"

    def owns(self, folder: Path) -> bool:
        """Return whether `folder` holds what the home itself keeps; pages may lie beside it."""
        if not folder.is_relative_to(self.root):
            return False
        own = (
            self.warehouse, self.raw, self.landing, self.decisions.parent, self.staging,
            self.reports, self.prefect,
        )  # fmt: skip
        return any(folder.is_relative_to(path) for path in own)

    def is_owned(self, folder: Path) -> bool:
        """Return whether this home or another one that `folder` lies in keeps its own there."""
        others = (Home(above) for above in folder.parents)
        return self.owns(folder) or any(h.owns(folder) and h.catalog.exists() for h in others)

    def frozen(self, snapshot: int) -> Path:
        """Return the catalog frozen at one snapshot."""
        return self.warehouse / f"read-{snapshot:08d}.sqlite"
