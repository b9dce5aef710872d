"""What every answer says to browsers: load nothing from elsewhere, keep nothing, frame nothing."""

from flask import Flask, Response, abort, request

from cds_service.security.loopback import host_name, is_loopback

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# Cross-Origin-Resource-Policy keeps answers from being embedded elsewhere (images, scripts); calls of allowed pages ask
# by CORS, to which it does not apply (Fetch, "cross-origin resource policy check").
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), clipboard-read=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_TLS_ONLY = "max-age=31536000"


def guard(app: Flask, *, loopback_only: bool, tls: bool) -> None:
    """Put the security headers on every answer and, in the demo profile, answer this machine only.

    The Host header is checked too: a web page whose name was made to point at this machine is a stranger.

    Args:
        app: the application.
        loopback_only: whether other peers and hosts are refused.
        tls: whether callers reach the service over TLS; browsers are then told to use nothing else for a year.
    """
    said = {**_HEADERS, **({"Strict-Transport-Security": _TLS_ONLY} if tls else {})}

    @app.after_request
    def _protect(response: Response) -> Response:
        for name, value in said.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    if loopback_only:

        @app.before_request
        def _this_machine_only() -> None:
            if not is_loopback(request.remote_addr or "") or not is_loopback(host_name(request.host)):
                abort(403)
