"""Applying as a browser without JavaScript does it: open the form, fill it in, look it over, send it."""

from typing import Any

from tests.pages import form_of, page_of


def fill(client: Any, fields: dict[str, Any], language: str = "en", slug: str = "operator") -> Any:
    """Open the form, fill it in, and go on to the review."""
    address = f"/{language}/jobs/{slug}/apply/"
    return client.post(address, data={**form_of(client.get(address), "/apply/"), **fields})


def apply(client: Any, fields: dict[str, Any], language: str = "en", slug: str = "operator") -> Any:
    """Fill in the form and send it; the answer to what was sent last."""
    return send(client, fill(client, fields, language, slug))


def again(client: Any, response: Any, fields: dict[str, Any]) -> Any:
    """Fill in the form that a response shows once more, with some fields changed, and send it."""
    return send(client, client.post(action_of(response), data={**form_of(response, having="token"), **fields}))


def action_of(response: Any) -> str:
    """Where the form a response shows is sent to."""
    return next(
        str(one.get("action"))
        for one in page_of(response).iter("form")
        if any(control.get("name") == "token" for control in one.iter())
    )


def send(client: Any, response: Any) -> Any:
    """Look it over and send it, where the response leads to the review; else the response itself."""
    if response.status_code != 303 or not response.location.endswith("/review/"):
        return response
    page = client.get(response.location)
    return page if page.status_code == 303 else client.post(response.location, data=form_of(page, having="content"))
