"""Settings: the only reader of the environment and of khabar.toml.

A value is taken from the command line, else from the environment (`KHABAR_<NAME>`), else from
khabar.toml, else it is the default. Paths written in khabar.toml count from its own folder, all
others from the current folder; both are absolute once read, since a Prefect worker runs
elsewhere. Where wrong use is found, `UsageError` says what to change, before anything starts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from contextvars import ContextVar
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.notify_choice import NotifyChoice
from flows.outlet import NOT_HASHED as OF_NO_ROW
from flows.outlet import FetchChoice, Outlet
from flows.schedule import Schedule
from flows.sources.kinds import namesake, source_id_from
from transforms.tag.choice import MODEL_FILES, ONNX
from warehouse.tables import Source

CONFIG_NAME = "khabar.toml"
_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
#: Where the data is, which server watches and when changes no row: the config hash has it not.
_NOT_HASHED = {
    "home", "prefect_api_url", "workers", "lock_wait_seconds", "config_file", "fetch", "raw_days",
    "schedule", "notify", "log_format",
}  # fmt: skip
#: What is told instead of pydantic's own words, where these would not help.
_HINTS = {("sources", "tuple_type"): "each source is an entry of its own, headed [[sources]]"}
#: What `use = "onnx"` needs besides the program.
_ONNX = ("onnxruntime", "tokenizers")
_config_file: ContextVar[Path | None] = ContextVar("config_file", default=None)


class UsageError(Exception):
    """The command or khabar.toml is wrong; the message says what and how to mend it."""


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


class TaggerChoice(BaseModel):
    """The `[tagger]` table: who finds the names that no list holds.

    `student` is the tagger that ships (it costs nearly as much as all the rest of a page), `none`
    leaves it at lists and cues, `onnx` is the token classifier in the folder `model`, and
    `package.module:Name` is a class of the user's own that does what
    `transforms.tag.tagger.Tagger` says.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    use: Annotated[str, Field(pattern=r"^(student|none|onnx|[\w.]+:\w+)$")] = "student"
    model: Path | None = None

    @model_validator(mode="after")
    def _is_there(self) -> TaggerChoice:
        """Say before anything starts what a tagger lacks; it is not loaded."""
        if (self.use == "onnx") != (self.model is not None):
            raise ValueError('`use = "onnx"` and `model`, the folder of its files, go together')
        for module in _ONNX if self.use == "onnx" else (self.use.rpartition(":")[0],):
            if module and not _is_installed(module):
                hint = ": pip install onnxruntime tokenizers" if module in _ONNX else ""
                raise ValueError(f"there is no module {module} in this environment{hint}")
        for file in self._files():
            if not file.is_file():
                raise ValueError(f"there is no file {file}")
        return self

    @property
    def name(self) -> str:
        """Return the name that `transforms.tag.tagger.tagger_named` knows it by."""
        return f"{ONNX}{whole(self.model)}" if self.model else self.use

    @property
    def weights(self) -> list[int]:
        """Return the sizes of the model's files, by which one is told from another."""
        return [file.stat().st_size for file in self._files()]

    def _files(self) -> list[Path]:
        return [whole(self.model) / name for name in MODEL_FILES] if self.model else []


class Settings(BaseSettings):
    """Everything that can be set, with its bounds. The defaults suit a laptop with 2 cores."""

    model_config = SettingsConfigDict(
        env_prefix="KHABAR_", env_ignore_empty=True, extra="forbid", frozen=True
    )

    home: Path = Path("data")
    sources: tuple[Outlet, ...] = ()
    tagger: TaggerChoice = TaggerChoice()
    fetch: FetchChoice = FetchChoice()
    schedule: Schedule = Schedule()
    notify: NotifyChoice = NotifyChoice()
    #: json: a JSON object a line on standard error, for programs that gather logs.
    log_format: Literal["text", "json"] = "text"
    #: A Prefect task costs 10-30 ms, so a batch must be large; staging, gates and memory grow
    #: with it. At 2,000 pages the tasks of a batch are under 2 % of its work.
    batch_pages: Annotated[int, Field(ge=1, le=20_000)] = 2_000
    #: A batch of large pages is closed earlier, so that memory stays bounded whatever they weigh.
    batch_mb: Annotated[int, Field(ge=1, le=4_096)] = 64
    #: Pages a child process takes at once: fewer, and the hand-over costs more than it should;
    #: more, and a killed chunk repeats more work while the poison page is searched for.
    chunk: Annotated[int, Field(ge=1, le=1_024)] = 64
    workers: Annotated[int, Field(ge=1, le=256)] = os.cpu_count() or 1
    #: Pages take milliseconds; what needs seconds is hostile or broken markup.
    seconds_per_page: Annotated[float, Field(gt=0, le=600)] = 10.0
    memory_limit_mb: Annotated[int, Field(ge=256)] = 1_500
    #: How long a run waits for another that writes to the same home.
    lock_wait_seconds: Annotated[float, Field(ge=0)] = 10.0
    #: Days that the bytes of pages are kept; None: for ever; 0: those of files not at all.
    raw_days: Annotated[int, Field(ge=0)] | None = None
    #: A running Prefect server; without one a server of the run's own is started.
    prefect_api_url: str | None = None
    config_file: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the command line before the environment before khabar.toml; no .env files."""
        return init_settings, env_settings, _Toml(settings_cls, _config_file.get())

    @field_validator("home")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return whole(path)

    @field_validator("sources")
    @classmethod
    def _distinct(cls, sources: tuple[Outlet, ...]) -> tuple[Outlet, ...]:
        ids = [outlet.id for outlet in sources]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"two sources have the id {', '.join(twice)}")
        return sources

    @property
    def config_sha256(self) -> str:
        """Return the hash of the settings that can change a row, for the table `runs`."""
        kept = self.model_dump(mode="json", exclude=_NOT_HASHED)
        for outlet in kept["sources"]:
            for name in OF_NO_ROW:
                del outlet[name]
        kept["tagger"]["model"] = self.tagger.weights
        text = json.dumps(kept, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def keeps_raw(self) -> bool:
        """Return whether the bytes of pages that are read from files are kept."""
        return self.raw_days != 0

    @property
    def stopping(self) -> frozenset[str]:
        """Return the sources whose batches are held where they are far from the usual."""
        return frozenset(outlet.id for outlet in self.sources if outlet.drift == "stop")

    def source_for(self, path: Path, source: str | None = None) -> Outlet:
        """Return the source that pages under `path` belong to.

        That is `source` where it is named; else the `[[sources]]` entry whose path is the
        nearest folder above `path`; else one named after the folder, or after the table.
        """
        if source is not None:
            return self._named(source)
        path = whole(path)
        above = [o for o in self.sources if o.path and path.is_relative_to(o.path)]
        if above:
            return max(above, key=lambda outlet: len(str(outlet.path)))
        return self._named(source_id_from(namesake(path)))

    def columns_of(self, source_id: str) -> dict[str, str]:
        """Return how the columns of a source's tables are called, beside the usual names."""
        return self._named(source_id).columns

    @property
    def groups(self) -> tuple[list[str], list[str]]:
        """Return the groups with a source to read, and those whose sources are all disabled."""
        busy = {outlet.group for outlet in self.sources if outlet.enabled}
        return sorted(busy), sorted({outlet.group for outlet in self.sources} - busy)

    def sources_of(self, group: str | None) -> tuple[Outlet, ...]:
        """Return the sources of a group; without one all of them.

        Raises:
            UsageError: No source is in that group.
        """
        found = tuple(o for o in self.sources if group in (None, o.group))
        if group is not None and not found:
            there = ", ".join(sorted({o.group for o in self.sources})) or "none"
            raise UsageError(f"no source of khabar.toml is in the group {group!r}; groups: {there}")
        return found

    def uses_line_index(self, source_id: str) -> bool:
        """Return whether a source's pages are read with what its other pages show."""
        return self._named(source_id).line_index

    def source_row(self, source_id: str) -> Source:
        """Return the source's row; of a source that no one configured only the id is known."""
        return self._named(source_id).row()

    def _named(self, source_id: str) -> Outlet:
        configured = next((o for o in self.sources if o.id == source_id), None)
        if configured is not None:
            return configured
        if not _SOURCE_ID.fullmatch(source_id):
            raise UsageError(
                f"--source {source_id!r}: an id has lower-case Latin letters, digits, . _ - only"
            )
        return Outlet(id=source_id)


class _Toml(TomlConfigSettingsSource):
    """Reads khabar.toml; its paths count from the folder that it lies in."""

    def __call__(self) -> dict[str, Any]:
        data = super().__call__()
        file = _config_file.get()
        if file is None:
            return data
        if isinstance(data.get("home"), str):
            data["home"] = _under(file.parent, data["home"])
        tagger = data.get("tagger")
        if isinstance(tagger, dict) and isinstance(tagger.get("model"), str):
            tagger["model"] = _under(file.parent, tagger["model"])
        sources = data.get("sources")
        for entry in sources if isinstance(sources, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                entry["path"] = _under(file.parent, entry["path"])
        return data


def load_settings(
    home: Path | str | None = None, config: Path | str | None = None, **given: Any
) -> Settings:
    """Return the settings in force; `given` wins over the environment and khabar.toml.

    Raises UsageError where khabar.toml is missing or wrong, naming the entry.
    """
    file = _find_config(config)
    if home is not None:
        given["home"] = Path(home)
    if url := os.environ.get("PREFECT_API_URL"):
        given.setdefault("prefect_api_url", url)
    token = _config_file.set(file)
    try:
        return Settings(config_file=file, **given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} is no TOML in UTF-8: {problem}") from None
    except OSError as problem:
        raise UsageError(f"{file} cannot be read: {problem.strerror}") from None
    except ValidationError as problem:
        raise UsageError(_explain(problem, file)) from None
    finally:
        _config_file.reset(token)


def check_contact(settings: Settings) -> None:
    """Raise UsageError where the sites would not know whom to reach."""
    if settings.fetch.contact is None:
        raise UsageError(
            "sources on the web are asked in your name: give khabar.toml a [fetch] table with "
            'contact = "you@example.org" (or a page about you), so that sites can reach you'
        )


def whole(path: Path) -> Path:
    """Return `path` absolute and without `..`, so that what lies above it can be compared."""
    path = path.expanduser().absolute()
    return path.resolve() if ".." in path.parts else path


def server_environment() -> dict[str, str]:
    """Return a copy of the environment, for a child that must be told more."""
    return dict(os.environ)


def set_environment(values: dict[str, str], *, defaults: dict[str, str]) -> None:
    """Set `values` for this process and its children, and `defaults` where nothing is set."""
    os.environ.update(values)
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def _find_config(config: Path | str | None) -> Path | None:
    named = config or os.environ.get("KHABAR_CONFIG")
    if named:
        file = Path(named).expanduser().absolute()
        if not file.is_file():
            raise UsageError(f"{file}: there is no such khabar.toml (khabar init writes one)")
        return file
    here = Path(CONFIG_NAME).absolute()
    return here if here.is_file() else None


def _under(folder: Path, written: str) -> Path:
    return Path(os.path.normpath(folder / Path(written).expanduser()))


def _explain(problem: ValidationError, file: Path | None) -> str:
    lines = [f"wrong settings ({file or 'command line and environment'}):"]
    for error in problem.errors():
        place = ".".join(str(part) for part in error["loc"]) or "settings"
        hint = _HINTS.get((place, error["type"]), error["msg"])
        lines.append(f"  {place}: {hint} (found {error['input']!r})"[:300])
    return "\n".join(lines)
