"""Every row of the knowledge files is tried: its test phrase, and its forms in a plain sentence."""

from __future__ import annotations

import re

import pytest

from transforms.tag.article import tag_text
from transforms.tag.keys import fold_name, make_key
from transforms.tag.lexicon import FOLDER, NEVER, adjoin, lexicon, rows
from transforms.tag.matcher import find_known

CURATED = list(rows("curated.tsv"))
IDS = [row["entity_id"] for row in CURATED]
FILES = {
    "curated.tsv", "entities.tsv", "aliases.tsv", "names.tsv", "given.tsv", "words.tsv",
    "cues.tsv", "guarded.tsv", "nisba.tsv", "patterns.tsv", "decoys.tsv", "heads.tsv",
}  # fmt: skip


def ids_in(text: str) -> set[str]:
    """Return every entity that some known form in a text may stand for."""
    return {b.entity_id for m in find_known(make_key(text)) for b in m.bearers}


def test_the_folder_holds_the_declared_files_and_nothing_else() -> None:
    assert {path.name for path in FOLDER.glob("*.tsv")} == FILES


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_row_names_its_source(name: str) -> None:
    assert all(row["source"] for row in rows(name))


def test_curated_ids_are_unique_and_well_formed() -> None:
    assert len(set(IDS)) == len(IDS)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", entity) for entity in lexicon().known)


def test_types_and_countries_are_of_the_contract() -> None:
    for known in lexicon().known.values():
        assert known.type in {"PER", "ORG", "LOC"}
        assert known.country is None or re.fullmatch("[A-Z]{2}", known.country)


def test_the_phrase_of_a_curated_row_names_its_entity() -> None:
    assert CURATED
    assert [r["entity_id"] for r in CURATED if r["entity_id"] not in ids_in(r["test"])] == []


def _forms() -> list[tuple[str, str | None, str]]:
    found = []
    for row in CURATED:
        for value in [*row["aliases"].split("|"), *row["short"].split("|")]:
            if value:
                cue, _, form = value.rpartition(":")
                found.append((row["entity_id"], cue or None, form))
    return found


def test_every_curated_form_names_its_entity() -> None:
    cue_word = {row["class"]: row["word"] for row in reversed(list(rows("cues.tsv")))}
    missing = []
    for entity, cue, form in _forms():
        before = cue_word[cue] if cue else "ثم"
        if entity not in ids_in(f"{before} {form} كما ورد"):
            missing.append((entity, cue, form))
    assert missing == []


def test_a_form_with_a_cue_is_no_name_without_it() -> None:
    without = [(e, f) for e, cue, f in _forms() if cue and e in ids_in(f"كثيرا {f} كما ورد")]
    free = {(e, fold_name(f)) for e, cue, f in _forms() if cue is None}
    assert [(e, f) for e, f in without if (e, fold_name(f)) not in free] == []


def test_every_generated_alias_is_found_whole() -> None:
    guarded = {fold_name(row["word"]) for row in rows("guarded.tsv")}
    missing = []
    for row in rows("aliases.tsv"):
        key = fold_name(row["alias"])
        cued = any(b.cue for b in lexicon().forms.get(key, []))
        if key in guarded or cued or not lexicon().forms[key]:
            continue
        found = find_known(make_key(f"ثم {row['alias']} كما ورد"))
        if key not in {match.form for match in found}:
            missing.append(row["alias"])
    assert missing == []


def test_guarded_words_are_no_places_by_themselves() -> None:
    wrong = []
    for row in rows("guarded.tsv"):
        key = fold_name(row["word"])
        places = [m for m in find_known(make_key(row["test"])) if m.form == key]
        if any(b.source != "editor" for m in places for b in m.bearers):
            wrong.append(row["word"])
    assert wrong == []


def test_a_word_that_never_names_a_place_has_no_generated_form() -> None:
    never = {fold_name(r["word"]) for r in rows("guarded.tsv") if r["cue"] == NEVER}
    generated = [key for key in never for b in lexicon().forms.get(key, []) if b.source != "editor"]
    assert generated == []


def test_cue_classes_that_forms_ask_for_exist() -> None:
    asked = {b.cue for bearers in lexicon().forms.values() for b in bearers if b.cue}
    assert asked <= set(lexicon().cues)


def test_every_cue_stands_in_its_phrase() -> None:
    assert [r["word"] for r in rows("cues.tsv") if r["word"] not in r["test"]] == []


@pytest.mark.parametrize("row", list(rows("patterns.tsv")), ids=lambda r: r["pattern_id"])
def test_patterns_compose_with_the_adjective_of_a_country(row: dict[str, str]) -> None:
    assert f"gr-{row['pattern_id']}" in ids_in(row["test"])


def test_every_nisba_composes_an_army() -> None:
    for row in rows("nisba.tsv"):
        ids = ids_in(f"قال {row['masculine']} إن الجيش {row['masculine']} انسحب")
        assert any(i.endswith(("armed-forces", "army")) for i in ids), row
        assert row["masculine"] in row["test"] and row["feminine"] in row["test"]


@pytest.mark.parametrize("row", list(rows("decoys.tsv")), ids=lambda r: r["form"])
def test_decoys_are_no_names(row: dict[str, str]) -> None:
    greek = next(r for r in rows("nisba.tsv") if r["country"] == "GR")
    form = adjoin(row["form"], greek)
    assert form in row["test"]
    inside = (row["test"].index(form), row["test"].index(form) + len(form))
    assert [m for m in tag_text(row["test"]) if inside[0] <= m.start < inside[1]] == []


@pytest.mark.parametrize("row", list(rows("heads.tsv")), ids=lambda r: r["word"])
def test_heads_grow_over_the_place_after_them(row: dict[str, str]) -> None:
    mention = next(m for m in tag_text(row["test"]) if m.surface.startswith(row["word"]))
    assert mention.type == row["type"] and " " in mention.surface


def test_foreign_given_names_open_a_name() -> None:
    missing = []
    for row in rows("given.tsv"):
        surfaces = [m.surface for m in tag_text(row["test"]) if m.type == "PER"]
        if f"{row['name']} سميثرسون" not in surfaces:
            missing.append(row["name"])
    assert missing == []


def test_everyday_words_do_not_go_on_a_name() -> None:
    wrong = []
    for row in rows("words.tsv"):
        surfaces = [m.surface for m in tag_text(row["test"]) if m.type == "PER"]
        if any(row["word"] in surface.split() for surface in surfaces):
            wrong.append(row["word"])
    assert wrong == []


def test_the_name_table_counts_bearers() -> None:
    names = lexicon().names
    assert names["محمد"].given > names["محمد"].family > 0
    assert all(sum(counts) > 0 for counts in names.values())


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6_000_000
