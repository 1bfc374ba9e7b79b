"""What JavaScript adds to the form: files travel at once, and words are kept while they are typed."""

from flask import Response, jsonify

from jobboard.applications.forms import apply_form
from jobboard.applications.queries import digest_sent_with
from jobboard.applications.views import APPLY, bp, draft_url, opening_of
from jobboard.applications.views_files import Files
from jobboard.applications.views_sending import is_taking, keep_draft, may_keep, token_of
from jobboard.core.access import Public, access
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed

#: Uploads and keepings of one host: a person at work stays far below.
KEPT_PER_HOST = "600 per hour"


@bp.post(f"{APPLY}keep/")
@access(Public.anyone, writes=True)
def keep_form(slug: str) -> Response:
    """Keep what the form holds, and the files it sends along.

    Answers JSON: `draft`, the address at which all of it stands; `files`, by field: name and size of what is kept; `errors`, by
    field: the sentence about a file that was not taken; or `message` alone where nothing was kept.
    """
    offer, text = opening_of(slug)
    token = token_of(offer)
    if token is None or not is_taking(offer, token.issued_at):
        return _json({"message": _("This could not be kept. Please send the form; nothing you typed is lost.")}, 409)
    if digest_sent_with(token.nonce) is not None:
        return _json({"message": _("This form was sent before.")}, 409)
    if not is_allowed(KEPT_PER_HOST, "keep-host", caller()) or not may_keep():
        return _json({"message": _("Too many files came from here in a short time. Please wait a while.")}, 429)
    form = apply_form(offer)
    files = Files(form, None)
    files.receive()
    draft, _earlier = keep_draft(token, form, files)
    kept = {field.name: files.kept(field) for field in form.file_fields}
    return _json(
        {
            "draft": draft_url("draft", text, draft),
            "files": {name: {"name": one.name, "size": one.size} for name, one in kept.items() if one is not None},
            "errors": files.errors,
        }
    )


def _json(content: dict[str, object], status: int = 200) -> Response:
    response = jsonify(content)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
