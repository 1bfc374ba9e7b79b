"""Addresses people can read."""

import re
import unicodedata

SLUG_LENGTH = 100

_SPELLED = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "oe",
        "å": "a",
        "&": " and ",
        "+": " plus ",
        "#": " sharp ",
    }
)


def slug_of(title: str, fallback: str = "post") -> str:
    """A readable address part: ASCII letters, digits and hyphens, umlauts spelled out, at most 100 characters."""
    text = _without_accents(title.lower().translate(_SPELLED))
    words = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    cut = words if len(words) <= SLUG_LENGTH else words[: SLUG_LENGTH + 1].rpartition("-")[0] or words[:SLUG_LENGTH]
    return cut or fallback


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
