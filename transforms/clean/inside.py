"""Inside an article's stretch: its prose and subheads, and what interrupts or closes it."""

from __future__ import annotations

import re
from itertools import takewhile

from transforms.clean.blocks import SHORT_SENTENCE, Block
from transforms.clean.leads import credit_tail
from transforms.clean.lines import Piece
from transforms.clean.prose import continues, goes_on, opens_list
from transforms.clean.sheet import Sheet
from transforms.clean.teasers import count_leads
from transforms.clean.titles import DateCheck

#: After a related mark that stands alone follow one headline, rarely two or three.
_RELATED_LINES = 3
#: Short sentences at the very end of a page without a foot still belong to the article.
_LAST_LINES = 2
#: A standfirst is one to three bulleted lines, with a caption or two before the first paragraph.
_STANDFIRST_LINES = 5
#: An unfinished line of this length that opens with و goes on with what is above.
_CONTINUED = 30
#: "الدفاع: هاني، متولي", "سعر البيع: 24.20": entries of a list, if two in a row have more than a
#: word or two to say; "minister: claim" is a headline.
_ENTRY = re.compile(r"[^:،]{2,30}:\s?[^:]+")
_FULL_ENTRY = re.compile(r"[^:]*:[^:]*[،\d][^:]*")
_FULL_ENTRIES = 2
#: "الأردن – كوريا الجنوبية 2-0"; with a verb between the names it is a headline.
_RESULT = re.compile(r"\S.{1,25}?\s?[-\u2013\u2014/]\s?\S.{1,25}\s\d{1,2}\s?[-\u2013:]\s?\d{1,2}")
#: A verse or a saying on a line of its own.
_QUOTED = re.compile(r"[{\ufd3e\ufd3f«“\"].{8,}[}\ufd3e\ufd3f»”\"]\s?\.?")
_TWO_STOPS = re.compile(r"[^.]\.\.$")
_DASHED = re.compile(r"\s?[-\u2013\u2014/]\s")
_PLACE_WORDS = 3
_NAME_WORDS = 7
#: A hemistich has three to six words; the headlines of the gold pages have eight on average.
_VERSES = 4
_VERSE_WORDS = (2.5, 6.0)
_HEADING_WORDS = 5
#: Farther above stand the page's menus and lists of headlines.
_ABOVE = 10
#: "(1) ...", "[1] ...", "* ...": the sign of a note.
_NOTE = re.compile(r"\([0-9\u0660-\u0669]{1,2}\)|\[[0-9\u0660-\u0669]{1,2}\]|\*(?=\s?[^\W\d_])")
_HOUR_OR_NUMBER = re.compile(r"\d{1,2}(?::\d\d)?")
#: Shorter lines with a colon head boxes as often as lists: "المزيد:", "شارك:".
_ANNOUNCES = 15
#: A tweet has 280 characters at most.
_POST = 300
#: "شاهد| افتتاح ...": between paragraphs a bar on the word before it parts a template's label from
#: a linked headline; a free one parts the cells of a table.
_LABEL_BEFORE_BAR = re.compile(r"[^\W\d_]{2,12}(?:\s[^\W\d_]{2,12}){0,2}\|\s*")
#: "للاطلاع على المزيد: ...": the ل of purpose opens what a template invites to.
_INVITATION = re.compile(r"لل[^\W\d_]{2,10}(?:\s[^\W\d_]{2,12}){0,3}\s?:\s*")
_INVITED_WORDS = 4
_ITEM = re.compile(r"\(?[0-9\u0660-\u0669]{1,4}\)?\s{0,2}[-\u2013.):/]\s?\D|[-\u2013*]\s?[^\s-]")


def extend(pieces: list[Piece], block: Block, limit: int, is_date: DateCheck) -> Block:
    """Return the block with the lines around its paragraphs that still belong to it.

    Above, lines that go on or open a list; below, the items of a list that a line opens or
    numbers, and one or two lines that end the page.
    """
    if block.exact:
        return block
    first, last = _first(pieces, block), block.last
    rest = [i for i in range(last, limit) if not pieces[i].blank]
    below = [pieces[i] for i in rest]
    below = below[: _first_note(below, pieces[block.head : last])]
    listed = _listed(below, is_date, opened=_opens_list(pieces[last - 1].text))
    plain = list(takewhile(lambda piece: _is_plain(piece, is_date), below[listed:]))
    ends = len(plain) == len(rest) - listed <= _LAST_LINES
    if (ends and all(piece.sentence for piece in plain)) or (_is_verse(plain) and _is_bare(pieces)):
        listed += len(plain)
    return block._replace(first=first, last=rest[listed - 1] + 1 if listed else last)


def _first_note(below: list[Piece], article: list[Piece]) -> int:
    """Return which line below an article is the first of its notes: the sign that opens it stands
    behind a word of the article, or of its header.
    """
    for at, piece in enumerate(below):
        sign = _NOTE.match(piece.text)
        if sign and any(sign[0] in line.text[1:] for line in article):
            return at
    return len(below)


def _is_plain(piece: Piece, is_date: DateCheck) -> bool:
    return not (piece.hit or piece.fixed or piece.prose or is_date(piece.text))


def _is_bare(pieces: list[Piece]) -> bool:
    """Return whether a page shows nothing of a template: its text was extracted before."""
    return not any(
        piece.effect in ("list", "end") or piece.fixed in ("nav", "other") for piece in pieces
    )


def _is_verse(lines: list[Piece]) -> bool:
    """Return whether lines at a bare page's end are a poem's: too short for headlines, too many
    for a name and a place, too long for keywords.
    """
    words = sum(len(piece.text.split()) for piece in lines)
    return len(lines) >= _VERSES and (
        _VERSE_WORDS[0] * len(lines) <= words <= _VERSE_WORDS[1] * len(lines)
    )


def _listed(lines: list[Piece], is_date: DateCheck, *, opened: bool) -> int:
    """Return how many of the lines below the last paragraph go on with it.

    The items of a list, sentences with the questions between them, lines that open with و, and
    paragraphs below them; one question that a mark follows.
    """
    listed = 0
    for at, piece in enumerate(lines):
        text = piece.text
        ended = piece.hit or piece.fixed or (piece.prose and listed < at - (listed > 0))
        if ended or (not opened and is_date(text)):
            return at if listed == at - 1 and _is_question(lines[listed]) else listed
        opened = not piece.prose and (opened or _opens_list(text))
        if opened or piece.prose or _is_sentence(piece) or _goes_on_below(lines, at):
            listed = at + 1
        elif not piece.sentence and not _heads_entries(lines, at):
            break
    return listed


def _goes_on_below(lines: list[Piece], at: int) -> bool:
    """Return whether a line's form makes it go on: with و, as an item, a verse, a result, an entry.

    An asterisk alone is no item: a note on the author.
    """
    text = lines[at].text
    if len(text) >= _CONTINUED and continues(text):
        return True
    if _ITEM.match(text):
        beside = lines[max(0, at - 1) : at + 2]
        return text[0] != "*" or sum(piece.text[0] == "*" for piece in beside) > 1
    alone = _QUOTED.fullmatch(text) or _RESULT.fullmatch(text)
    return alone is not None or _is_entry(lines, at)


def _is_question(piece: Piece) -> bool:
    return piece.text[-1] in "؟?" and len(piece.text) >= SHORT_SENTENCE and not piece.bullet


def _is_entry(lines: list[Piece], at: int) -> bool:
    """Return whether a line is an entry of a list: it stands in a run of them."""
    if not _ENTRY.fullmatch(lines[at].text):
        return False
    first, last = at, at + 1
    while first > 0 and _ENTRY.fullmatch(lines[first - 1].text):
        first -= 1
    while last < len(lines) and _ENTRY.fullmatch(lines[last].text):
        last += 1
    full = sum(_FULL_ENTRY.fullmatch(piece.text) is not None for piece in lines[first:last])
    return full >= _FULL_ENTRIES


def _heads_entries(lines: list[Piece], at: int) -> bool:
    """Return whether a short line heads a list that follows: تشكيل الأهلي."""
    if len(lines[at].text.split()) > _HEADING_WORDS:
        return False
    return any(
        _is_entry(lines, below) or _opens_list(lines[below].text) or _ITEM.match(lines[below].text)
        for below in range(at + 1, min(at + 3, len(lines)))
    )


def _first(pieces: list[Piece], block: Block) -> int:
    """Return the first line of an article: above its first paragraph, a short one may open it.

    The line that opens the page or stands below a mark is a headline, whatever it begins with.
    Of live coverage each entry has its hour above it, of an essay each part its number: the first
    one too.
    """
    above = [i for i in range(block.head, block.first) if not pieces[i].blank]
    if above and _counts(pieces[above[-1]]) and any(map(_counts, _lines(pieces, block))):
        return above[-1]
    for index in above[1:][-_ABOVE:]:
        piece = pieces[index]
        text = piece.text
        opens = text[-1] == ":" or (index == above[-1] and text[-1] == "،")
        if not is_text(piece) or piece.bullet or len(text) < _CONTINUED or _is_credit(text):
            continue
        if opens or (continues(text) and goes_on(text)):
            return index
    return block.first


def _counts(piece: Piece) -> bool:
    return _HOUR_OR_NUMBER.fullmatch(piece.text) is not None


def _lines(pieces: list[Piece], block: Block) -> list[Piece]:
    return pieces[block.first : block.last]


def _is_credit(text: str) -> bool:
    """Return whether dashes part a line into names: "القاهرة - مكتب الصحيفة - فلان:"."""
    parts = _DASHED.split(text.rstrip(":،"))
    words = [len(part.split()) for part in parts]
    return len(parts) > 1 and words[0] <= _PLACE_WORDS and max(words) <= _NAME_WORDS


def _is_sentence(piece: Piece) -> bool:
    """Return whether a short line is a sentence with its full stop: menus and links have none.

    Columnists end theirs in two stops; three cut a headline short.
    """
    text = piece.text
    stopped = piece.sentence if text[-1] == "." else False
    return (stopped or bool(_TWO_STOPS.search(text))) and len(text) >= SHORT_SENTENCE


def _opens_list(text: str) -> bool:
    return (text.endswith(":") and len(text) >= _ANNOUNCES) or opens_list(text)


def decide_leads(sheet: Sheet, block: Block) -> None:
    """Decide the leads of other stories that close an article's stretch."""
    plain = [i for i in range(block.first, block.last) if is_text(sheet.pieces[i])]
    leads = count_leads([sheet.pieces[i].text for i in plain])
    for index in plain[len(plain) - leads :]:
        sheet.decide(index, "related_list", None, "form.leads_at_end")


def decide_posts(sheet: Sheet, block: Block, article: int, is_date: DateCheck) -> None:
    """Decide the line above a tweet's signature (the tweet), and the date below a post."""
    above, opened = -1, False
    for index in range(block.first, block.last):
        piece = sheet.pieces[index]
        if piece.blank:
            continue
        if piece.rule == "form.tweet_signature" and above >= 0:
            line = sheet.pieces[above]
            if is_text(line) and (not line.prose or (opened and _signs_a_post(piece, line))):
                sheet.decide(above, "social_embed", article, "form.tweet")
        if above >= 0:
            opened = opened or sheet.pieces[above].prose
            if is_text(piece) and _is_post(sheet.pieces[above]) and is_date(piece.text):
                sheet.decide(index, "social_embed", article, "form.date_of_post")
        above = index


def _signs_a_post(signature: Piece, line: Piece) -> bool:
    """Return whether a signature, its date behind it, signs a paragraph as long as a post."""
    return len(line.text) <= _POST and signature.text[-1].isdigit()


def _is_post(piece: Piece) -> bool:
    kind = piece.hit.mark.kind if piece.hit else piece.fixed
    return kind == "social_embed"


def decide_inside(sheet: Sheet, block: Block, article: int) -> None:
    """Decide the pieces of an article's stretch: its prose and subheads, and what interrupts it."""
    related = 0
    listed = announced = False
    last_prose = block.last - 1
    opening = _opening(sheet, block)
    for index in range(block.first, block.last):
        piece = sheet.pieces[index]
        if piece.blank or index in sheet.kinds:
            continue
        if (related or listed) and not piece.prose and piece.hit is None:
            related -= 1
            kind = "related_list" if listed else "related_inline"
            sheet.decide(index, kind, article, "after.related_mark")
            continue
        if announced and is_text(piece) and not piece.prose:
            sheet.decide(index, "caption", article, "after.caption_mark")
        related, listed, announced = 0, piece.effect == "list", _announces_next(piece)
        if piece.hit and _counts_inside(piece):
            sheet.decide(index, piece.hit.mark.kind, article, piece.hit.mark.rule)
            if piece.effect == "inline" and _announces_titles(piece, piece.hit.content):
                related = _RELATED_LINES
        elif piece.fixed and _interrupts(piece, ends=index == last_prose):
            sheet.decide(index, piece.fixed, article, piece.rule)
        elif index < last_prose and (label := _label_before_bar(piece)):
            sheet.decide(index, "related_inline", article, "form.label_before_bar")
            related = int(label == len(piece.text))
        elif index < last_prose and _invites(piece):
            sheet.decide(index, "related_inline", article, "form.invitation")
        else:
            between = index < last_prose
            kind, rule = _of_article(piece, opening=index < opening, between=between)
            sheet.decide(index, kind, article, rule)


def _of_article(piece: Piece, *, opening: bool, between: bool) -> tuple[str, str]:
    """Return kind and rule of a line that neither a mark nor its form takes out of an article."""
    if opening:
        kind = "summary" if piece.bullet and piece.prose else "caption"
        return kind, f"{kind}.above_body"
    if between and not piece.sentence and credit_tail(piece.text) is not None:
        return "caption", "caption.credit_in_brackets"
    return "body", "body.prose" if piece.prose else "body.short"


def _label_before_bar(piece: Piece) -> int:
    """Return the length of the label that a bar parts from a linked headline, 0 without one."""
    if piece.prose or piece.sentence or "|" not in piece.text[:40] or piece.text.count("|") > 1:
        return 0
    match = _LABEL_BEFORE_BAR.match(piece.text)
    return match.end() if match else 0


def _invites(piece: Piece) -> bool:
    """Return whether a line invites to another headline, which is no sentence."""
    if piece.prose or piece.sentence or not piece.text.startswith("لل"):
        return False
    match = _INVITATION.match(piece.text)
    return match is not None and len(piece.text[match.end() :].split()) >= _INVITED_WORDS


def _announces_titles(piece: Piece, content: int) -> bool:
    """Return whether a related mark stands alone, or before a colon that ends its line."""
    return content >= len(piece.text) or piece.text[-1] == ":"


def _announces_next(piece: Piece) -> bool:
    """Return whether a mark stands alone whose text is the next line: "تعليق الصورة،"."""
    return piece.hit is not None and piece.effect == "next" and piece.hit.content >= len(piece.text)


def _interrupts(piece: Piece, *, ends: bool) -> bool:
    """Return whether a line's form makes it no part of the article around it.

    Words of a menu may head its sections, and only at its end stands an agency's credit.
    """
    return piece.fixed != "nav" and (piece.fixed != "source" or ends)


def _counts_inside(piece: Piece) -> bool:
    """Return whether a mark counts within an article: names and dates may open a subhead there.

    A byline with its colon counts: it stands below a standfirst that reads as prose.
    """
    mark = piece.hit.mark if piece.hit else None
    if mark is None or mark.kind == "date" or mark.effect == "tail":
        return False
    if mark.position == "name":
        return mark.kind == "byline" and piece.text[len(mark.mark) :].lstrip().startswith(":")
    return mark.kind != "other" or mark.position != "line"


def _opening(sheet: Sheet, block: Block) -> int:
    """Return the first paragraph below a bulleted standfirst; the block's first piece without."""
    if not sheet.pieces[block.first].bullet:
        return block.first
    plain = (i for i in range(block.first, block.last) if _plain_prose(sheet.pieces[i]))
    first = next(plain, block.first)
    between = [p for p in sheet.pieces[block.first : first] if not p.blank]
    return first if len(between) <= _STANDFIRST_LINES else block.first


def _plain_prose(piece: Piece) -> bool:
    return piece.prose and not piece.bullet and piece.hit is None


def is_text(piece: Piece) -> bool:
    """Return whether a line shows something that neither a mark nor its form gives away."""
    return not (piece.blank or piece.hit or piece.fixed)
