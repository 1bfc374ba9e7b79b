"""Alembic runs this. The engine comes from `configuration`; there is no ini file."""

from typing import Any, Literal

from alembic import context

import jobboard.applications.models
import jobboard.applications.models_desk
import jobboard.applications.models_draft
import jobboard.applications.models_erased
import jobboard.applications.models_review
import jobboard.core.models
import jobboard.files.models
import jobboard.hooks.models
import jobboard.mail.models
import jobboard.mail.models_templates
import jobboard.openings.models
import jobboard.openings.models_templates
import jobboard.people.models
import jobboard.posts.models
import jobboard.posts.models_writing
import jobboard.search.models
import jobboard.site.models
from jobboard.core.base import Base


def is_ours(name: str | None, kind: str, _parent: Any) -> bool:
    """The search index belongs to its engine module, not to the models (FTS5 shadow tables, generated columns)."""
    return not (kind == "table" and name and name.startswith("search_fts"))


def render_item(kind: str, obj: Any, _autogen_context: Any) -> str | Literal[False]:
    """Column types of ours are written as the plain types they are stored as, so history needs no code of today."""
    if kind == "type" and type(obj).__module__ == "jobboard.core.base":
        return {"UtcDateTime": "UTC_DATETIME", "Amount": "sa.BigInteger()"}[type(obj).__name__]
    return False


assert jobboard  # the imports above make `Base.metadata` complete
with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=is_ours,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
