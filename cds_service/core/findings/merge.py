"""Two readings of one report as one: what its text says and what its coded findings say.

The cautious rule: present outweighs uncertain outweighs denied, whichever of the two says it, because a calcification
that only one of them tells of must not go unexplained. What gave way is kept beside the finding and set aside by name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from cds_service.core.facts import Finding, Lesion, Outweighed, Reading, SetAside, State

_STRENGTH = {State.DENIED: 0, State.UNCERTAIN: 1, State.PRESENT: 2}
_DISPUTED = "says of a finding something else than the report's text or another code; the more cautious of them counts"


def merged_readings(text: Reading, codes: Reading) -> Reading:
    """Both readings together: lesions of one region join unless their sides differ.

    A coded finding without a site speaks of the one lesion of the text, else of those of which the text tells the same
    finding; where there are none, of a lesion without a site.
    """
    lesions = list(text.lesions)
    for lesion in codes.lesions:
        if lesion.region is None:
            _join_unsited(lesion, lesions)
            continue
        number = next((index for index, known in enumerate(lesions) if _same(known, lesion)), None)
        if number is None:
            lesions.append(lesion)
        else:
            lesions[number] = _joined(lesions[number], lesion)
    findings = _both(text.findings, codes.findings)
    return Reading(
        tuple(lesions),
        findings,
        text.history + codes.history,
        (*text.set_aside, *codes.set_aside, *_disputes([findings, *(lesion.findings for lesion in lesions)])),
        text.asides + codes.asides,
    )


def _same(one: Lesion, other: Lesion) -> bool:
    return one.region == other.region and (one.id == other.id or one.region in (one.id, other.id))


def _join_unsited(codes: Lesion, lesions: list[Lesion]) -> None:
    """Give each finding that a code states without a site to the lesions of the text that it can only mean."""
    sited = [number for number, lesion in enumerate(lesions) if lesion.region is not None]
    left: dict[str, Finding] = {}
    size = codes.size_mm
    for concept, finding in codes.findings.items():
        meant = sited if len(sited) == 1 else [number for number in sited if concept in lesions[number].findings]
        for number in meant:
            lesions[number] = replace(lesions[number], findings=_both(lesions[number].findings, {concept: finding}))
        if not meant:
            left[concept] = finding
    if size is not None and len(sited) == 1:
        lesions[sited[0]] = replace(lesions[sited[0]], size_mm=max(size, lesions[sited[0]].size_mm or size))
        size = None
    if left or size is not None:
        unsited = replace(codes, findings=left, size_mm=size)
        number = next((index for index, lesion in enumerate(lesions) if lesion.region is None), len(lesions))
        lesions[number : number + 1] = [_joined(lesions[number], unsited) if number < len(lesions) else unsited]


def _joined(one: Lesion, other: Lesion) -> Lesion:
    named = one if one.id != one.region else other
    sizes: list[Decimal] = [size for size in (one.size_mm, other.size_mm) if size is not None]
    return replace(
        named,
        size_mm=max(sizes, default=None),
        findings=_both(one.findings, other.findings),
        number=one.number or other.number,
        course=one.course or other.course,
    )


def _both(one: Mapping[str, Finding], other: Mapping[str, Finding]) -> dict[str, Finding]:
    result = dict(one)
    for concept, finding in other.items():
        known = result.get(concept)
        result[concept] = finding if known is None else _weighed(known, finding)
    return result


def _weighed(one: Finding, other: Finding) -> Finding:
    """One finding of two: the stronger state with its spans, and beside it all that says otherwise."""
    if one.state is other.state:
        spans = one.spans + tuple(span for span in other.spans if span not in one.spans)
        return replace(one, spans=spans, outweighed=one.outweighed + other.outweighed)
    strong, weak = (one, other) if _STRENGTH[one.state] > _STRENGTH[other.state] else (other, one)
    gave_way = tuple(Outweighed(weak.state, span) for span in weak.spans)
    return replace(strong, outweighed=strong.outweighed + gave_way + weak.outweighed)


def _disputes(everywhere: Iterable[Mapping[str, Finding]]) -> Iterator[SetAside]:
    """What gave way to another source, by the name of the resource that said it; once for each."""
    disputed = (other for findings in everywhere for finding in findings.values() for other in finding.disputed_by())
    return (SetAside(resource, _DISPUTED) for resource in dict.fromkeys(other.span.resource for other in disputed))
