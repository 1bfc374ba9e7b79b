"""Passkeys (WebAuthn): what a device has to sign, and whether it did."""

import dataclasses
import datetime as dt
import json
import secrets
from typing import Any

from jobboard.audit.actions import record
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.people.actions_factors import drop_codes_without_factor
from jobboard.people.models import Person
from jobboard.people.models_factors import Passkey
from jobboard.people.queries_factors import passkey_by_credential

#: A browser's answer is some hundred bytes, with an attestation nobody asked for some thousand.
LONGEST_ANSWER = 20_000


@dataclasses.dataclass(frozen=True)
class Party:
    """The site as a passkey knows it: its host name, the origin of its pages, and a name to show."""

    host: str
    origin: str
    name: str


class NoPasskey(ValueError):
    """What the browser sent is no proof: wrong device, wrong site, used before, or broken."""


def new_challenge() -> str:
    """What a device has to sign next, as base64url: 256 random bits."""
    return secrets.token_urlsafe(32)


def options_to_add(party: Party, person: Person, known: list[Passkey], challenge: str) -> str:
    """What a browser needs to make a passkey, as JSON. It will do without a user name, so it asks who holds the device."""
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json  # slow import
    from webauthn.helpers.structs import (  # slow import
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=bytes.fromhex(token_hash(f"passkey:{person.id}")),
        user_name=person.email or person.name,
        user_display_name=person.name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


def options_to_show(party: Party, known: list[Passkey] | None, challenge: str) -> str:
    """What a browser needs to show a passkey, as JSON: one of those known, or any that says itself whose it is (None)."""
    from webauthn import base64url_to_bytes, generate_authentication_options, options_to_json  # slow import
    from webauthn.helpers.structs import UserVerificationRequirement  # slow import

    verification = UserVerificationRequirement.REQUIRED if known is None else UserVerificationRequirement.PREFERRED
    options = generate_authentication_options(
        rp_id=party.host,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_descriptors(known or []),
        user_verification=verification,
    )
    return options_to_json(options)


def _descriptors(known: list[Passkey]) -> list[Any]:
    from webauthn import base64url_to_bytes  # slow import
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor  # slow import

    names = {one.value for one in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential_id),
            transports=[AuthenticatorTransport(name) for name in row.transports if name in names],
        )
        for row in known
    ]


def checked_new(party: Party, answer: str, challenge: str | None) -> Passkey:
    """The passkey a browser has just made, belonging to nobody yet. Raises `NoPasskey`."""
    from webauthn import base64url_to_bytes, verify_registration_response  # slow import
    from webauthn.helpers import bytes_to_base64url  # slow import
    from webauthn.helpers.exceptions import WebAuthnException  # slow import

    content = _read(answer, challenge)
    try:
        found = verify_registration_response(
            credential=content,
            expected_challenge=base64url_to_bytes(challenge or ""),
            expected_rp_id=party.host,
            expected_origin=party.origin,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise NoPasskey(type(error).__name__) from error
    transports = content["response"].get("transports")
    return Passkey(
        credential_id=bytes_to_base64url(found.credential_id),
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        transports=[str(name)[:40] for name in transports[:10]] if isinstance(transports, list) else [],
    )


def checked_shown(party: Party, answer: str, challenge: str | None, person: Person | None) -> tuple[Passkey, int]:
    """The passkey a browser has just shown and its new count. Raises `NoPasskey`.

    It must be this person's; for nobody in particular (None) the device must have asked who holds it, by finger, face or
    PIN, since it is then both what one has and what one knows.
    """
    from webauthn import base64url_to_bytes, verify_authentication_response  # slow import
    from webauthn.helpers.exceptions import WebAuthnException  # slow import

    content = _read(answer, challenge)
    row = passkey_by_credential(str(content.get("id")))
    if row is None or (person is not None and row.person_id != person.id):
        raise NoPasskey("unknown")
    try:
        found = verify_authentication_response(
            credential=content,
            expected_challenge=base64url_to_bytes(challenge or ""),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=person is None,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise NoPasskey(type(error).__name__) from error
    return row, found.new_sign_count


def _read(answer: str, challenge: str | None) -> dict[str, Any]:
    if not challenge or len(answer) > LONGEST_ANSWER:
        raise NoPasskey("no challenge" if not challenge else "too long")
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise NoPasskey("no JSON") from error
    if not isinstance(content, dict) or not isinstance(content.get("response"), dict):
        raise NoPasskey("no credential")
    return content


def add_passkey(person: Person, row: Passkey, name: str, now: dt.datetime) -> Passkey:
    """Take a checked passkey as this person's. Raises `NoPasskey` for one that is known already."""
    if passkey_by_credential(row.credential_id) is not None:
        raise NoPasskey("known already")
    row.person_id, row.name, row.added_at = person.id, name, now
    session().add(row)
    session().flush()
    record("factor.added", ("person", person.id), person, kind="passkey")
    return row


def use_passkey(row: Passkey, sign_count: int, now: dt.datetime) -> None:
    """Note that a passkey was shown."""
    row.sign_count, row.used_at = sign_count, now


def remove_passkey(row: Passkey, by: Person | None) -> None:
    """Forget a passkey; recovery codes go with the last factor."""
    record("factor.removed", ("person", row.person_id), by, kind="passkey")
    person = row.person
    session().delete(row)
    drop_codes_without_factor(person)
