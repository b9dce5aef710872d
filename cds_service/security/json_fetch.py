"""Fetches a JSON document that somebody else publishes: keys, and what an OpenID provider says of itself."""

import json
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

TIMEOUT_S = 3.0
"""For a connection, and for each wait on it."""
_LARGEST = 128 * 1024


class NotFetched(Exception):
    """It could not be had. The message is a class or a status, nothing that the other side wrote."""


class _NoPassword(AuthBase):
    """Keeps `requests` from taking a password for the host out of a .netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def fetch_json(url: str) -> object:
    """The JSON at a URL: one GET without redirects, a few seconds and 128 kB at most.

    Raises:
        NotFetched: it did not come so.
    """
    try:
        with requests.get(
            url,
            headers={"Accept": "application/json"},
            auth=_NoPassword(),
            timeout=TIMEOUT_S,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise NotFetched(f"HTTP status {answer.status_code}.")
            raw = answer.raw.read(_LARGEST + 1, decode_content=True)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise NotFetched(f"{type(error).__name__}.") from None
    if len(raw) > _LARGEST:
        raise NotFetched(f"larger than {_LARGEST} bytes.")
    try:
        parsed: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotFetched("not JSON.") from None
    return parsed
