"""Where the articles of a page stand: the stretch of prose that outweighs the furniture in it."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.letters import fold
from transforms.clean.lines import Piece
from transforms.clean.marks import Hit, Mark, words_of
from transforms.clean.prose import continues, opens_list

#: What a piece adds to the stretch it stands in. Prose counts one and a part of its length; a
#: short line costs little, so that subheads hold together what menus (many lines) tear apart.
_SHORT = -0.35
_WORDS = -0.8
_CLOSE = -1.2
_LIST = -3.0
_NEUTRAL = -0.05
#: Marks of these kinds stand between two paragraphs as often as anywhere.
_WITHIN = ("social_embed", "caption")
#: A short line with a full stop is rarely furniture; a question is a headline as often as not.
_STOPPED = 0.2
_ASKED = -0.1
#: A shorter line with a full stop is an abbreviation or a number.
SHORT_SENTENCE = 15
#: An article has at least one sentence of prose; less is a headline or a caption.
_LEAST_PROSE = 80
#: No headline is that long, so a single unfinished line of this length is an article.
_LONGEST_TITLE = 140
_NO_HEADLINE = 180
#: The first stretch that has this share of the best one's weight is the main article: what
#: follows it (comments, a second article) may be longer.
_SHARE_OF_BEST = 0.4
#: Without a foot between them a stretch must weigh nearly as much as one below it: a notice above
#: an article is two sentences.
_SHARE_WITHIN = 0.6
#: Prose below the foot of an article is its readers' more often than another article.
_AFTER_FOOT = 0.3
#: A second article needs more than one sentence, or a related headline becomes one.
_LEAST_EMBEDDED = 120
_LOOK_BACK = 4
#: A box of related headlines holds one to six; paragraphs of one story share every third word.
_BOX_LINES = 6
_SAME_STORY = 0.35
#: So many short lines stand between two paragraphs of one article: a line-up, a poem, prices.
_BRIDGED = 15
#: Of so many paragraphs of a story one opens with و.
_STORY = 4
#: A box that says where it ends holds no more lines than this.
_ENDED_BOX = 12
_WORD = re.compile(r"[^\W\d_]{4,}")
#: "يقول فلان:" above "7 ديسمبر 2022 الساعة 10:12": a name of some words, a date without more.
_COMMENT = Mark("يقول", "line", "comment_form", "end")
_LONGEST_WRITER = 50
_LONGEST_DATE = 50
_COMMENTER = re.compile(r"[^\s:]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20|١٩|٢٠)\d\d(?!\d)")
_NUMBER = re.compile(r"\d+")


class Block(NamedTuple):
    """Pieces `first` to `last` (exclusive) hold an article's body; `head` is where its own
    title and byline may begin, `mark` the piece that announced a second article. Of an `exact`
    block the lines around it are known to be no part of the body.
    """

    head: int
    first: int
    last: int
    title: int | None = None
    mark: int | None = None
    title_rule: str = "title.after_mark"
    exact: bool = False


def find_blocks(
    pieces: list[Piece], region: tuple[int, int] | None = None, *, exact: bool = False
) -> list[Block]:
    """Return the blocks of a page's articles, the main one first; none where there is no prose.

    `region` is where the main article stands, if that is known from elsewhere; where it is
    `exact`, the article fills it down to the first mark that ends one.
    """
    _demote_opening(pieces)
    _mark_boxes(pieces)
    _mark_comments(pieces)
    starts = _embedded_starts(pieces)
    stop = starts[0][0] if starts else len(pieces)
    lo, hi = region or (0, stop)
    hi = min(hi, stop)
    main = _filled(pieces, lo, hi) if exact else best_block(pieces, lo, hi)
    if main is None:
        if not starts:
            return []
        main = best_block(pieces, 0, len(pieces))
        return [Block(0, *main)] if main else []
    blocks = [Block(0, *main, exact=exact and main[1] == hi)]
    for index, (mark, title) in enumerate(starts):
        stop = starts[index + 1][0] if index + 1 < len(starts) else len(pieces)
        if span := best_block(pieces, title + 1, stop):
            announced = None if _is_signed_off(pieces[mark]) else mark
            blocks.append(Block(title, *span, title=title, mark=announced))
    return blocks


def _demote_opening(pieces: list[Piece]) -> None:
    """Take an unfinished line that opens the page for a headline, whatever word it opens with."""
    opening = _next(pieces, 0)
    if opening is None or _next(pieces, opening + 1) is None:
        return
    piece = pieces[opening]
    if not piece.text.endswith(".") and len(piece.text) < _LONGEST_TITLE:
        piece.prose = False


def _mark_boxes(pieces: list[Piece]) -> None:
    """Mark the lists of headlines that stand between two paragraphs of one article.

    Their end is printed ("... نهاية", for screen readers); else the paragraph below goes on with
    the story above: it opens so, or shares its words.
    """
    above: list[str] = []
    for index, piece in enumerate(pieces):
        if piece.prose and not piece.hit:
            above.append(piece.text)
        if (piece.effect == "list" or piece.rule == "form.box_start") and above:
            for line in _ended_box(pieces, index) or _box(pieces, index, above):
                pieces[line].hit, pieces[line].fixed = None, "related_list"
                pieces[line].rule = "form.box_within"


def _mark_comments(pieces: list[Piece]) -> None:
    """Mark the head of each reader's comment that its form gives away: "يقول فلان:", a date."""
    for index, piece in enumerate(pieces):
        if not _names_writer(piece):
            continue
        below = _next(pieces, index + 1)
        if below is not None and _is_dated(pieces[below].text):
            piece.hit, piece.rule = Hit(_COMMENT, len(piece.text)), _COMMENT.rule


def _names_writer(piece: Piece) -> bool:
    """Return whether a line says that somebody says, and no more."""
    text = piece.text
    if text[-1:] != ":" or len(text) > _LONGEST_WRITER or piece.hit or piece.fixed:
        return False
    words = [fold(word) for word in _COMMENTER.findall(text)]
    return len(words) > 1 and not words_of("comment_says").isdisjoint((words[0], words[-1]))


def _is_dated(text: str) -> bool:
    """Return whether a short line tells a year and another number, as the date of a comment."""
    return (
        len(text) <= _LONGEST_DATE and bool(_YEAR.search(text)) and len(_NUMBER.findall(text)) > 1
    )


def _ended_box(pieces: list[Piece], index: int) -> list[int]:
    """Return the lines of a box from its mark to the line that says it ends; none without one."""
    box = []
    for line in range(index, len(pieces)):
        piece = pieces[line]
        if piece.blank:
            continue
        box.append(line)
        if piece.rule == "form.box_end":
            return box
        if (piece.prose and not piece.hit) or len(box) > _ENDED_BOX:
            break
    return []


def _box(pieces: list[Piece], index: int, above: list[str]) -> list[int]:
    """Return the lines of a box up to a paragraph that goes on; none where it does not."""
    if pieces[index].effect != "list":
        return []
    box = [index]
    below = _next(pieces, index + 1)
    while below is not None and not pieces[below].prose and len(box) <= _BOX_LINES:
        if pieces[below].effect == "end":
            return []
        box.append(below)
        below = _next(pieces, below + 1)
    if below is None or not pieces[below].prose or pieces[below].hit or len(box) == 1:
        return []
    text = pieces[below].text
    if continues(text) or shared_words(text, "\n".join(above[-3:])) >= _SAME_STORY:
        return box
    title = pieces[box[-1]].text
    return box if _story_below(pieces, below) and not _takes_up(title, text) else []


def _story_below(pieces: list[Piece], below: int) -> bool:
    """Return whether the paragraphs from `below` on are those of one story: one of them opens
    with و. Of the leads that stand below headlines none does.
    """
    paragraphs = 0
    for piece in pieces[below:]:
        if piece.effect in ("list", "end", "close") or paragraphs == _STORY:
            return False
        if piece.prose and not piece.hit:
            if continues(piece.text):
                return True
            paragraphs += 1
    return False


def best_block(pieces: list[Piece], lo: int, hi: int) -> tuple[int, int] | None:
    """Return the main stretch of prose among `pieces[lo:hi]`, None where there is too little."""
    candidates: list[tuple[float, int, int]] = []
    bridged = _bridged(pieces[lo:hi], lo)
    first = lo
    for index in range(lo, hi + 1):
        if index == hi or pieces[index].effect == "end" or _is_signed_off(pieces[index]):
            if found := _main_run(pieces, first, index, bridged):
                weight = found[0] * (_AFTER_FOOT if candidates else 1)
                candidates.append((weight, *found[1:]))
            first = index + 1
    if not candidates:
        return None
    best = max(weight for weight, _, _ in candidates)
    return next((a, b) for weight, a, b in candidates if weight >= _SHARE_OF_BEST * best)


def _is_signed_off(piece: Piece) -> bool:
    """Return whether a line is an agency's "the end"; يتبع says that the report goes on."""
    return piece.rule == "form.story_end" and "يتبع" not in piece.text


def _filled(pieces: list[Piece], lo: int, hi: int) -> tuple[int, int] | None:
    """Return `pieces[lo:hi]` down to the first mark that ends an article, None without prose."""
    end = next((i for i in range(lo, hi) if pieces[i].effect == "end"), hi)
    prose = [i for i in range(lo, end) if pieces[i].prose]
    return (lo, end) if prose else best_block(pieces, lo, hi)


def _bridged(pieces: list[Piece], first: int) -> frozenset[int]:
    """Return the short lines between a paragraph and one that goes on with it (و، كما، ...).

    They cost nothing: a line-up, verses or prices, not a menu. `first` is the first piece's index.
    """
    bridged: list[int] = []
    gap: list[int] | None = None
    for index, piece in enumerate(pieces, first):
        if piece.blank or (piece.fixed and piece.fixed not in ("nav", "other")):
            continue
        if piece.prose and not piece.hit:
            if gap and len(gap) <= _BRIDGED and continues(piece.text):
                bridged += gap
            gap = []
        elif piece.effect != "inline":
            plain = not piece.hit and (not piece.fixed or piece.rule == "form.menu")
            gap = [*gap, index] if plain and gap is not None else None
    return frozenset(bridged)


def _main_run(
    pieces: list[Piece], lo: int, hi: int, bridged: frozenset[int]
) -> tuple[float, int, int] | None:
    """Return weight and span of the main stretch between two ends, None below the least prose.

    That is the first of about the heaviest one's weight: what stands below it (a list of records,
    comments, another story) may outweigh it.
    """
    runs = [run for run in _runs(pieces, lo, hi, bridged) if _enough(pieces[run[1] : run[2]])]
    if not runs:
        return None
    best = max(weight for weight, _, _ in runs)
    return next(run for run in runs if run[0] >= _SHARE_WITHIN * best)


def _runs(
    pieces: list[Piece], lo: int, hi: int, bridged: frozenset[int]
) -> list[tuple[float, int, int]]:
    """Return the stretches whose weight stays above nothing (Kadane), each up to its heaviest
    paragraph's end; both ends are prose.
    """
    runs: list[tuple[float, int, int]] = []
    best: tuple[float, int, int] | None = None
    total, start, in_list = 0.0, lo, False
    for index in range(lo, hi):
        piece = pieces[index]
        if piece.blank:
            continue
        in_list = piece.effect == "list" or (in_list and (piece.bullet or not piece.prose))
        if total <= 0:
            runs += [best] if best else []
            best, total, start = None, 0.0, index
        total += 0.0 if index in bridged else _weight(piece, in_list)
        if piece.prose and (best is None or total > best[0]):
            best = (total, start, index + 1)
    runs += [best] if best else []
    return [
        (weight, next(i for i in range(start, stop) if pieces[i].prose), stop)
        for weight, start, stop in runs
    ]


def _weight(piece: Piece, in_list: bool) -> float:
    effect = piece.effect
    if effect == "list":
        return _LIST
    if effect == "close":
        return _CLOSE
    if piece.fixed in ("nav", "other"):
        return _WORDS
    if effect == "inline" or piece.fixed or (piece.hit and piece.hit.mark.kind in _WITHIN):
        return _NEUTRAL
    if piece.prose and not piece.hit and not in_list:
        return 1.0 + min(len(piece.text), 600) / 300
    if in_list or piece.hit:
        return _WORDS
    if piece.sentence and len(piece.text) >= SHORT_SENTENCE:
        return _STOPPED if piece.text[-1] == "." else _ASKED
    return _SHORT


def _enough(pieces: list[Piece]) -> bool:
    """Return whether a stretch is an article: enough prose, or a line that announces a list."""
    prose = [piece for piece in pieces if piece.prose and not piece.hit]
    if sum(len(piece.text) for piece in prose) >= _LEAST_PROSE and (
        len(prose) > 1
        or any(
            piece.sentence or len(piece.text) >= _NO_HEADLINE or continues(piece.text)
            for piece in prose
        )
    ):
        return True
    return any(opens_list(piece.text) for piece in prose)


def _embedded_starts(pieces: list[Piece]) -> list[tuple[int, int]]:
    """Return (mark, title) of each second article: a related mark that stands alone, a headline,
    paragraphs of prose, and the article before it closed or the headline taken up by the prose.
    Below an agency's "the end" the headline must be taken up.
    """
    starts = []
    for index, piece in enumerate(pieces):
        if not _announces_story(piece):
            continue
        title = _next(pieces, index + 1)
        if title is None or not pieces[title].title_like:
            continue
        opening = _opening(pieces, title + 1)
        if opening is None:
            continue
        if _closed(pieces, index) or _takes_up(pieces[title].text, pieces[opening].text):
            starts.append((index, title))
    return starts


def _announces_story(piece: Piece) -> bool:
    """Return whether another story may follow a line: a related mark alone, a report's end."""
    if _is_signed_off(piece):
        return True
    return (
        piece.effect == "inline" and piece.hit is not None and piece.hit.content >= len(piece.text)
    )


def _opening(pieces: list[Piece], start: int) -> int | None:
    """Return the first paragraph after a second headline, None where too little prose follows."""
    first: int | None = None
    prose = skipped = 0
    for index in range(start, min(len(pieces), start + 24)):
        piece = pieces[index]
        if piece.prose and not piece.hit:
            first = index if first is None else first
            prose += len(piece.text)
            if prose >= _LEAST_EMBEDDED:
                return first
        elif not piece.blank and first is None:
            skipped += 1
            if skipped > 3:
                return None
    return None


def _closed(pieces: list[Piece], index: int) -> bool:
    """Return whether the article before `index` was closed by its source, keywords or foot.

    What stands above the last paragraph before `index` closed nothing.
    """
    seen = 0
    for piece in reversed(pieces[max(0, index - 3 * _LOOK_BACK) : index]):
        if piece.blank:
            continue
        if piece.prose and not piece.hit:
            break
        if piece.effect in ("close", "end"):
            return True
        seen += 1
        if seen == _LOOK_BACK:
            break
    return False


def _takes_up(title: str, opening: str) -> bool:
    """Return whether a paragraph opens the story that the headline announces."""
    if continues(opening):
        return False
    return shared_words(title, opening) >= 0.6


def shared_words(title: str, text: str) -> float:
    """Return the share of a headline's longer words that the text holds, articles left off."""
    words = _WORD.findall(title)
    if not words:
        return 0.0
    return sum(_stem(word) in text for word in words) / len(words)


def _stem(word: str) -> str:
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    return word[1:] if word[0] in "وبل" and len(word) > 4 else word


def _next(pieces: list[Piece], index: int) -> int | None:
    while index < len(pieces) and pieces[index].blank:
        index += 1
    return index if index < len(pieces) else None
