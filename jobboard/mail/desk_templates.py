"""Words for mails: templates people choose by name, and staff's own words for the standard mails."""

from typing import Any

from flask import abort, flash, g, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.mail.actions_templates import product_words, reset_words, save_template
from jobboard.mail.desk import bp
from jobboard.mail.forms_templates import NamedTemplateForm, TemplateForm, template_form
from jobboard.mail.markup_templates import PLACEHOLDERS
from jobboard.mail.models_templates import MailTemplate
from jobboard.mail.queries_templates import named_templates, standard_kinds, standard_templates, template_named


@bp.get("/templates/")
@access(HIRING)
def templates() -> str:
    """All of them: those chosen by name, and the standard mails with whose words they leave."""
    return render_template(
        "desk/mail/templates.html",
        named=named_templates(),
        standard=standard_kinds(),
        own=standard_templates(),
        languages=[(code, i18n.language_name(code)) for code in i18n.languages()],
    )


@bp.route("/templates/new/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def new_template() -> str | BaseResponse | tuple[str, int]:
    """Begin a template people choose by its name."""
    return _edit_named(None)


@bp.route("/templates/<int:template_id>/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit_template(template_id: int) -> str | BaseResponse | tuple[str, int]:
    """Change a template people choose by its name."""
    return _edit_named(template_named(template_id) or abort(404))


@bp.post("/templates/<int:template_id>/delete/")
@access(HIRING, writes=True)
def delete_template(template_id: int) -> BaseResponse:
    """Delete a template; mails that were written with it stay as they are."""
    checked_button()
    with writing() as current:
        current.delete(template_named(template_id) or abort(404))
    flash(_("The template is deleted. Mails written with it stay."))
    return see(url_for("desk.mail.templates"))


@bp.route("/templates/standard/<mail_kind>/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit_standard(mail_kind: str) -> str | BaseResponse | tuple[str, int]:
    """Own words for a standard mail; a language whose words are the product's keeps them."""
    kind = _kind_or_404(mail_kind)
    row = standard_templates().get(kind)
    product = {code: product_words(kind, code) for code in i18n.languages()}
    own = {code: (row.subject[code], row.body[code]) for code in row.body} if row else {}
    form = template_form(_form_for(kind), {**_start(product | own), "version": str(row.version) if row else ""})
    if form.validate_on_submit():
        words = {code: words for code, words in form.words.items() if words != product[code]}
        if _is_saved(form, row, kind=kind, words=words):
            return see(url_for("desk.mail.templates"))
    return _page(form, "desk/mail/standard.html", row, label=standard_kinds()[kind].label, own=own, mail_kind=mail_kind)


@bp.post("/templates/standard/<mail_kind>/<locale>/reset/")
@access(HIRING, writes=True)
def reset_standard(mail_kind: str, locale: str) -> BaseResponse:
    """Let the product's words hold again in one language."""
    kind = _kind_or_404(mail_kind)
    checked_button()
    with writing():
        row = standard_templates().get(kind)
        if row is not None:
            reset_words(row, locale)
    flash(_("This mail leaves with the product’s words again."))
    return see(url_for("desk.mail.edit_standard", mail_kind=mail_kind))


def _edit_named(row: MailTemplate | None) -> str | BaseResponse | tuple[str, int]:
    kept = {code: (row.subject[code], row.body[code]) for code in row.body} if row else {}
    start = {"name": row.name if row else "", "version": str(row.version) if row else "", **_start(kept)}
    form = template_form(NamedTemplateForm, start)
    if form.validate_on_submit() and _is_saved(form, row, name=form["name"].data, words=form.words):
        return see(url_for("desk.mail.templates"))
    return _page(form, "desk/mail/template.html", row)


def _is_saved(form: TemplateForm, row: MailTemplate | None, *, words: dict[str, tuple[str, str]], **what: Any) -> bool:
    """Keep it; where that is not possible the form says why."""
    try:
        with writing():
            if words:
                save_template(row, words=words, by_id=g.person.id, version=form.version.data or "", **what)
            elif row is not None:
                session().delete(row)
    except StaleDataError:
        form.form_errors.append(_("Somebody else saved this in the meantime. Please open it again and compare."))
        return False
    except IntegrityError:
        form.form_errors.append(_("There is a template of this name already. Please choose another name."))
        return False
    flash(_("Saved."))
    return True


def _page(form: TemplateForm, template: str, row: MailTemplate | None, **more: Any) -> str | tuple[str, int]:
    page = render_template(
        template,
        form=form,
        row=row,
        placeholders=PLACEHOLDERS,
        button_form=DeskForm(formdata=None),
        languages=[(code, i18n.language_name(code)) for code in i18n.languages()],
        **more,
    )
    return (page, 422) if request.method == "POST" else page


def _start(words: dict[str, tuple[str, str]]) -> dict[str, str]:
    subjects = {f"subject_{code}": subject for code, (subject, _body) in words.items()}
    return subjects | {f"body_{code}": body for code, (_subject, body) in words.items()}


def _form_for(kind: str) -> type[TemplateForm]:
    return type("StandardForm", (TemplateForm,), {"needs_link": standard_kinds()[kind].needs_link})


def _kind_or_404(mail_kind: str) -> str:
    """The kind of a standard mail as addresses name it: "applications-received"."""
    kind = mail_kind.replace("-", "/", 1)
    return kind if kind in standard_kinds() else abort(404)
