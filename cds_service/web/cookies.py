"""The cookies of people who are signed in: for this host only, out of reach of scripts, over TLS where there is TLS."""

from flask import Response

from cds_service.settings import Settings

_NAME = "calcification-cds"


def cookie_name(settings: Settings, purpose: str) -> str:
    """The name of a cookie.

    Under `__Host-` browsers take a cookie from this very host over TLS only. Without TLS, on this machine, ports share
    cookies, so the port stands in the name.
    """
    return f"__Host-{_NAME}-{purpose}" if _tls(settings) else f"{_NAME}-{settings.port}-{purpose}"


def set_cookie(response: Response, settings: Settings, purpose: str, value: str) -> None:
    """Give the browser a cookie until it is closed. Links of other sites bring it along, their forms do not."""
    name = cookie_name(settings, purpose)
    response.set_cookie(name, value, path="/", secure=_tls(settings), httponly=True, samesite="Lax")


def drop_cookie(response: Response, settings: Settings, purpose: str) -> None:
    """Take a cookie back."""
    name = cookie_name(settings, purpose)
    response.delete_cookie(name, path="/", secure=_tls(settings), httponly=True, samesite="Lax")


def _tls(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")
