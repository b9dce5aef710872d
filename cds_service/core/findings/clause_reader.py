"""One clause of what was seen: its minerals, signs and sizes, each put on the lesion that it speaks of."""

from collections.abc import Sequence

from cds_service.core.facts import Span, State
from cds_service.core.findings.context import Clause, state_of
from cds_service.core.findings.lesions import Draft
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.places import Site, distinct
from cds_service.core.findings.report_state import ReportState
from cds_service.core.findings.sizes import largest_mm
from cds_service.core.findings.spans import Quoting
from cds_service.core.findings.targets import Surroundings, targets_of
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Matter, Mineral, Sign


def read_clause(clause: Clause, state: ReportState) -> None:
    """Put everything that a clause says on the lesions that it speaks of."""
    minerals = state.minerals_of(clause)
    signs = clause.mentions[Layer.SIGN]
    tokens = state.tokens
    sites = state.sites(clause.mentions, clause.stop)
    if not minerals and not signs:
        state.speak_of(sites, False)
        return
    span_of = Quoting(clause, tokens)
    masses = [mention for mention in signs if _is_mass(mention)]
    around = Surroundings(
        sites,
        minerals,
        clause.mentions[Layer.NEAR],
        state.context(sites),
        bool(masses),
        any(_is_plural(mention, tokens) for mention in masses),
        clause.first,
        clause.stop,
    )
    placed = [_read_mineral(number, around, clause, state, span_of) for number in range(len(minerals))]
    named = [site for site in sites if site.region and not site.related] or [
        site for site in sites if site.region and not around.running
    ]
    plural = any(_is_plural(mention, tokens) for mention in (*minerals, *masses))
    neighbours = [site for site in sites if site.related]
    if neighbours:
        signs = [sign for sign in signs if not any(site.first <= sign.first < site.stop for site in neighbours)]
    _read_signs(signs, placed, named, around, clause, state, span_of, bool(minerals or masses), plural)
    size = largest_mm(tokens, clause.first, clause.stop) if minerals or masses else None
    positive = [site for _, targets, said in placed if said is not State.DENIED for site in targets]
    if size is not None and (positive or masses):
        for draft in state.lesions_at(positive or named or around.running, False):
            draft.size_mm = max(size, draft.size_mm or size)
    state.speak_of(positive or named, bool(positive or masses))


def _read_mineral(
    number: int, around: Surroundings, clause: Clause, state: ReportState, span_of: Quoting
) -> tuple[Mention, list[Site], State | None]:
    mention = around.minerals[number]
    mineral = mention.meanings[0]
    assert isinstance(mineral, Mineral)
    said = state_of(clause, mention, mineral.name is not None)
    if said is not None and mineral.denied:
        said = State.DENIED if said is State.PRESENT else None
    if said is None:
        return mention, [], None
    span = span_of(mention)
    if mineral.name is not None:
        state.findings.say(mineral.name, said, span)
        if mineral.tissue is None or said is not State.PRESENT:
            return mention, [], None
    targets = distinct(targets_of(number, mineral, around, state.tokens))
    if mineral.equivocal:
        if said is not State.DENIED:
            targets = [site for site in targets if _is_outside_bone(site, mineral, around.has_mass)]
    elif mineral.finding is not None:
        return mention, _say_fixed(mineral, mineral.finding, targets, said, span, around, state), said
    recorded = _say_by_tissue(mineral, targets, said, span, around, _is_plural(mention, state.tokens), state)
    return mention, recorded, said


def _say_fixed(
    mineral: Mineral,
    concept: str,
    targets: list[Site],
    said: State,
    span: Span,
    around: Surroundings,
    state: ReportState,
) -> list[Site]:
    if concept in state.vocabulary.patient_findings:
        state.findings.say(concept, said, span)
        return []
    if mineral.region:
        targets = [Site(mineral.region, None, None, True, False, None)]
    # A vein stone is told of beside organs and vessels, but is in neither.
    targets = _outside_organs(targets) or _outside_organs(around.running)
    for draft in state.lesions_at(targets, False):
        draft.findings.say(concept, said, span)
    return targets


def _is_outside_bone(site: Site, mineral: Mineral, has_mass: bool) -> bool:
    """Whether the words around an equivocal word leave no doubt that it speaks of soft tissue there, not of bone."""
    if site.tissue is None or not site.tissue.beside_bone or site.decides or site.near:
        return True
    return not (site.joint or site.bone) or (has_mass and mineral.matter is Matter.CALCIFIED)


def _outside_organs(sites: Sequence[Site]) -> list[Site]:
    return [
        site
        for site in sites
        if site.region and (not site.decides or site.tissue is None or site.tissue.musculoskeletal)
    ]


def _say_by_tissue(
    mineral: Mineral,
    targets: list[Site],
    said: State,
    span: Span,
    around: Surroundings,
    plural: bool,
    state: ReportState,
) -> list[Site]:
    """Say what mineral in each tissue makes; denied without a place it is denied of soft tissue, the question asked."""
    vocabulary = state.vocabulary
    soft = vocabulary.soft_tissue
    if said is State.DENIED and not any(site.tissue for site in targets):
        targets = [
            Site(site.region, site.side, soft, False, site.joint, None) for site in targets or around.running
        ] or [Site(None, None, soft, False, False, None)]
    recorded: list[Site] = []
    for site in targets:
        tissue = site.tissue
        if tissue is None:
            continue
        if around.has_masses and tissue.several:
            tissue = tissue.several
        for concept in tissue.makes[mineral.matter]:
            if concept in vocabulary.patient_findings:
                state.findings.say(concept, said, span)
                continue
            for draft in state.lesions_at([site], plural):
                draft.findings.say(concept, said, span)
                if site.near and site.joint:
                    draft.findings.say(vocabulary.beside_joint, said, span)
            if site not in recorded:
                recorded.append(site)
    return recorded


def _read_signs(
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
    minerals = clause.mentions[Layer.MINERAL]
    names = [m for m in minerals if isinstance(m.meanings[0], Mineral) and m.meanings[0].name]
    for mention in signs:
        # A sign that is part of a diagnosis named is as sure as the diagnosis.
        named_so = bool(names) and any(name.first < mention.stop and mention.first < name.stop for name in names)
        said = state_of(clause, mention, named_so)
        if said is None:
            continue
        span = span_of(mention)
        drafts: list[Draft] | None = None
        for sign in mention.meanings:
            assert isinstance(sign, Sign)
            if sign.with_mineral and not about_mineral:
                continue
            for concept, what in _stated(sign, said):
                if concept in state.vocabulary.patient_findings:
                    state.findings.say(concept, what, span)
                    continue
                if drafts is None:
                    drafts = state.lesions_at(
                        _sites_for(mention, lesions, named, mention.first in planes) or around.running,
                        plural or _is_plural(mention, state.tokens),
                    )
                for draft in drafts:
                    draft.findings.say(concept, what, span)


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


def _is_plural(mention: Mention, tokens: Tokens) -> bool:
    return tokens.has_plural(mention.first, mention.stop)


def _distance(sign: Mention, first: int, stop: int) -> int:
    return max(first - sign.stop, sign.first - stop, 0)


def _is_mass(mention: Mention) -> bool:
    return any(isinstance(sign, Sign) and sign.mass for sign in mention.meanings)
