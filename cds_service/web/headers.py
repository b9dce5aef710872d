"""What every answer says to browsers: load nothing from elsewhere, keep nothing, frame nothing."""

from flask import Flask, Response, abort, request

from cds_service.security.loopback import host_name, is_loopback

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def guard(app: Flask, *, loopback_only: bool) -> None:
    """Put the security headers on every answer and, in the demo profile, answer this machine only.

    The Host header is checked too: a web page whose name was made to point at this machine is a stranger.
    """

    @app.after_request
    def _protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    if loopback_only:

        @app.before_request
        def _this_machine_only() -> None:
            if not is_loopback(request.remote_addr or "") or not is_loopback(host_name(request.host)):
                abort(403)
