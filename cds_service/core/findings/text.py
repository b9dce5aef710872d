"""Report text as tokens: words folded to one spelling, each with its exact position in the text as it was sent."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cds_service.core.findings.vocabulary import Spelling

# A number with its decimals, a word (a soft hyphen inside it is no break), or one punctuation mark that matters.
TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_](?:[^\W_]|\u00ad)*|[,;:?.()!\n]")
PUNCTUATION = frozenset(",;:?.()!\n")
_BROKEN_WORD = re.compile(r"-[ \r\t]{0,8}\n")
_REMEMBERED_WORDS = 16_384
_LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and punctuation marks of one text, in order: folded form, and where each starts and ends."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]

    def is_plural(self, index: int) -> bool:
        """Whether the word at `index` was written as a plural that folding took away."""
        word = self.words[index]
        end = self.ends[index]
        return self.text[end - 1 : end] in "sS" and not word.endswith("s")


def folding(spellings: Sequence[Spelling]) -> Callable[[str], str]:
    """A function from a word as written to its folded form: case, ligatures, spelling, plural. It remembers words."""
    prefixes: dict[str, list[Spelling]] = {}
    suffixes: dict[str, list[Spelling]] = {}
    for spelling in spellings:
        if spelling.at_end:
            suffixes.setdefault(spelling.written[-1], []).append(spelling)
        else:
            prefixes.setdefault(spelling.written[0], []).append(spelling)

    @lru_cache(maxsize=_REMEMBERED_WORDS)
    def fold(word: str) -> str:
        if len(word) > _LONGEST_WORD:
            return word[:_LONGEST_WORD].casefold()
        folded = unicodedata.normalize("NFKC", word).casefold().replace("\u00ad", "")
        folded = _singular(folded)
        for spelling in prefixes.get(folded[:1], ()):
            if folded.startswith(spelling.written):
                folded = spelling.folded + folded[len(spelling.written) :]
                break
        for spelling in suffixes.get(folded[-1:], ()):
            if folded.endswith(spelling.written):
                return folded[: len(folded) - len(spelling.written)] + spelling.folded
        return folded

    return fold


def tokenise(text: str, fold: Callable[[str], str], known: frozenset[str] | None = None) -> Tokens:
    """Cut `text` into tokens. Linear in its length.

    Args:
        text: as sent.
        fold: see `folding`.
        known: words of the vocabulary; a word broken by a hyphen at a line's end is joined to make one of them.
    """
    matches = list(TOKEN.finditer(text))
    words = [fold(match[0]) for match in matches]
    starts = [match.start() for match in matches]
    ends = [match.end() for match in matches]
    tokens = Tokens(text, words, starts, ends)
    if known is not None and _BROKEN_WORD.search(text):
        _mend(tokens, fold, known)
    return tokens


def _mend(tokens: Tokens, fold: Callable[[str], str], known: frozenset[str]) -> None:
    """Join the words that a hyphen at a line's end has broken, where that makes a word of the vocabulary."""
    text, words, starts, ends = tokens.text, tokens.words, tokens.starts, tokens.ends
    for at in range(len(words) - 2, 0, -1):
        if words[at] != "\n" or words[at - 1] in PUNCTUATION or words[at + 1] in PUNCTUATION:
            continue
        if text[ends[at - 1] : starts[at]].rstrip(" \r\t") != "-":
            continue
        joined = fold(text[starts[at - 1] : ends[at - 1]] + text[starts[at + 1] : ends[at + 1]])
        if joined in known:
            words[at - 1 : at + 2] = [joined]
            starts[at - 1 : at + 2] = [starts[at - 1]]
            ends[at - 1 : at + 2] = [ends[at + 1]]


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]
