"""Single sign-on by OpenID Connect: the code flow with PKCE, state and nonce. Comes with the extra `oidc`."""

import dataclasses
import datetime as dt
import hmac
import importlib.util
import logging
import secrets
from collections.abc import Mapping
from typing import Any

log = logging.getLogger("jobboard.people")

#: Seconds the provider has for each answer.
TIMEOUT = 10
#: Signatures that are taken; "none" and those by a shared secret are not among them.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
#: How far the clocks of the two may be apart.
LEEWAY = dt.timedelta(seconds=60)


class NotSignedOn(Exception):
    """The provider could not be asked, or its answer does not prove who it is. The text is for the log."""


@dataclasses.dataclass(frozen=True)
class Provider:
    """Whom the site trusts to say who somebody is."""

    issuer: str
    client_id: str
    client_secret: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Somebody:
    """Who the provider says it is: an address it has verified, and when they showed who they are (None: it did not say)."""

    email: str
    proven_at: dt.datetime | None


def open_provider(issuer: str, client_id: str, client_secret: str) -> Provider | None:
    """The provider of these settings, None when there is none. Raises `ModuleNotFoundError` without the extra `oidc`."""
    if not issuer:
        return None
    for name in ("authlib", "joserfc", "requests"):
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(name)
    return Provider(issuer, client_id, client_secret)


def begin(provider: Provider, back: str, *, anew: bool) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what has to be kept for `finish`. `anew`: the provider must ask who it is again.

    `back` is the address the provider leads back to. Raises `NotSignedOn` when the provider cannot be reached.
    """
    with _client(provider, back) as client:
        place = _place(provider, client, "authorization_endpoint")
        kept = {name: secrets.token_urlsafe(48) for name in ("state", "nonce", "verifier")}
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        address, _state = client.create_authorization_url(
            place, state=kept["state"], code_verifier=kept["verifier"], nonce=kept["nonce"], **more
        )
    return str(address), kept


def finish(
    provider: Provider, back: str, query: Mapping[str, str], kept: Mapping[str, Any], now: dt.datetime
) -> Somebody:
    """Who it is, by what the provider sent along. Raises `NotSignedOn`."""
    state = str(kept.get("state") or "")
    if not state or not hmac.compare_digest(state.encode(), query.get("state", "").encode(errors="surrogatepass")):
        raise NotSignedOn("the state is not the one that was sent")
    if query.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: the answer of another provider
        raise NotSignedOn("another provider answers")
    if "code" not in query:
        raise NotSignedOn(f"the provider refused: {query.get('error', 'no code')[:60]}")
    from authlib.common.errors import AuthlibBaseError  # optional

    with _client(provider, back) as client:
        try:
            token = client.fetch_token(
                _place(provider, client, "token_endpoint"),
                code=query["code"],
                code_verifier=str(kept.get("verifier") or ""),
                timeout=TIMEOUT,
            )
        except (AuthlibBaseError, OSError, ValueError) as error:
            raise NotSignedOn(f"the code was not taken: {type(error).__name__}") from error
        claims = _claims(provider, token, _json(client, _place(provider, client, "jwks_uri")), kept, now)
        if "email" not in claims:
            told = _json(client, _place(provider, client, "userinfo_endpoint"), with_token=True)
            claims |= {name: told.get(name) for name in ("email", "email_verified") if told.get("sub") == claims["sub"]}
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        raise NotSignedOn("the provider names no address that it has verified")
    at = claims.get("auth_time")
    return Somebody(claims["email"].strip().lower(), dt.datetime.fromtimestamp(at, dt.UTC) if at else None)


def _client(provider: Provider, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session  # optional

    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid email",
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
    )


def _place(provider: Provider, client: Any, name: str) -> str:
    """One of the provider's addresses, as it publishes them. Asked each time: sign-ins are rare, keys change."""
    if not hasattr(client, "places"):
        client.places = _json(client, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if client.places.get("issuer") != provider.issuer:
        raise NotSignedOn("the provider calls itself by another name than JOBBOARD_OIDC_ISSUER")
    if not isinstance(client.places.get(name), str):
        raise NotSignedOn(f"the provider does not say its {name}")
    return str(client.places[name])


def _json(client: Any, address: str, *, with_token: bool = False) -> dict[str, Any]:
    try:
        answer = client.get(address, withhold_token=not with_token, timeout=TIMEOUT)
        answer.raise_for_status()
        found = answer.json()
    except (OSError, ValueError) as error:  # requests' own errors are OSErrors
        raise NotSignedOn(f"{address} cannot be read: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise NotSignedOn(f"{address} is no object")
    return found


def _claims(
    provider: Provider, token: Any, keys: dict[str, Any], kept: Mapping[str, Any], now: dt.datetime
) -> dict[str, Any]:
    """What the identity token says, once signature, issuer, audience, time and nonce are right (OIDC Core §3.1.3.7)."""
    from joserfc import jwt  # optional
    from joserfc.errors import JoseError  # optional
    from joserfc.jwk import KeySet  # optional

    try:
        found = jwt.decode(str(token["id_token"]), KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type] # plain JSON
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": str(kept.get("nonce") or "")},
        ).validate(found.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotSignedOn(f"the identity token is not right: {type(error).__name__}") from error
    if found.claims.get("azp", provider.client_id) != provider.client_id:
        raise NotSignedOn("the identity token was made for somebody else")
    return dict(found.claims)
