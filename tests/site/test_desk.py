"""The site's settings and legal pages, written by an admin."""

import pytest

from jobboard.core.db import session
from jobboard.site.models import PageKind
from jobboard.site.queries import current_site, newest_page
from tests.factories import make_offer
from tests.pages import errors_of, form_of


def settings(client, **changes):
    return client.post("/desk/site/", data={**form_of(client.get("/desk/site/"), having="tagline_en"), **changes})


def test_settings_are_shown_to_readers(client, sign_in):
    make_offer("Operator", slug="operator")
    sign_in("admin")
    response = settings(
        client, name="Nordlicht", tagline_de="Von hier", gender_marker="(all genders)", retention_days="210"
    )
    assert response.status_code == 303
    assert current_site().retention_days == 210
    page = client.get("/de/").text
    assert "Nordlicht" in page
    assert "Von hier" in page
    assert "Operator (all genders)" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "This field is needed."),
        ({"retention_days": "0"}, "Enter a number of days from 1 to 3650."),
        ({"retention_days": "soon"}, "Not a valid integer value."),
        ({"time_zone": "Europe/Atlantis"}, "Not a valid choice."),
        ({"contact_email": "jobs"}, "This is not an e-mail address. Example: name@example.org"),
        ({"organisation_url": "javascript:alert(1)"}, "This is not a web address. Example: https://example.org/page"),
    ],
)
def test_wrong_setting_is_told_and_the_others_stay_typed(client, sign_in, changes, words):
    sign_in("admin")
    response = settings(client, tagline_en="Typed just now", **changes)
    assert response.status_code == 422
    [error] = errors_of(response)
    assert words in error
    assert form_of(response, having="tagline_en")["tagline_en"] == "Typed just now"
    assert current_site().tagline == {}


def test_legal_page_is_previewed_then_written_as_a_new_version(client, sign_in):
    sign_in("admin")
    address = "/desk/site/pages/privacy/de/"
    form = form_of(client.get(address), having="markdown")
    preview = client.post(address, data={**form, "markdown": "## Zweck\n\nBewerbungen.", "preview": "1"})
    assert '<h2 id="s-zweck">Zweck' in preview.text
    assert newest_page(PageKind.privacy, "de") is None
    for number in (1, 2):
        form = form_of(client.get(address), having="markdown")
        assert client.post(address, data={**form, "markdown": f"Fassung {number}"}).status_code == 303
    assert (newest_page(PageKind.privacy, "de").version, newest_page(PageKind.privacy, "de").markdown) == (
        2,
        "Fassung 2",
    )


def test_two_who_write_at_once_are_told_and_nothing_is_overwritten(client, sign_in):
    sign_in("admin")
    address = "/desk/site/pages/imprint/en/"
    form = form_of(client.get(address), having="markdown")
    client.post(address, data={**form, "markdown": "By one"})
    response = client.post(address, data={**form, "markdown": "By another"})
    assert response.status_code == 409
    assert form_of(response, having="markdown")["markdown"] == "By another"
    session().rollback()
    assert newest_page(PageKind.imprint, "en").markdown == "By one"
