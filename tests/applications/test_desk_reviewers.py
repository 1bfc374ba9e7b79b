"""Choosing who reads the applications of an opening."""

import re

from jobboard.core.db import session
from tests.factories import make_application, make_offer, make_person

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def choose(client, opening_id: int, *people: int):
    url = f"/desk/openings/{opening_id}/reviewers/"
    token = CSRF.search(client.get(url).text).group(1)
    return client.post(url, data={"csrf_token": token, "people": [str(one) for one in people]})


def test_reviewer_reads_what_a_recruiter_let_them_read_and_no_longer(client, sign_in):
    reviewer, other = make_person("Emre Aydın", role="reviewer"), make_person("Bo Çelik", role="reviewer")
    offer = make_offer("Role", locale="en")
    application = make_application(offer, name="Robin Okafor")
    recruiter = sign_in("recruiter")
    url = f"/desk/applications/{application.id}/"
    assert choose(client, offer.id, reviewer.id).status_code == 303
    assert f'checked id="people-1" name="people" type="checkbox" value="{reviewer.id}"' in client.get(
        f"/desk/openings/{offer.id}/reviewers/"
    ).text.replace("\n", " ")
    sign_in(person=other)
    assert client.get(url).status_code == 404
    sign_in(person=reviewer)
    assert "Robin Okafor" in client.get(url).text
    assert "Robin Okafor" in client.get("/desk/applications/").text
    sign_in(person=recruiter)
    assert choose(client, offer.id).status_code == 303
    sign_in(person=reviewer)
    assert client.get(url).status_code == 404


def test_only_reviewers_can_be_chosen(client, sign_in):
    author = make_person("Alma Berg", role="author")
    make_person("Emre Aydın", role="reviewer")
    offer = make_offer("Role", locale="en")
    sign_in("recruiter")
    session().commit()
    page = choose(client, offer.id, author.id)
    assert page.status_code == 422
    assert "<title>Error:" in page.text


def test_page_says_what_to_do_when_nobody_is_a_reviewer(client, sign_in):
    offer = make_offer("Role", locale="en")
    sign_in("recruiter")
    session().commit()
    assert "Nobody is a reviewer yet" in client.get(f"/desk/openings/{offer.id}/reviewers/").text
