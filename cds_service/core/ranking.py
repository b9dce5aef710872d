"""The order of a differential: tier, then score, then prior; and never a broader name before its narrower one."""

from collections.abc import Mapping
from typing import NamedTuple

from cds_service.core.rules import Etiology


class Place(NamedTuple):
    """Where an etiology stands; the smaller, the better. `behind` tells those apart that were moved to one place."""

    tier: int
    minus_score: int
    minus_prior: int
    behind: int = 0


def narrower_names(etiologies: Mapping[str, Etiology]) -> Mapping[str, tuple[str, ...]]:
    """The etiologies that name a part of another, by the id of the broader one."""
    found: dict[str, tuple[str, ...]] = {}
    for etiology in etiologies.values():
        if etiology.parent:
            found[etiology.parent] = (*found.get(etiology.parent, ()), etiology.id)
    return found


def kin_of(etiology: str, etiologies: Mapping[str, Etiology]) -> frozenset[str]:
    """An etiology with its broader name and its narrower ones: to be told one for the other is not to be told wrong."""
    if etiology not in etiologies:
        return frozenset({etiology})
    narrower = narrower_names(etiologies).get(etiology, ())
    return frozenset({etiology, etiologies[etiology].parent, *narrower} - {""})


def behind_narrower(places: Mapping[str, Place], narrower: Mapping[str, tuple[str, ...]]) -> Mapping[str, Place]:
    """The places, each broader name moved behind its narrower ones of the same tier.

    The broader name is met by nearly every fact that meets a narrower one, and by others, so its points run ahead
    without telling more. It only moves back: a narrower name does not pass a third etiology that has more points. One
    that stands in a lower tier moves nothing: then what speaks for the broader name is not the narrower one's picture.
    """
    return {etiology: _held_back(etiology, places, narrower) for etiology in places}


def _held_back(etiology: str, places: Mapping[str, Place], narrower: Mapping[str, tuple[str, ...]]) -> Place:
    own = places[etiology]
    below = [_held_back(name, places, narrower) for name in narrower.get(etiology, ()) if name in places]
    return max([own, *(place._replace(behind=place.behind + 1) for place in below if place.tier == own.tier)])


def held_behind(etiology: str, places: Mapping[str, Place], narrower: Mapping[str, tuple[str, ...]]) -> str:
    """The narrower name that a broader one stands behind though its points are as many or more; "" for none."""
    own = places[etiology]
    names = [name for name in narrower.get(etiology, ()) if name in places]
    ahead = [name for name in names if places[name].tier == own.tier and own.minus_score <= places[name].minus_score]
    return max(ahead, key=lambda name: places[name], default="")
