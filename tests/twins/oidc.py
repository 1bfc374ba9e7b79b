"""A real OpenID provider for tests, made of Authlib's server: code flow, PKCE, signed identity tokens, one client.

`with OpenIdProvider(back_to) as provider: … provider.issuer …`. Whoever comes is `provider.user`; `provider.claims` overrides
what the identity token says, `provider.signs_with` the key it is signed with.
"""

import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from authlib.oidc.core.models import AuthorizationCodeMixin
from flask import Flask, Response, jsonify, request
from joserfc.jwk import RSAKey

from tests.twins.server import Served, Server

CLIENT_ID, CLIENT_SECRET = "jobboard", "a secret of this client"


class Client(ClientMixin):
    """The one site that may ask."""

    def __init__(self, back_to: str) -> None:
        self.back_to = back_to

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.back_to

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back_to

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code on its way."""

    def __init__(self, code: str, asked: Any, user: dict[str, Any], auth_time: int) -> None:
        self.code, self.user, self.auth_time = code, user, auth_time
        self.data = dict(asked.payload.data)
        self.code_challenge = self.data.get("code_challenge")
        self.code_challenge_method = self.data.get("code_challenge_method")

    def get_redirect_uri(self) -> str | None:
        return self.data.get("redirect_uri")

    def get_scope(self) -> str:
        return self.data.get("scope", "")

    def get_nonce(self) -> str | None:
        return self.data.get("nonce")

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class OpenIdProvider(Served):
    """The provider, served over HTTP from a thread."""

    def __init__(self, back_to: str) -> None:
        self.user: dict[str, Any] = {"sub": "1", "email": "alma@example.org", "email_verified": True}
        self.claims: dict[str, Any] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
        self.signs_with, self.auth_time = self.key, None
        self.in_token = True
        self.codes: dict[str, Code] = {}
        self._server = Server()
        self.issuer = self._server.url
        self.client = Client(back_to)
        self._server.app = self._app()

    def _app(self) -> Flask:
        app = Flask("provider")
        server = AuthorizationServer(app, query_client=self._client_named, save_token=self._keep)
        server.register_grant(_grant(self), [CodeChallenge(required=True), _identity(self)])
        app.add_url_rule("/authorize", view_func=lambda: self._authorize(server), endpoint="authorize")
        app.add_url_rule("/token", view_func=server.create_token_response, methods=["POST"], endpoint="token")
        app.add_url_rule("/keys", view_func=lambda: jsonify(keys=[self.key.as_dict(private=False)]), endpoint="keys")
        app.add_url_rule("/me", view_func=self._me, endpoint="me")
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._about, endpoint="about")
        self.tokens: dict[str, dict[str, Any]] = {}
        return app

    def _about(self) -> Response:
        return jsonify(
            issuer=self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/keys",
            userinfo_endpoint=f"{self.issuer}/me",
        )

    def _authorize(self, server: AuthorizationServer) -> Any:
        grant = server.get_consent_grant(end_user=self.user)
        return server.create_authorization_response(grant_user=self.user, grant=grant)

    def _client_named(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT_ID else None

    def _keep(self, token: dict[str, Any], asked: Any) -> None:
        self.tokens[token["access_token"]] = asked.user

    def _me(self) -> Response:
        user = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return jsonify(user) if user else Response(status=401)


def _grant(provider: OpenIdProvider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> Code:
            at = int(time.time()) if provider.auth_time is None else provider.auth_time
            provider.codes[code] = Code(code, request, provider.user, at)
            return provider.codes[code]

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes.pop(authorization_code.code)

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return authorization_code.user

    return Grant


def _identity(provider: OpenIdProvider) -> OpenIDCode:
    class Identity(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.get_nonce() == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return provider.signs_with

        def get_client_algorithm(self, client: Client) -> str:
            return "RS256"

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": "first"}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": [client.get_client_id()]}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            return UserInfo({**(user if provider.in_token else {"sub": user["sub"]}), **provider.claims})

    return Identity(require_nonce=True)
