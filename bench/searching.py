"""`python -m bench.searching [POSTS]`: how long a search takes that finds nothing, and what it suggests.

A site of 100,000 posts (30 % openings, a tenth of all hidden; a power of ten) with a vocabulary of as many words, frequent as
words are (Zipf). ENGINES=sqlite,postgresql chooses what is measured.
"""

import contextlib
import os
import random
import shutil
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench import seed
from bench.apps import product
from jobboard.core import clock
from jobboard.core.db import db, session, writing
from jobboard.migrations import upgrade
from jobboard.posts.models import Post, PostState, PostText
from jobboard.posts.queries_suggestions import Scope, ways_on
from jobboard.search import index
from jobboard.timeline.queries_search import search_posts
from tests.twins.postgres import Postgres, Unavailable

#: Different words of the site, and those of one text; so many texts are made, the others are copies of their index rows.
WORDS, LENGTH, MADE = 100_000, 150, 1000
ROUNDS = 3


def main() -> int:
    """Seed both engines and print a table."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    words = vocabulary(random.Random(26))
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        for engine in os.environ.get("ENGINES", "sqlite,postgresql").split(","):
            try:
                is_sqlite = engine == "sqlite"
                url = "" if is_sqlite else stack.enter_context(Postgres()).create_database("searching")
            except Unavailable as reason:
                print(f"PostgreSQL is left out: {reason}", file=sys.stderr)
                continue
            app = product(Path(scratch) / engine, url)
            with app.app_context():
                filled(size, words)
            for name, milliseconds, shown in asked(app, words):
                print(f"{engine:10} {name:34} {milliseconds:8.1f} ms  {shown}", flush=True)
            shutil.rmtree(Path(scratch) / engine, ignore_errors=True)
    return 0


def vocabulary(chance: random.Random) -> list[str]:
    """Words of syllables, the most frequent first."""
    vowels, consonants = "aeiou", "".join(set(string.ascii_lowercase) - set("aeiou"))
    found: dict[str, None] = {}
    while len(found) < WORDS:
        syllables = chance.randint(2, 5)
        found["".join(chance.choice(sorted(consonants)) + chance.choice(vowels) for _one in range(syllables))] = None
    return list(found)


def filled(size: int, words: list[str]) -> None:
    """Posts of the bench's seed with texts of these words in the index."""
    upgrade(db.engine)
    seed.fill()
    seed.grow(size)
    chance = random.Random(27)
    weights = [1 / (place + 10) for place in range(len(words))]
    with writing() as current:
        ids = list(current.execute(sa.select(PostText.id).order_by(PostText.id)).scalars())
        index.drop_all()
        for start, text_id in enumerate(ids[:MADE]):
            rare = words[start * len(words) // MADE : (start + 1) * len(words) // MADE]
            index.put(text_id, "en", " ".join(chance.choices(words, weights, k=6)),
                      " ".join([*chance.choices(words, weights, k=LENGTH), *rare]))  # fmt: skip
        hidden = sa.update(Post).where(Post.id % 10 == 0).values(state=PostState.draft)
        current.execute(hidden, execution_options={"synchronize_session": False})
    columns = "vector" if db.engine.dialect.name == "postgresql" else "title, body, title_forms, body_forms"
    step = len(ids[:MADE])
    with db.engine.begin() as connection:
        for number in range(1, -(-len(ids) // step)):
            rows = f"SELECT rowid + {number * step}, {columns} FROM search_fts WHERE rowid <= {ids[step - 1]}"
            connection.execute(sa.text(f"INSERT INTO search_fts (rowid, {columns}) {rows}"))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # PostgreSQL keeps new rows of an index in a list until its own vacuum comes by.
        connection.execute(sa.text("VACUUM ANALYZE" if columns == "vector" else "ANALYZE"))
    session().rollback()


def asked(app: Flask, words: list[str]) -> Iterator[tuple[str, float, str]]:
    """(what was asked, milliseconds of the median, what came of it)."""
    common, rare = words[3], words[-5]
    queries = {
        "a search that finds: a rare word": rare,
        "a search that finds: a common word": common,
        "a rare word mistyped": _mistyped(rare),
        "a common word mistyped": _mistyped(common),
        "three words mistyped": " ".join(map(_mistyped, (common, rare, words[500]))),
        "a word to leave out": f"{common} {words[5]} qqqqqqqq",
        "nothing like it": "qxqxqxqxqx",
        "twelve long words": " ".join("".join(random.Random(n).choices("abdeginorst", k=16)) for n in range(12)),
        "one-letter words": "a b d e f g h qqqq",
    }
    for name, query in queries.items():
        for part in ("search", "help"):
            taken, shown = [], ""
            for _round in range(ROUNDS):
                with app.app_context():
                    scope = Scope(clock.now())
                    began = time.perf_counter()
                    if part == "search":
                        shown = f"{search_posts(query, scope, 1).count()} found"
                    else:
                        ways = ways_on(query, scope)
                        shown = ", ".join(
                            f"{way.words or way.query} {way.count}" for way in (*ways.meant, *ways.without)
                        )
                    taken.append((time.perf_counter() - began) * 1000)
            yield f"{name} ({part})", statistics.median(taken), shown


def _mistyped(word: str) -> str:
    return word[:3] + word[4:5] + word[3:4] + word[5:]


if __name__ == "__main__":
    sys.exit(main())
