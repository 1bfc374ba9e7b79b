"""Legal pages follow the renderer, stored links the secret keys."""

import logging

import sqlalchemy as sa
from flask import current_app

from jobboard.core.db import writing
from jobboard.core.markdown_anew import render_anew
from jobboard.core.tokens import keys_mark
from jobboard.core.tokens_anew import renew_hashes
from jobboard.core.work import Sweep
from jobboard.mail.actions import seal_anew
from jobboard.site.models import Site, SitePage
from jobboard.site.queries import stored_keys_mark

log = logging.getLogger("jobboard.keys")


def render_pages() -> int:
    """Render some versions of legal pages anew that another renderer made; how many. They stay the versions they are."""
    return render_anew(SitePage)


def renew_links() -> int:
    """Once in a process, after the secret keys changed: end the links of those that are gone; how many.

    A process that was started with other keys sees the mark of these and leaves everything as it is, mails too
    (`are_keys_ours`): else two would undo each other's work.
    """
    if current_app.extensions.get("links_renewed"):
        return 0
    count, known = 0, stored_keys_mark()
    if keys_mark() != known:
        count = renew_hashes()
        seal_anew()
        with writing() as current:
            current.execute(sa.update(Site).values(keys_mark=keys_mark()))
        if known:
            log.info("the secret keys changed: %d links of keys that are gone ended", count)
    current_app.extensions["links_renewed"] = True
    return count


#: Before mails leave, as they hold links; then what nobody waits for.
SWEEPS = [Sweep("links of other keys", 30, renew_links), Sweep("legal pages of another renderer", 600, render_pages)]
