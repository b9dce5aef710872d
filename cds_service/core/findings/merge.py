"""Two readings of one report as one: what its text says and what its coded findings say."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from cds_service.core.facts import Finding, Lesion, Reading, State

_STRENGTH = {State.DENIED: 0, State.UNCERTAIN: 1, State.PRESENT: 2}


def merged_readings(first: Reading, second: Reading) -> Reading:
    """Both readings together: lesions of one region join unless their sides differ; present outweighs denied."""
    lesions = list(first.lesions)
    for lesion in second.lesions:
        number = next((index for index, known in enumerate(lesions) if _same(known, lesion)), None)
        if number is None:
            lesions.append(lesion)
        else:
            lesions[number] = _joined(lesions[number], lesion)
    return Reading(
        tuple(lesions),
        _both(first.findings, second.findings),
        first.history + second.history,
        first.set_aside + second.set_aside,
    )


def _same(one: Lesion, other: Lesion) -> bool:
    return one.region == other.region and (one.id == other.id or one.region in (one.id, other.id))


def _joined(one: Lesion, other: Lesion) -> Lesion:
    named = one if one.id != one.region else other
    sizes: list[Decimal] = [size for size in (one.size_mm, other.size_mm) if size is not None]
    return replace(named, size_mm=max(sizes, default=None), findings=_both(one.findings, other.findings))


def _both(one: Mapping[str, Finding], other: Mapping[str, Finding]) -> Mapping[str, Finding]:
    result = dict(one)
    for concept, finding in other.items():
        known = result.get(concept)
        if known is None or _STRENGTH[finding.state] > _STRENGTH[known.state]:
            result[concept] = finding
        elif finding.state is known.state:
            result[concept] = replace(
                known, spans=known.spans + tuple(span for span in finding.spans if span not in known.spans)
            )
    return result
