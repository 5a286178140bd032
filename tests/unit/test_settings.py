"""Settings: who wins, what paths count from, which source a page belongs to, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.settings import UsageError, load_settings
from flows.sources.kinds import source_id_from

TOML = """
home = "warehouse-data"
batch_pages = 500

[[sources]]
id = "barq"
name_ar = "برق نيوز"
country = "TN"
path = "pages/barq"
columns = { title = "رأس الخبر" }

[[sources]]
id = "barq-sport"
path = "pages/barq/sport"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "CONFIG", "BATCH_PAGES", "WORKERS"):
        monkeypatch.delenv(f"KHABAR_{name}", raising=False)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    file = tmp_path / "project" / "khabar.toml"
    file.parent.mkdir()
    file.write_text(TOML, "utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return file


def test_paths_in_the_file_count_from_its_folder(config: Path) -> None:
    settings = load_settings(config=config)
    assert settings.home == config.parent / "warehouse-data"
    assert settings.sources[0].path == config.parent / "pages" / "barq"
    assert settings.batch_pages == 500


def test_command_line_wins_over_environment_over_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHABAR_HOME", "from-environment")
    monkeypatch.setenv("KHABAR_BATCH_PAGES", "7")
    settings = load_settings(config=config)
    assert settings.home == Path("from-environment").absolute()
    assert settings.batch_pages == 7
    assert load_settings(home="given", config=config).home == Path("given").absolute()


def test_the_file_of_the_current_folder_is_found(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().sources == ()
    assert load_settings().home == Path("data").absolute()
    monkeypatch.chdir(config.parent)
    assert [outlet.id for outlet in load_settings().sources] == ["barq", "barq-sport"]


def test_the_environment_can_name_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHABAR_CONFIG", str(config))
    assert load_settings().config_file == config


def test_a_page_belongs_to_the_nearest_source_above_it(config: Path) -> None:
    settings = load_settings(config=config)
    barq = config.parent / "pages" / "barq"
    assert settings.source_for(barq / "1.html").id == "barq"
    assert settings.source_for(barq).id == "barq"
    assert settings.source_for(barq / "sport" / "1.html").id == "barq-sport"
    assert settings.source_for(barq / "1.html", "wakala").id == "wakala"
    assert settings.source_for(config.parent / "pages" / "Other_Outlet").id == "other_outlet"
    assert settings.source_row("barq").country == "TN"
    assert settings.columns_of("barq") == {"title": "رأس الخبر"}
    assert settings.source_row("unheard-of").name_ar is None


def test_a_source_id_is_made_of_the_name(tmp_path: Path) -> None:
    export = tmp_path / "Export 2025.v2.jsonl.gz"
    export.touch()
    assert source_id_from(export) == "export-2025"
    assert source_id_from(tmp_path / "été") == "ete"
    arabic = source_id_from(tmp_path / "أخبار")
    assert arabic.startswith("files-") and arabic == source_id_from(Path("أخبار"))
    assert arabic != source_id_from(Path("رياضة"))


@pytest.mark.parametrize(
    ("named", "source_id"),
    [
        ("barq/1.txt", "barq"),
        ("barq/2.HTML.gz", "barq"),
        ("barq", "barq"),
        ("barq/export.jsonl", "export"),
        ("barq/Export-2025.csv.gz", "export-2025"),
        ("barq/../sahel/1.htm", "sahel"),
        ("barq/..", "crawl"),
        (".", "crawl"),
        ("1.txt", "crawl"),
        ("./1.txt", "crawl"),
        ("barq/pages.txt/1.html", "pages-txt"),
    ],
)
def test_a_page_belongs_to_its_folder_and_a_table_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, source_id: str
) -> None:
    crawl = tmp_path / "crawl"
    (crawl / "barq" / "pages.txt").mkdir(parents=True)
    (crawl / "sahel").mkdir()
    monkeypatch.chdir(crawl)
    if not Path(named).is_dir():
        Path(named).touch()
    assert load_settings(home=tmp_path).source_for(Path(named)).id == source_id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("batch_pages = 0", "batch_pages"),
        ("batch_page = 5", "batch_page"),
        ("batch_pages = ", "no TOML"),
        ('[[sources]]\nid = "Barq News"', "sources.0.id"),
        ('[[sources]]\nid = "a"\n[[sources]]\nid = "a"', "two sources have the id a"),
        ('[[sources]]\nid = "a"\nkind = "pigeon"', "sources.0.kind"),
        ('[[sources]]\nid = "a"\ncountry = "Tunisia"', "sources.0.country"),
        ('[[sources]]\nid = "a"\ncolumns = {txt = "b"}', "txt is none of title, text,"),
        ('[sources]\nid = "a"', r"headed \[\[sources\]\]"),
    ],
)
def test_a_wrong_file_is_explained(config: Path, text: str, said: str) -> None:
    config.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        load_settings(config=config)


def test_a_file_in_another_encoding_is_explained(config: Path) -> None:
    config.write_bytes('[[sources]]\nid = "barq"\nname_ar = "برق"\n'.encode("cp1256"))
    with pytest.raises(UsageError, match="no TOML in UTF-8"):
        load_settings(config=config)


def test_a_missing_file_and_a_wrong_source_are_wrong_use(config: Path) -> None:
    with pytest.raises(UsageError, match="no such khabar"):
        load_settings(config=config.with_name("absent.toml"))
    with pytest.raises(UsageError, match="--source"):
        load_settings().source_for(config, "Barq News")


def test_the_hash_follows_what_can_change_a_row(config: Path, tmp_path: Path) -> None:
    base = load_settings(config=config)
    assert load_settings(home=tmp_path, config=config).config_sha256 == base.config_sha256
    assert load_settings(config=config, workers=1).config_sha256 == base.config_sha256
    assert load_settings(config=config, raw_days=9).config_sha256 == base.config_sha256
    assert load_settings(config=config, batch_pages=9).config_sha256 != base.config_sha256


@pytest.mark.parametrize("line", ['country = "TN"', 'columns = {title = "hed"}'])
def test_the_hash_follows_what_is_said_of_a_source(tmp_path: Path, line: str) -> None:
    file = tmp_path / "khabar.toml"
    hashes = []
    for said in ("", line):
        file.write_text(f'[[sources]]\nid = "barq"\npath = "pages"\n{said}\n', "utf-8")
        hashes.append(load_settings(config=file).config_sha256)
    assert hashes[0] != hashes[1]


def test_a_running_server_is_taken_from_the_environment(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().prefect_api_url is None
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    assert load_settings().prefect_api_url == "http://127.0.0.1:4200/api"


def test_the_tagger_ships_or_is_named_and_changes_the_hash(tmp_path: Path) -> None:
    file = tmp_path / "khabar.toml"
    hashes = set()
    for use in ("student", "none", "transforms.tag.tagger:StudentTagger"):
        file.write_text("" if use == "student" else f'[tagger]\nuse = "{use}"', "utf-8")
        settings = load_settings(config=file)
        assert settings.tagger.use == use
        hashes.add(settings.config_sha256)
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("use", "said"),
    [("best", "tagger.use"), ("no_such_module:Tagger", "no module no_such_module"),
     ("no.such.module:Tagger", "no module no.such.module")],
)  # fmt: skip
def test_a_tagger_that_is_not_there_is_wrong_use(tmp_path: Path, use: str, said: str) -> None:
    file = tmp_path / "khabar.toml"
    file.write_text(f'[tagger]\nuse = "{use}"', "utf-8")
    with pytest.raises(UsageError, match=said):
        load_settings(config=file)
