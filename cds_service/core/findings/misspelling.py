"""Typing errors of one letter in long words: read as the one word of the vocabulary that is a letter away.

A letter left out, added, changed, or swapped with its neighbour, anywhere but at the ends: there a letter makes another
word ("vascular" and "avascular", "resolve" and "resolved").
"""

from collections.abc import Iterable

_SHORTEST = 8


class Corrections:
    """The long words of a vocabulary, found from any word that is one letter away. Immutable after construction.

    Every word stands under itself and under each word that is left of it when one letter is taken away, so that two
    words a letter apart meet under one key (the symmetric deletion of SymSpell, W. Garbe).
    """

    def __init__(self, known: Iterable[str], never: Iterable[str]) -> None:
        """`known`: the folded words of the vocabulary. `never`: folded words that are right as they stand."""
        self._right = frozenset(known) | frozenset(never)
        by_key: dict[str, list[str]] = {}
        for word in self._right.difference(never):
            if len(word) >= _SHORTEST and word.isalpha():
                for key in _keys(word):
                    by_key.setdefault(key, []).append(word)
        self._by_key = by_key
        self._longest = max(map(len, by_key), default=0) + 1

    def holds(self, word: str) -> bool:
        """Whether a folded word is right as it stands."""
        return word in self._right

    def meant_by(self, word: str) -> str | None:
        """The one word that is a letter away from a folded word that is not right as it stands, or None."""
        if not _SHORTEST - 1 <= len(word) <= self._longest or not word.isalpha():
            return None
        near = {known for key in _keys(word) for known in self._by_key.get(key, ()) if _is_near(word, known)}
        return near.pop() if len(near) == 1 else None


def _keys(word: str) -> set[str]:
    """The word, and the word without one of its inner letters."""
    return {word, *(word[:index] + word[index + 1 :] for index in range(1, len(word) - 1))}


def _is_near(one: str, other: str) -> bool:
    """Whether one inner letter is added, left out, changed or swapped between two different words."""
    if one[0] != other[0] or one[-1] != other[-1]:
        return False
    short, long = sorted((one, other), key=len)
    at = next((index for index, letter in enumerate(short) if letter != long[index]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return swapped or short[at + 1 :] == long[at + 1 :]
