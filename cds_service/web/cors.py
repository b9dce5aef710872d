"""Calls from browser pages (CORS): allow-listed origins only, and a preflight that needs no token.

No cookie is ever read, so credentials are not allowed and the allowed origin is named, never `*`.
"""

from collections.abc import Collection

from flask import Blueprint, Response, request

_FOR_A_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


def allow_origins(routes: Blueprint, origins: Collection[str]) -> None:
    """Answer preflights, and name the origin on answers to pages of an allowed one.

    Has to be called before anything that asks for a token: hooks of a blueprint run in the order of their registration.
    """

    @routes.before_request
    def _preflight() -> Response | None:
        if request.method != "OPTIONS":
            return None
        allowed = request.headers.get("Origin") in origins
        return Response(status=204, headers=_FOR_A_PREFLIGHT if allowed else None)

    @routes.after_request
    def _name_origin(response: Response) -> Response:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
        return response
