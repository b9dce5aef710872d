"""The public CDS Hooks sandbox as a caller: known to the demo profile, refused by the production profile.

It signs with a private key that lies open in its repository, so anybody can sign as the sandbox.
Source: cds-hooks/sandbox at 3b7e255, build/.well-known/jwks.json and src/retrieve-data-helpers/jwt-generator.js; the
P-256 key is the one it used before.
"""

from typing import Any

ISSUER = "https://sandbox.cds-hooks.org"
HOST = "sandbox.cds-hooks.org"
JKU = f"{ISSUER}/.well-known/jwks.json"

KEY: dict[str, Any] = {
    "kty": "EC",
    "use": "sig",
    "crv": "P-384",
    "kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
    "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
    "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
    "alg": "ES384",
}

OPEN_KEYS = frozenset({KEY["x"], "QWI9fI8TcNtdikhVs_M1N_Szb7BOj19etvIKfrQMa9k"})
"""The x coordinates of the keys whose private part everybody can read."""
