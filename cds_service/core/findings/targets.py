"""What calcifies: the sites and tissues that one mineral word speaks of.

Read in this order: what stands directly before it ("vascular calcification") or, for an adjective, after it
("calcified hilar node"); what follows in the clause ("calcification of the aorta, the SMA and both renal arteries");
what stands earlier in the clause ("the trapezius muscles have ossified"); what the sentence or the running lesion was
about. Nothing of it: no finding.
"""

from collections.abc import Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from cds_service.core.findings.lexicon import Mention
from cds_service.core.findings.places import Site, breaks
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.tissues import settle, sited_by
from cds_service.core.findings.vocabulary import Mineral, Tissue

_DIRECT_GAP = 2
_SUBJECT_GAP = 4
_AFTER_GAP = 3


class Surroundings(NamedTuple):
    """What a mineral word can draw on: the sites of its clause, and the lesions spoken of before.

    Attributes:
        sites: of the clause, in order.
        minerals: mentions of mineral in the clause, in order.
        near: mentions of adjacency, relation and list ends in the clause.
        running: the sites of the sentence so far or of the running lesion; may be empty.
        has_mass: the clause speaks of a mass.
        has_masses: it speaks of several.
        first, stop: the clause's tokens.
    """

    sites: Sequence[Site]
    minerals: Sequence[Mention]
    near: Sequence[Mention]
    running: Sequence[Site]
    has_mass: bool
    has_masses: bool
    first: int
    stop: int


def targets_of(number: int, mineral: Mineral, around: Surroundings, tokens: Tokens) -> list[Site]:
    """The sites, each with its tissue settled, of the mineral mention `number` of the clause."""
    mention = around.minerals[number]
    floor = next((said.stop for said in reversed(around.minerals[:number]) if not _is_name(said)), around.first)
    ceiling = _ceiling(number, around)
    direct = _direct(mention, mineral.adjective, floor, ceiling, around, tokens)
    taken = _taken(number, ceiling, around, tokens)
    tail = _tail(mention, ceiling, taken, direct, around, tokens)
    leads: list[Tissue] = [mineral.tissue] if mineral.tissue else _leads(direct, tokens)
    head = [] if tail and (leads or any(site.region for site in tail)) else _head(mention, floor, direct, around)
    if not leads:
        leads = _subject(mention, head, tokens)
    chosen = settle([*direct, *tail], leads, around.has_mass)
    if any(site.region for site in chosen) and (leads or any(site.tissue for site in chosen)):
        return chosen
    later = [
        site
        for site in around.sites
        if mention.stop <= site.first < ceiling and site.region and not site.related and site.first not in taken
    ]
    if leads or any(site.tissue for site in chosen):
        elsewhere = leads or [site.tissue for site in chosen if site.tissue]
        if not head and (found := sited_by(later, elsewhere)):
            return found
    if leads:
        return sited_by(head, leads) or _elsewhere(around, leads) or chosen
    settled_head = settle(head, [], around.has_mass)
    if any(site.tissue for site in settled_head):
        return (
            settled_head
            if any(site.region for site in settled_head)
            else _elsewhere(around, [s.tissue for s in settled_head if s.tissue]) or settled_head
        )
    if any(site.tissue for site in chosen):
        return _elsewhere(around, [site.tissue for site in chosen if site.tissue]) or chosen
    found = settle(later, [], around.has_mass)
    if any(site.tissue for site in found):
        return found
    elsewhere_said = (settle(sites, [], around.has_mass) for sites in (around.running, _beside(around)))
    return chosen or settled_head or next((sites for sites in elsewhere_said if sites), [])


def _elsewhere(around: Surroundings, leads: Sequence[Tissue]) -> list[Site]:
    """The tissues where the words before put the lesion, else where it touches something ("a mass on the femur")."""
    return sited_by(around.running, leads) or sited_by(_beside(around), leads)


def _beside(around: Surroundings) -> list[Site]:
    """What the lesion is said to touch, where nothing says where it is: "sheets of calcification encase the thigh"."""
    return [site for site in around.sites if site.related and site.region and not site.decides]


def _ceiling(number: int, around: Surroundings) -> int:
    """Where the words after a mention stop being its own: at the next, unless joined ("calcified or ossified").

    The name of a diagnosis alone ends nothing: "calcification of the lipoma of the thigh" goes on after it.
    """
    own = [mention for mention in around.minerals[number + 1 :] if not _is_name(mention)]
    for this, following in pairwise([around.minerals[number], *own]):
        if following.first - this.stop > 1:
            return following.first
    return around.stop


def _is_name(mention: Mention) -> bool:
    """Whether it names a diagnosis and says nothing of mineral."""
    return any(isinstance(meant, Mineral) and meant.name and not meant.tissue for meant in mention.meanings)


def _direct(
    mention: Mention, adjective: bool, floor: int, ceiling: int, around: Surroundings, tokens: Tokens
) -> list[Site]:
    before: list[Site] = []
    edge = mention.first
    for site in reversed(around.sites):
        if site.stop > edge:
            continue
        gap = tokens.words[site.stop : edge]
        if (
            site.first < floor
            or site.related
            or len(gap) > _DIRECT_GAP
            or ("," in gap and not before)
            or (not before and not tokens.grammar.target_links.isdisjoint(gap))
            or ";" in gap
            or not tokens.grammar.companions.isdisjoint(gap)
        ):
            break
        if before and not tokens.grammar.target_links.issuperset(gap):
            break
        before.insert(0, site)
        edge = site.first
    if not adjective or any(site.decides for site in before):
        return before
    after: list[Site] = []
    edge = mention.stop
    for site in around.sites:
        if site.first < edge:
            continue
        gap = tokens.words[edge : site.first]
        if site.first >= ceiling or len(gap) > _AFTER_GAP or not tokens.grammar.adjective_ends.isdisjoint(gap):
            break
        after.append(site)
        edge = site.stop
    return before + after


def _taken(number: int, ceiling: int, around: Surroundings, tokens: Tokens) -> set[int]:
    """Tokens of sites that stand directly before the next mention and belong to it."""
    if ceiling == around.stop:
        return set()
    following = next(
        (index for index, mention in enumerate(around.minerals) if index > number and mention.first == ceiling), None
    )
    # The name of a diagnosis has no site of its own: "calcification of the thigh may represent dermatomyositis".
    if following is None or _is_name(around.minerals[following]):
        return set()
    return {
        site.first
        for site in _direct(around.minerals[following], False, around.minerals[number].stop, ceiling, around, tokens)
    }


def _tail(
    mention: Mention, ceiling: int, taken: set[int], direct: list[Site], around: Surroundings, tokens: Tokens
) -> list[Site]:
    tail: list[Site] = []
    start = max([mention.stop, *(site.stop for site in direct)])
    sited = any(site.region for site in direct)
    for site in around.sites:
        if site.first < start or site in direct:
            continue
        if sited and not tail and tokens.words[start] in tokens.grammar.target_links:
            break
        if site.first >= ceiling or breaks(around.near, start, site.first):
            break
        if site.first in taken or site.related:
            continue
        if site.decides and not tail and "," in tokens.words[start : site.first]:
            continue
        if tail and _qualifies(tail[-1], site):
            tail.pop()
        tail.append(site)
    return tail


def _qualifies(site: Site, following: Site) -> bool:
    """Whether a tissue only says where the tissue named directly after it is: "subcutaneous vessels" are vessels."""
    return site.decides and following.decides and site.region is None and site.stop == following.first


def _head(mention: Mention, floor: int, direct: list[Site], around: Surroundings) -> list[Site]:
    """The nearest list of sites before the mention, in its clause and after the mineral mentioned before it."""
    before = [
        site
        for site in around.sites
        if floor <= site.first and site.stop <= mention.first and site not in direct and not site.related
    ]
    if not before:
        return []
    nearest = before[-1]
    kept = [site for site in before if site.group == nearest.group]
    if not any(site.region for site in kept):
        regions = [site for site in before if site.region and not site.decides]
        kept = [*regions[-1:], *kept]
    return kept


def _leads(direct: list[Site], tokens: Tokens) -> list[Tissue]:
    """The tissues named directly beside the mention: the last of a run of words, each of a list joined by "and"."""
    deciding = [site for site in direct if site.decides and site.tissue]
    if not deciding:
        return []
    leads: list[Tissue] = []
    for site, following in zip_longest(deciding, deciding[1:]):
        joined = following is not None and not tokens.grammar.target_links.isdisjoint(
            tokens.words[site.stop : following.first]
        )
        if (following is None or joined or following.first == site.first) and site.tissue:
            leads.append(site.tissue)
    return leads


def _subject(mention: Mention, head: list[Site], tokens: Tokens) -> list[Tissue]:
    """A tissue shortly before outweighs the region that follows: "the arteries are densely calcified at the ankle"."""
    nearest = next((site for site in reversed(head) if site.decides), None)
    if (
        nearest is None
        or not nearest.tissue
        or mention.first - nearest.stop > _SUBJECT_GAP
        or "," in tokens.words[nearest.stop : mention.first]
    ):
        return []
    return [nearest.tissue]
