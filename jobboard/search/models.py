"""What the search stores beside its index, which belongs to each database's own module."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, about

#: Letters of the shortest and the longest word that is remembered: longer ones are no words anybody mistypes.
SHORTEST, LONGEST = 2, 30
#: First letters by which words are looked up.
HEAD = 2


class SearchWord(Base):
    """A folded word of some text, public or not: what mistyped words are compared with (docs/decisions/0026).

    Nobody is shown one of these before an open post has been found that holds it.
    """

    __tablename__ = "search_word"
    __table_args__ = (Index("ix_search_word_head_size", "head", "size"),)

    word: Mapped[str] = mapped_column(
        String(LONGEST), primary_key=True, info=about(Data.PUBLIC, "a word of a text, for suggestions", Keep.POST)
    )
    head: Mapped[str] = mapped_column(String(HEAD), info=about(Data.PUBLIC, "its beginning", Keep.POST))
    size: Mapped[int] = mapped_column(info=about(Data.PUBLIC, "its letters", Keep.POST))


def is_remembered(word: str) -> bool:
    """Whether a folded word is kept for suggestions: letters only, as numbers and codes have no right spelling."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()
