"""Which passwords are taken: long ones that nobody would try first (NIST SP 800-63B §3.1.1, ASVS 6.2)."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jobboard.core.i18n import lazy
from jobboard.people.actions import LONGEST_PASSWORD, SHORTEST_PASSWORD

_LEET = str.maketrans("013457@$!", "oieastasi")


def password_problem(password: str, about: Iterable[str] = ()) -> Any | None:
    """What is wrong with a new password, as a lazy sentence; None when it is taken.

    `about` are words an attacker would try: name, address and site of the person. Nothing is asked of a password's
    composition, and it is taken exactly as typed.
    """
    if len(password) < SHORTEST_PASSWORD:
        return lazy("This password is too short: it needs at least %(count)d characters.", count=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return lazy("This password is too long: at most %(count)d characters.", count=LONGEST_PASSWORD)
    if len(set(password)) < 5:
        return lazy("This password repeats few characters. Three or four unrelated words are a good password.")
    if is_common(password):
        return lazy("This password is one of those tried first. Three or four unrelated words are a good password.")
    if any(word in _plain(password) for word in _telling(about)):
        return lazy("This password contains your name, your address or the name of this site.")
    return None


def is_common(password: str) -> bool:
    """Whether a password is in the list of common ones, also written twice, with digits around or as "p4ssw0rd"."""
    lowered = password.lower()
    half = lowered[: len(lowered) // 2]
    variants = {lowered, half if lowered == half * 2 else lowered, re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lowered)}
    variants |= {variant.translate(_LEET) for variant in tuple(variants)}
    return any(variant in common_passwords() for variant in variants)


@cache
def common_passwords() -> frozenset[str]:
    """The vendored list; its licence stands at its top."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _telling(about: Iterable[str]) -> set[str]:
    """The words of at least four letters, without what stands between them."""
    texts = [text.partition("@")[0] if "@" in text else text for text in about]
    words = {_plain(word) for text in texts for word in re.split(r"[\W_]+", text)}
    return {word for word in words if len(word) >= 4}


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
