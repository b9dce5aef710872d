"""Examinations: what was asked for, what was taken, and what the report says."""

import base64
import hashlib
from collections.abc import Iterator

from cds_service.fhir.systems import LOINC
from cds_service.synthetic.resources import Json, Sheet, coded, coding
from cds_service.synthetic.story import Examined, Story
from cds_service.synthetic.wording import Wording
from cds_service.synthetic.world import Terms

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_IMPRESSION, _STUDY, _INDICATION = "impression", "study", "indication"
_CURRENT = "report"
_TAKEN_MINUTES, _ORDERED_MINUTES = 90, 1500
"""How long before its report an examination was done, and asked for."""


def examinations(sheet: Sheet, story: Story, wording: Wording) -> Iterator[Json]:
    """Older examinations, then the current one, whose report is unsigned."""
    terms = story.world.terms
    for number, older in enumerate(story.older, 1):
        yield from _Examination(sheet, terms, older, f"older-{number}", wording).resources("final")
    yield from _Examination(sheet, terms, story.examined, _CURRENT, wording).resources("preliminary")


class _Examination:
    def __init__(self, sheet: Sheet, terms: Terms, told: Examined, name: str, wording: Wording) -> None:
        self._sheet = sheet
        self._terms = terms
        self._told = told
        self._name = name
        self._wording = wording
        self._sections = {section: wording.worded(text) for section, text in told.sections.items()}

    def resources(self, status: str) -> Iterator[Json]:
        """ServiceRequest, ImagingStudy, DiagnosticReport. `status`: the report's."""
        current = status == "preliminary"
        order = self._order("active" if current else "completed")
        study = self._study(order)
        yield order
        yield study
        yield self._report(status, order, study)

    def _moment(self, minutes: int) -> str:
        return self._sheet.before(self._told.ago * 24 * 60 + minutes)

    def _order(self, status: str) -> Json:
        fields: Json = {
            "status": status,
            "intent": "order",
            "category": [coded(*one) for one in self._terms.order_categories],
            "code": {"text": self._told.study.text},
            "subject": self._sheet.subject,
            "authoredOn": self._moment(_ORDERED_MINUTES),
        }
        if self._told.reason:
            fields["reasonCode"] = [{"text": self._wording.worded(self._told.reason)}]
        return self._sheet.resource("ServiceRequest", f"{self._name}-order", fields)

    def _study(self, order: Json) -> Json:
        name = f"{self._name}-study"
        number = int.from_bytes(hashlib.sha256(f"{self._sheet.patient_id}-{name}".encode()).digest()[:14])
        modality = coding(_DICOM, self._told.study.modality)
        series: Json = {"uid": f"2.25.{number}.1", "number": 1, "modality": modality}
        if self._told.study.body_site:
            series["bodySite"] = {"display": self._told.study.body_site}
        fields: Json = {
            "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:2.25.{number}"}],
            "status": "available",
            "modality": [modality],
            "subject": self._sheet.subject,
            "started": self._moment(_TAKEN_MINUTES),
            "basedOn": [_reference(order)],
            "description": self._told.study.text,
            "series": [series],
        }
        return self._sheet.resource("ImagingStudy", name, fields)

    def _report(self, status: str, order: Json, study: Json) -> Json:
        data = base64.b64encode(self._text().encode()).decode("ascii")
        code, display = self._terms.report_code
        fields: Json = {
            "status": status,
            "basedOn": [_reference(order)],
            "category": [coded(*one) for one in self._terms.report_categories],
            "code": {**coded(LOINC, code, display), "text": self._told.study.text},
            "subject": self._sheet.subject,
            "effectiveDateTime": self._moment(_TAKEN_MINUTES),
            "issued": self._moment(0),
            "imagingStudy": [_reference(study)],
            "presentedForm": [{"contentType": "text/plain; charset=utf-8", "data": data}],
        }
        if self._sections.get(_IMPRESSION):
            fields["conclusion"] = self._sections[_IMPRESSION]
        return self._sheet.resource("DiagnosticReport", self._name, fields)

    def _text(self) -> str:
        """The report as it is read, laid out as the house does."""
        told = {_STUDY: self._told.study.text, _INDICATION: self._wording.worded(self._told.reason), **self._sections}
        headings = self._sheet.hospital.headings
        return "\n\n".join(f"{headings[name]}: {told[name]}" for name in headings if told.get(name))


def _reference(resource: Json) -> Json:
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}
