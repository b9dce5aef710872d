"""One question put to a FHIR server: asked in the way that it takes, asked once more if it says so, page by page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from cds_service.fhir.access.errand import Errand
from cds_service.fhir.access.exchange import Ask, Reply, exchange
from cds_service.fhir.access.outcome import Part
from cds_service.fhir.access.questions import Question
from cds_service.fhir.access.scopes import Leave
from cds_service.fhir.access.trouble import NotFetched, Trouble
from cds_service.fhir.resources import NEWEST_ONLY, next_page
from cds_service.json_text import NoJsonText, parse
from cds_service.origins import origin_of

Json = Mapping[str, Any]

_OK = 200
_LATER = (429, 503)
_MOVED = (301, 302, 303, 307, 308)
_NOT_BY_GET = (405, 414, 431, 501)
"""Method, length or headers refused: a search may then go as a form (FHIR R4, "search using POST")."""
_DENIED = (401, 403)
_OWN_ERROR = 500
_RESULTS = ("searchset", "collection", None)
"""Some servers send what they found as a mere collection, or do not say."""


class Job:
    """What one thread has to find out; others may look at it while it runs.

    Attributes:
        key: the prefetch key that it is for.
        question: what is asked.
        after: the next page of a Bundle that the client sent; if there is one, only what follows is read.
        pages: what was read so far: Bundles, or one resource.
        trouble: why there is no more of it; None when it was read to its end.
    """

    def __init__(self, key: str, question: Question, after: str = "") -> None:
        self.key = key
        self.question = question
        self.after = after
        self.pages: list[Json] = []
        self.trouble: Trouble | None = Trouble.TOO_LATE

    def do(self, errand: Errand) -> None:
        """Ask. What goes wrong stands in `trouble`."""
        try:
            leave = errand.grant.scopes.leave(self.question.type, self.question.letter)
            if leave is Leave.NONE:
                raise NotFetched(Trouble.NO_SCOPE)
            self._ask(errand)
            # A server hides from a search what a narrow scope does not cover, and does not say so.
            filtered = leave is Leave.FILTERED and not self.question.id
            self.trouble = Trouble.NARROW_SCOPE if filtered else None
        except NotFetched as error:
            self.trouble = error.trouble

    def so_far(self) -> Part:
        """What has come of it by now."""
        # In this order: a job that ends in between is then taken for unfinished, not for finished with a page too few.
        trouble = self.trouble
        return Part(self.key, tuple(self.pages), trouble, continues=bool(self.after))

    def _ask(self, errand: Errand) -> None:
        if self.after:
            self._follow(errand, self.after, errand.grant.base + "/")
        elif self.question.id:
            self.pages.append(_read_instance(errand, self.question))
        else:
            reply = _search(errand, self.question)
            self.pages.append(_bundle(reply))
            if self.key not in NEWEST_ONLY:
                self._follow(errand, next_page(self.pages[-1]), reply.url)

    def _follow(self, errand: Errand, link: str, at: str) -> None:
        """Read the pages behind a link that stands on the page at `at`."""
        # The first page counts, too, also where the client sent it.
        for _ in range(errand.limits.pages - 1):
            if not link:
                return
            reply = _get(errand, _on_server(errand, link, at))
            self.pages.append(_bundle(reply))
            link, at = next_page(self.pages[-1]), reply.url
        if link:
            raise NotFetched(Trouble.MORE_PAGES)


def _read_instance(errand: Errand, question: Question) -> Json:
    resource = _resource(_get(errand, question.url(errand.grant.base)))
    if resource["resourceType"] != question.type:
        raise NotFetched(Trouble.NOT_FHIR)
    return resource


def _search(errand: Errand, question: Question) -> Reply:
    reply = _get(errand, question.url(errand.grant.base))
    if reply.status not in _NOT_BY_GET:
        return reply
    form = Ask(f"{errand.grant.base}/{question.type}/_search", question.query)
    return _patiently(errand, form)


def _get(errand: Errand, url: str) -> Reply:
    """The answer to a GET, after at most one redirect, which must not leave the server."""
    reply = _patiently(errand, Ask(url))
    if reply.status not in _MOVED:
        return reply
    return _patiently(errand, Ask(_on_server(errand, reply.headers.get("Location", ""), url)))


def _patiently(errand: Errand, ask: Ask) -> Reply:
    """The answer; where the server is busy and says until when, the answer to a second try."""
    reply = exchange(errand, ask)
    if reply.status not in _LATER:
        return reply
    pause = reply.pause_s()
    if pause is None:
        return reply
    errand.rest(pause)
    return exchange(errand, ask)


def _on_server(errand: Errand, link: str, at: str) -> str:
    """A link in full, if it leads to the server that was asked; the token goes nowhere else."""
    try:
        url = urljoin(at, link)
    except ValueError:
        url = ""
    if not link or origin_of(url) != errand.grant.server.origin:
        raise NotFetched(Trouble.ELSEWHERE)
    return url


def _bundle(reply: Reply) -> Json:
    bundle = _resource(reply)
    if bundle["resourceType"] != "Bundle" or bundle.get("type") not in _RESULTS:
        raise NotFetched(Trouble.NOT_FHIR)
    return bundle


def _resource(reply: Reply) -> Json:
    """The resource in an answer; beyond its type it is not judged here."""
    if reply.status != _OK:
        raise NotFetched(_why_not(reply.status))
    try:
        value = parse(reply.body)
    except NoJsonText:
        raise NotFetched(Trouble.NOT_FHIR) from None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise NotFetched(Trouble.NOT_FHIR)
    if value["resourceType"] == "OperationOutcome":
        raise NotFetched(Trouble.OUTCOME)
    return value


def _why_not(status: int) -> Trouble:
    if status in _DENIED:
        return Trouble.REFUSED
    if status in _LATER:
        return Trouble.BUSY
    if status in _MOVED:
        return Trouble.ELSEWHERE
    return Trouble.BROKEN if status >= _OWN_ERROR else Trouble.NO_ANSWER
