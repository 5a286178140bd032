"""What foreign words look like when they are shown: nothing moves, hides, turns or forges."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from transforms.plain import one_line, plain

#: What was seen in pages and file names, and what must never reach a terminal.
HOSTILE = "\x00\x07\x1b\x7f\x85\x9b\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202e"
HOSTILE += "\u2060\u2066\u2069\ufeff\ufff9\U000e0041\ud800"


@pytest.mark.parametrize("character", HOSTILE, ids=lambda c: f"U+{ord(c):04X}")
def test_what_is_not_seen_is_shown(character: str) -> None:
    assert plain(f"قبل{character}بعد") == "قبل\ufffdبعد"
    shown = one_line(f"قبل{character}بعد")
    assert shown in ("قبل\ufffdبعد", "قبل بعد")
    assert shown.isprintable()


def test_every_bidi_control_is_caught() -> None:
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    found = [c for c in plain(everything) if unicodedata.bidirectional(c) in turning]
    assert set(found) == {"\u200c", "\u200d"}, "the joiners, which are letters"
    assert not {"\u061c", "\u200e", "\u200f"} & set(plain(everything))


def test_letters_and_signs_of_arabic_script_stay() -> None:
    text = "قال تعالى ﴿إنا فتحنا لك﴾ \u06dd می\u200cخواهم \u0601 ١٢٣\tعمود\nسطر"
    assert plain(text) == text


def test_one_line_is_one_and_says_that_it_was_cut() -> None:
    assert one_line("عنوان\x1b[31m\r\nERROR forged\u202e\u2028\x07 end") == (
        "عنوان\ufffd[31m ERROR forged\ufffd \ufffd end"
    )
    assert one_line(" \n\t") == ""
    assert one_line("a\n b\x00\x1b\ud800" + "c" * 500, 10) == "a b\ufffd\ufffd\ufffdccc…"
    assert one_line("c" * 10, 10) == "c" * 10
    assert one_line("\n" * 5_000 + "first", 10) == "first"


def test_the_ends_of_lines_stay_whoever_wrote_them() -> None:
    assert plain("أول\r\nثان\rثالث\n") == "أول\nثان\ufffdثالث\n"
