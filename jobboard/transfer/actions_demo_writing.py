"""What writing leaves behind in the demo: a text that was once shorter, and a template."""

import datetime as dt

from jobboard.core.db import session
from jobboard.openings.actions_templates import save_as_template
from jobboard.openings.models import JobOffer
from jobboard.posts.actions_copies import copied
from jobboard.posts.actions_writing import finish_save
from jobboard.posts.models import Post
from jobboard.posts.models_writing import Revision
from jobboard.posts.queries_writing import place_of


def put_history(post: Post, now: dt.datetime) -> None:
    """An article as its author saved it first, without its summary and its end, and as it is now."""
    text, author = post.text(post.original_locale), post.authors[0]
    first = Revision(post_id=post.id, locale=text.locale, version=post.version, title=text.title, notice=text.notice)
    first.markdown, first.summary = text.markdown.rstrip().rpartition("\n\n")[0], ""
    first.at, first.person_id = now - dt.timedelta(days=2), author.id
    session().add(first)
    finish_save(post, text.locale, author, place_of(post.kind, post, text.locale))


def put_template(offer: JobOffer) -> None:
    """An opening to begin others from."""
    save_as_template(offer.text(offer.original_locale).title, copied(offer))
