"""Rules of the clean gate: is the page covered by segments, and is what was found an article?"""

from __future__ import annotations

from expectations.rules import FAULT, PRESENT, Rule, no_such

_PAGES = (
    Rule(
        id="clean.page.article_found",
        stage="clean",
        unit="page",
        column="article_count",
        severity="critical",
        low=1,
        why="A page on which no article was found has nothing to publish; it is an index page, a "
        "script that was never run, or a shape that the segmentation does not know.",
        reason="No article was found on the page: an index page, a headline alone, a script",
        advice="`khabar explain` shows what each span was taken for.",
        final=True,
    ),
    Rule(
        id="clean.page.article_count",
        stage="clean",
        unit="page",
        column="article_count",
        severity="critical",
        high=20,
        why="Digests hold up to a dozen short articles. Beyond 20 the segmentation has taken a "
        "list of teasers for articles; lower would lose honest digests.",
        reason="Too many articles on one page: probably a list of teasers",
        advice="`khabar explain` shows where each article begins.",
    ),
    Rule(
        id="clean.page.one_main",
        stage="clean",
        unit="page",
        column="main_count",
        severity="critical",
        high=1,
        why="The main article is what the page is about, and its id is made from that role: two "
        "of them would be one article to every reader. None is allowed: the main one may have "
        "been refused while an embedded one stands.",
        reason="More than one main article on the page",
        advice=FAULT,
        final=True,
    ),
    no_such(
        "clean.page.segments_start",
        "The first segment does not begin at the start of the page",
    ),
    no_such("clean.page.segments_gaps", "Text between two segments belongs to none"),
    no_such("clean.page.segments_overlaps", "Segments overlap or are empty"),
    no_such("clean.page.segments_left", "The last segment does not end where the page ends"),
    no_such("clean.page.segments_strays", "A segment names an article that is not on the page"),
)

_ARTICLES = (
    Rule(
        id="clean.article.body_chars",
        stage="clean",
        unit="article",
        column="body_chars",
        severity="critical",
        low=100,
        why="100 characters are about 17 Arabic words, one short sentence. Of 4,760 articles of "
        "four real exports 72 were shorter, and those read were names under a photo and one "
        "sentence under a video. At 250 one in ten would be lost, among them agency items; at 0 "
        "every caption that was taken for a body would be published.",
        reason="The body is under 100 characters: a caption, a headline or one short sentence",
        advice="Look at the page: is the text behind a link, a script or a paywall?",
    ),
    Rule(
        id="clean.article.body_short",
        stage="clean",
        unit="article",
        column="body_chars",
        severity="warning",
        low=250,
        why="Two or three sentences: agency flashes are like that, but so are articles that were "
        "cut. Higher would name every flash.",
        reason="The body is only a few sentences long",
        advice="Compare some of them with their pages.",
    ),
    Rule(
        id="clean.article.body_long",
        stage="clean",
        unit="article",
        column="body_chars",
        severity="critical",
        high=400_000,
        why="The longest of 30,233 articles of nine outlets has 36,000 characters; 400,000 are "
        "70,000 words, a book. Lower would refuse reports and laws that are printed whole; higher "
        "lets dumps and floods in, whose names and dates outnumber those of all other pages.",
        reason="The body is longer than any article",
        advice="Look at the page: is it a dump, an archive in one file, or an attack?",
    ),
    Rule(
        id="clean.article.arabic_share",
        stage="clean",
        unit="article",
        column="arabic_share",
        severity="critical",
        low=0.5,
        why="An Arabic article that quotes names, tweets and product codes still keeps well over "
        "two thirds of its letters Arabic. Below half the text is another language with an "
        "Arabic frame; higher would lose sports tables and technology news. Not judged where the "
        "source asks for the language that the article is in.",
        reason="Most of the letters are not Arabic",
        advice="Leave pages in other languages out of the source.",
    ),
    Rule(
        id="clean.article.language",
        stage="clean",
        unit="article",
        column="language_unasked",
        kind="absent",
        severity="critical",
        why="The letters do not tell Arabic from Persian, Urdu or Pashto; names and dates would "
        "be read by the wrong rules. `und` (undecided) is refused as well: too little evidence. A "
        "source whose `languages` name others in khabar.toml publishes them too, labelled, and "
        "without names and dates.",
        reason="The article is not in Arabic",
        advice="Leave such pages out of the source, or name their language in its `languages`.",
    ),
    Rule(
        id="clean.article.boilerplate_share",
        stage="clean",
        unit="article",
        column="boilerplate_share",
        severity="warning",
        high=0.95,
        why="A page whose article is less than a twentieth of what it shows has either a huge "
        "menu or a body that was mostly missed. Lower would name every short item of a portal.",
        reason="Nearly all of the page belongs to no article",
        advice="`khabar explain` shows what the rest was taken for.",
    ),
    Rule(
        id="clean.article.longest_line",
        stage="clean",
        unit="article",
        column="longest_line",
        severity="warning",
        high=10_000,
        why="A paragraph of 10,000 characters is 1,700 words: breaks were lost, and sentences of "
        "different speakers run together. Some outlets do write 3,000 in one paragraph.",
        reason="One paragraph is as long as a whole article",
        advice="Look at how the source marks paragraphs.",
    ),
    Rule(
        id="clean.article.replacement_share",
        stage="clean",
        unit="article",
        column="replacement_share",
        severity="critical",
        high=0.01,
        why="Stricter than for the page (2 %), since an advert no longer counts: one broken "
        "character in a hundred is one broken word in twenty of the article itself.",
        reason="The body holds characters that no encoding explains",
        advice="State the charset of the source, or fetch the page again.",
    ),
    Rule(
        id="clean.article.published_year",
        stage="clean",
        unit="article",
        column="published_year",
        severity="critical",
        low=1990,
        why="Arabic newspapers went online from 1995; 1990 leaves room for digitised archives "
        "and is after 1970-01-01 and 1980-01-01, which clocks at zero state. Earlier would "
        "publish those as dates; later would refuse archives.",
        reason="The publication date lies before there was online news",
        advice="Look at the date's evidence with `khabar explain`.",
    ),
    Rule(
        id="clean.article.published_days_ahead",
        stage="clean",
        unit="article",
        column="published_days_ahead",
        severity="critical",
        high=1,
        why="The newest time zone is 14 hours ahead of UTC, so a page may be dated tomorrow but "
        "not later. More would let misread months (day and month swapped) through; 0 would "
        "refuse what is published in the Gulf after 20:00 UTC.",
        reason="The publication date lies in the future",
        advice="Look at the date's evidence: day and month may be swapped.",
    ),
    Rule(
        id="clean.article.published_after_fetch",
        stage="clean",
        unit="article",
        column="published_after_fetch",
        severity="critical",
        high=1,
        why="Days from the fetch to the publication, which came first. A time zone is one day at "
        "most; more is a date of something else on the page, or a misread one, that the rule on "
        "the future lets pass where the crawl is old. Not judged without a known fetch.",
        reason="The page was fetched before its publication date",
        advice="Look at the date's evidence with `khabar explain`: whose date is it?",
    ),
    Rule(
        id="clean.article.published_before_fetch",
        stage="clean",
        unit="article",
        column="published_before_fetch",
        severity="warning",
        high=366,
        why="Days from the publication to the fetch. News is fetched within days, and lists hold "
        "weeks; over a year is an archive, or the date of a footer or of a related story. Only a "
        "warning, since archives are crawled too: there most pages are named.",
        reason="The publication date lies more than a year before the page was fetched",
        advice="No archive? Look at the date's evidence with `khabar explain`.",
    ),
    Rule(
        id="clean.article.published_days",
        stage="clean",
        unit="article",
        column="published_days",
        severity="critical",
        low=0,
        high=3660,
        why="First and last day that the date allows: a year at most for a plain date, ten for a "
        "range. Below 0 the last day is before the first and every filter by date goes wrong.",
        reason="The publication date ends before it begins, or spans more than ten years",
        advice="Look at the date's evidence with `khabar explain`.",
    ),
    Rule(
        id="clean.article.date_unexplained",
        stage="clean",
        unit="article",
        column="date_unexplained",
        severity="warning",
        high=0,
        why="A date has its precision, its rule and its bounds; a missing one says why it is "
        "missing. Readers count on the reason, but an article without it is still right.",
        reason="A date without precision, rule or bounds, or a missing one without a reason",
        advice=FAULT,
    ),
    Rule(
        id="clean.article.title_missing",
        stage="clean",
        unit="article",
        column="title_missing",
        severity="warning",
        high=0,
        why="Nearly every article has a headline; where none was found the segmentation has "
        "probably missed it. Embedded articles may honestly have none.",
        reason="The article has no title",
        advice="`khabar explain` shows what the first lines were taken for.",
    ),
    Rule(
        id="clean.article.values_unshown",
        stage="clean",
        unit="article",
        column="values_unshown",
        severity="warning",
        high=0,
        why="Title, dates, publisher, source, byline, dateline, section and abstract are derived, "
        "and every derived value can show what it was read from: each needs a chosen row of "
        "evidence. Without one the value may still be right.",
        reason="A value of the article has no evidence",
        advice=FAULT,
    ),
    no_such(
        "clean.article.values_contradicted",
        "The evidence chosen for a value says something else than the article",
    ),
    Rule(
        id="clean.article.confidence",
        stage="clean",
        unit="article",
        column="confidence",
        severity="warning",
        low=0.3,
        why="Below 0.3 the segmentation itself would rather bet against its result. Refusing "
        "these would lose rare page shapes that come out right.",
        reason="The segmentation is not sure of this article",
        advice="Read a few of them with `khabar explain`.",
    ),
    no_such("clean.article.evidence_outside", "Evidence points outside the page's text"),
    no_such(
        "clean.article.evidence_astray",
        "Evidence names another page or version than its article",
    ),
    no_such(
        "clean.article.page_contradicted",
        "The article names another document, source or address than its page",
    ),
)

_BATCH = (
    Rule(
        id="clean.article.article_id.present",
        stage="clean",
        unit="article",
        column="article_id",
        kind="present",
        severity="critical",
        why=PRESENT,
        reason="An article without an id",
        advice=FAULT,
    ),
    Rule(
        id="clean.article.article_version.unique",
        stage="clean",
        unit="article",
        column="article_version",
        kind="unique",
        severity="critical",
        why="Mentions, dates and evidence are keyed by article and version; one that stands "
        "twice would double them all. Two versions of one article may meet in a batch (the same "
        "address fetched twice): the store publishes the newest.",
        reason="The same version of an article is staged twice",
        advice=FAULT,
    ),
    no_such("clean.batch.pages_unaccounted", "Pages were lost or invented in the clean stage"),
    no_such("clean.batch.articles_without_page", "Articles stand on no page of the batch"),
    no_such("clean.batch.segments_without_page", "Segments stand on no page of the batch"),
    no_such("clean.batch.evidence_without_article", "Evidence belongs to no article of the batch"),
    Rule(
        id="clean.batch.dated_share",
        stage="clean",
        unit="batch",
        column="dated_share",
        severity="warning",
        low=0.6,
        sample="main_articles",
        why="Most outlets date every page. Where fewer than 60 % of the main articles got a "
        "date, a form of date is not known yet; exports without any date do exist, so it does "
        "not hold the batch.",
        reason="Few articles of the batch have a publication date",
        advice='`khabar sql "FROM date_quality"` shows the reasons.',
    ),
    Rule(
        id="clean.batch.titled_share",
        stage="clean",
        unit="batch",
        column="titled_share",
        severity="warning",
        low=0.9,
        sample="main_articles",
        why="Nine in ten: a headline is the one thing that nearly every page has. A whole source "
        "below that has a shape that the segmentation does not know.",
        reason="Many articles of the batch have no title",
        advice="`khabar explain` on two or three pages of the source.",
    ),
    Rule(
        id="clean.batch.boilerplate_share",
        stage="clean",
        unit="batch",
        column="boilerplate_share",
        severity="warning",
        high=0.9,
        sample="main_articles",
        why="The mean over the main articles of what their pages show beyond them. Portals with "
        "large menus have .5 to .8; at nine tenths the bodies of a whole source are missed. Lower "
        "would name portals of short items.",
        reason="Nearly all of what the batch's pages show belongs to no article",
        advice="`khabar explain` on two or three pages shows what the bodies were taken for.",
    ),
    Rule(
        id="clean.batch.pages_refused_share",
        stage="clean",
        unit="batch",
        column="pages_refused_share",
        severity="critical",
        high=0.5,
        sample="pages_judged",
        why="As at ingest: when more than half of a source's pages are refused, its shape has "
        "changed, and what is left is not a sample that anyone should count on.",
        reason="More than half of the pages were refused",
        advice='Read the reasons in quarantine: `khabar sql "FROM quarantine_reasons"`.',
    ),
    Rule(
        id="clean.batch.articles_refused_share",
        stage="clean",
        unit="batch",
        column="articles_refused_share",
        severity="critical",
        high=0.5,
        sample="articles_judged",
        why="The same law for articles: pages with several articles can lose most of them while "
        "each page still stands.",
        reason="More than half of the articles were refused",
        advice='Read the reasons in quarantine: `khabar sql "FROM quarantine_reasons"`.',
    ),
)

RULES = _PAGES + _ARTICLES + _BATCH
