"""What the service asks its clients for, what of it did not come, and which tests are already on order."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cds_service.core.facts import Missing
from cds_service.core.history import HistoryVocabulary
from cds_service.core.labs import LabVocabulary
from cds_service.core.report_kinds import ReportKinds
from cds_service.fhir.observations import LOINC_SYSTEMS, known_test
from cds_service.fhir.resources import Received, codings, concept_text
from cds_service.fhir.subject import Identity, Whose, whose

PATIENT, ORDERS, IMAGING, REPORT = "patient", "orders", "imaging", "report"
LIST_TYPES = {
    "conditions": ("Condition",),
    "procedures": ("Procedure",),
    "medications": ("MedicationRequest", "MedicationStatement"),
    "family": ("FamilyMemberHistory",),
}
"""The resources that each list of the chart is read from; the first is the one asked for under the list's name."""

_LIST_COUNT = 200
_OF_PATIENT = "patient={{context.patientId}}"
_ON_ORDER = ("active", "on-hold")
_CAME = (None, Missing.SET_ASIDE, Missing.TOO_OLD)


def imaging_searches(kinds: ReportKinds) -> tuple[str, ...]:
    """The searches for a patient's newest imaging reports, one for each category system.

    US Core asks servers for the LOINC category, many file by HL7's sections, and not all take a list of both.
    """
    return tuple(_imaging_search(category, kinds.newest) for category in kinds.asked)


def imaging_template(kinds: ReportKinds) -> str:
    """The same as one prefetch template."""
    return _imaging_search(",".join(kinds.asked), kinds.newest)


def _imaging_search(category: str, count: int) -> str:
    return f"DiagnosticReport?{_OF_PATIENT}&category={category}&_sort=-date&_count={count}"


def prefetch_templates(labs: LabVocabulary, history: HistoryVocabulary) -> dict[str, str]:
    """The prefetch templates, by key, in the portable subset of CDS Hooks 2.0.1.

    Labs are asked for in groups, so that many results of one test cannot crowd out the few of another. Encounters,
    MedicationStatements and MedicationAdministrations have no key, for there shall be no more than twelve; they are
    read wherever they come.
    """
    templates = {PATIENT: "Patient/{{context.patientId}}"}
    wanted = {name for entry in history.entries.values() for name in entry.found_in}
    for name, types in LIST_TYPES.items():
        if name in wanted:
            templates[name] = f"{types[0]}?{_OF_PATIENT}&_count={_LIST_COUNT}"
    templates[ORDERS] = f"ServiceRequest?{_OF_PATIENT}&status=active&_count={_LIST_COUNT}"
    groups: dict[str, list[str]] = {}
    for lab in labs.labs.values():
        if lab.prefetch:
            groups.setdefault(lab.prefetch, []).extend(f"{LOINC_SYSTEMS[0]}|{code}" for code in lab.loincs)
    groups[labs.height.prefetch].extend(f"{LOINC_SYSTEMS[0]}|{code}" for code in labs.height.loincs)
    for name, codes in groups.items():
        # The newest results matter, but each test of the group must have its turn.
        tests = sum(lab.prefetch == name for lab in labs.labs.values())
        count = labs.prefetch_count * min(tests, 3)
        templates[name] = f"Observation?{_OF_PATIENT}&code={','.join(codes)}&_sort=-date&_count={count}"
    return templates


def lists_read(received: Received) -> frozenset[str]:
    """The lists of the chart that were read whole: the key came without an error, or its resources came otherwise."""
    return frozenset(
        name
        for name, types in LIST_TYPES.items()
        if name not in received.incomplete
        and ((name in received.keys and _was_read(received, name)) or any(True for _ in received.of(*types)))
    )


def chart_gaps(
    received: Received, templates: Iterable[str], labs: LabVocabulary, missing_labs: Mapping[str, Missing]
) -> dict[str, Missing]:
    """What did not come of what the templates ask for, by key, and why. What came under another key did come."""
    groups: dict[str, list[str]] = {}
    for lab in labs.labs.values():
        groups.setdefault(lab.prefetch, []).append(lab.id)
    gaps = {}
    for key in templates:
        types = {PATIENT: ("Patient",), ORDERS: ("ServiceRequest",)}.get(key) or LIST_TYPES.get(key, ())
        came = any(missing_labs.get(lab) in _CAME for lab in groups.get(key, ())) or any(received.of(*types))
        if key in received.incomplete or not came:
            gaps[key] = received.missing(key)
    return gaps


def orders_in(requests: Iterable[Mapping[str, Any]], labs: LabVocabulary) -> frozenset[str]:
    """The labs that these ServiceRequests are for, by lab id, together with those of the same order."""
    found = {lab for request in requests for lab in _ordered(request.get("code"), labs)}
    codes = {lab.orderable.loinc for lab in labs.labs.values() if lab.id in found and lab.orderable}
    together = {lab.id for lab in labs.labs.values() if lab.orderable and lab.orderable.loinc in codes}
    return frozenset(found | together)


def active_orders(received: Received, labs: LabVocabulary, identity: Identity) -> frozenset[str]:
    """The labs that are on order already, by lab id: by code, by name, or as part of a panel."""
    requests = (held.resource for held in received.of("ServiceRequest"))
    active = (request for request in requests if request.get("status") in _ON_ORDER)
    return orders_in((request for request in active if whose(request, identity) is not Whose.ANOTHER), labs)


def single_tests_in(requests: Iterable[Mapping[str, Any]], labs: LabVocabulary) -> frozenset[str]:
    """The labs that these ServiceRequests are for by themselves, by lab id; panels say too little of what is wanted."""
    known = (known_test(request.get("code"), labs) for request in requests)
    return frozenset(test.lab for test, reason in known if test is not None and not reason)


def _ordered(code: object, labs: LabVocabulary) -> Iterator[str]:
    known, reason = known_test(code, labs)
    if known is not None and not reason:
        yield known.lab
    texts = [concept_text(code), *(display for _, _, display in codings(code))]
    keys = {labs.names.key(text) for text in texts if text}
    for panel in labs.panels:
        if not panel.names.isdisjoint(keys):
            yield from panel.labs


def _was_read(received: Received, key: str) -> bool:
    return received.keys[key] is None or received.missing(key).value == "none on file"
