"""What a token's scopes allow: SMART App Launch, version 1 (`user/Observation.read`) and 2 (`user/Observation.rs`).

Whatever is no scope of FHIR resources (`openid`, `launch`, words of later versions) is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_SCOPE = re.compile(
    r"(?P<whose>patient|user|system)/(?P<type>[A-Z][A-Za-z]*|\*)\."
    r"(?:(?P<first>read|write|\*)|(?P<second>(?=.)c?r?u?d?s?)(?P<query>\?.+)?)",
)
_LETTERS = {"read": "rs", "write": "", "*": "rs"}
"""What the words of version 1 are in the letters of version 2, as far as reading goes."""


class Leave(IntEnum):
    """How much of a resource type may be asked for."""

    NONE = 0
    FILTERED = 1
    WHOLE = 2


@dataclass(frozen=True, slots=True)
class _Scope:
    type: str
    letters: str
    leave: Leave


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of one token.

    Attributes:
        said: whether the client said any at all; without, the server has to be asked to know.
        scopes: those that give leave to read or search.
    """

    said: bool
    scopes: tuple[_Scope, ...]

    def leave(self, resource_type: str, letter: str) -> Leave:
        """What they allow for a resource type: `letter` is "r" to read an instance, "s" to search."""
        if not self.said:
            return Leave.WHOLE
        fitting = (scope for scope in self.scopes if scope.type in (resource_type, "*") and letter in scope.letters)
        return max((scope.leave for scope in fitting), default=Leave.NONE)


def read_scopes(text: str, patient_named: bool) -> Scopes:
    """The scopes in `fhirAuthorization.scope`.

    Args:
        text: scopes with white space between them.
        patient_named: whether `fhirAuthorization.patient` names the call's patient. Only then do patient scopes count:
            a token that is bound to someone else would find nothing, and nothing would be taken for none on file.
    """
    return Scopes(bool(text.strip()), tuple(_read(text.split(), patient_named)))


def _read(words: list[str], patient_named: bool) -> Iterator[_Scope]:
    for word in words:
        scope = _SCOPE.fullmatch(word)
        if scope is None or (scope["whose"] == "patient" and not patient_named):
            continue
        letters = _LETTERS[scope["first"]] if scope["first"] else scope["second"]
        yield _Scope(scope["type"], letters, Leave.FILTERED if scope["query"] else Leave.WHOLE)
