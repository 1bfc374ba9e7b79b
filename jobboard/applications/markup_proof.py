"""A small calculation that a browser does before it sends an application: cheap once, dear a million times.

Hashcash over the form's token: a number whose SHA-256 together with the token begins with so many zero bits. The token is
used once, so a proof is too; nothing is asked of anybody else, and without JavaScript it is simply missing.
"""

import hashlib


def is_proof(token: str, number: str, bits: int) -> bool:
    """Whether `number` is the proof for this form token."""
    if not number.isascii() or not number.isdecimal() or len(number) > 20:
        return False
    digest = hashlib.sha256(f"{token}:{number}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
