"""The signs of one clause, each put on the lesion that it speaks of."""

from collections.abc import Sequence

from cds_service.core.facts import State
from cds_service.core.findings.context import Clause, state_of
from cds_service.core.findings.lesions import Draft
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.passing import note_sign
from cds_service.core.findings.places import Site
from cds_service.core.findings.report_state import ReportState
from cds_service.core.findings.sizes import attenuation_hu
from cds_service.core.findings.spans import Quoting
from cds_service.core.findings.targets import Surroundings
from cds_service.core.findings.vocabulary import Mineral, Sign


def read_signs(
    signs: Sequence[Mention],
    placed: Sequence[tuple[Mention, list[Site], State | None]],
    named: Sequence[Site],
    around: Surroundings,
    clause: Clause,
    state: ReportState,
    span_of: Quoting,
    about_mineral: bool,
    plural: bool,
) -> None:
    """Say every sign of the clause."""
    lesions = [(mention, sites) for mention, sites, said in placed if sites and said is not State.DENIED]
    planes = {place.first for place in clause.mentions[Layer.PLACE]}
    names = [m for m in clause.mentions[Layer.MINERAL] if isinstance(m.meanings[0], Mineral) and m.meanings[0].name]
    for mention in signs:
        # A sign that is part of a diagnosis named is as sure as the diagnosis.
        said = state_of(clause, mention, bool(names) and _is_part_of(mention, names))
        if said is None:
            note_sign(mention, named, clause, state, span_of)
            continue
        span = span_of(mention)
        drafts: list[Draft] | None = None
        for sign in mention.meanings:
            assert isinstance(sign, Sign)
            if (sign.with_mineral and not about_mineral) or (
                sign.attenuation and not _fits(sign, mention, clause, state)
            ):
                continue
            for concept, what in _stated(sign, said):
                if concept in state.vocabulary.patient_findings:
                    state.findings.say(concept, what, span)
                    continue
                if drafts is None:
                    drafts = state.lesions_at(
                        _sites_for(mention, lesions, named, mention.first in planes) or around.running,
                        plural or state.tokens.has_plural(mention.first, mention.stop),
                    )
                for draft in drafts:
                    draft.findings.say(concept, what, span)


def _is_part_of(mention: Mention, names: Sequence[Mention]) -> bool:
    return any(name.first < mention.stop and mention.first < name.stop for name in names)


def _fits(sign: Sign, mention: Mention, clause: Clause, state: ReportState) -> bool:
    """Whether the number beside a unit of attenuation lies within the limits of its sign; true for any other sign."""
    if sign.attenuation is None:
        return True
    number = attenuation_hu(state.tokens, clause.first, mention, clause.stop, state.measures)
    return number is not None and sign.attenuation[0] <= number <= sign.attenuation[1]


def _stated(sign: Sign, said: State) -> list[tuple[str, State]]:
    """The findings that a sign states, with what its denial states as well."""
    stated = [(concept, said) for concept in sign.findings]
    if sign.denied_means and said is State.DENIED:
        stated.append((sign.denied_means, State.PRESENT))
    return stated


def _sites_for(
    sign: Mention, lesions: Sequence[tuple[Mention, list[Site]]], named: Sequence[Site], is_place: bool
) -> list[Site]:
    """The sites that a sign speaks of: of the nearest mineral in the clause, else the nearest list of sites."""
    own = [site for site in named if _overlap(sign, site)] or [
        site for site in named if is_place and (sign.first == site.stop or sign.stop == site.first)
    ]
    if own:
        return own
    if lesions:
        return min(lesions, key=lambda pair: _distance(sign, pair[0].first, pair[0].stop))[1]
    if not named:
        return []
    nearest = min(named, key=lambda site: _distance(sign, site.first, site.stop))
    return [site for site in named if site.group == nearest.group]


def _overlap(sign: Mention, site: Site) -> bool:
    return sign.first < site.stop and site.first < sign.stop


def _distance(sign: Mention, first: int, stop: int) -> int:
    return max(first - sign.stop, sign.first - stop, 0)
