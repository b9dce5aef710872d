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


# ---- other resources -------------------------------------------------------------------------------------------------

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CALCITRIOL: Json = {"resourceType": "Medication", "id": "drug", "code": {"text": "Calcitriol"}}


def encounter(**more: object) -> Json:
    return {"resourceType": "Encounter", "id": "e1", "status": "finished", "subject": PATIENT, **more}


def by_reference(reference: Json, **more: object) -> Json:
    held = {"resourceType": "MedicationRequest", "id": "m2", "status": "active", "subject": PATIENT}
    return {**held, "medicationReference": reference, **more}


@pytest.mark.parametrize(
    ("held", "concept", "state"),
    [
        ([encounter(reasonCode=[{"text": "Burn"}])], "burn", PRESENT),
        ([encounter(reasonCode=[{"text": "Pain"}, {"coding": [coding(ICD, "N18.6")]}])], "ckd-g4-5", PRESENT),
        ([encounter(reasonCode=[{"text": "Possible FOP"}])], "fop", UNCERTAIN),
        ([encounter(reasonReference=[{"display": "Gout"}])], "gout", PRESENT),
        ([by_reference({"reference": "#drug"}, contained=[CALCITRIOL])], "vitamin-d-supplement", PRESENT),
        ([by_reference({"reference": "Medication/drug"}), CALCITRIOL], "vitamin-d-supplement", PRESENT),
        ([by_reference({"reference": "https://e/Medication/drug/_history/2"}), CALCITRIOL],
         "vitamin-d-supplement", PRESENT),
        ([by_reference({"reference": "Medication/x", "display": "Calcitriol"})], "vitamin-d-supplement", PRESENT),
        ([prescription(coding(RXNORM, "2418"))], "vitamin-d-supplement", PRESENT),
        ([prescription(coding("urn:oid:2.16.840.1.113883.6.88", "209006"))], "vitamin-d-supplement", PRESENT),
        ([{**prescription({"display": "Calcitriol"}, status="not-done"), "resourceType": "MedicationAdministration"}],
         "vitamin-d-supplement", DENIED),
    ],
)  # fmt: skip
def test_encounters_and_medications_that_are_referred_to_tell_history(
    held: list[Json], concept: str, state: State
) -> None:
    assert chart({"all": bundle(*held)}).history[concept].state is state


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (by_reference({"reference": "Medication/drug"}), "was not sent"),
        (by_reference({"reference": "#drug"}), "was not sent"),
        (by_reference({"reference": 5}), "was not sent"),
        (encounter(reasonReference=[{"reference": "Condition/c9"}]), "was not sent"),
        (encounter(reasonCode=[{"text": "Burn"}], status="cancelled"), "cancelled"),
        (encounter(reasonCode=[{"text": "Burn"}], status="planned"), "not taken place"),
        (encounter(reasonCode=[{"text": "Burn"}], subject={"reference": "Patient/p2"}), "not the call's patient"),
    ],
)
def test_what_cannot_be_followed_or_used_is_set_aside(resource: Json, reason: str) -> None:
    read = chart({"all": bundle(resource)})
    assert not read.history
    assert reason in reasons(read)[0]


def test_the_reason_of_an_encounter_keeps_the_state_of_the_condition_it_refers_to() -> None:
    held = [encounter(reasonReference=[{"reference": "Condition/c1"}]), condition("Gout", **verified("refuted"))]
    assert chart({"all": bundle(*held)}).history["gout"].state is DENIED


# ---- the family ------------------------------------------------------------------------------------------------------


def relative(*conditions: Json, who: str = "brother", **more: object) -> Json:
    held = {"resourceType": "FamilyMemberHistory", "id": "f1", "status": "completed", "patient": PATIENT}
    listed = [{"code": code} for code in conditions]
    return {**held, "relationship": {"coding": [{"code": "X", "display": who}]}, "condition": listed, **more}


FOP: Json = {"coding": [coding(SNOMED, "82725007", "Fibrodysplasia ossificans progressiva")]}


@pytest.mark.parametrize(
    ("resource", "history"),
    [
        (relative(FOP), {"family-fop": PRESENT}),
        (relative({"text": "Tumoral calcinosis"}), {"family-tumoral-calcinosis": PRESENT}),
        (relative({"text": "Possible FOP"}), {"family-fop": UNCERTAIN}),
        (relative({"text": "No FOP"}), {"family-fop": DENIED}),
        (relative({"text": "Gout"}, FOP), {"family-fop": PRESENT}),
        (relative({"text": "Gout"}), {}),
        (relative(FOP, condition="FOP"), {}),
    ],
)
def test_what_a_relative_has_is_the_family_s_and_never_the_patient_s(resource: Json, history: dict[str, State]) -> None:
    found = chart({"family": bundle(resource)}).history
    assert {name: fact.state for name, fact in found.items()} == history


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (relative(FOP, status="entered-in-error"), "in error"),
        (relative(FOP, patient={"reference": "Patient/p2"}), "not the call's patient"),
        (relative(FOP, who="Adoptive mother"), "not one by blood"),
        (relative(FOP, who="step-brother"), "not one by blood"),
        (relative(FOP, relationship={"coding": [{"code": "HUSB"}]}), "not one by blood"),
        (relative(FOP, who="Father-in-law"), "not one by blood"),
    ],
)
def test_a_family_history_that_must_not_be_used_is_set_aside(resource: Json, reason: str) -> None:
    read = chart({"family": bundle(resource)})
    assert not read.history
    assert reason in reasons(read)[0]


def test_the_relative_is_named_beside_what_they_have() -> None:
    assert chart({"family": bundle(relative(FOP))}).history["family-fop"].label.startswith("brother: ")


# ---- conflicts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backwards", [False, True])
def test_both_sides_of_a_conflict_are_told(backwards: bool) -> None:
    held = [condition("Gout", **verified("confirmed")), condition("Gout", id="c2", **verified("refuted"))]
    read = chart({"conditions": bundle(*(held[::-1] if backwards else held))})
    assert read.history["gout"].resource == "Condition/c1"
    assert [(aside.resource, "denies" in aside.reason) for aside in read.set_aside] == [("Condition/c2", True)]
