"""The two families of errors, named for who reads them.

`ContentError` is read by the person who edits `rules/` or `cards/`; `RequestError` and its children are read by the
engineers of the calling EHR. Neither ever carries patient data: a message names keys, positions and cures, not values
taken from a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a content file: where it is, what it is, and what to do about it."""

    file: str
    line: int
    key: str
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.problem} {self.cure}"


class ContentError(Exception):
    """Content cannot be used. Carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StartError(Exception):
    """The service must not start as configured. The message says which setting to change, and to what."""


class RequestError(Exception):
    """The call cannot be answered. `diagnostics` says why and what to send instead, without patient data."""

    def __init__(self, diagnostics: str) -> None:
        self.diagnostics = diagnostics
        super().__init__(diagnostics)


class NotJson(RequestError):
    """The body is not JSON."""


class InvalidRequest(RequestError):
    """The body is JSON, but not a request of the CDS Hooks service that was called."""


class NotTrusted(RequestError):
    """The caller did not prove who it is. Unlike elsewhere, `diagnostics` is for the operator: the answer is bare."""


class NotAllowed(RequestError):
    """The caller is known, and may not call this CDS service."""


class NotSignedIn(RequestError):
    """The page is for people who are signed in, and nobody is."""


class RoleMissing(RequestError):
    """The person is signed in, and has none of the roles that the page asks for."""


class ForeignForm(RequestError):
    """A form that changes something did not come from a page of ours, or of another session."""


class SignInFailed(RequestError):
    """A sign-in came to nothing. Why stands in the log."""


class SignInTooOften(RequestError):
    """Wrong tokens came too fast."""


class SignInAway(RequestError):
    """Nobody can sign in now: the provider cannot be asked."""


class UnknownService(RequestError):
    """No CDS service with this id is on offer."""


class UnknownCall(RequestError):
    """No recorded call has this id."""


class UnknownReplay(RequestError):
    """No replay has this name."""


class UnknownDocument(RequestError):
    """No document of this name comes with the program."""


class UnknownRule(RequestError):
    """The content in use has no rule with this id."""


class UnknownContent(RequestError):
    """No content version with this id was used here."""


class BodyTooLarge(RequestError):
    """The body is over the limit that the installation set."""


class BodyTooSlow(RequestError):
    """The body did not come within the time that the installation set."""


class BodyCutOff(RequestError):
    """The body ended before its declared end, or its chunks are not framed as HTTP/1.1 has it."""


class WrongMediaType(RequestError):
    """The body is declared as something other than JSON."""


class ReportMissing(RequestError):
    """No report can be had: required data is absent (HTTP 412, CDS Hooks 2.0.1 "Prefetch")."""


class SearchRefused(RequestError):
    """A search of the demo's FHIR server cannot be meant as it was asked."""


class UnknownResource(RequestError):
    """The demo's FHIR server has no such resource, or no such type."""


class NotAcceptable(RequestError):
    """An answer was asked for in a form that the demo's FHIR server does not write."""


class TokenRefused(RequestError):
    """A token of the demo's FHIR server is missing, false or over. `diagnostics` says which: it guards nobody."""


class ScopeMissing(RequestError):
    """A token of the demo's FHIR server is good, and does not cover what was asked."""


class SwitchRefused(RequestError):
    """A switch was not set: nothing has this id, no reason was given, or silence was not confirmed."""


class RecordNotKept(RequestError):
    """The audit record could not be made durable, so the answer is withheld."""


class DatabaseAway(RequestError):
    """The audit database cannot be reached now, so nobody knows what it would say."""
