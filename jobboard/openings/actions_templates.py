"""Keeping openings as templates, and beginning openings from them."""

from collections.abc import Mapping
from typing import Any

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models_templates import OpeningTemplate


def save_as_template(name: str, content: Mapping[str, Any]) -> OpeningTemplate:
    """Keep what `posts.actions_copies.copied` gives of an opening under a name."""
    row = OpeningTemplate(name=name, content=dict(content), changed_at=clock.now())
    session().add(row)
    return row


def rename(template: OpeningTemplate, name: str) -> None:
    """Give a template another name."""
    template.name, template.changed_at = name, clock.now()
