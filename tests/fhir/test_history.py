import pytest

from cds_service.core.facts import State
from tests.fhir.charts import PATIENT, Json, bundle, chart, condition, reasons

PRESENT, DENIED, UNCERTAIN = State.PRESENT, State.DENIED, State.UNCERTAIN
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"


def coding(system: str, code: str, display: str | None = None) -> Json:
    return {"system": system, "code": code, **({"display": display} if display else {})}


def verified(status: str) -> Json:
    return {"verificationStatus": {"coding": [{"code": status}]}}


def procedure(text: str, **more: object) -> Json:
    held = {"resourceType": "Procedure", "id": "x1", "status": "completed", "subject": PATIENT, "code": {"text": text}}
    return {**held, **more}


def statement(text: str, **more: object) -> Json:
    concept = {"text": text}
    held = {"resourceType": "MedicationStatement", "id": "m1", "status": "active", "subject": PATIENT}
    return {**held, "medicationCodeableConcept": concept, **more}


def prescription(code: Json, **more: object) -> Json:
    held = {"resourceType": "MedicationRequest", "id": "m2", "status": "active", "intent": "order", "subject": PATIENT}
    return {**held, "medicationCodeableConcept": {"coding": [code]}, **more}


@pytest.mark.parametrize(
    ("resource", "concept", "state"),
    [
        (condition("End-stage renal disease"), "ckd-g4-5", PRESENT),
        (condition(coding=coding(ICD, "N18.6")), "ckd-g4-5", PRESENT),
        (condition(coding=coding("http://hl7.org/fhir/sid/icd-10", "T31.8")), "burn", PRESENT),
        (condition(coding=coding("https://snomed.info/sct", "396230008")), "dermatomyositis", PRESENT),
        (condition("Problem", coding(SNOMED, "1", "Paraplegia")), "cns-injury", PRESENT),
        (condition("No history of trauma"), "trauma", DENIED),
        (condition("Possible FOP"), "fop", UNCERTAIN),
        (condition("Gout", **verified("refuted")), "gout", DENIED),
        (condition("Gout", **verified("provisional")), "gout", UNCERTAIN),
        (condition("Gout", **verified("differential")), "gout", UNCERTAIN),
        (condition("Gout", **verified("confirmed")), "gout", PRESENT),
        (condition("Gout", clinicalStatus={"coding": [{"code": "resolved"}]}), "gout", PRESENT),
        (condition("Possible FOP", **verified("refuted")), "fop", DENIED),
        (condition("No trauma", **verified("provisional")), "trauma", DENIED),
        (procedure("Haemodialysis"), "dialysis", PRESENT),
        (procedure("Total hip replacement", status="not-done"), "surgery", DENIED),
        (statement("Cod liver oil"), "vitamin-d-excess", PRESENT),
        (statement("Calcitriol", status="not-taken"), "vitamin-d-supplement", DENIED),
        (prescription(coding("http://www.whocc.no/atc", "A11CC05")), "vitamin-d-supplement", PRESENT),
        (prescription({"display": "Alfacalcidol 0.25 ug"}), "vitamin-d-supplement", PRESENT),
    ],
)
def test_history_is_read_from_codes_and_texts(resource: Json, concept: str, state: State) -> None:
    found = chart({"conditions": bundle(resource)}).history[concept]
    assert (found.state, found.resource) == (state, f"{resource['resourceType']}/{resource['id']}")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (condition("Gout", **verified("entered-in-error")), "in error"),
        (condition("Gout", subject={"reference": "Patient/p2"}), "not the call's patient"),
        (procedure("Haemodialysis", status="entered-in-error"), "in error"),
        (procedure("Haemodialysis", status="preparation"), "not been done"),
        (statement("Calcitriol", status="intended"), "not been taken"),
        (prescription({"display": "Calcitriol"}, status="draft"), "draft"),
        (prescription({"display": "Calcitriol"}, doNotPerform=True), "not to do"),
    ],
)
def test_what_must_not_be_used_is_set_aside(resource: Json, reason: str) -> None:
    read = chart({"conditions": bundle(resource)})
    assert not read.history
    assert reason in reasons(read)[0]


def test_a_refuted_denial_says_nothing() -> None:
    assert not chart({"conditions": bundle(condition("No trauma", **verified("refuted")))}).history


def test_a_code_does_not_overrule_the_denial_beside_it() -> None:
    read = chart({"conditions": bundle(condition("No gout", coding(ICD, "M10.9")))})
    assert read.history["gout"].state is DENIED


@pytest.mark.parametrize(
    ("more", "onset", "days"),
    [
        ({"onsetDateTime": "2026-08-01"}, "2026-08-01", 113),
        ({"onsetDateTime": "2020"}, "2020", 2517),
        ({"onsetPeriod": {"start": "2026-08-01", "end": "2026-09-01"}}, "2026-08-01", 113),
        ({"onsetDateTime": "long ago"}, "", None),
        ({"onsetDateTime": "2027-08-01"}, "", None),
        ({"onsetString": "in childhood"}, "", None),
        ({"recordedDate": "2026-08-01"}, "2026-08-01", 113),
    ],
)
def test_the_onset_is_taken_where_it_makes_sense(more: Json, onset: str, days: int | None) -> None:
    found = chart({"conditions": bundle(condition("Burn", **more))}).history["burn"]
    assert (found.onset, found.age_days) == (onset, days)


def test_present_beats_uncertain_beats_denied() -> None:
    held = [condition("No gout"), condition("Possible gout", id="c2"), condition("Gout", id="c3")]
    assert chart({"conditions": bundle(*held[:2])}).history["gout"].state is UNCERTAIN
    assert chart({"conditions": bundle(*held)}).history["gout"].resource == "Condition/c3"


@pytest.mark.parametrize(
    "code", [None, "x", {}, {"text": 7}, {"coding": {"code": 1}}, {"coding": ["x", None, {"system": 1, "code": []}]}]
)
def test_a_concept_of_the_wrong_form_says_nothing(code: object) -> None:
    assert not chart({"conditions": bundle({**condition("x"), "code": code})}).history
