"""Every fault that the reference service can be given, and which assertions must then fail or warn: no others may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.conformance.reference import PREFETCH
from tests.standard.messages import LEFT_OUT, changed

_CARD, _SUGGESTION, _ACTION = "cards/0", "cards/0/suggestions/0", "cards/0/suggestions/0/actions/0"
_REASON, _LINK, _ENTRY = "cards/0/overrideReasons/0", "cards/0/links/0", "services/0"
_DELETE = "cards/0/suggestions/0/actions/1"


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: what is wrong with the service.
        fails: numbers of the assertions that must fail, with spaces between.
        warns: of those that must warn.
        breaks: what of `Behaviour.breaks` is switched on.
        discovery, response: how the answers are changed.
        offers: ids of the services on offer.
        status: of the answer to a call.
    """

    name: str
    fails: str = ""
    warns: str = ""
    breaks: str = ""
    discovery: Callable[[Any], Any] = lambda body: body
    response: Callable[[Any], Any] = lambda body: body
    offers: tuple[str, ...] = ("sign-order",)
    status: int = 200


def _listed(path: str, value: object, fails: str, warns: str = "") -> Fault:
    name = f"discovery: {path} is {'left out' if value is LEFT_OUT else repr(value)[:40]}"
    return Fault(name, fails, warns, discovery=lambda body: changed(body, path, value))


def _answered(path: str, value: object, fails: str, warns: str = "") -> Fault:
    name = f"response: {path} is {'left out' if value is LEFT_OUT else repr(value)[:40]}"
    return Fault(name, fails, warns, response=lambda body: changed(body, path, value))


def _switched(number: str, fails: str | None = None, warns: str = "", **more: Any) -> Fault:
    return Fault(f"breaks {number}", number if fails is None else fails, warns, breaks=number, **more)


_DOUBLE = "Observation?patient=1&date=ge2020&date=le2021"

DISCOVERY_FAULTS = [
    Fault("discovery: an array", "D1", discovery=lambda body: body["services"]),
    Fault("discovery: one service twice", "D10", discovery=lambda body: {"services": body["services"] * 2}),
    _listed("services", {}, "D2 D9 E3"),
    _listed(f"{_ENTRY}/description", LEFT_OUT, "D3 E3"),
    _listed(f"{_ENTRY}/description", "", "D3 D9 E3"),
    _listed(f"{_ENTRY}/description", ["D"], "D3 E3"),
    _listed(f"{_ENTRY}/title", 7, "D4 E3"),
    _listed(f"{_ENTRY}/title", LEFT_OUT, "", "D4"),
    _listed(f"{_ENTRY}/prefetch", "Patient/1", "D5 E3"),
    _listed(f"{_ENTRY}/prefetch", {**PREFETCH, "more": ["Patient/1"]}, "D5 E3"),
    _listed(f"{_ENTRY}/prefetch/more", "Patient/{{context.draftOrders.entry}}", "D6"),
    _listed(f"{_ENTRY}/prefetch/more", "Patient/{{context.patientId", "D6"),
    _listed(f"{_ENTRY}/prefetch/more", "Patient/{{patientId}}", "D6"),
    _listed(f"{_ENTRY}/prefetch/more", "Condition?patient=1&_include=*", "", "D7"),
    _listed(f"{_ENTRY}/prefetch/more", "Condition?subject.name=1", "", "D7"),
    _listed(f"{_ENTRY}/prefetch/more", _DOUBLE, "", "D7"),
    _listed(f"{_ENTRY}/version", "newest", "D8 E3"),
    _listed(f"{_ENTRY}/hookVersion", 1, "D8 E3"),
    _listed(f"{_ENTRY}/usageRequirements", None, "D8 D9 E3"),
    _listed(f"{_ENTRY}/extension", {"org.example.x": {"y": []}}, "D9 E3"),
    _switched("D1"),
    _switched("X15"),
]

RESPONSE_FAULTS = [
    _answered("cards", LEFT_OUT, "R2 E3"),
    _answered("cards", {}, "R2 E2 E3"),
    Fault("response: nothing to say", warns="R3", response=lambda _: {"cards": []}),
    Fault("response: an array", "R1 R2 E3", "R3", response=lambda body: [body]),
    Fault("response: 201", "R1 Q4 Q5 X1 X2", status=201),
    _answered(f"{_CARD}/summary", "a" * 140, "R4 E3"),
    _answered(f"{_CARD}/summary", LEFT_OUT, "R4 E3"),
    _answered(f"{_CARD}/indicator", "hard-stop", "R5 E3"),
    _answered(f"{_CARD}/source", {"url": "https://example.org/"}, "R6 E3", "R7"),
    _answered(f"{_CARD}/source", "Example", "R6 E3", "R7"),
    _answered(f"{_CARD}/source/topic/system", LEFT_OUT, "R7 E3"),
    _answered(f"{_CARD}/source/topic", LEFT_OUT, "", "R7"),
    _answered(f"{_CARD}/source/url", "/about", "R8 E3"),
    _answered(f"{_CARD}/source/icon", "icon.png", "R8 E3"),
    _answered("systemActions", [], "R9 E2 E3"),
    _answered("systemActions", {}, "R9 E2 E3"),
    _answered("systemActions/0/description", LEFT_OUT, "", "R10"),
    _answered(f"{_ACTION}/description", LEFT_OUT, "R10 E3"),
    _answered(f"{_ACTION}/type", "replace", "R11 E3"),
    _answered(f"{_ACTION}/type", LEFT_OUT, "R10 R11 E3"),
    _answered(f"{_ACTION}/resource", LEFT_OUT, "R12 E3"),
    _answered(f"{_ACTION}/resource", "ServiceRequest/1", "R12 E3"),
    _answered("systemActions/0/resource", {"status": "draft"}, "R12 E3"),
    _answered(f"{_DELETE}/resourceId", LEFT_OUT, "R13 E3"),
    _answered(f"{_DELETE}/resourceId", "1", "R13 E3"),
    _answered(f"{_DELETE}/resource", {"resourceType": "ServiceRequest"}, "R13 E3"),
]

OPTIONAL_FAULTS = [
    _answered(f"{_CARD}/uuid", 7, "O1 E3", ""),
    _answered(f"{_CARD}/uuid", "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e52", "O1"),
    _answered(f"{_CARD}/uuid", "card-1", "", "O1"),
    _answered(f"{_CARD}/detail", ["At length"], "O2 E3", "Q5 X4"),
    _answered(f"{_CARD}/detail", "At <b>length</b>.", "", "O2 Q5 X4"),
    _answered(f"{_CARD}/suggestions", [], "O3 E2 E3"),
    _answered(f"{_CARD}/selectionBehavior", LEFT_OUT, "O3 E3"),
    _answered(f"{_CARD}/selectionBehavior", "exactly-one", "O3 E3"),
    _answered("cards/0/suggestions/1/isRecommended", True, "O4 E3"),
    _answered(f"{_SUGGESTION}/label", LEFT_OUT, "O5 E3"),
    _answered(f"{_SUGGESTION}/isRecommended", "yes", "O5 E3"),
    _answered(f"{_SUGGESTION}/actions", [], "O6 E2 E3"),
    _answered(f"{_CARD}/overrideReasons", {}, "O7 E2 E3"),
    _answered(f"{_REASON}/display", LEFT_OUT, "O7 E3"),
    _answered(f"{_REASON}/system", LEFT_OUT, "O7 E3"),
    _switched("O7 codes", "O7"),
    _answered(f"{_CARD}/links", {}, "O8 E2 E3"),
    _answered(f"{_LINK}/url", "why", "O8 E3"),
    _answered(f"{_LINK}/label", LEFT_OUT, "O8 E3"),
    _answered(f"{_LINK}/type", "relative", "O9 E3"),
    _answered(f"{_LINK}/appContext", "a=1", "O10 E3"),
    _answered("cards/0/links/1/appContext", {"a": 1}, "O10 E3"),
    _answered(f"{_SUGGESTION}/actionSelectionBehavior", "some", "O11 E3"),
    _answered(f"{_SUGGESTION}/actionSelectionBehavior", "any", "", "O11"),
    _answered(f"{_CARD}/extension", [7], "E1 E3"),
    _answered(f"{_CARD}/extension", {"kind": "example"}, "", "E1"),
    _answered(f"{_CARD}/extension/org.example.kind", None, "E2 E3"),
    _answered(f"{_CARD}/unheardOf", {"a": [{"b": ""}]}, "E2 E3"),
]

REQUEST_FAULTS = [
    _switched("R1", "R1 Q4 Q5 X1 X2"),
    _switched("Q1"),
    _switched("Q2"),
    _switched("Q3"),
    _switched("Q4", offers=("sign-report",)),
    _switched("Q5"),
    _switched("Q5 reading", "", "Q5 X4"),
    _switched("Q6", "Q6 X8"),
    _switched("Q7"),
    _switched("Q7 origin", "Q7"),
    _switched("Q8"),
    _switched("Q8 reading", "Q8"),
    *(_switched(number) for number in ("F1", "F2", "F3", "F4", "F6", "F7", "X14")),
    _switched("F5", "F5 F6"),
    *(_switched(number, offers=("review",)) for number in ("P1", "P2", "P3")),
    _switched("P4", offers=("assist",)),
    _switched("P5", warns="R1", offers=("signed",)),
    *(_switched(number) for number in ("X3", "X4", "X5", "X6", "X7", "X9", "X10", "X11", "X12")),
    _switched("X1", "X1 Q4"),
    _switched("X2"),
    _switched("X13", "", "X13"),
]

TRUST_FAULTS = [
    *(_switched(number) for number in ("J1", "J2", "J3", "J4", "J5", "J6", "J7", "J8")),
    _switched("J1 bare", "", "J1"),
    _switched("J6 skew", "", "J6"),
]
