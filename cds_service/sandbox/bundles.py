"""What was found, as the searchset Bundle that the server answers with and that an EHR sends as prefetch."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from cds_service.sandbox.store import Found

Json = dict[str, Any]


def searchset(found: Found, base: str = "") -> Json:
    """The Bundle of one page.

    Args:
        found: the page.
        base: address of the server, without a slash at the end. Without one the Bundle has neither links nor full
            URLs, for nobody could follow them.
    """
    entries = [_entry(resource, base) for resource in found.resources]
    if found.query.ignored:
        entries.append({"resource": _warning(found.query.ignored), "search": {"mode": "outcome"}})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": found.total,
        **({"link": _links(found, base)} if base else {}),
        **({"entry": entries} if entries else {}),
    }


def _entry(resource: Mapping[str, Any], base: str) -> Json:
    address = {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}"} if base else {}
    return {**address, "resource": resource, "search": {"mode": "match"}}


def _links(found: Found, base: str) -> list[Json]:
    """This page, by what was understood of the search, and the next one where there is one."""
    query = found.query
    links = [{"relation": "self", "url": _url(found, base, query.offset)}]
    if found.following is not None:
        links.append({"relation": "next", "url": _url(found, base, found.following)})
    return links


def _url(found: Found, base: str, offset: int) -> str:
    pairs = [*found.query.used, *([("_offset", str(offset))] if offset else [])]
    asked = urlencode(pairs, safe=",:/", quote_via=quote)
    return f"{base}/{found.query.type}" + (f"?{asked}" if asked else "")


def _warning(ignored: tuple[str, ...]) -> Json:
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "warning", "code": "not-supported", "diagnostics": f"{name[:80]} is not supported: ignored."}
            for name in ignored
        ],
    }
