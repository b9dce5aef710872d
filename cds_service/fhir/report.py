"""DiagnosticReport to text: which of its narratives are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.facts import SetAside
from cds_service.fhir.html import text_of_html
from cds_service.fhir.narrative import LONGEST_TEXT, MAX_BYTES, RTF, UnreadableNarrativeError, decoded

_WORD = re.compile(r"\w+")
_PLAIN = "text/plain"
_TOO_LONG = f"goes beyond {LONGEST_TEXT // 1000} thousand characters of text; the rest was not read"
_MOST_FORMS = 20
"""Attachments that are looked at: each is compared with those before it."""
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class ReportText:
    """The narrative of a report.

    Attributes:
        text: as plain text; empty where there is none.
        source: the elements it comes from, such as "presentedForm[0], conclusion"; empty where there is none.
        set_aside: narratives that could not be read, and why.
    """

    text: str
    source: str
    set_aside: tuple[SetAside, ...]


def report_text(report: Mapping[str, Any]) -> ReportText:
    """Put together the narrative of a DiagnosticReport.

    The plain texts attached, else the HTML attached, then `conclusion`; each only if its words have not been read
    before, so nothing counts twice. HTML beside plain text is taken as a rendering of the same, and set aside where its
    words are others.
    `text.div` renders the whole resource: it is read where there is nothing else, or where its status is "additional",
    which says that it holds more than the resource.

    Args:
        report: a DiagnosticReport as received; elements of the wrong type are passed over.
    """
    resource = f"DiagnosticReport/{report['id']}" if isinstance(report.get("id"), str) else "DiagnosticReport"
    read = _Narrative(resource)
    plain, html = _attached(report.get("presentedForm"), resource, read.set_aside)
    for text, source in plain or html:
        read.add(text, source)
    for text, source in html if plain else ():
        read.pass_over(text, source)
    conclusion = report.get("conclusion")
    if isinstance(conclusion, str):
        read.add(conclusion.strip(), "conclusion", "IMPRESSION:\n")
    narrative = report.get("text")
    narrative = narrative if isinstance(narrative, dict) else {}
    div = narrative.get("div")
    if isinstance(div, str) and (not read.parts or narrative.get("status") == "additional"):
        read.add(text_of_html(div[:MAX_BYTES]), "text.div", whole=len(div) <= MAX_BYTES)
    return ReportText("\n\n".join(read.parts), ", ".join(read.sources), tuple(read.set_aside))


class _Narrative:
    """Collects the parts of one narrative."""

    def __init__(self, resource: str) -> None:
        self.parts: list[str] = []
        self.sources: list[str] = []
        self.set_aside: list[SetAside] = []
        self._resource = resource
        self._words = ""
        self._lines: set[str] = set()

    def add(self, text: str, source: str, heading: str = "", whole: bool = True) -> None:
        """Take a part unless it says nothing new; `heading` goes before it where other parts do."""
        if text.lstrip().lower().startswith(RTF):
            self.set_aside.append(SetAside(self._resource, f"{source} is RTF, which is not read"))
            return
        room = LONGEST_TEXT - sum(map(len, self.parts))
        if len(text) > room or not whole:
            self.set_aside.append(SetAside(self._resource, f"{source} {_TOO_LONG}"))
            text = text[:room]
        if not text or (self.parts and self._says_nothing_new(text)):
            return
        self.parts.append(heading + text if self.parts else text)
        self.sources.append(source)

    def pass_over(self, text: str, source: str) -> None:
        """Set a part aside, unless it says nothing new."""
        if not self._says_nothing_new(text):
            reason = f"{source} says something else than the plain text beside it, which was read"
            self.set_aside.append(SetAside(self._resource, reason))

    def _says_nothing_new(self, text: str) -> bool:
        """Whether a text, or each of its lines, has been read before, whatever its case, marks and line breaks."""
        if not self._words:
            for part in self.parts:
                self._lines.update(map(_words, part.split("\n")))
            self._words = _words(" ".join(self.parts))
        words, lines = _words(text), {_words(line) for line in text.split("\n")}
        if f" {words} " in f" {self._words} " or lines <= self._lines:
            return True
        self._words = f"{self._words} {words}"
        self._lines |= lines
        return False


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _attached(
    forms: object, resource: str, set_aside: list[SetAside]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The texts of the attachments that can be read, each with which it was: the plain ones, and those in HTML."""
    found: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    room = MAX_BYTES
    listed = _items(forms)
    if len(listed) > _MOST_FORMS:
        reason = f"presentedForm holds more than {_MOST_FORMS} attachments; the others were not read"
        set_aside.append(SetAside(resource, reason, len(listed) - _MOST_FORMS))
    for number, form in enumerate(listed[:_MOST_FORMS]):
        content_type = form.get("contentType")
        content_type = content_type if isinstance(content_type, str) else _PLAIN
        kind = content_type.partition(";")[0].strip().lower()
        is_html = kind in _HTML
        if not is_html and kind != _PLAIN:
            set_aside.append(SetAside(resource, f"presentedForm[{number}] is {_named(kind)}, which is not read"))
            continue
        data = form.get("data")
        if not isinstance(data, str) or not data:
            set_aside.append(SetAside(resource, f"presentedForm[{number}] has no data; its url is not fetched"))
            continue
        try:
            text = decoded(data, content_type)
        except UnreadableNarrativeError as error:
            set_aside.append(SetAside(resource, f"presentedForm[{number}] could not be read: {error}"))
            continue
        if len(text) > room:
            set_aside.append(
                SetAside(resource, f"presentedForm[{number}] goes beyond {MAX_BYTES // 1000} kB of attachments")
            )
            continue
        room -= len(text)
        text = (text_of_html(text) if is_html else text).strip()
        if text:
            found[is_html].append((text, f"presentedForm[{number}]"))
    return found[False], found[True]


def _named(kind: str) -> str:
    """A media type as it may be repeated in a message: nothing but its own letters."""
    return (
        kind
        if len(kind) <= 60 and all(letter.isalnum() or letter in "/+.-" for letter in kind)
        else "of an unknown type"
    )


def _items(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
