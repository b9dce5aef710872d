"""Mentions that do not count: of another time or person, asked for, advised, or under a heading of such things."""

from collections.abc import Sequence

from cds_service.core.findings.context import Clause, clauses
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.places import Site
from cds_service.core.findings.report_state import ReportState
from cds_service.core.findings.sections import Sentence
from cds_service.core.findings.spans import Quoting
from cds_service.core.findings.vocabulary import Mineral, Sign


def note_mineral(
    mention: Mention, targets: Sequence[Site], clause: Clause, state: ReportState, span_of: Quoting
) -> None:
    """Note mineral that is mentioned but not stated, at the first of its sites."""
    mineral = mention.meanings[0]
    if not isinstance(mineral, Mineral) or mineral.denied:
        return
    if mineral.equivocal and not any(site.tissue and site.tissue.is_soft for site in targets):
        return
    concept = _concept(mineral, targets, state)
    if concept is not None:
        # The name of a diagnosis is of a patient or a relative, not of the place that the sentence before spoke of.
        where = _first(targets) if mineral.name is None else (None, None)
        state.asides.add(concept, clause.categories(mention), where, span_of(mention))


def note_sign(mention: Mention, sites: Sequence[Site], clause: Clause, state: ReportState, span_of: Quoting) -> None:
    """Note a sign that is mentioned but not stated, at the first of its sites."""
    for sign in mention.meanings:
        if isinstance(sign, Sign) and sign.attenuation is None:
            for concept in sign.findings:
                state.asides.add(concept, clause.categories(mention), _first(sites), span_of(mention))


def read_passing(sentence: Sentence, mentions: tuple[list[Mention], ...], state: ReportState) -> None:
    """Note the mineral that a sentence names under a heading beneath which nothing is told of this examination."""
    for clause in clauses(sentence.first, sentence.stop, mentions, state.tokens):
        span_of = Quoting(clause, state.tokens)
        sites = [site for site in state.sites(clause.mentions, clause.stop) if site.decides]
        for mention in clause.mentions[Layer.MINERAL]:
            mineral = mention.meanings[0]
            if not isinstance(mineral, Mineral) or mineral.after_mineral or mineral.equivocal:
                continue
            concept = _concept(mineral, sites, state)
            if concept is not None:
                categories = clause.categories(mention)
                state.asides.add_of_section(concept, categories, sentence.section, span_of(mention))


def _concept(mineral: Mineral, sites: Sequence[Site], state: ReportState) -> str | None:
    """The finding that a mineral word would state: by itself, by the tissue it lies in, or of soft tissue."""
    if mineral.name is not None:
        return mineral.name
    if mineral.silent or mineral.finding is not None:
        return mineral.finding
    named = next((site.tissue for site in sites if site.tissue), None)
    tissue = mineral.tissue or named or state.vocabulary.soft_tissue
    return next(iter(tissue.makes[mineral.matter]), None)


def _first(sites: Sequence[Site]) -> tuple[str | None, str | None]:
    return next(((site.region, site.side) for site in sites if site.region), (None, None))
