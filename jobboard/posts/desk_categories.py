"""The topics of posts: naming, renaming, and taking away those that nothing is about."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import i18n
from jobboard.core.access import WRITING, access
from jobboard.core.db import first_or_404, session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.old_addresses import is_free, move
from jobboard.core.slugs import slug_of
from jobboard.core.web import see
from jobboard.posts.forms import CategoryForm, category_form
from jobboard.posts.models import Category
from jobboard.posts.queries import categories, posts_by_category

bp = Blueprint("categories", __name__, url_prefix="/categories")


@bp.get("/")
@access(WRITING)
def index() -> str:
    """All categories with the number of their posts."""
    counts = posts_by_category()
    rows = [(one, i18n.pick(one.name), counts.get(one.id, 0)) for one in categories()]
    return render_template("desk/categories/index.html", rows=rows)


@bp.route("/new/", methods=["GET", "POST"])
@access(WRITING, writes=True)
def new() -> str | BaseResponse | tuple[str, int]:
    """Add a category."""
    return _edit(None)


@bp.route("/<int:category_id>/", methods=["GET", "POST"])
@access(WRITING, writes=True)
def edit(category_id: int) -> str | BaseResponse | tuple[str, int]:
    """Rename a category. Its address stays unless it is changed here."""
    return _edit(category_or_404(category_id))


@bp.post("/<int:category_id>/delete/")
@access(WRITING, writes=True)
def delete(category_id: int) -> BaseResponse | tuple[str, int]:
    """Take away a category that no post is about."""
    category = category_or_404(category_id)
    checked_button()
    if posts_by_category().get(category_id):
        form = category_form(category)
        form.form_errors.append(_("Posts are about this category. Take it out of them first."))
        return _page(form, category), 409
    with writing():
        session().delete(category)
    flash(_("Deleted."))
    return see(url_for("desk.categories.index"))


def category_or_404(category_id: int) -> Category:
    """The category with this id."""
    return first_or_404(sa.select(Category).where(Category.id == category_id))


def _edit(category: Category | None) -> str | BaseResponse | tuple[str, int]:
    form = category_form(category)
    if not form.validate_on_submit():
        page = _page(form, category)
        return (page, 422) if form.is_submitted() else page
    names, descriptions = form.texts("name"), form.texts("description")
    slug = form.slug.data or slug_of(next(iter(names.values())), "category")
    if not is_free(Category, slug, category.id if category else None):
        form.slug.errors = [*form.slug.errors, _("Another category has or had this address.")]
        return _page(form, category), 422
    with writing():
        row = category or Category()
        move(row, slug)
        row.name, row.description = names, descriptions
        session().add(row)
    flash(_("Saved."))
    return see(url_for("desk.categories.index"))


def _page(form: CategoryForm, category: Category | None) -> str:
    context: dict[str, Any] = {
        "form": form,
        "fields": [getattr(form, f"{name}_{code}") for name in ("name", "description") for code in i18n.languages()],
        "category": category,
        "title": i18n.pick(category.name) if category else _("New category"),
        "is_used": bool(category and posts_by_category().get(category.id)),
        "plain_form": DeskForm(formdata=None),
    }
    return render_template("desk/categories/edit.html", **context)
