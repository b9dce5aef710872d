"""How a command that calls a service proves who it is: a token signed with a client's own key."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cds_service.app import random_id, utc_now
from cds_service.errors import StartError
from cds_service.security.keys import UnusableKey
from cds_service.security.signing import signed_token

_LIFE_S = 300


def add_token_arguments(parser: ArgumentParser) -> None:
    """The key and what the token says beside it."""
    parser.add_argument("--key", type=Path, metavar="FILE", help="sign the call with this private key (a JWK with kid)")
    parser.add_argument("--iss", metavar="ISSUER", help="the issuer that the service knows the key by; goes with --key")
    parser.add_argument(
        "--jku", metavar="URL", default="", help="where the key is published, if the token shall say so"
    )
    parser.add_argument("--tenant", metavar="NAME", help="the tenant, where the service asks for one")


def authorization(arguments: Namespace, audience: str) -> dict[str, str]:
    """The Authorization header of one request to `audience`, its URL; empty where no key was given.

    Raises:
        StartError: the arguments do not go together, or the key cannot be used.
    """
    if arguments.key is None:
        if arguments.iss or arguments.jku or arguments.tenant:
            raise StartError("--iss, --jku and --tenant stand in a token. Give the key that signs it with --key FILE.")
        return {}
    if not arguments.iss:
        raise StartError("A token names its issuer. Give with --iss the one that the service knows this key by.")
    now = int(utc_now().timestamp())
    claims = {"iss": arguments.iss, "aud": audience, "iat": now, "exp": now + _LIFE_S, "jti": random_id()}
    if arguments.tenant:
        claims["tenant"] = arguments.tenant
    try:
        jwk = json.loads(arguments.key.read_text(encoding="utf-8"))
        token = signed_token(jwk if isinstance(jwk, dict) else {}, claims, jku=arguments.jku)
    except (OSError, ValueError) as error:
        raise StartError(f"{arguments.key} cannot be read as a JWK ({type(error).__name__}).") from None
    except UnusableKey as error:
        raise StartError(f"The key in {arguments.key} {error} Give a private JWK of type EC or RSA.") from None
    return {"Authorization": f"Bearer {token}"}
