"""Rules of the tag gate: do the body, its evidence, every name and date stand where they say?"""

from __future__ import annotations

from expectations.rules import FAULT, Rule, no_such

_ARTICLES = (
    # What the clean stage made is judged here where its texts tell: reading them a second time
    # would cost as much as the whole clean gate. What must be equal: warehouse/spans.py.
    no_such("tag.article.body_chars_wrong", "The stated length is not the length of the body"),
    no_such("tag.article.body_unlike_segments", "The page's segments do not give the body"),
    no_such("tag.article.evidence_unlike_page", "The span of a value's evidence says another one"),
    no_such("tag.article.mentions_bad_offsets", "A mention's offsets do not give its words"),
    no_such(
        "tag.article.mentions_unlike_page",
        "The article's part of the page does not say a mention's words where it points",
    ),
    no_such(
        "tag.article.mentions_astray", "A mention names another page or version than its article"
    ),
    no_such("tag.article.dates_bad_offsets", "A date's offsets do not give its words"),
    no_such(
        "tag.article.dates_unlike_page",
        "The article's part of the page does not say a date's words where it points",
    ),
    no_such("tag.article.dates_astray", "A date names another page or version than its article"),
    Rule(
        id="tag.article.repeated_share",
        stage="tag",
        unit="article",
        column="repeated_share",
        severity="critical",
        high=0.4,
        why="A body that a page holds twice repeats half of its characters. Of 31,914 texts of ten "
        "outlets one is above .4 (.46, printed twice). Lower would refuse statements that quote "
        "themselves (.31, .33); higher lets a doubled body through that has one sentence more.",
        reason="The body holds its sentences twice",
        advice="`khabar explain` shows both places: which part of the page is a copy?",
    ),
    Rule(
        id="tag.article.some_repeated",
        stage="tag",
        unit="article",
        column="repeated_share",
        severity="warning",
        high=0.1,
        why="20 of the same 31,914 texts are above a tenth: a caption or a lead that stands twice, "
        "and songs. The article is right otherwise; at 0 some 75 would be named.",
        reason="Some sentences of the body stand twice",
        advice="Read one: is its lead or a caption taken into the body a second time?",
    ),
    Rule(
        id="tag.article.furniture_share",
        stage="tag",
        unit="article",
        column="furniture_share",
        severity="warning",
        high=0.3,
        why="A body of which a third of the characters are sentences that one in twenty bodies of "
        "the batch has (five at least) is mostly furniture: a notice, an appeal, a list. Lower "
        "would name every flash with one such line.",
        reason="Much of the body stands in many other articles of the source",
        advice="`khabar explain`: give the line a row in transforms/clean/rules, or let "
        "`khabar reprocess` read the source again by what its other pages show.",
    ),
    Rule(
        id="tag.article.dates_unexplained",
        stage="tag",
        unit="article",
        column="dates_unexplained",
        severity="warning",
        high=0,
        why="A date mention has a value or a reason why it has none, never both or neither. "
        "Readers count on the reason, but the other rows of the article are still right.",
        reason="A date mention has neither value nor reason, or both",
        advice=FAULT,
    ),
    Rule(
        id="tag.article.chars_without_mention",
        stage="tag",
        unit="article",
        column="chars_without_mention",
        severity="warning",
        high=800,
        why="News names someone or some place: 800 characters (some 130 words) without a name "
        "are rare, and mostly recipes, horoscopes or a text that the tagger cannot read. Lower "
        "would name short opinion pieces.",
        reason="A long text without a single name",
        advice="Read one: is it news, and are its names in the knowledge files?",
    ),
)

_BATCH = (
    no_such("tag.batch.mentions_without_article", "Mentions belong to no article of the batch"),
    no_such("tag.batch.dates_without_article", "Dates belong to no article of the batch"),
    Rule(
        id="tag.batch.mentions_per_article",
        stage="tag",
        unit="batch",
        column="mentions_per_article",
        severity="critical",
        low=0.2,
        sample="articles_tagged",
        why="News has ten to thirty names an article. Less than one in five articles means that "
        "the knowledge files were not found or the staged mentions are missing; a source of "
        "pure recipes would stay above this by its place names.",
        reason="The batch has hardly a mention: was it tagged at all?",
        advice="`khabar doctor` checks the knowledge files.",
    ),
    Rule(
        id="tag.batch.mentions_open_share",
        stage="tag",
        unit="batch",
        column="mentions_open_share",
        severity="warning",
        high=0.05,
        sample="mentions",
        version="2",
        why="A name is left open where two entities bear it and nothing in the article decides: 1 "
        "to 4 names in 1,000 of the corpora, in no batch of theirs more than 1 in 200. One in "
        "twenty means that a row of the knowledge gives many names to several entities, or that "
        "the source writes of a place where they do not tell; lower would name small sports pages.",
        reason="Many names are ambiguous: several entities bear them",
        advice='`khabar sql "FROM mentions WHERE entity_id IS NULL"` shows the names; '
        "`khabar entities review` takes the decisions.",
    ),
    Rule(
        id="tag.batch.furniture_share",
        stage="tag",
        unit="batch",
        column="furniture_share",
        severity="warning",
        high=0.1,
        sample="articles",
        why="Articles with a sentence that one in twenty bodies of the batch has, five at least: "
        "of 2,000 articles of each of ten outlets none, but 7 % at one whose pages ask for text "
        "messages to the author. From a tenth on it is the template that is let through.",
        reason="Furniture is let through: the same sentences stand in the bodies of many articles",
        advice="`khabar explain` on two pages shows the sentence; from 50 stories on `khabar "
        "reprocess` cuts what repeats as a line of its own.",
    ),
    Rule(
        id="tag.batch.dates_open_share",
        stage="tag",
        unit="batch",
        column="dates_open_share",
        severity="warning",
        high=0.6,
        sample="dates",
        why="Weekdays and days without a year stay open when the publication date is not known, "
        "so some are always open. Beyond 60 % a form of date is probably not understood.",
        reason="Most date mentions could not be resolved",
        advice='`khabar sql "FROM date_quality"` shows the reasons.',
    ),
    Rule(
        id="tag.batch.articles_refused_share",
        stage="tag",
        unit="batch",
        column="articles_refused_share",
        severity="critical",
        high=0.5,
        sample="articles_judged",
        why="Offsets are right for all or wrong for all: when more than half of the articles "
        "fail, the other half is right by luck.",
        reason="More than half of the articles were refused",
        advice='Read the reasons in quarantine: `khabar sql "FROM quarantine_reasons"`.',
    ),
)

RULES = _ARTICLES + _BATCH
