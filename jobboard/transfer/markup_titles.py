"""Titles of openings down to the bare role: the site renders prefix and gender marker itself (decision 20). Pure."""

import re

PREFIX = re.compile(
    r"^(?:job ?offers?|job openings?|jobs?|vacanc(?:y|ies)|open (?:position|role)s?|now hiring|hiring|we(?:'re|’re| are) hiring"
    r"|stellenangebote?|stellenanzeigen?|stellenausschreibung(?:en)?|offene stellen?|wir suchen|gesucht)"
    r"(?:\s*:\s*|\s+[–—-]\s+)(?=\S)",
    re.IGNORECASE,
)
MARK = r"(?:nb|gn|div(?:ers|erse)?\.?|[mwfdxnita*…]|\.\.\.)"
LETTERS = rf"{MARK}(?:\s*[/|,:·⋅-]\s*{MARK}){{1,5}}"
WORDS = (
    r"(?:all|any|every) genders?(?: welcome)?|alle geschlechter|geschlecht egal|gender[\s-]?neutral|gn\*?|"
    r"human being|mensch(?:en)?(?: \(?m/w/d\)?)?"
)
BRACKET = re.compile(rf"\s*[(\[]\s*(?:(?P<letters>{LETTERS})|(?:{WORDS}))\s*(?:[,;–-][^)\]]*)?[)\]]", re.IGNORECASE)
TAIL = re.compile(rf"\s*(?:[,–—-]\s*|\s)(?P<letters>{LETTERS})\s*$", re.IGNORECASE)


def strip_title(title: str) -> tuple[str, list[str]]:
    """The bare role, and what was taken off, in the order of the title: ("Clerk", ["Job offer:", "(m/w/d)"]).

    A bracket goes whole, with what else it says: "(w/m/nb, remote in Germany)". The role is "" when nothing else is left.
    """
    role = " ".join(title.split())
    removed: list[str] = []
    if match := PREFIX.match(role):
        removed.append(match[0].strip())
        role = role[match.end() :]
    for pattern in (BRACKET, TAIL):
        role = pattern.sub(lambda match: _taken(match, removed), role)
    if removed:
        role = re.sub(r"\s+([,;:])", r"\1", " ".join(role.split())).strip(" –—-,")
    return role, removed


def _taken(match: re.Match[str], removed: list[str]) -> str:
    """Nothing in the place of a gender marker; other letters in brackets, "(C/D)", stay as they are."""
    letters = match.groupdict().get("letters")
    if letters and not (re.search(r"m", letters, re.IGNORECASE) and re.search(r"[wf]", letters, re.IGNORECASE)):
        return match[0]
    removed.append(match[0].strip(" ,–—-"))
    return ""
