"""One clause of what was seen: its minerals, signs and sizes, each put on the lesion that it speaks of."""

from collections.abc import Iterable, Mapping, Sequence

from cds_service.core.facts import Span, State
from cds_service.core.findings.context import Clause, state_of
from cds_service.core.findings.lesions import Draft, Findings, LesionBook
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.places import Site, sites_of
from cds_service.core.findings.sizes import largest_mm
from cds_service.core.findings.targets import SOFT, Surroundings, targets_of
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Mineral, Sign, TextVocabulary

_QUOTE = 160
_NO_FINDING = "none"
_BODY = frozenset({SOFT, "tendon", "cartilage", "dens", "ligament", None})
_MASS = frozenset({"mass", "nodule"})


class ReportState:
    """Where the reading of one report stands: lesions so far, and which sites are being spoken of."""

    def __init__(self, vocabulary: TextVocabulary, tokens: Tokens) -> None:
        self.vocabulary = vocabulary
        self.tokens = tokens
        self.book = LesionBook(vocabulary.region_labels, vocabulary.mineral_findings)
        self.findings = Findings()
        self._exam: list[Site] = []
        self._running: list[Site] = []
        self._sentence: list[Site] = []
        self._part = 0
        self._under_site = False
        self._mineral_named = False

    def examine(self, sites: Sequence[Site]) -> None:
        """Take the sites of the exam's title."""
        self._exam += [site for site in sites if site.region and site.region not in {known.region for known in self._exam}]

    def enter_part(self, part: int) -> None:
        """A new heading: the running lesion ends."""
        if part != self._part:
            self._part = part
            self._running = []
            self._under_site = False

    def enter_subheading(self, sites: Sequence[Site]) -> None:
        """A sub-heading: one that names sites sets them."""
        regions = [site for site in sites if site.region]
        if sites:
            self._running = regions
            self._under_site = True
        elif self._under_site:
            self.leave_subheading()

    def leave_subheading(self) -> None:
        """A line of its own after lines under site sub-headings speaks of all of them again."""
        if self._under_site:
            self._under_site = False
            self._running = []

    def examined_sides(self) -> Mapping[str, str | None]:
        """The sides of the regions in the exam's title."""
        return {site.region: site.side for site in self._exam if site.region}

    def begin_sentence(self) -> None:
        """A new sentence: what its first clause names holds for the others."""
        self._sentence = []
        self._mineral_named = False

    def minerals_of(self, clause: Clause) -> list[Mention]:
        """The mentions of mineral in a clause; "deposits" are mineral where the sentence has named it before."""
        kept: list[Mention] = []
        for mention in clause.mentions[Layer.MINERAL]:
            mineral = mention.meanings[0]
            if not isinstance(mineral, Mineral) or mineral.finding == _NO_FINDING or (mineral.after_mineral and not self._mineral_named):
                continue
            self._mineral_named = self._mineral_named or mineral.name is None
            kept.append(mention)
        return kept

    def speak_of(self, sites: Sequence[Site], lasting: bool) -> None:
        """Note the sites that a clause spoke of; `lasting` when it described a lesion there."""
        regions = _distinct(site for site in sites if site.region)
        if regions:
            self._sentence = regions
            if lasting:
                self._running = regions

    def context(self) -> list[Site]:
        """The sites meant where a clause names none: of the sentence, of the running lesion, of the exam if it has one."""
        if self._sentence or self._running:
            return self._sentence or self._running
        if self._under_site or self.book.minerals() or len(self._exam) != 1 or self._exam[0].wall:
            return []
        return self._exam

    def lesions_at(self, sites: Sequence[Site], plural: bool) -> list[Draft]:
        """The lesions at the sites; without a site, those that an unsited statement can mean."""
        found: list[Draft] = []
        for site in sites:
            if site.region:
                found += [draft for draft in self.book.at(site.region, site.side) if draft not in found]
        if found:
            return found
        minerals = self.book.minerals()
        if minerals:
            return minerals if plural else minerals[:1]
        if plural:
            self.book.speak_of_several()
        return self.book.at(None, None)


def read_clause(clause: Clause, state: ReportState) -> None:
    """Put everything that a clause says on the lesions that it speaks of."""
    minerals = state.minerals_of(clause)
    signs = clause.mentions[Layer.SIGN]
    if not minerals and not signs:
        return
    tokens = state.tokens
    sites = _sites(clause, state)
    span_of = _Quoting(clause, tokens)
    masses = [mention for mention in signs if _is_mass(mention)]
    around = Surroundings(sites, minerals, clause.mentions[Layer.NEAR], state.context(), bool(masses), clause.first, clause.stop)
    placed = [_read_mineral(number, around, clause, state, span_of) for number in range(len(minerals))]
    named = [site for site in sites if site.region and not site.related] or [site for site in sites if site.region and not state.context()]
    plural = any(_is_plural(mention, tokens) for mention in (*minerals, *masses))
    signs = [sign for sign in signs if not any(site.related and site.first <= sign.first < site.stop for site in sites)]
    _read_signs(signs, placed, named, clause, state, span_of, bool(minerals or masses), plural)
    size = largest_mm(tokens, clause.first, clause.stop) if minerals or masses else None
    positive = [site for _, targets, said in placed if said is not State.DENIED for site in targets]
    if size is not None and (positive or masses):
        for draft in state.lesions_at(positive or named or state.context(), False):
            draft.size_mm = max(size, draft.size_mm or size)
    state.speak_of(positive or named, bool(positive or masses))


def _sites(clause: Clause, state: ReportState) -> list[Site]:
    """The sites of a clause but those within the words of a sign of the patient ("cervical spondylosis", "short great toes")."""
    sites = sites_of(clause.mentions, clause.stop, state.tokens)
    if not sites:
        return sites
    patient = state.vocabulary.patient_findings
    spoken = [
        sign for sign in clause.mentions[Layer.SIGN]
        if sign.stop - sign.first > 1 and any(isinstance(s, Sign) and s.findings and patient.issuperset(s.findings) for s in sign.meanings)
    ]
    return [site for site in sites if not any(sign.first <= site.first and site.stop <= sign.stop for sign in spoken)]


def _read_mineral(number: int, around: Surroundings, clause: Clause, state: ReportState, span_of: "_Quoting") -> tuple[Mention, list[Site], State | None]:
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
    targets = _distinct(targets_of(number, mineral, around, state.tokens))
    if mineral.finding is not None:
        return mention, _say_fixed(mineral, mineral.finding, targets, said, span, state), said
    recorded = _say_by_tissue(mineral, targets, said, span, _is_plural(mention, state.tokens), state)
    return mention, recorded, said


def _say_fixed(mineral: Mineral, concept: str, targets: list[Site], said: State, span: Span, state: ReportState) -> list[Site]:
    if concept in state.vocabulary.patient_findings:
        state.findings.say(concept, said, span)
        return []
    if mineral.region:
        targets = [Site(mineral.region, None, None, True, False, False)]
    # A vein stone is told of beside organs and vessels, but is in neither.
    targets = [site for site in targets if site.region and (not site.decides or site.tissue in _BODY)] or list(state.context())
    for draft in state.lesions_at(targets, False):
        draft.findings.say(concept, said, span)
    return targets


def _say_by_tissue(mineral: Mineral, targets: list[Site], said: State, span: Span, plural: bool, state: ReportState) -> list[Site]:
    """Say what mineral in each tissue makes. Mineral that is denied without a place is denied of soft tissue, which is the question."""
    vocabulary = state.vocabulary
    if said is State.DENIED and not any(site.tissue for site in targets):
        targets = [Site(site.region, site.side, SOFT, False, site.joint, False) for site in targets or state.context()] or [Site(None, None, SOFT, False, False, False)]
    recorded: list[Site] = []
    for site in targets:
        tissue = vocabulary.tissues.get(site.tissue or "")
        if tissue is None:
            continue
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
    signs: Sequence[Mention], placed: Sequence[tuple[Mention, list[Site], State | None]], named: Sequence[Site], clause: Clause, state: ReportState, span_of: "_Quoting", about_mineral: bool, plural: bool
) -> None:
    """Say every sign of the clause."""
    lesions = [(mention, sites) for mention, sites, said in placed if sites and said is not State.DENIED]
    planes = {place.first for place in clause.mentions[Layer.PLACE]}
    for mention in signs:
        said = state_of(clause, mention)
        if said is None:
            continue
        span = span_of(mention)
        drafts: list[Draft] | None = None
        for sign in mention.meanings:
            assert isinstance(sign, Sign)
            if sign.with_mineral and not about_mineral:
                continue
            concepts = [(concept, said) for concept in sign.findings]
            if sign.denied_means and said is State.DENIED:
                concepts.append((sign.denied_means, State.PRESENT))
            for concept, what in concepts:
                if concept in state.vocabulary.patient_findings:
                    state.findings.say(concept, what, span)
                    continue
                if drafts is None:
                    drafts = state.lesions_at(_sites_for(mention, lesions, named, mention.first in planes) or state.context(), plural or _is_plural(mention, state.tokens))
                for draft in drafts:
                    draft.findings.say(concept, what, span)


def _sites_for(sign: Mention, lesions: Sequence[tuple[Mention, list[Site]]], named: Sequence[Site], is_place: bool) -> list[Site]:
    """The sites that a sign speaks of: of the nearest mineral in the clause, else the nearest list of sites."""
    own = [site for site in named if _overlap(sign, site)] or [site for site in named if is_place and (sign.first == site.stop or sign.stop == site.first)]
    if own:
        return own
    if lesions:
        return min(lesions, key=lambda pair: _distance(sign, pair[0].first, pair[0].stop))[1]
    if not named:
        return []
    nearest = min(named, key=lambda site: _distance(sign, site.first, site.stop))
    return [site for site in named if site.group == nearest.group]


def _distinct(sites: Iterable[Site]) -> list[Site]:
    """The sites without repetition, so that a text that repeats itself does not multiply them."""
    return list({(site.region, site.side, site.tissue, site.near): site for site in sites}.values())


def _overlap(sign: Mention, site: Site) -> bool:
    return sign.first < site.stop and site.first < sign.stop


def _is_plural(mention: Mention, tokens: Tokens) -> bool:
    return any(tokens.is_plural(index) for index in range(mention.first, mention.stop))


def _distance(sign: Mention, first: int, stop: int) -> int:
    return max(first - sign.stop, sign.first - stop, 0)


def _is_mass(mention: Mention) -> bool:
    return any(isinstance(sign, Sign) and not _MASS.isdisjoint(sign.findings) for sign in mention.meanings)


class _Quoting:
    """Makes the spans of one clause; the quotation is cut once."""

    def __init__(self, clause: Clause, tokens: Tokens) -> None:
        self._clause = clause
        self._tokens = tokens
        self._whole = " ".join(tokens.text[tokens.starts[clause.first] : tokens.ends[clause.stop - 1]].split())

    def __call__(self, mention: Mention) -> Span:
        start, end = self._tokens.starts[mention.first], self._tokens.ends[mention.stop - 1]
        return Span(start, end, self._whole if len(self._whole) <= _QUOTE else self._around(start, end))

    def _around(self, start: int, end: int) -> str:
        """The words around the mention, cut at word ends."""
        text = self._tokens.text
        room = max(0, _QUOTE - (end - start)) // 2
        first = max(self._tokens.starts[self._clause.first], start - room)
        last = min(self._tokens.ends[self._clause.stop - 1], end + room)
        cut = text[first:last]
        if first > self._tokens.starts[self._clause.first]:
            cut = cut.partition(" ")[2] if first < start else cut
        if last < self._tokens.ends[self._clause.stop - 1] and last > end:
            cut = cut.rpartition(" ")[0]
        return " ".join(cut.split())[:_QUOTE]
