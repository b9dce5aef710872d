"""Report text as tokens: words folded to one spelling, each with its exact position in the text as it was sent."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cds_service.core.findings.grammar import Grammar
from cds_service.core.findings.misspelling import Corrections
from cds_service.core.findings.vocabulary import Orthography, Plural, Spelling

# A word (a soft hyphen inside it is no break), one punctuation mark that matters, or a number with its decimals.
# "x" between digits stands by itself ("55x40mm"); a dash between spaces parts what is said, like a comma.
TOKEN = re.compile(
    r"(?<=\d)[xX](?=\d)|[^\W\d_][^\W_]*(?:\u00ad[^\W_]*)*"
    r"|[,;:?.()!\n]|\d+(?:\.\d+)?|(?<=\S[ \t])[-\u2013\u2014](?=[ \t])"
)
DASHES = frozenset("-\u2013\u2014")
PUNCTUATION = frozenset(",;:?.()!\n")
_BROKEN_WORD = re.compile(r"-[ \r\t]{0,8}\n")
_REMEMBERED_WORDS = 16_384
_LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and punctuation marks of one text, in order: folded form, and where each starts and ends.

    `grammar` holds the small words of its language.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    grammar: Grammar

    def is_plural(self, index: int) -> bool:
        """Whether the word at `index` was written as a plural that folding took away."""
        last = self.text[self.ends[index] - 1].casefold()
        if last not in self.grammar.plural_letters:
            return False
        # "Masses" loses two letters and still ends as plurals do; "haematous" loses one to its spelling.
        word = self.words[index]
        return not word.endswith(last) or self.ends[index] - self.starts[index] > len(word) + 1

    def has_plural(self, first: int, stop: int) -> bool:
        """Whether one of the words from `first` up to `stop` was."""
        return any(map(self.is_plural, range(first, stop)))


def folding(rules: Orthography) -> Callable[[str], str]:
    """A function from a word as written to its folded form: case, ligatures, spelling, plural."""
    prefixes: dict[str, list[Spelling]] = {}
    suffixes: dict[str, list[Spelling]] = {}
    for spelling in rules.spellings:
        if spelling.at_end:
            suffixes.setdefault(spelling.written[-1], []).append(spelling)
        else:
            prefixes.setdefault(spelling.written[0], []).append(spelling)

    def fold(word: str) -> str:
        if word in DASHES:
            return ","
        folded = _plain(word)
        if len(word) > _LONGEST_WORD:
            return folded
        if not folded.endswith(rules.no_plurals):
            folded = _singular(folded, rules.plurals)
        for spelling in prefixes.get(folded[:1], ()):
            if folded.startswith(spelling.written):
                folded = spelling.folded + folded[len(spelling.written) :]
                break
        for spelling in suffixes.get(folded[-1:], ()):
            if folded.endswith(spelling.written):
                return folded[: len(folded) - len(spelling.written)] + spelling.folded
        return folded

    return fold


def reading(fold: Callable[[str], str], corrections: Corrections) -> Callable[[str], str]:
    """A function from a word as written to the word that is read: folded, and right if mistyped. It remembers words."""

    @lru_cache(maxsize=_REMEMBERED_WORDS)
    def read(word: str) -> str:
        folded = fold(word)
        if corrections.holds(folded):
            return folded
        # What ends like a plural may be a singular mistyped: "dermatomyosits".
        return corrections.meant_by(folded) or corrections.meant_by(_plain(word)) or folded

    return read


def tokenise(text: str, read: Callable[[str], str], grammar: Grammar, known: frozenset[str]) -> Tokens:
    """Cut `text` into tokens. Linear in its length.

    Args:
        text: as sent.
        read: see `reading`.
        grammar: the small words of its language, folded.
        known: words of the vocabulary; a word broken by a hyphen at a line's end is joined to make one of them.
    """
    matches = list(TOKEN.finditer(text))
    words = [read(match[0]) for match in matches]
    starts = [match.start() for match in matches]
    ends = [match.end() for match in matches]
    tokens = Tokens(text, words, starts, ends, grammar)
    if _BROKEN_WORD.search(text):
        _mend(tokens, read, known)
    return tokens


def _mend(tokens: Tokens, read: Callable[[str], str], known: frozenset[str]) -> None:
    """Join the words that a hyphen at a line's end has broken, where that makes a word of the vocabulary."""
    text, words, starts, ends = tokens.text, tokens.words, tokens.starts, tokens.ends
    for at in range(len(words) - 2, 0, -1):
        if words[at] != "\n" or words[at - 1] in PUNCTUATION or words[at + 1] in PUNCTUATION:
            continue
        if text[ends[at - 1] : starts[at]].rstrip(" \r\t") != "-":
            continue
        joined = read(text[starts[at - 1] : ends[at - 1]] + text[starts[at + 1] : ends[at + 1]])
        if joined in known:
            words[at - 1 : at + 2] = [joined]
            starts[at - 1 : at + 2] = [starts[at - 1]]
            ends[at - 1 : at + 2] = [ends[at + 1]]


def _plain(word: str) -> str:
    """The word in lower case, its ligatures and other compatibility characters written out."""
    if len(word) > _LONGEST_WORD:
        return word[:_LONGEST_WORD].casefold()
    return unicodedata.normalize("NFKC", word).casefold().replace("\u00ad", "")


def _singular(word: str, plurals: Sequence[Plural]) -> str:
    for plural in plurals:
        if len(word) >= plural.shortest and word.endswith(plural.written):
            return word[: len(word) - len(plural.written)] + plural.folded
    return word
