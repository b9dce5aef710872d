"""Where the reading of one report stands: lesions so far, and which sites are being spoken of."""

from collections.abc import Mapping, Sequence

from cds_service.core.findings.asides import Asides
from cds_service.core.findings.context import Clause
from cds_service.core.findings.lesions import Draft, Findings, LesionBook
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.places import Site, distinct, sites_of
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Mineral, Sign, TextVocabulary
from cds_service.core.findings.words import MeasureWords


class ReportState:
    """Where the reading of one report stands: lesions so far, and which sites are being spoken of."""

    def __init__(self, vocabulary: TextVocabulary, tokens: Tokens, measures: MeasureWords) -> None:
        self.vocabulary = vocabulary
        self.tokens = tokens
        self.measures = measures
        self.book = LesionBook(vocabulary.region_labels, vocabulary.mineral_findings, vocabulary.courses)
        self.findings = Findings()
        self.asides = Asides()
        self._exam: list[Site] = []
        self._running: list[Site] = []
        self._before: list[Site] = []
        self._sides: dict[str, str | None] = {}
        self._sentence: list[Site] = []
        self._last_sentence: list[Site] = []
        self._part = 0
        self._under_site = False
        self._mineral_named = False
        self._whole: tuple[tuple[list[Mention], ...] | None, int] = (None, 0)

    def examine(self, sites: Sequence[Site]) -> None:
        """Take the sites of the exam's title."""
        self._exam += [
            site for site in sites if site.region and site.region not in {known.region for known in self._exam}
        ]

    def enter_part(self, part: int) -> None:
        """A new heading: the running lesion ends."""
        if part != self._part:
            self._part = part
            self._before = self._running or self._before
            self._running = []
            self._sentence = []
            self._last_sentence = []
            self._under_site = False

    def enter_subheading(self, sites: Sequence[Site]) -> None:
        """A sub-heading: one that names sites sets them."""
        regions = [site for site in sites if site.region]
        for site in regions:
            region = site.region or ""
            self._sides[region] = site.side if self._sides.get(region, site.side) == site.side else None
        if sites:
            self._running = regions
            # "Soft tissues:" in the report of one hip speaks of the hip; "Vessels:" does not.
            self._under_site = bool(regions) or not all(site.tissue and site.tissue.is_soft for site in sites)
        elif self._under_site:
            self.leave_subheading()

    def leave_subheading(self) -> None:
        """A line of its own after lines under site sub-headings speaks of all of them again."""
        if self._under_site:
            self._under_site = False
            self._running = []

    def examined_sides(self) -> Mapping[str, str | None]:
        """The sides of the regions in the exam's title and in sub-headings."""
        return self._sides | {site.region: site.side for site in self._exam if site.region}

    def begin_sentence(self, mentions: tuple[list[Mention], ...] | None, stop: int) -> None:
        """A new sentence: what a clause names holds for the others that name nothing. `mentions`: if it has several."""
        self._last_sentence = self._sentence
        self._sentence = []
        self._whole = (mentions, stop)
        self._mineral_named = False

    def minerals_of(self, clause: Clause) -> list[Mention]:
        """The mentions of mineral in a clause; "deposits" are mineral where the sentence has named it before."""
        kept: list[Mention] = []
        for mention in clause.mentions[Layer.MINERAL]:
            mineral = mention.meanings[0]
            if (
                not isinstance(mineral, Mineral)
                or mineral.silent
                or (mineral.after_mineral and not self._mineral_named)
                or (mineral.equivocal and self._is_value(mention.stop))
            ):
                continue
            self._mineral_named = self._mineral_named or mineral.name is None
            kept.append(mention)
        return kept

    def _is_value(self, index: int) -> bool:
        """Whether a number that is no size follows: "calcium 10.2" is a value of the blood."""
        grammar, measures = self.tokens.grammar, self.measures
        following = self.tokens.words[index : index + 4]
        number = next(
            (place for place, word in enumerate(following) if word not in grammar.before_value), len(following)
        )
        return (
            following[number : number + 1] != []
            and following[number][:1].isdigit()
            and not any(word in measures.units or word in measures.times for word in following[number + 1 :])
        )

    def speak_of(self, sites: Sequence[Site], lasting: bool) -> None:
        """Note the sites that a clause spoke of; `lasting` when it described a lesion there."""
        regions = distinct(site for site in sites if site.region)
        if regions:
            self._sentence = regions
            if lasting:
                self._running = regions

    def context(self, named: Sequence[Site]) -> list[Site]:
        """The sites meant where a clause says nothing of where.

        Those of the sentence so far, of the running lesion, of the lesion under the heading before while none has
        mineral, of the exam if it has one, of the whole sentence, else the one of the sentence before.

        Args:
            named: what the clause names; the sentence before counts only where this is nothing at all.
        """
        if self._sentence or self._running:
            return self._sentence or self._running
        if self._before and not self._under_site and not self.book.minerals():
            return self._before
        if not self._under_site and not self.book.minerals() and len(self._exam) == 1 and not self._exam[0].wall:
            return self._exam
        mentions, stop = self._whole
        if mentions is None:
            return self._last_sentence if not named and len(self._last_sentence) == 1 else []
        return [site for site in self.sites(mentions, stop) if site.region and not site.related]

    def spoke_of_a_mass(self, sites: Sequence[Site], clause: Clause) -> bool:
        """Whether the clause says "it" of a mass at one of the sites: mineral "within it" is not in a bone there."""
        if self.tokens.grammar.of_it.isdisjoint(self.tokens.words[clause.first : clause.stop]):
            return False
        spoken = {(site.region, site.side) for site in sites}
        masses = self.vocabulary.mass_findings
        return any((draft.region, draft.side) in spoken and draft.has_any(masses) for draft in self.book.drafts())

    def sites(self, mentions: tuple[list[Mention], ...], stop: int) -> list[Site]:
        """The sites mentioned, but not those within a sign of the patient ("cervical spondylosis").

        Nor is the bone within a sign of a lesion what calcifies ("calcified mass, no bone destruction").
        """
        found = sites_of(mentions, stop, self.tokens)
        if not found:
            return found
        signs = [sign for sign in mentions[Layer.SIGN] if sign.stop - sign.first > 1]
        if not signs:
            return found
        spoken = [sign for sign in signs if _is_of_patient(sign)]
        return [
            site
            for site in found
            if not any(
                sign.first <= site.first and site.stop <= sign.stop
                for sign in (signs if site.tissue and site.tissue.beside and site.region is None else spoken)
            )
        ]

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


def _is_of_patient(sign: Mention) -> bool:
    return any(isinstance(said, Sign) and said.of_patient for said in sign.meanings)
