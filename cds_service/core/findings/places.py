"""The sites that a clause names: region, side, tissue, and how the words before them place the lesion."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Mark, Place, Side, Tissue

_SIDE_REACH = 4
_NEAR_REACH = 5
_RELATED_REACH = 8
_GROUP_GAP = 5
_SEVERAL = 2


class Site(NamedTuple):
    """One place as a clause names it.

    Attributes:
        region, side, tissue, decides, joint, bone, wall: see `Place`; side is a `Side` or None.
        near: the words before it say "about", "adjacent to" and the like.
        related: it is a neighbour of the lesion ("abuts the femur"), not its site.
        first, stop: its tokens.
        group: sites of one list share a number.
        joined: it goes on with a list ("hip and knee"), not saying more of the site before it ("menisci of the knee").
    """

    region: str | None
    side: str | None
    tissue: Tissue | None
    decides: bool
    joint: bool
    bone: Tissue | None
    wall: str | None = None
    near: bool = False
    related: bool = False
    first: int = 0
    stop: int = 0
    group: int = 0
    joined: bool = False


def sites_of(mentions: tuple[list[Mention], ...], stop: int, tokens: Tokens) -> list[Site]:
    """The sites in a clause that ends at token `stop`, in order."""
    places = mentions[Layer.PLACE]
    if not places:
        return []
    around = mentions[Layer.NEAR]
    minerals = [mention.first for mention in mentions[Layer.MINERAL]]
    found: list[Site] = []
    said: str | None = None
    before: Site | None = None
    last = len(places) - 1
    sided = not tokens.grammar.sides.keys().isdisjoint(tokens.words[max(0, places[0].first - _SIDE_REACH) : stop])
    for number, mention in enumerate(places):
        first = mention.first
        after = places[number + 1].first if number < last else stop
        side = _side(mention, before.stop if before else 0, after, number < last, tokens) if sided else None
        near, related = _position(around, first, tokens) if around else (False, False)
        joined, plain, group = _joined(before, first, tokens, around, minerals) if before else (False, False, 0)
        if joined and before is not None:
            side = side or said
            near = near or before.near
            related = related or before.related
        said = side
        for place in mention.meanings:
            assert isinstance(place, Place)
            where = side or _pair(place, mention, tokens)
            kind = (place.tissue, place.decides, place.joint, place.bone, place.wall)
            before = Site(place.region, where, *kind, near, related, first, mention.stop, group, plain)
            found.append(before)
    return found


def settled(site: Site, tissue: Tissue | None, decides: bool) -> Site:
    """The site with the tissue that the words around it decide; soft tissue of the chest is that of its wall."""
    region = site.wall if site.wall and tissue and tissue.is_soft else site.region
    if tissue is site.tissue and decides == site.decides and region == site.region:
        return site
    return Site(region, site.side, tissue, decides, *site[4:])


def breaks(mentions: Sequence[Mention], first: int, stop: int) -> bool:
    """Whether a word that ends a list stands from token `first` up to `stop`."""
    return any(first <= mention.first < stop and Mark.BREAK in mention.meanings for mention in mentions)


def _joined(
    before: Site, first: int, tokens: Tokens, around: list[Mention], minerals: Sequence[int]
) -> tuple[bool, bool, int]:
    """Whether a place shares side and position with the one before it, goes on with its list, and the list's number."""
    gap = tokens.words[before.stop : first]
    if len(gap) > _GROUP_GAP or _parts(around, minerals, before.stop, first):
        return False, False, before.group + 1
    grammar = tokens.grammar
    plain = grammar.place_links.issuperset(gap)
    return plain and grammar.articles.isdisjoint(gap), plain and bool(gap), before.group


def _parts(around: list[Mention], minerals: Sequence[int], first: int, stop: int) -> bool:
    """Whether what stands between two places parts them.

    A mineral does, a word that ends a list, and one that begins another ("in brachialis and around the ligaments").
    """
    for mineral in minerals:
        if first <= mineral < stop:
            return True
    for mention in around:
        if first <= mention.first < stop and (Mark.BREAK in mention.meanings or Mark.ADJACENT in mention.meanings):
            return True
    return False


def _side(mention: Mention, floor: int, after: int, follows: bool, tokens: Tokens) -> str | None:
    words, sides = tokens.words, tokens.grammar.sides
    start = max(floor, mention.first - _SIDE_REACH)
    if sides.keys().isdisjoint(words[start : min(after, mention.stop + _SIDE_REACH)]):
        return None
    said = {sides[word] for word in words[start : mention.first] if word in sides}
    if not said:
        # "hip, right": but in "hip and right knee" the side belongs to the place that follows it.
        following = words[mention.stop : min(after, mention.stop + _SIDE_REACH)]
        for index, word in enumerate(following):
            last = mention.stop + index + 1 >= after
            linked = index == 0 or following[index - 1] in tokens.grammar.before_side
            if word in sides and linked and not (last and follows):
                return sides[word]
    return Side.BOTH if len(said) > 1 else next(iter(said), None)


def _pair(place: Place, mention: Mention, tokens: Tokens) -> str | None:
    """A paired part named in the plural ("elbows") is on both sides."""
    return Side.BOTH if place.region == tokens.words[mention.stop - 1] and tokens.is_plural(mention.stop - 1) else None


def _position(around: list[Mention], first: int, tokens: Tokens) -> tuple[bool, bool]:
    """Whether the words before a place put the lesion beside it ("about the hip"), or make it a neighbour of it."""
    near = related = False
    for mention in around:
        gap = first - mention.stop
        if gap < 0:
            break
        is_near = not near and gap <= _NEAR_REACH and Mark.ADJACENT in mention.meanings
        is_related = not related and gap <= _RELATED_REACH and Mark.RELATED in mention.meanings
        if is_near or is_related:
            between = tokens.words[mention.stop : first]
            if "," not in between and ";" not in between and not breaks(around, mention.stop, first):
                near, related = near or is_near, related or is_related
    return near, related


def distinct(sites: Iterable[Site]) -> list[Site]:
    """The sites without repetition, so that a text that repeats itself does not multiply them."""
    sites = list(sites)
    if len(sites) < _SEVERAL:
        return sites
    return list({(site.region, site.side, site.tissue, site.near): site for site in sites}.values())
