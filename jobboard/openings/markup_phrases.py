"""Reading texts by phrases a person can read: the notation of `markup_not_to_ask`, and the sentences they are looked for in."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
#: A word of a text, and up to four that are no new thought.
_WORD = r"[^\s,.?!;]+"
_REST = rf"(?: (?!(?:and|und|or|oder|but|aber|what|which|how|wie|was|welche\w*)\b){_WORD}){{1,4}}"
_NEVER = "(?!)"


def one_of(expressions: Sequence[str]) -> str:
    """An expression for any of these; for none where there are none."""
    return f"(?:{'|'.join(expressions) or _NEVER})"


def finding(expressions: Sequence[str]) -> re.Pattern[str]:
    """Finds any of these as whole words."""
    return re.compile(rf"(?<!\w){one_of(expressions)}(?!\w)")


def phrases(block: str, words: Mapping[str, str]) -> list[str]:
    """The expressions of a block of phrases, divided by ";"; `words` are the lists its `{names}` stand for."""
    joined = re.sub(r"(?<=[|(])\s*\n\s*", "", block)
    return [expression(phrase, words) for phrase in " ".join(joined.split()).split(";") if phrase.strip()]


def expression(phrase: str, words: Mapping[str, str]) -> str:
    """A phrase of the rules as a regular expression."""
    text = phrase.strip()
    while named := re.search(r"\{([a-z]+)\}", text):
        text = text.replace(named[0], "REST" if named[1] == "rest" else words[named[1]])
    text = re.sub(r"\((?!\?)", "(?:", text.translate(_UMLAUTS))
    text = re.sub(r"(?<!\))\*", lambda _match: r"\w*", text)  # behind a group it repeats
    several = f"(?:{_WORD} ){{0,3}}"
    return text.replace("… ", several).replace("…", several).replace("WORD", _WORD).replace("REST", _REST)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text: lower case, without accents and signs that say nothing, umlauts as "ae"; with their end."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS)
    plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    plain = re.sub(r"[\u00ad\u200b-\u200d'’‘´`]", "", plain)
    plain = re.sub(r"\b(?:[a-z]\. ?){2,}", lambda match: match[0].replace(".", "").replace(" ", "") + " ", plain)
    # "18. Lebensjahr" and "max. 35" are one sentence
    plain = re.sub(r"(?<=\d)\.(?= ?\w)|(?<=\bgeb)\.|(?<=\bmax)\.|(?<=\bmin)\.|(?<=\binkl)\.", " ", plain)
    plain = re.sub(r":(?!\w)|[/&()\[\]\"„“”«»|•]|\s[–—-]\s", " , ", plain)
    plain = re.sub(r"[^\w\s,.?!;]", " ", plain.replace("_", " "))
    for sentence in re.findall(r"[^.?!;\n]+[.?!;]?", plain):
        yield " ".join(re.sub(r"\s*([,.?!;])", r"\1", sentence).replace(",", ", ").split())
