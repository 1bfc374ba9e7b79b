"""What to ask for where a search finds nothing, or next to nothing: other words, or fewer (docs/decisions/0026).

The words that are compared stand in any text; whatever is handed out has found open posts, and is spelled as one of them spells
it. The work is bounded: so many words, candidates and counts, in five statements at most.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.markdown import plain
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.queries import is_open
from jobboard.search.index import ask
from jobboard.search.models import SearchWord
from jobboard.search.spelling import (
    Unit,
    Word,
    alike,
    folded_word,
    forms_of,
    german_words,
    joined,
    nearest,
    normal,
    other_beginnings,
    parted,
    reach,
    replaced,
    spelled,
    units_in,
    without_quotes,
    words_in,
)
from jobboard.search.words import Term, query_terms

#: A search that finds fewer is helped, where another one finds so many times as much.
FEW, TIMES = 3, 5
#: Words of a query that are corrected, words and quotes that are left out, neighbours that are joined.
MOST_CORRECTED, MOST_UNITS, MOST_JOINED = 3, 6, 5
#: Candidates read for all words together, looked for among open posts for one word, and put into a query for it.
MOST_READ, MOST_LOOKED_FOR, MOST_OPTIONS = 20_000, 12, 3
#: Queries that are counted, and those that are handed out.
MOST_COUNTED, MOST_SHOWN = 8, 3
#: A shorter word finds so much as a beginning that nobody needs to be told.
SHORTEST_ASKED = 3
#: More of them ask too much of the index to be looked for again and again.
MOST_SHORT = 2

Terms = Sequence[Term]


@dataclasses.dataclass(frozen=True)
class Scope:
    """Which open posts somebody looks at: of a kind, in texts of a language, or all; and which kind is all there is to find."""

    now: dt.datetime
    kind: Kind | None = None
    lang: str | None = None
    only: Kind | None = None


@dataclasses.dataclass(frozen=True)
class Way:
    """Another query that finds something: how many posts in the scope, and how many in all.

    `words` are those that were left out or kept; "" for a query with other words.
    """

    query: str
    count: int
    everywhere: int
    words: str = ""


@dataclasses.dataclass(frozen=True)
class Ways:
    """Queries with other words; without a word; and with one word alone, where leaving out one is not enough."""

    meant: tuple[Way, ...] = ()
    without: tuple[Way, ...] = ()
    only: tuple[Way, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.meant or self.without or self.only)


@dataclasses.dataclass(frozen=True)
class _Option:
    """Another text for a piece of a query, or "" to leave it out.

    `cost` says how far it is from what was typed, `text_id` which text spells it.
    """

    cost: int
    start: int
    end: int
    text: str
    text_id: int | None = None


@dataclasses.dataclass(frozen=True)
class _Seen:
    """What is known of a query's pieces: words and units that find nothing by themselves, neighbours that are one word."""

    lost_words: list[Word]
    lost_units: list[Unit]
    joins: list[_Option]


def ways_on(query: str, scope: Scope, found: int = 0) -> Ways:
    """What finds more than a query that found this many posts, `FEW` of them at most. Nothing for a query without a word."""
    query = normal(query)
    words, units = words_in(query), units_in(query)
    if not words or found >= FEW or sum(map(_is_short, words)) > MOST_SHORT:
        return Ways()
    seen = _seen(query, words, units, scope)
    wrong = [word for word in (words if found else seen.lost_words) if not _is_short(word)][:MOST_CORRECTED]
    options = _corrections(wrong, scope, 1 if found else 2) if wrong else []
    wanted = list(dict.fromkeys(_proposals(query, options, seen.joins, is_more=found > 0)))[:MOST_COUNTED]
    fewer = [] if found else _fewer(query, units, seen)
    counted = _counted([one for _is_part, one in wanted] + [one for _words, one in fewer], query, scope)
    least = max(1, found * TIMES)
    meant = [(part, way) for part, one in wanted if (way := counted.get(one)) and way.everywhere >= least]
    wholes = [way for part, way in meant if not part] or [way for _part, way in meant]
    without = [dataclasses.replace(way, words=words) for words, one in fewer if (way := counted.get(one))]
    ways = Ways(tuple(wholes[:MOST_SHOWN]), _most_first(without))
    if ways or found or len(units) < 3:
        return ways
    return Ways(only=_each_alone(query, [unit for unit in units if unit not in seen.lost_units], scope))


def _is_short(word: Word) -> bool:
    return len(word.folded) < SHORTEST_ASKED


def _fewer(query: str, units: list[Unit], seen: _Seen) -> list[tuple[str, str]]:
    """(what is left out, the query without it): the one that finds nothing, or each where all find something."""
    if len(seen.lost_units) > 1:
        return []  # leaving out one leaves the other
    left_out = seen.lost_units or units[:MOST_UNITS]
    return [(unit.text, replaced(query, [(unit.start, unit.end, "")])) for unit in left_out]


def _each_alone(query: str, units: Sequence[Unit], scope: Scope) -> tuple[Way, ...]:
    counted = _counted([unit.text for unit in units[:MOST_UNITS]], query, scope)
    return _most_first([dataclasses.replace(way, words=text) for text, way in counted.items()])


def _most_first(ways: list[Way]) -> tuple[Way, ...]:
    return tuple(sorted(ways, key=lambda way: -way.everywhere)[:MOST_SHOWN])


def _seen(query: str, words: list[Word], units: list[Unit], scope: Scope) -> _Seen:
    """Look for each piece of a query by itself. Short words count as found: they are beginnings of many."""
    asked = [word for word in words if not _is_short(word)]
    phrases = [unit for unit in units if not any(word.start == unit.start for word in words)]
    pairs = [pair for pair in joined(query, words) if pair[0] in words[:MOST_JOINED]]
    rows: list[list[Term]] = [[word.term] for word in asked]
    rows += [query_terms(unit.text) for unit in phrases] + [query_terms(whole) for _one, _other, whole in pairs]
    is_found = [text_id is not None for text_id in _first_texts(rows, scope)]
    of_phrases = is_found[len(asked) : len(asked) + len(phrases)]
    lost_words = list(itertools.compress(asked, [not one for one in is_found[: len(asked)]]))
    starts = {word.start for word in lost_words}
    lost_phrases = list(itertools.compress(phrases, [not one for one in of_phrases]))
    lost_units = [unit for unit in units if unit.start in starts or unit in lost_phrases]
    joins = itertools.compress(pairs, is_found[len(asked) + len(phrases) :])
    return _Seen(
        lost_words, lost_units, [_Option(1, one.start, other.end, whole) for one, other, whole in joins][:MOST_OPTIONS]
    )


def _corrections(words: list[Word], scope: Scope, mistakes: int) -> list[list[_Option]]:
    """For each word what it may have been meant as; one that is like no other is left out."""
    known = _known_words(words)
    german = german_words()
    rows: list[tuple[int, int, str, list[Term]]] = []
    for number, word in enumerate(words):
        near = nearest(word, known, mistakes)[:MOST_LOOKED_FOR]
        rows += [(number, cost, one, [Term((one,), is_phrase=True)]) for cost, one in near]
        of_list = nearest(word, german, mistakes)[:MOST_OPTIONS]
        rows += [(number, cost, german[one], query_terms(german[one])) for cost, one in of_list]
        parts = [pair for pair in parted(word) if all(folded_word(one) in known for one in pair)][:MOST_OPTIONS]
        rows += [(number, 1, f"{head} {tail}", query_terms(f"{head} {tail}")) for head, tail in parts]
    texts = _first_texts([terms for _number, _cost, _text, terms in rows], scope)
    found: list[list[_Option]] = [[] for _word in words]
    for (number, cost, text, terms), text_id in zip(rows, texts, strict=True):
        if text_id:
            spelling = text_id if terms[0].is_phrase else None
            found[number].append(_Option(cost, words[number].start, words[number].end, text, spelling))
    left_out = [_Option(0, word.start, word.end, "") for word in words]
    return _spelled([_best(options) or [none] for options, none in zip(found, left_out, strict=True)])


def _best(options: list[_Option]) -> list[_Option]:
    """The nearest; of several forms of a word one."""
    kept: list[_Option] = []
    forms: set[str] = set()
    for option in sorted(options, key=lambda one: one.cost):
        own = {form for term in query_terms(option.text) for form in term.words}
        if not own & forms:
            kept.append(option)
            forms |= own
    return kept[:MOST_OPTIONS]


def _known_words(words: list[Word]) -> set[str]:
    """The words of any text that may be meant, and the parts of compounds as far as they are words."""
    exact: set[str] = set()
    ranges = []
    for word in words:
        if reach(word.folded):
            exact |= other_beginnings(word.folded)
            ranges += [alike(form) for form in forms_of(word)]
        exact |= {folded_word(part) for pair in parted(word) for part in pair}
    conditions = [
        sa.and_(SearchWord.head == head, SearchWord.size.between(first, last)) for head, first, last in ranges
    ]
    statement = sa.select(SearchWord.word).where(sa.or_(SearchWord.word.in_(exact), *conditions)).limit(MOST_READ)
    return set(session().execute(statement).scalars())


def _first_texts(queries: Sequence[Terms], scope: Scope) -> list[int | None]:
    """For each query the oldest text of an open post that holds it, whatever its language; None for one that finds nothing."""
    if not queries:
        return []
    asked = ask(queries)
    first = (
        sa.select(asked.text_id)
        .join(PostText, PostText.id == asked.text_id)
        .join(Post, Post.id == PostText.post_id)
        .where(asked.is_held, _can_be_found(scope))
        .order_by(asked.by_text)
        .limit(1)
        .correlate(asked.table)
        .scalar_subquery()
    )
    rows = session().execute(sa.select(asked.number, first).select_from(asked.table)).all()
    found: dict[int, int | None] = {number: text_id for number, text_id in rows}  # noqa: C416 - typed
    return [found.get(number) for number in range(len(queries))]


def _can_be_found(scope: Scope) -> sa.ColumnElement[bool]:
    return is_open(scope.now) if scope.only is None else sa.and_(is_open(scope.now), Post.kind == scope.only)


def _counted(queries: list[str], typed: str, scope: Scope) -> dict[str, Way]:
    """How many open posts each query finds, in the scope and in all; those that find none or ask for the same are no way."""
    own = query_terms(typed)
    terms = {query: found for query in dict.fromkeys(queries) if (found := query_terms(query)) and found != own}
    if not terms:
        return {}
    asked = ask(list(terms.values()))
    is_wanted = [
        *([Post.kind == scope.kind] if scope.kind is not None else []),
        *([PostText.locale == scope.lang] if scope.lang is not None else []),
    ]
    wanted = sa.case((sa.and_(sa.true(), *is_wanted), PostText.post_id))
    statement = (
        sa.select(asked.number, sa.func.count(wanted.distinct()), sa.func.count(PostText.post_id.distinct()))
        .select_from(asked.table)
        .join(asked.texts, asked.is_held)
        .join(PostText, PostText.id == asked.text_id)
        .join(Post, Post.id == PostText.post_id)
        .where(_can_be_found(scope))
        .group_by(asked.number)
    )
    names = list(terms)
    return {
        names[number]: Way(names[number], count, everywhere)
        for number, count, everywhere in session().execute(statement)
    }


def _proposals(
    query: str, options: list[list[_Option]], joins: list[_Option], *, is_more: bool
) -> Iterator[tuple[bool, str]]:
    """(whether words were left out, query) in the order in which they are likely meant."""
    bare = without_quotes(query)
    if bare != query:
        yield False, bare
    if is_more:  # every word is found already, so each is corrected alone
        for option in sorted((*joins, *itertools.chain.from_iterable(options)), key=lambda one: one.cost):
            yield False, _with(query, [option])
        return
    for join in joins:
        yield False, _with(query, [join])
    most = MOST_OPTIONS if len(options) == 1 else 2
    chosen = sorted(
        itertools.product(*(some[:most] for some in options)), key=lambda some: sum(one.cost for one in some)
    )
    chosen = [some for some in chosen if any(option.text for option in some)]
    for some in chosen[:MOST_COUNTED]:
        yield not all(option.text for option in some), _with(query, some)
    for some in chosen[:MOST_OPTIONS]:
        yield True, normal(" ".join(option.text for option in some))


def _with(query: str, options: Sequence[_Option]) -> str:
    return replaced(query, [(option.start, option.end, option.text) for option in options])


def _spelled(options: list[list[_Option]]) -> list[list[_Option]]:
    """The options in the spelling of the open post's text that has them."""
    ids = {option.text_id for some in options for option in some if option.text_id}
    if not ids:
        return options
    columns = sa.select(PostText.id, PostText.title, PostText.summary, PostText.html).where(PostText.id.in_(ids))
    texts = {row.id: f"{row.title} {row.summary} {plain(row.html)}" for row in session().execute(columns)}
    return [
        [
            dataclasses.replace(option, text=spelled(option.text, [texts[option.text_id]]))
            if option.text_id
            else option
            for option in some
        ]
        for some in options
    ]
