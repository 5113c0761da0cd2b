"""Product names as words: folded so that spellings compare, with what names a colourway told apart from the rest."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from lookscape.catalogue.names.vocabulary import COLOURS, SHADES, SMALL

QUOTED = re.compile(r"""(?:(?<=\s)|^)(?:'[^']+'|"[^"]+"|‘[^’]+’|“[^”]+”|«[^»]+»)(?=[\s,.)]|$)""")
MARKS = re.compile(r"[^\w]+|_")
WORD = re.compile(r"&|[^\s&]+")
SPLIT = re.compile(r"[/,|+]")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, its folded `key` (empty for a lone dash), and whether it is of the colourway."""

    text: str
    key: str
    is_colour: bool


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Small letters and digits only: `Levi's` and `LEVIS` are one, `&` is `and`, `Chloé` is `chloe`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and ").replace("ß", "ss"))
    return MARKS.sub("", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def fold_words(text: str) -> Key:
    """Each word folded; `Reid&Taylor` and `Reid & Taylor` are the same three."""
    return tuple(key for part in text.replace("&", " & ").split() if (key := fold(part)))


def read_words(name: str) -> list[Word]:
    """The words of a name.

    The colourway is every run of colours with their shades; with something in quotes, that and the colours before it.
    """
    quoted = [match.span() for match in QUOTED.finditer(name)]
    texts = [(match.group(), match.start()) for match in WORD.finditer(name)]
    inside = [any(start <= at < end for start, end in quoted) for _, at in texts]
    colour = _with_shades([Word(text, fold(text), _is_colour(text)) for text, _ in texts])
    if not any(inside):
        return colour
    found: list[Word] = []
    for word, is_inside in zip(reversed(colour), reversed(inside), strict=True):
        before_one = bool(found) and found[-1].is_colour
        found.append(Word(word.text, word.key, is_inside or (word.is_colour and before_one)))
    return found[::-1]


def comparable(name: str, *, ignore_colours: bool) -> str:
    """A name's words, folded and sorted, so that their order does not matter; empty when nothing is left of it."""
    return " ".join(
        sorted(word.key for word in read_words(name) if word.key and not (ignore_colours and word.is_colour))
    )


def _is_colour(text: str) -> bool:
    """`Black`, `(White)` and `Black/Gum`, but not `1/2`."""
    keys = [fold(part) for part in SPLIT.split(text)]
    named = [key for key in keys if key]
    return bool(named) and any(key in COLOURS for key in named) and all(key in COLOURS | SHADES for key in named)


def _with_shades(words: list[Word]) -> list[Word]:
    """Shades in front of a colour, and small words or marks between two colours, belong to them."""
    colour = [word.is_colour for word in words]
    for place in range(len(words) - 2, -1, -1):
        if words[place].key in SHADES and colour[place + 1]:
            colour[place] = True
    for place in range(1, len(words) - 1):
        if colour[place - 1] and colour[place + 1] and (not words[place].key or words[place].key in SMALL):
            colour[place] = True
    return [Word(word.text, word.key, is_colour) for word, is_colour in zip(words, colour, strict=True)]
