"""What higher rooms show on the two pages of an application."""

from markupsafe import Markup

from jobboard.core import clock
from jobboard.core.db import session
from tests.factories import application_link, make_application, make_offer
from tests.pages import page_of, words_of


def test_panels_stand_on_the_screen_for_who_looks(app, client, sign_in, monkeypatch):
    row = make_application(make_offer())
    person = sign_in("recruiter")
    panels = [
        lambda found, who: Markup("<p>Panel of {} for {}</p>").format(found.id, who.name),
        lambda _found, _who: None,
        lambda _found, _who: Markup("<p>Second panel</p>"),
    ]
    monkeypatch.setitem(app.extensions, "application_panels", panels)
    words = words_of(page_of(client.get(f"/desk/applications/{row.id}/")))
    assert f"Panel of {row.id} for {person.name}" in words
    assert words.index("Panel of") < words.index("Second panel")
    assert "None" not in words


def test_panels_stand_on_the_applicants_page_and_not_on_a_locked_one(app, client, monkeypatch):
    row = make_application(make_offer())
    session().commit()
    token = application_link(row)
    panels = [lambda found, link: Markup("<p>Panel of {} {}</p>").format(found.id, link == token), lambda *_: None]
    monkeypatch.setitem(app.extensions, "own_page_panels", panels)
    words = words_of(page_of(client.get(f"/en/applications/{token}/")))
    assert f"Panel of {row.id} True" in words
    assert "None" not in words
    row.locked_at = clock.now()
    session().commit()
    assert "Panel of" not in words_of(page_of(client.get(f"/en/applications/{token}/")))
