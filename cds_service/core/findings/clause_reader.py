"""One clause of what was seen: its minerals, signs and sizes, each put on the lesion that it speaks of."""

from collections.abc import Sequence

from cds_service.core.facts import Span, State
from cds_service.core.findings.context import Clause, state_of
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.passing import note_mineral
from cds_service.core.findings.places import Site, distinct
from cds_service.core.findings.report_state import ReportState
from cds_service.core.findings.sign_reader import read_signs
from cds_service.core.findings.sizes import largest_mm, number_of
from cds_service.core.findings.spans import Quoting
from cds_service.core.findings.targets import Surroundings, targets_of
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Category, Language, Matter, Mineral, Number, Sign

_SURFACE_REACH = 2
_SAID = (Layer.MINERAL, Layer.SIGN)


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
    several = any(tokens.has_plural(mention.first, mention.stop) for mention in masses)
    running = state.context(sites)
    around = Surroundings(
        sites,
        minerals,
        clause.mentions[Layer.NEAR],
        running,
        bool(masses) or (not sites and state.spoke_of_a_mass(running, clause)),
        several,
        clause.first,
        clause.stop,
    )
    placed = [_read_mineral(number, around, clause, state, span_of) for number in range(len(minerals))]
    named = [site for site in sites if site.region and not site.related] or [
        site for site in sites if site.region and not around.running
    ]
    plural = several or any(tokens.has_plural(mention.first, mention.stop) for mention in minerals)
    if related := [site for site in sites if site.related]:
        signs = [sign for sign in signs if not any(site.first <= sign.first < site.stop for site in related)]
    read_signs(signs, placed, named, around, clause, state, span_of, bool(minerals or masses), plural)
    positive = [site for _, targets, said in placed if said is not State.DENIED for site in targets]
    if positive or masses:
        _measure(positive or named or around.running, (*minerals, *masses), clause, state)
    state.speak_of(positive or named, bool(positive or masses))


def _measure(sites: Sequence[Site], mentions: Sequence[Mention], clause: Clause, state: ReportState) -> None:
    """Give the lesions at the sites the size and the number that the clause states."""
    tokens, words = state.tokens, state.measures
    size = largest_mm(tokens, clause.first, clause.stop, words)
    number = number_of(tokens, mentions, clause.first, words)
    if number in ("", Number.ONE) and any(tokens.has_plural(mention.first, mention.stop) for mention in mentions):
        number = Number.SEVERAL
    if size is not None or number:
        for draft in state.lesions_at(sites, False):
            draft.count(number)
            if size is not None:
                draft.size_mm = max(size, draft.size_mm or size)


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
        note_mineral(mention, distinct(targets_of(number, mineral, around, state.tokens)), clause, state, span_of)
        return mention, [], None
    span = span_of(mention)
    if mineral.name is not None:
        state.findings.say(mineral.name, said, span)
        if mineral.tissue is None or said is not State.PRESENT:
            return mention, [], None
    targets = distinct(targets_of(number, mineral, around, state.tokens))
    denied: list[Site] = []
    if said is not State.DENIED and any(
        kind == Category.NEGATION and first > mention.stop for first, _, kind in clause.scopes
    ):
        targets, denied = _parted(targets, mention, clause, state)
    if mineral.of_bone:
        targets = _off_the_bone(targets, mineral.of_bone, clause, state.tokens)
    if mineral.equivocal:
        if said is not State.DENIED:
            targets = [site for site in targets if _is_outside_bone(site, mineral, around.has_mass)]
    elif mineral.finding is not None:
        return mention, _say_fixed(mineral, mineral.finding, targets, said, span, around, state), said
    recorded = _say_by_tissue(
        mineral, targets, said, span, around, state.tokens.has_plural(mention.first, mention.stop), state
    )
    if denied:
        _say_by_tissue(mineral, denied, State.DENIED, span, around, False, state)
    if said is State.DENIED and Category.RESOLVED in clause.categories(mention):
        for draft in state.lesions_at(recorded, False):
            draft.resolved = True
    return mention, recorded, said


def _parted(targets: list[Site], mention: Mention, clause: Clause, state: ReportState) -> tuple[list[Site], list[Site]]:
    """The sites that no denial after the mention speaks of, and those of which it denies the mineral itself.

    "Calcification of the calf, none of the thigh" denies it of the thigh; "..., no effusion of the knee" says nothing
    of the knee, but "calcification without effusion of the knee" has no other place.
    """
    kept: list[Site] = []
    denied: list[Site] = []
    beside: list[Site] = []
    function_words = state.vocabulary.language_words[Language.ENGLISH]
    for site in targets:
        cue = next(
            (first for first, stop, kind in clause.scopes if kind == Category.NEGATION and first <= site.first < stop),
            0,
        )
        between = state.tokens.words[cue : site.first]
        if cue <= mention.stop or "," in between or _speaks_between(clause, cue, site.first):
            kept.append(site)
        else:
            (denied if function_words.issuperset(between) else beside).append(site)
    return kept if any(site.region for site in kept) else kept + beside, denied


def _speaks_between(clause: Clause, first: int, stop: int) -> bool:
    return any(first <= other.first < stop for layer in _SAID for other in clause.mentions[layer])


def _off_the_bone(targets: list[Site], surfaces: frozenset[str], clause: Clause, tokens: Tokens) -> list[Site]:
    """The sites that are more than the surface of a bone: new bone along the tibial cortex is the bone's own."""
    return [
        site
        for site in targets
        if site.decides or surfaces.isdisjoint(tokens.words[site.first : min(site.stop + _SURFACE_REACH, clause.stop)])
    ]


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


def _is_mass(mention: Mention) -> bool:
    return any(isinstance(sign, Sign) and sign.mass for sign in mention.meanings)
