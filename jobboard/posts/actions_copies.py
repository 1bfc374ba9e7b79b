"""A post as what others can begin with: duplicates and templates."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.markdown import Rendered, render
from jobboard.people.models import Person
from jobboard.posts.actions import begin_article, kind_of, save_text, set_authors, set_categories
from jobboard.posts.actions_writing import WORDS, finish_save
from jobboard.posts.markup_kinds import facts_of
from jobboard.posts.models import Category, Kind, Post
from jobboard.posts.queries_writing import place_of

#: Facts that are dates: what begins anew has none yet.
DATES = frozenset({"closes_at", "starts_on"})


def copied(post: Post) -> dict[str, Any]:
    """Everything of a post but dates, addresses and who applied, fit for JSON."""
    kind = facts_of(kind_of(post))
    facts = kind.take(post) if kind is not None else {}
    return {
        "kind": kind_of(post).value,
        "locale": post.original_locale,
        "texts": {text.locale: {name: getattr(text, name) for name in WORDS} for text in post.texts},
        "authors": [person.id for person in post.authors],
        "categories": [category.slug for category in post.categories],
        "facts": {name: value for name, value in facts.items() if name not in DATES},
    }


def rendered_texts(content: Mapping[str, Any]) -> dict[str, Rendered]:
    """The texts of a copy rendered, by language; slow, so before `writing()`."""
    return {locale: render(words["markdown"]) for locale, words in content["texts"].items()}


def begin_from(content: Mapping[str, Any], rendered: Mapping[str, Rendered], person: Person) -> Post:
    """A new draft with everything that was copied; people and categories that are gone are left out."""
    kind = Kind(content["kind"])
    facts = facts_of(kind)
    post = (facts.begin if facts is not None else begin_article)(locale=content["locale"])
    set_authors(post, _in_order(Person, Person.id, content["authors"]))
    set_categories(post, _in_order(Category, Category.slug, content["categories"]))
    if facts is not None:
        facts.put(post, content["facts"])
    session().flush()
    for locale, words in content["texts"].items():
        save_text(post, locale, **words, rendered=rendered[locale])
        finish_save(post, locale, person, place_of(kind, post, locale))
    return post


def _in_order(model: type[Any], column: Any, values: list[Any]) -> list[Any]:
    found = {
        getattr(row, column.key): row for row in session().execute(sa.select(model).where(column.in_(values))).scalars()
    }
    return [found[value] for value in values if value in found]
