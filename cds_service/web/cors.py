"""Calls from browser pages (CORS): allow-listed origins only, and a preflight that needs no token.

No cookie is ever read, so credentials are not allowed and the allowed origin is named, never `*`.
"""

from collections.abc import Container

from flask import Blueprint, Response, request

from cds_service.origins import origin_of
from cds_service.security.loopback import host_name, is_loopback

_FOR_A_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Max-Age": "600",
}


class LocalOrigins(Container[str]):
    """Every origin of this machine, whatever its port, and those of the settings: for what holds nobody's data."""

    def __init__(self, named: Container[str]) -> None:
        self._named = named

    def __contains__(self, origin: object) -> bool:
        if origin in self._named:
            return True
        written = isinstance(origin, str) and bool(origin) and origin_of(origin) == origin
        return written and is_loopback(host_name(str(origin).partition("://")[2]))


def allow_origins(routes: Blueprint, origins: Container[str], *, headers: str = "Authorization, Content-Type") -> None:
    """Answer preflights, and name the origin on answers to pages of an allowed one, which may send these headers.

    Has to be called before anything that asks for a token: hooks of a blueprint run in the order of their registration.
    """

    @routes.before_request
    def _preflight() -> Response | None:
        if request.method != "OPTIONS":
            return None
        allowed = request.headers.get("Origin") in origins
        told = {**_FOR_A_PREFLIGHT, "Access-Control-Allow-Headers": headers}
        return Response(status=204, headers=told if allowed else None)

    @routes.after_request
    def _name_origin(response: Response) -> Response:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
        return response
