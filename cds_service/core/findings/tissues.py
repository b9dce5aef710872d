"""Which tissue mineral is in, at each site that it is said to be at."""

from collections.abc import Sequence

from cds_service.core.findings.places import Site, settled
from cds_service.core.findings.vocabulary import Tissue


def settle(sites: Sequence[Site], leads: Sequence[Tissue], has_mass: bool) -> list[Site]:
    """Give every site its tissue: the leading one, its own, that of its list, or that of its region."""
    listed = {site.group: site.tissue for site in sites if site.decides and not site.region}
    result: list[Site] = []
    before: Site | None = None
    for site in sites:
        of_list = listed.get(site.group)
        if site.decides:
            own, before = site.tissue, site
        elif before is not None and before.decides and before.group == site.group and not site.joined:
            own = before.tissue
        else:
            own, before = of_list or _of_region(site, has_mass), site
        if site.near and own is not None and own.beside:
            own = own.beside
        decides = site.decides or (own is not None and own is of_list and own.is_soft)
        for tissue in leads or (own,):
            result.append(settled(site, tissue, decides))
    regions = [site for site in result if site.region]
    return regions or result


def _of_region(site: Site, has_mass: bool) -> Tissue | None:
    if site.bone and (site.near or has_mass):
        return site.bone.beside
    return site.tissue or site.bone


def sited_by(sites: Sequence[Site], leads: Sequence[Tissue]) -> list[Site]:
    """The leading tissues at the regions of `sites`; organs and vessels there are other things, not regions."""
    regions = [site for site in sites if site.region and (not site.decides or _is_of(site.tissue, leads))]
    return [settled(site, lead, True) for site in regions for lead in leads]


def _is_of(tissue: Tissue | None, leads: Sequence[Tissue]) -> bool:
    return tissue is not None and (tissue.is_soft or tissue in leads)
