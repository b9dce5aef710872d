"""How history is read from each type of resource: where its concept, its state and its dates stand in FHIR R4."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.core.facts import State


@dataclass(frozen=True, slots=True)
class Kind:
    """How history is read from one type of resource.

    Attributes:
        codes: elements that hold the CodeableConcept, or a list of them.
        references: elements that refer to a resource that holds it, or a list of them.
        dates: elements that say when it began; of a Period its start.
        recorded: elements that say only when it was known; it began then or before.
        ends: elements that say when it ended; of a Period its end.
        status: the element whose value decides the state.
        states: values of that element with the state they give, or the reason to set the resource aside; any other
            value means present.
        over_by: the element whose value says that it is over.
        over: those values.
    """

    codes: tuple[str, ...]
    status: str
    states: Mapping[str, State | str]
    dates: tuple[str, ...]
    recorded: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    over_by: str = "status"
    over: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()


IN_ERROR = "it was entered in error"
_NOT_DONE_YET, _NOT_TAKEN_YET = "it has not been done yet", "it has not been taken yet"
_MEDICATION, _MEDICATION_REFERENCE = ("medicationCodeableConcept", "medication"), ("medicationReference",)
_TAKEN_NO_MORE = frozenset({"completed", "stopped"})
DOSAGE_END = "dosage end"
"""Stands for the end of the last period of `dosageInstruction` or `dosage`."""

KINDS: Mapping[str, Kind] = {
    "Condition": Kind(
        codes=("code",),
        status="verificationStatus",
        states={
            "refuted": State.DENIED,
            "entered-in-error": IN_ERROR,
            "unconfirmed": State.UNCERTAIN,
            "provisional": State.UNCERTAIN,
            "differential": State.UNCERTAIN,
        },
        dates=("onsetDateTime", "onsetPeriod", "onsetAge", "onsetRange", "onsetString"),
        recorded=("recordedDate",),
        ends=("abatementDateTime", "abatementPeriod", "abatementAge", "abatementRange", "abatementString"),
        over_by="clinicalStatus",
        over=frozenset({"inactive", "remission", "resolved"}),
    ),
    "Procedure": Kind(
        codes=("code",),
        status="status",
        states={
            "entered-in-error": IN_ERROR,
            "not-done": State.DENIED,
            "preparation": _NOT_DONE_YET,
            "on-hold": _NOT_DONE_YET,
        },
        dates=("performedDateTime", "performedPeriod", "performedAge", "performedRange", "performedString"),
        # A date alone may be the first of many; a period that was closed is over.
        ends=("performedPeriod",),
    ),
    "MedicationStatement": Kind(
        codes=_MEDICATION,
        references=_MEDICATION_REFERENCE,
        status="status",
        states={"entered-in-error": IN_ERROR, "not-taken": State.DENIED, "intended": _NOT_TAKEN_YET},
        dates=("effectiveDateTime", "effectivePeriod"),
        recorded=("dateAsserted",),
        ends=("effectivePeriod", DOSAGE_END),
        over=_TAKEN_NO_MORE,
    ),
    "MedicationRequest": Kind(
        codes=_MEDICATION,
        references=_MEDICATION_REFERENCE,
        status="status",
        states={"entered-in-error": IN_ERROR, "cancelled": "it was cancelled", "draft": "it is a draft"},
        dates=("authoredOn",),
        ends=(DOSAGE_END,),
        over=_TAKEN_NO_MORE,
    ),
    "MedicationAdministration": Kind(
        codes=_MEDICATION,
        references=_MEDICATION_REFERENCE,
        status="status",
        states={"entered-in-error": IN_ERROR, "not-done": State.DENIED},
        dates=("effectiveDateTime", "effectivePeriod"),
        # A dose is given and over; of an infusion the end counts.
        ends=("effectivePeriod", "effectiveDateTime"),
    ),
    "Encounter": Kind(
        codes=("reasonCode",),
        references=("reasonReference",),
        status="status",
        states={"entered-in-error": IN_ERROR, "cancelled": "it was cancelled", "planned": "it has not taken place yet"},
        dates=(),
        recorded=("period",),
    ),
}
"""By resourceType. Of an Encounter the reason is read; that it has an end says nothing of the end of its reason."""
