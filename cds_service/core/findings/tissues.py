"""Which tissue mineral is in, at each site that it is said to be at."""

from collections.abc import Sequence

from cds_service.core.findings.places import SOFT, Site, settled

_BONE = "bone"


def settle(sites: Sequence[Site], leads: Sequence[str], has_mass: bool) -> list[Site]:
    """Give every site its tissue: the leading one, its own, that of its list, or that of its region."""
    listed = {site.group: site.tissue for site in sites if site.decides and not site.region}
    result: list[Site] = []
    before: Site | None = None
    for site in sites:
        more = (
            before is not None
            and before.decides
            and before.group == site.group
            and not site.joined
            and not site.decides
        )
        of_list = listed.get(site.group)
        own = (
            site.tissue if site.decides else before.tissue if more and before else of_list or _of_region(site, has_mass)
        )
        before = site if not more else before
        for tissue in leads or (None,):
            if own == _BONE and site.near:
                own = SOFT
            result.append(settled(site, tissue or own)._replace(decides=site.decides or own == of_list == SOFT))
    regions = [site for site in result if site.region]
    return regions or result


def _of_region(site: Site, has_mass: bool) -> str | None:
    if site.bone and (site.near or has_mass):
        return SOFT
    return site.tissue or (_BONE if site.bone else None)


def sited_by(sites: Sequence[Site], leads: Sequence[str]) -> list[Site]:
    """The leading tissues at the regions of `sites`; organs and vessels there are other things, not regions."""
    regions = [site for site in sites if site.region and (not site.decides or site.tissue in (SOFT, *leads))]
    return [settled(site, lead)._replace(decides=True) for site in regions for lead in leads]
