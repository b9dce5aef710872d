"""DiagnosticReport to text and coded findings: which narrative is read, and what the codes say beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.facts import Finding, Lesion, Reading, SetAside, Span, State
from cds_service.core.findings import ReportReader, read_site, side_label
from cds_service.fhir.narrative import MAX_BYTES, UnreadableNarrativeError, decoded, text_of_html
from cds_service.fhir.resources import codings, concept_text

_PLAIN = "text/plain"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_UNUSED_STATUS = frozenset({"entered-in-error", "cancelled"})


@dataclass(frozen=True, slots=True)
class ReportText:
    """The one narrative of a report.

    Attributes:
        text: as plain text; empty where there is none.
        source: the element it comes from, such as "presentedForm[0]"; empty where there is none.
        set_aside: narratives that could not be read, and why.
    """

    text: str
    source: str
    set_aside: tuple[SetAside, ...]


def report_text(report: Mapping[str, Any]) -> ReportText:
    """Choose the narrative of a DiagnosticReport.

    Plain text attached, else HTML attached, else `conclusion`, else `text.div`. A conclusion beside an attached text is
    added only if its words are not in that text already, so nothing counts twice.

    Args:
        report: a DiagnosticReport as received; elements of the wrong type are passed over.
    """
    resource = f"DiagnosticReport/{report['id']}" if isinstance(report.get("id"), str) else "DiagnosticReport"
    set_aside: list[SetAside] = []
    conclusion = report.get("conclusion")
    conclusion = conclusion.strip() if isinstance(conclusion, str) else ""
    attached, source = _attached(report.get("presentedForm"), resource, set_aside)
    if attached:
        if conclusion and not _contains(attached, conclusion):
            return ReportText(f"{attached}\n\nIMPRESSION:\n{conclusion}", f"{source}, conclusion", tuple(set_aside))
        return ReportText(attached, source, tuple(set_aside))
    if conclusion:
        return ReportText(conclusion[:MAX_BYTES], "conclusion", tuple(set_aside))
    narrative = report.get("text")
    div = narrative.get("div") if isinstance(narrative, dict) else None
    text = text_of_html(div[:MAX_BYTES]) if isinstance(div, str) else ""
    return ReportText(text, "text.div" if text else "", tuple(set_aside))


def coded_reading(report: Mapping[str, Any], results: Iterable[Mapping[str, Any]], reader: ReportReader) -> Reading:
    """What the codes of a report say, as a reading without history.

    Args:
        report: a DiagnosticReport; its `conclusionCode` states findings as present.
        results: Observations of its `result`; the code, or a coded value, is looked up, and the value says whether
            it is present.
        reader: knows the codes, and the sites that `bodySite` names.
    """
    lesions: dict[tuple[str | None, str | None], dict[str, Finding]] = {}
    patient: dict[str, Finding] = {}
    for concept in _items(report.get("conclusionCode")):
        _state(concept, State.PRESENT, "DiagnosticReport", (None, None), reader, lesions, patient)
    for observation in results:
        if observation.get("status") in _UNUSED_STATUS:
            continue
        name = f"Observation/{observation['id']}" if isinstance(observation.get("id"), str) else "Observation"
        site = _site(observation.get("bodySite"), reader)
        value = observation.get("valueCodeableConcept")
        _state(observation.get("code"), _said(observation, reader), name, site, reader, lesions, patient)
        if isinstance(value, dict):
            _state(value, State.PRESENT, name, site, reader, lesions, patient)
    return Reading(tuple(_lesion(site, findings, reader) for site, findings in lesions.items()), patient, (), ())


def _attached(forms: object, resource: str, set_aside: list[SetAside]) -> tuple[str, str]:
    """The text of the first attachment that can be read, plain text before HTML, and which it was."""
    found: dict[bool, tuple[str, str]] = {}
    for number, form in enumerate(_items(forms)):
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
        text = (text_of_html(text) if is_html else text).strip()
        if text:
            found.setdefault(is_html, (text, f"presentedForm[{number}]"))
    return found.get(False) or found.get(True) or ("", "")


def _named(kind: str) -> str:
    """A media type as it may be repeated in a message: nothing but its own letters."""
    return (
        kind
        if len(kind) <= 60 and all(letter.isalnum() or letter in "/+.-" for letter in kind)
        else "of an unknown type"
    )


def _contains(text: str, part: str) -> bool:
    return " ".join(part.split()).casefold() in " ".join(text.split()).casefold()


def _items(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _site(concept: object, reader: ReportReader) -> tuple[str | None, str | None]:
    texts = [concept_text(concept), *(display for _, _, display in codings(concept))]
    return next((site for site in (read_site(text, reader) for text in texts if text) if site[0]), (None, None))


def _said(observation: Mapping[str, Any], reader: ReportReader) -> State:
    """Present, denied or uncertain, by the Observation's value; without a value it is present."""
    value = observation.get("valueBoolean")
    if isinstance(value, bool):
        return State.PRESENT if value else State.DENIED
    coded = observation.get("valueCodeableConcept")
    answers = [code for _, code, _ in codings(coded)]
    answers += [display for _, _, display in codings(coded)]
    answers += [concept_text(coded), str(observation.get("valueString") or "")]
    said = [reader.vocabulary.answers.get(answer.strip().casefold()) for answer in answers]
    return next((state for state in said if state is not None), State.PRESENT)


def _state(
    concept: object,
    state: State,
    resource: str,
    site: tuple[str | None, str | None],
    reader: ReportReader,
    lesions: dict[tuple[str | None, str | None], dict[str, Finding]],
    patient: dict[str, Finding],
) -> None:
    vocabulary = reader.vocabulary
    for system, code, display in codings(concept):
        finding = vocabulary.codes.get((system, code))
        if finding is not None:
            place = patient if finding in vocabulary.patient_findings else lesions.setdefault(site, {})
            place.setdefault(
                finding, Finding(finding, state, (Span(0, 0, display or concept_text(concept) or code, resource),))
            )


def _lesion(site: tuple[str | None, str | None], findings: dict[str, Finding], reader: ReportReader) -> Lesion:
    region, side = site
    label = reader.vocabulary.region_labels.get(region or "", "site not stated")
    name = region or "unsited"
    return Lesion(f"{name}:{side}" if side else name, side_label(label, side), region, None, findings)
