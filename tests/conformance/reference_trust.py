"""Whom the reference service lets in: one client, and every check of its tokens can be left out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from tests.tokens import Signer


@dataclass
class Trusted:
    """One client.

    Attributes:
        issuer: `iss` of its tokens.
        jku: where it says that its keys are.
        keys: its public keys, by kid.
        seen: ids of the tokens that came.
    """

    issuer: str
    jku: str
    keys: Mapping[str, Signer]
    seen: set[str] = field(default_factory=set)

    def admits(self, authorization: str, url: str, breaks: Collection[str]) -> bool:
        """Whether a request may go on; `breaks` names the assertions that are not kept."""
        token = authorization.removeprefix("Bearer ")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            return False
        if header["alg"] in ("none", "HS256"):
            return "J2" in breaks
        key = self.keys.get(header["kid"])
        if key is None:
            return "J8" in breaks
        if header.get("jku", self.jku) != self.jku and "J4" not in breaks:
            return False
        if "J3" in breaks and header["alg"] == "ES384":
            return False
        return self._proves(token, key, url, breaks)

    def _proves(self, token: str, key: Signer, url: str, breaks: Collection[str]) -> bool:
        options: Any = {"verify_aud": "J5" not in breaks, "verify_exp": "J6" not in breaks}
        issuer = None if "J4" in breaks else self.issuer
        leeway = 0 if "J6 skew" in breaks else 60
        try:
            said = jwt.decode(
                token,
                key.private.public_key(),
                [key.algorithm],
                audience=url,
                issuer=issuer,
                leeway=leeway,
                options=options,
            )
        except jwt.PyJWTError:
            return False
        repeated = said["jti"] in self.seen
        self.seen.add(said["jti"])
        return not repeated or "J7" in breaks
