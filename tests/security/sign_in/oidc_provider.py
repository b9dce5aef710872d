"""A small OpenID provider of our own, over TLS: it signs people in without asking, and can be told to do it wrong."""

import secrets
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from jwt.utils import base64url_encode
from werkzeug.serving import make_server

from cds_service.app import utc_now
from tests.tokens import Signer, claims, signer, token

CLIENT_ID, CLIENT_SECRET = "calcification-cds", "planted+secret/of:the%client"
OWN = signer("provider", "RSA", "RS256")
Writing = Callable[[dict[str, Any]], str]
"""Writes an ID token of claims."""


def rightly(said: dict[str, Any]) -> str:
    """A token as the provider has to write it."""
    return token(OWN, said)


@dataclass
class Provider:
    """A running provider, and how it behaves from now on.

    Attributes:
        url: its issuer.
        says: claims in place of the usual ones; None leaves one out.
        writes: makes the ID token.
        redirect: members of its redirect in place of the usual ones; None leaves one out.
        redirect_uri: the one that is registered.
        answers: whether the token endpoint answers.
        asked: the paths that were asked for.
    """

    url: str
    redirect_uri: str
    says: dict[str, Any] = field(default_factory=dict)
    writes: Writing = rightly
    redirect: dict[str, str | None] = field(default_factory=dict)
    answers: bool = True
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def behave(self) -> None:
        """As it should, from now on."""
        self.says, self.writes, self.redirect, self.answers = {}, rightly, {}, True

    def metadata(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/end",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "authorization_response_iss_parameter_supported": True,
        }

    def id_token(self, nonce: str) -> str:
        """The ID token of Ada, who may read and audit, or of whom `says` makes of her."""
        usual = {"iss": self.url, "aud": CLIENT_ID, "sub": "ada-1", "name": "Ada Lovelace", "nonce": nonce, "jti": None}
        roles = {"realm_access": {"roles": ["cds-read", "cds-audit", "other"]}}
        return self.writes(claims(utc_now(), **{**usual, **roles, **self.says}))


def _application(provider: Provider) -> Flask:
    app = Flask(__name__)

    @app.before_request
    def _note() -> None:
        provider.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def _metadata() -> Response:
        return jsonify(provider.metadata())

    @app.get("/jwks")
    def _jwks() -> Response:
        return jsonify({"keys": [OWN.jwk]})

    @app.get("/authorize")
    def _authorize() -> Any:
        asked = request.args
        wanted = {"client_id": CLIENT_ID, "redirect_uri": provider.redirect_uri, "response_type": "code"}
        if any(asked.get(name) != value for name, value in wanted.items()) or "openid" not in asked["scope"].split():
            return "not registered so", 400
        if asked.get("code_challenge_method") != "S256" or not asked.get("nonce"):
            return "no PKCE, or no nonce", 400
        code = secrets.token_urlsafe(8)
        provider.codes[code] = asked
        usual = {"code": code, "state": asked["state"], "iss": provider.url, **provider.redirect}
        kept = {name: value for name, value in usual.items() if value is not None}
        return redirect(f"{provider.redirect_uri}?{urlencode(kept)}", 302)

    @app.post("/token")
    def _token() -> Any:
        if not provider.answers:
            return "down", 503
        form = request.form
        begun = provider.codes.pop(form["code"], None)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return jsonify({"error": "invalid_client"}), 401
        challenge = base64url_encode(sha256(form["code_verifier"].encode()).digest()).decode()
        if begun is None or begun["code_challenge"] != challenge or begun["redirect_uri"] != form["redirect_uri"]:
            return jsonify({"error": "invalid_grant"}), 400
        answer = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        return jsonify({**answer, "id_token": provider.id_token(begun["nonce"])})

    return app


@contextmanager
def providing(certificate: Path, redirect_uri: str) -> Iterator[Provider]:
    """A provider with this certificate on a free port of 127.0.0.1, stopped at the end."""
    provider = Provider("", redirect_uri)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = make_server("127.0.0.1", 0, _application(provider), threaded=True, ssl_context=context)
    provider.url = f"https://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def by(other: Signer, **header: Any) -> Writing:
    """Writes tokens with another key."""
    return lambda said: token(other, said, **header)
