"""What calcifies: the sites and tissues that one mineral word speaks of.

Read in this order: what stands directly before it ("vascular calcification") or, for an adjective, after it ("calcified hilar node");
what follows in the clause ("calcification of the aorta, the SMA and both renal arteries"); what stands earlier in the clause ("the
trapezius muscles have ossified"); what the sentence or the running lesion was about. Nothing of it: no finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.places import SOFT, Site, breaks, settled
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Mineral

_BONE = "bone"
_DIRECT_GAP = 2
_SUBJECT_GAP = 4
_AFTER_GAP = 3
_CONNECTORS = frozenset({"and", "or", ",", "with"})
_STOPS_ADJECTIVE = frozenset({",", "(", ")", ".", ":", "in", "of", "within", "at", "around", "about", "along", "over", "to", "and", "with", "near", "from", "by", "on", "beside", "behind", "involving"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mineral word can draw on: the sites of its clause, and the lesions spoken of before.

    Attributes:
        sites: of the clause, in order.
        minerals: mentions of mineral in the clause, in order.
        near: mentions of adjacency, relation and list ends in the clause.
        running: the sites of the sentence so far or of the running lesion; may be empty.
        has_mass: the clause speaks of a mass.
        first, stop: the clause's tokens.
    """

    sites: Sequence[Site]
    minerals: Sequence[Mention]
    near: Sequence[Mention]
    running: Sequence[Site]
    has_mass: bool
    first: int
    stop: int


def targets_of(number: int, mineral: Mineral, around: Surroundings, tokens: Tokens) -> list[Site]:
    """The sites, each with its tissue settled, of the mineral mention `number` of the clause."""
    mention = around.minerals[number]
    floor = around.minerals[number - 1].stop if number else around.first
    ceiling = _ceiling(number, around)
    direct = _direct(mention, mineral.adjective, floor, ceiling, around, tokens)
    taken = _taken(number, ceiling, around, tokens)
    tail = _tail(mention, ceiling, taken, direct, around, tokens)
    leads = [mineral.tissue] if mineral.tissue else _leads(direct, tokens)
    head = [] if tail and (leads or any(site.region for site in tail)) else _head(mention, floor, direct, around)
    if not leads:
        leads = _subject(mention, head, tokens)
    chosen = _settle([*direct, *tail], leads, around)
    if any(site.region for site in chosen) and (leads or any(site.tissue for site in chosen)):
        return chosen
    later = [site for site in around.sites if mention.stop <= site.first < ceiling and site.region and not site.related and site.first not in taken]
    if leads or any(site.tissue for site in chosen):
        elsewhere = leads or [site.tissue for site in chosen if site.tissue]
        if not head and (found := _sited_by(later, elsewhere)):
            return found
    if leads:
        return _sited_by(head, leads) or _sited_by(around.running, leads) or chosen
    settled_head = _settle(head, [], around)
    if any(site.tissue for site in settled_head):
        return settled_head if any(site.region for site in settled_head) else _sited_by(around.running, [s.tissue for s in settled_head if s.tissue]) or settled_head
    if any(site.tissue for site in chosen):
        return _sited_by(around.running, [site.tissue for site in chosen if site.tissue]) or chosen
    if chosen or settled_head:
        return chosen or settled_head
    return _settle(around.running, [], around)


def _ceiling(number: int, around: Surroundings) -> int:
    """Where the words after a mention stop being its own: at the next mention, unless the two are joined ("calcified or ossified")."""
    for this, following in zip(around.minerals[number:], around.minerals[number + 1 :], strict=False):
        if following.first - this.stop > 1:
            return following.first
    return around.stop


def _direct(mention: Mention, adjective: bool, floor: int, ceiling: int, around: Surroundings, tokens: Tokens) -> list[Site]:
    before: list[Site] = []
    edge = mention.first
    for site in reversed(around.sites):
        if site.stop > edge:
            continue
        gap = tokens.words[site.stop : edge]
        if site.first < floor or site.related or len(gap) > _DIRECT_GAP or "," in gap and not before or ";" in gap or "with" in gap:
            break
        if before and not all(word in _CONNECTORS for word in gap):
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
        if site.first >= ceiling or len(gap) > _AFTER_GAP or not _STOPS_ADJECTIVE.isdisjoint(gap):
            break
        after.append(site)
        edge = site.stop
    return before + after


def _taken(number: int, ceiling: int, around: Surroundings, tokens: Tokens) -> set[int]:
    """Tokens of sites that stand directly before the next mention and belong to it."""
    following = next((index for index, mention in enumerate(around.minerals) if index > number and mention.first == ceiling), None)
    if following is None:
        return set()
    return {site.first for site in _direct(around.minerals[following], False, around.minerals[number].stop, ceiling, around, tokens)}


def _tail(mention: Mention, ceiling: int, taken: set[int], direct: list[Site], around: Surroundings, tokens: Tokens) -> list[Site]:
    tail: list[Site] = []
    start = max([mention.stop, *(site.stop for site in direct)])
    sited = any(site.region for site in direct)
    for site in around.sites:
        if site.first < start or site in direct:
            continue
        if sited and not tail and tokens.words[start] in _CONNECTORS:
            break
        if site.first >= ceiling or breaks(around.near, start, site.first):
            break
        if site.first in taken or site.related:
            continue
        if site.decides and not tail and "," in tokens.words[start : site.first]:
            continue
        tail.append(site)
    return tail


def _head(mention: Mention, floor: int, direct: list[Site], around: Surroundings) -> list[Site]:
    """The nearest list of sites before the mention, in its clause and after the mineral mentioned before it."""
    before = [site for site in around.sites if floor <= site.first and site.stop <= mention.first and site not in direct and not site.related]
    if not before:
        return []
    nearest = before[-1]
    kept = [site for site in before if site.group == nearest.group]
    if not any(site.region for site in kept):
        regions = [site for site in before if site.region and not site.decides]
        kept = [*regions[-1:], *kept]
    return kept


def _leads(direct: list[Site], tokens: Tokens) -> list[str]:
    """The tissues named directly beside the mention: the last of a run of words, each of a list joined by "and"."""
    deciding = [site for site in direct if site.decides and site.tissue]
    leads: list[str] = []
    for site, following in zip_longest(deciding, deciding[1:]):
        joined = following is not None and any(word in _CONNECTORS for word in tokens.words[site.stop : following.first])
        if (following is None or joined or following.first == site.first) and site.tissue:
            leads.append(site.tissue)
    return leads


def _subject(mention: Mention, head: list[Site], tokens: Tokens) -> list[str]:
    """"The arteries are densely calcified at the ankle": a tissue shortly before outweighs the region that follows."""
    nearest = next((site for site in reversed(head) if site.decides), None)
    if nearest is None or not nearest.tissue or mention.first - nearest.stop > _SUBJECT_GAP or "," in tokens.words[nearest.stop : mention.first]:
        return []
    return [nearest.tissue]


def _settle(sites: Sequence[Site], leads: Sequence[str], around: Surroundings) -> list[Site]:
    """Give every site its tissue: the leading one, its own, that of its list, or that of its region."""
    listed = {site.group: site.tissue for site in sites if site.decides and not site.region}
    result = []
    for site in sites:
        for tissue in leads or [None]:
            own = site.tissue if site.decides else listed.get(site.group) or _of_region(site, around)
            if own == _BONE and site.near:
                own = SOFT
            result.append(settled(site, tissue or own))
    regions = [site for site in result if site.region]
    return regions or result


def _of_region(site: Site, around: Surroundings) -> str | None:
    if site.bone and (site.near or around.has_mass):
        return SOFT
    return site.tissue or (_BONE if site.bone else None)


def _sited_by(sites: Sequence[Site], leads: Sequence[str]) -> list[Site]:
    """The leading tissues at the regions of `sites`; organs and vessels there are other things, not regions."""
    regions = [site for site in sites if site.region and (not site.decides or site.tissue in (SOFT, *leads))]
    return [settled(site, lead)._replace(decides=True) for site in regions for lead in leads]
