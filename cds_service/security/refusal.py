"""Why a token is refused: for the operator's record and log. The caller never learns it."""

from enum import StrEnum


class Reason(StrEnum):
    """Every reason, in the order in which they are looked for. None of them holds anything that the token says."""

    MISSING = "no token came with the request"
    NOT_BEARER = "the Authorization header holds no single bearer token"
    TOO_LARGE = "the token is larger than is read"
    MALFORMED = "the token is no signed JWT"
    CRITICAL = "the token's header asks for extensions that are not known"
    OWN_KEY = "the token brings a key along"
    ALGORITHM = "the token's algorithm is not allowed"
    TYPE = "the token's typ is not JWT"
    KEY_ID = "the token names no key"
    ISSUER = "the token's issuer is no client"
    CLIENT_ALGORITHM = "the token's algorithm is not allowed for this client"
    KEY_SET_URL = "the token's jku is not the client's"
    AUDIENCE = "the token is for another audience"
    TIMES = "the token's times are missing or are no times"
    EXPIRED = "the token has expired"
    FUTURE = "the token is not valid yet"
    LIFETIME = "the token does not live between no time and an hour"
    TOKEN_ID = "the token has no jti"
    TENANT = "the tenant is not allowed for this client"
    UNKNOWN_KEY = "the client has no such key"
    SIGNATURE = "the signature is not the client's"
    REPLAYED = "the token was used before"


class Refused(Exception):
    """A token that proves nothing.

    Args:
        reason: why.
        client: id of the client that the token names as its issuer, unproven; empty for none that is known.
    """

    def __init__(self, reason: Reason, client: str = "") -> None:
        self.reason = reason
        self.client = client
        super().__init__(str(reason))
