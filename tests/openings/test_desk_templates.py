"""Templates of openings: saved, begun from, renamed, deleted, and never public."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.posts.models import PostState
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import errors_of, form_of, page_of, words_of

LIST = "/desk/templates/"


def save_template(client, offer: JobOffer, name: str = "Operations, night"):
    url = f"/desk/templates/from/{offer.id}/"
    return client.post(url, data={**form_of(client.get(url), having="name"), "name": name})


def template() -> OpeningTemplate:
    session().expire_all()
    return session().execute(sa.select(OpeningTemplate)).scalar_one()


def begin(client):
    page = client.get(LIST)
    url = re.search(r'action="([^"]+/begin/)"', page.text).group(1)
    return client.post(url, data=form_of(page, "/begin/"))


def test_opening_is_begun_from_a_template(client, sign_in):
    person = sign_in("recruiter")
    gone = make_person("Gone Soon", email="gone@example.org")
    category = make_category("operations")
    offer = make_offer(
        "Operator", slug="operator", markdown="One *word*", texts={"de": {"title": "Betrieb"}}, authors=[person, gone],
        categories=[category], places=["AT/Vienna"], needs=[("de", "B2", False)], response_days=14,
        starts_on=dt.date(2026, 12, 1), closes_at=clock.now() + dt.timedelta(days=20), contact_id=gone.id,
    )  # fmt: skip
    session().commit()
    assert save_template(client, offer).location == LIST
    assert "Operations, night" in client.get(LIST).text
    gone.left_at = clock.now()
    session().delete(offer)
    session().commit()
    answer = begin(client)
    new = session().execute(sa.select(JobOffer)).scalar_one()
    assert answer.location == f"/desk/openings/{new.id}/en/"
    assert (new.state, new.starts_on, new.closes_at, new.contact_id) == (PostState.draft, None, None, None)
    assert (new.response_days, [row.place.key for row in new.places]) == (14, ["AT/Vienna"])
    assert {text.locale: text.title for text in new.texts} == {"en": "Operator", "de": "Betrieb"}
    assert "<em>word</em>" in client.get(f"/desk/openings/{new.id}/en/preview/").text
    assert begin(client).status_code == 303
    assert session().execute(sa.select(sa.func.count()).select_from(JobOffer)).scalar_one() == 2


def test_template_is_nowhere_public(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator", slug="operator", draft=True)
    session().commit()
    save_template(client, offer, "A secret template")
    for page in ("/en/", "/en/jobs/", "/en/feed.atom", "/sitemap.xml", "/jobs.xml", "/en/search/?q=secret"):
        assert "A secret template" not in client.get(page).text
    assert session().execute(sa.select(sa.func.count()).select_from(JobOffer)).scalar_one() == 1


def test_name_is_needed_and_belongs_to_one_template(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator")
    session().commit()
    assert save_template(client, offer, " ").status_code == 422
    save_template(client, offer, "Night")
    page = save_template(client, offer, "Night")
    assert page.status_code == 422
    assert errors_of(page) == ["Name of the template – Another template has this name. Please choose another one."]
    assert template().name == "Night"


def test_template_is_renamed_and_deleted(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator")
    session().commit()
    save_template(client, offer, "Night")
    url = f"{LIST}{template().id}/"
    page = client.get(url)
    assert client.post(url, data={**form_of(page, having="name"), "name": "Night"}).location == LIST
    client.post(url, data={**form_of(page, having="name"), "name": "Day"})
    assert template().name == "Day"
    assert client.post(f"{url}delete/", data=form_of(page, "/delete/")).location == LIST
    assert "No templates yet" in client.get(LIST).text
    assert session().execute(sa.select(sa.func.count()).select_from(JobOffer)).scalar_one() == 1


def test_articles_are_no_templates(client, sign_in):
    sign_in("recruiter")
    post = make_article()
    session().commit()
    assert client.get(f"/desk/templates/from/{post.id}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(client, sign_in, queries, count):
    sign_in("recruiter")
    for number in range(count):
        session().add(OpeningTemplate(name=f"Template {number}", content={}, changed_at=clock.now()))
    session().commit()
    with queries() as log:
        page = client.get(LIST)
    assert words_of(page_of(page)).count("Template ") >= count
    assert len(log) == 4, log
