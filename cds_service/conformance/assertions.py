"""Every assertion that a CDS service is held to: its number, where it comes from, and what must hold.

Sources: the CDS Hooks 2.0 requirement list (S2 and its number), the logical models and invariants of 3.0 (S3), the
checks of the Inferno CRD test kit (I), the best practices of CDS Hooks (BP). X is what a good service does with input
that is not as it should be. E is this project's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion.

    Attributes:
        number: a letter for its group, and a number.
        requirements: where it comes from.
        says: what must hold.
    """

    number: str
    requirements: str
    says: str


_DISCOVERY = """
D1 | S2-1 S2-4 S2-5 S2-6 S2-13 | GET {base}/cds-services is 200 and a JSON object
D2 | S2-6 | services is an array; it may be empty
D3 | S2-7 S2-9 S2-10 | each service has hook, id and description, not empty
D4 | S2-8 | title is a string; it should be there
D5 | S2-11 S2-29 S2-36 | prefetch is an object of strings
D6 | S2-35 S2-55 S2-56 S2-57 S2-59 | prefetch tokens name a root field of the context, or a user id
D7 | S2-58 | prefetch queries keep to reads and simple searches
D8 | S2-12 S3 | usageRequirements, version and hookVersion are strings; version is a version
D9 | S2-3 | no member of discovery is null or empty
D10 | S2-211 | the same id twice is for different hooks
"""

_RESPONSE = """
R1 | S2-1 S2-16 S2-74 | a good call gets 200 and JSON
R2 | S2-74 | cards is there and an array
R3 | S2-77 | some good call gets a card or a system action
R4 | S2-83 | summary is a string of 1 to 139 characters
R5 | S2-87 S2-88 | indicator is info, warning or critical
R6 | S2-90 S2-105 S2-106 | source is an object with a label
R7 | S2-115 S2-116 S2-216 S2-217 S2-218 S2-220 | source.topic has a code and a system
R8 | S2-107 S2-111 S2-113 | source.url and source.icon are absolute http(s) URLs
R9 | S2-75 S3 | systemActions, where it is there, is an array and not empty
R10 | S2-127 S2-128 S2-129 cds-resp-5 | an action has a type and a description
R11 | S2-127 | an action's type is create, update or delete
R12 | S2-130 S2-131 S2-132 | create and update carry a FHIR resource
R13 | S2-133 S2-134 S2-135 cds-resp-2 | delete names Type/id in resourceId and carries no resource
"""

_OPTIONAL = """
O1 | S2-80 S2-81 S2-118 S2-119 | uuids are strings, UUIDs, and unique in a response
O2 | S2-84 S2-85 | detail is a string in Markdown, without HTML
O3 | S2-92 S2-93 S2-95 S2-96 cds-resp-6 | suggestions is an array and comes with a selectionBehavior of the two
O4 | S2-122 cds-resp-1 | at-most-one recommends one suggestion at most
O5 | S2-117 S2-120 S2-121 | a suggestion has a label; isRecommended is a boolean
O6 | S2-123 S2-124 | actions is an array and not empty
O7 | S2-98 S2-99 S2-100 S2-136 S2-216 S2-217 S2-218 S2-219 cds-resp-4 | override reasons are Codings with stable codes
O8 | S2-103 S2-138 S2-139 | links is an array; each has a label and an absolute URL
O9 | S2-141 S2-142 | a link's type is absolute or smart
O10 | S2-144 S2-145 S2-146 S2-147 cds-resp-3 | appContext is a string, on smart links only
O11 | cds-resp-7 | actionSelectionBehavior is one of the three, and only where the client is known to understand it
"""

_REQUEST = """
Q1 | S2-76 | a call without hook, hookInstance or context gets 400
Q2 | S2-76 | a hookInstance that is no UUID gets 400
Q3 | cds-r-1 | fhirAuthorization without fhirServer gets 400
Q4 | S2-54 | required data that cannot be had gets 412
Q5 | S2-28 S2-52 | a null prefetch key means none found; an OperationOutcome is noticed
Q6 | S2-76 | another hook than the service's gets 400
Q7 | S2-208 | a preflight is answered without a token
Q8 | S2-214 | members that nobody knows are ignored
Q9 | S2-27 | an answer takes about 500 ms
"""

_TRUST = """
J1 | S2-14 S2-176 S2-177 BP | no token gets a bare 401
J2 | S2-201 S2-203 | tokens without a signature, or signed with a shared secret, get 401
J3 | S2-176 S2-205 | ES384 and RS384 are taken
J4 | S2-195 BP | an issuer or a jku that is not on the list gets 401
J5 | BP | a token for another address gets 401; the address may stand in an array
J6 | BP | an expired token gets 401; nbf, and clocks that are a little off, are taken
J7 | BP | a token that comes again gets 401
J8 | BP | an unknown kid gets 401
J9 | BP | no token is ever logged
"""

_FEEDBACK = """
F1 | S2-148 S3 | feedback without items gets 400
F2 | cds-fb-1 | feedback without card, outcome of the two, or an instant with its zone gets 400
F3 | cds-fb-2 | accepted without acceptedSuggestions gets 400
F4 | cds-fb-3 | an override reason with neither reason nor comment gets 400
F5 | S2-148 | feedback on a card that is not known is taken
F6 | S2-148 | feedback that comes again is taken
F7 | S2-148 | what the public sandbox sends is taken
"""

_REPORT = """
P1 | draft | category may be a string, a CodeableConcept or an array
P2 | draft | procedure may be a string, a CodeableConcept or an array
P3 | draft | the system of LOINC may begin with http or https
P4 | draft | report-assist may come without a status
P5 | draft | report-sign gets 200, also where there is nothing to say
"""

_IMPERFECT = """
X1 | S2-34 | a body without prefetch is answered, or gets 412
X2 | S2-34 | an empty prefetch is answered, or gets 412
X3 | S2-52 | a list of results that is null is answered
X4 | S2-52 | results that could not be read are not taken for none
X5 | own | a result in mmol/L is answered
X6 | own | a result with a comparator is answered
X7 | own | a result in a unit that does not exist is answered
X8 | S2-76 | another hook than the service's gets 400
X9 | own | a result without a value is answered
X10 | own | a Bundle of type collection is read like a searchset
X11 | S2-76 S3 | a body that is not JSON gets 400 and an OperationOutcome
X12 | S2-16 S2-76 S3 | an unknown service gets 404 and an OperationOutcome
X13 | own | a body declared as application/fhir+json is taken
X14 | cds-fb-1 | feedback with the outcome banana gets 400
X15 | S2-5 | discovery answers a second time
"""

_OWN = """
E1 | S2-214 S2-215 | an extension is an object whose keys begin with a reverse domain
E2 | S2-3 | no member of a response is null or empty
E3 | S2-3 S2-74 | discovery and responses keep their JSON Schemas
"""


def _read(*tables: str) -> Mapping[str, Assertion]:
    rows = [line for table in tables for line in table.strip().splitlines()]
    parts = [[part.strip() for part in row.split("|")] for row in rows]
    return {number: Assertion(number, requirements, says) for number, requirements, says in parts}


ASSERTIONS = _read(_DISCOVERY, _RESPONSE, _OPTIONAL, _REQUEST, _TRUST, _FEEDBACK, _REPORT, _IMPERFECT, _OWN)
"""By number, in the order in which they are told."""
