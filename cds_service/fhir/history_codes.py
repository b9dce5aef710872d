"""The history entries that the codes of a CodeableConcept stand for, and its texts."""

from cds_service.core.history import HistoryVocabulary
from cds_service.fhir.resources import codings, concept_text
from cds_service.fhir.systems import SNOMED

_SYSTEMS = {
    SNOMED: "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "http://www.whocc.no/atc": "atc",
    "urn:oid:2.16.840.1.113883.6.73": "atc",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.3": "icd10cm",
}
_ICD10 = "icd-10"


def texts_of(concept: object) -> list[str]:
    """The text of a concept and the displays of its codes, each once."""
    texts = [concept_text(concept), *(display for _, _, display in codings(concept))]
    return list({text.lower(): text for text in texts if text}.values())


def coded_entries(concept: object, vocabulary: HistoryVocabulary) -> list[str]:
    """The ids of the entries that the codes of a concept stand for, each once."""
    entries: list[str] = []
    for system, code, _ in codings(concept):
        name = _SYSTEMS.get(system.rstrip("/").replace("https://", "http://"))
        if name is None and _ICD10 in system.lower():
            name = "icd10cm"
        if name is not None and code:
            entries += vocabulary.of_code(name, code)
    return list(dict.fromkeys(entries))
