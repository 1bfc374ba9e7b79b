"""The checklist before publishing: what the law asks for hinders until somebody says why, the rest is advice."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import current_app

from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.openings.actions_cycle import override
from jobboard.openings.markup_checklist import countries_of_work, offer_checklist
from jobboard.openings.models import Contract, PayPeriod
from jobboard.openings.models_history import Happened, OfferEvent
from jobboard.openings.queries_history import events_of
from jobboard.posts.markup_checklist import Weight
from jobboard.posts.models import Phase, Post
from jobboard.site.queries import current_site
from tests.factories import make_article, make_category, make_offer, make_person
from tests.openings.test_desk import the_offer
from tests.pages import errors_of, form_of, head_of, html_problems, page_of, words_of

HOUR = dt.timedelta(hours=1)
PAY = {"pay_min": Decimal(48000), "pay_currency": "EUR", "pay_period": PayPeriod.year}
YOUNG = "## Team\n\nWe are a young\nteam of five."


@pytest.fixture
def opening(sign_in):
    """A draft with pay, and a recruiter who is signed in."""
    sign_in("recruiter", name="Thilo Brandt")

    def made(title="Operator", **columns):
        offer = make_offer(title, **{"slug": "operator", "draft": True, "places": ["DE/Kiel"], **PAY, **columns})
        session().commit()
        return offer

    return made


def edit_url(offer, language="en"):
    return f"/desk/openings/{offer.id}/{language}/"


def publish(client, offer, **data):
    form = form_of(client.get(edit_url(offer)), "/publish/")
    return client.post(f"/desk/openings/{offer.id}/publish/", data={**form, **data})


def give_reason(client, offer, item, reason="We tell it in the first call.", page=None):
    form = form_of(page or client.get(edit_url(offer)), f"/override/{item}/")
    return client.post(f"/desk/openings/{offer.id}/override/{item}/", data={**form, f"{item}-reason": reason})


def points(page, weight):
    """The lines of one part of the checklist."""
    lists = [one for one in page_of(page).iter("ul") if one.get("data-weight") == weight]
    return [words_of(line) for part in lists for line in part.iter("li")]


def items_of(offer):
    with current_app.test_request_context():
        return offer_checklist(offer, events_of(offer.id), clock.now()).items


def names(offer, weight=Weight.law):
    return [item.name for item in items_of(offer) if item.weight is weight]


def save(client, offer, language="en", **changes):
    data = form_of(client.get(edit_url(offer, language)), having="version")
    return client.post(edit_url(offer, language), data={**data, **changes})


def test_missing_pay_hinders_until_somebody_says_why(client, opening):
    offer = opening(pay_min=None)
    page = publish(client, offer)
    assert page.status_code == 422
    assert head_of(page, "title").startswith("Error:")
    assert html_problems(page) == []
    box = next(one for one in page_of(page).iter("div") if one.get("id") == "checklist-refused")
    assert (box.get("tabindex"), box.get("role"), "autofocus" in box.attrib) == ("-1", "alert", True)
    [line] = points(page, "law")
    assert "No pay range" in line
    assert "2023/970" in line
    assert f'href="{edit_url(offer)}#pay_min"' in page.text
    assert the_offer().phase(clock.now()) is Phase.draft

    empty = give_reason(client, offer, "pay", " ")
    assert empty.status_code == 422
    assert errors_of(empty) == [
        "Why it is published all the same – Please write why. It stands in the history of the opening."
    ]
    assert give_reason(client, offer, "pay").location == f"{edit_url(offer)}#checklist"
    page = client.get(edit_url(offer))
    assert points(page, "law") == []
    assert "We tell it in the first call. – Thilo Brandt" in points(page, "settled")[0]
    assert "Decided to publish all the same: Pay range" in page.text
    assert publish(client, offer).status_code == 303
    assert [event.kind for event in events_of(offer.id)] == [Happened.published, Happened.overridden]
    entry = session().execute(sa.select(AuditEntry).where(AuditEntry.action == "opening.overridden")).scalar_one()
    assert (entry.about_kind, entry.about_id, entry.details["item"]) == ("opening", offer.id, "pay")


def test_other_text_is_judged_anew(client, opening):
    offer = opening(markdown=YOUNG)
    assert give_reason(client, offer, "youth-en", "It is about the age of the team.").status_code == 303
    assert save(client, offer, summary="Another summary").status_code == 303
    assert names(the_offer()) == ["youth-en"]
    assert len(points(client.get(edit_url(offer)), "settled")) == 1
    assert save(client, offer, markdown=YOUNG + " Really.").status_code == 303
    page = publish(client, offer)
    assert page.status_code == 422
    assert "“young team” – It says that young people are looked for." in points(page, "law")[0]
    assert save(client, offer, markdown=YOUNG).status_code == 303, "what was judged stands there again"
    assert publish(client, offer).status_code == 303


def test_reason_for_what_was_changed_meanwhile_is_refused(client, opening):
    offer = opening(markdown=YOUNG)
    page = client.get(edit_url(offer))
    assert save(client, offer, markdown=YOUNG + " And more.").status_code == 303
    answer = give_reason(client, offer, "youth-en", page=page)
    assert answer.status_code == 409
    assert "Somebody else changed this in the meantime" in answer.text
    assert "We tell it in the first call." in answer.text, "what was typed is kept"
    assert events_of(offer.id) == []


def test_forbidden_question_has_no_exception(client, opening):
    asked = {"kind": "text", "label": {"en": "Are you pregnant?"}}
    offer = opening(questions=[asked])
    page = publish(client, offer)
    assert page.status_code == 422
    assert "There is no exception." in points(page, "law")[0]
    token = form_of(page, "/publish/")["csrf_token"]
    data = {"csrf_token": token, "questions-reason": "We want to know."}
    assert client.post(f"/desk/openings/{offer.id}/override/questions/", data=data).status_code == 404
    [item] = [one for one in items_of(the_offer()) if one.name == "questions"]
    with pytest.raises(ValueError, match="questions"), writing():
        override(the_offer(), item, make_person(), "We want to know.")


def test_opening_that_is_saved_while_it_is_published_is_judged_again(client, opening, monkeypatch):
    offer = opening()

    def judged_and_then_saved(looked_at):
        found = offer_checklist(looked_at, [], clock.now())
        session().execute(sa.update(Post).values(version=offer.version + 1))
        session().commit()
        return found

    monkeypatch.setattr("jobboard.openings.desk_publishing.checklist_now", judged_and_then_saved)
    answer = publish(client, offer)
    assert answer.status_code == 409
    assert "Nothing was done." in answer.text
    assert the_offer().phase(clock.now()) is Phase.draft


@pytest.mark.parametrize(
    ("columns", "weight"),
    [
        ({"places": ["DE/Kiel"]}, Weight.law),
        ({"places": ["AT/Wien"]}, Weight.law),
        ({"places": ["US/MD/Bethesda"]}, Weight.advice),
        ({"places": ["GB/London", "FR/Paris"]}, Weight.law),
        ({"places": [], "remote": ["CH"]}, Weight.advice),
        ({"places": [], "remote": ["CH", "PL"]}, Weight.law),
        ({"places": []}, Weight.law),
        ({"places": ["DE/Kiel"], "contract": Contract.freelance}, Weight.advice),
        ({"places": ["DE/Kiel"], "contract": Contract.volunteer}, Weight.advice),
        ({"places": ["DE/Kiel"], "contract": Contract.internship}, Weight.law),
    ],
)
def test_pay_is_law_where_the_directive_holds(app, columns, weight):
    offer = make_offer("Role", draft=True, **columns)
    [item] = [one for one in items_of(offer) if one.name == "pay"]
    assert item.weight is weight
    assert ("GlBG" in item.why) is ("AT" in countries_of_work(offer))


def test_place_of_the_site_counts_where_the_opening_names_none(app):
    current_site().time_zone = "Europe/Zurich"
    with app.test_request_context():
        assert names(make_offer("Role", draft=True)) == []


def test_title_is_judged_where_the_site_adds_no_marker(app):
    offer = make_offer("Sachbearbeiter", locale="de", draft=True, **PAY)
    with app.test_request_context():
        assert names(offer) == [], "the site's marker stands behind it"
        current_site().gender_marker = ""
        assert names(offer) == ["title-de"]
        [item] = [one for one in items_of(offer) if one.name == "title-de"]
    assert item.text.startswith("“Sachbearbeiter” names one gender.")


def test_each_language_is_judged_and_leads_to_its_page(client, opening):
    german = {"title": "Betrieb", "markdown": "Höchstens 35 Jahre alt."}
    offer = opening(markdown="Fine.", summary="Fine.", texts={"de": german})
    page = publish(client, offer)
    [line] = points(page, "law")
    assert "German: “Höchstens 35 Jahre alt” – It sets an age" in line
    assert f'href="{edit_url(offer, "de")}#markdown"' in page.text
    advice = points(page, "advice")
    assert any("German: The summary is missing." in one for one in advice)


def test_note_about_pay_and_summary_are_read_too(app):
    columns = {"summary": "Native speakers only", "pay_note": {"en": "For digital natives"}, "draft": True, **PAY}
    with app.test_request_context():
        urls = {item.name: item.url.partition("#")[2] for item in items_of(make_offer("Role", **columns))}
    assert (urls["native-en"], urls["youth-en"]) == ("summary", "pay_note")


def test_advice_hinders_nothing_and_goes_when_it_is_followed(client, opening):
    offer = opening()
    advice = " ".join(points(client.get(edit_url(offer)), "advice"))
    wanted = (
        "There is no deadline",
        "which languages",
        "Contract or hours",
        "Nobody is named",
        "hear back",
        "no text yet",
    )
    assert all(words in advice for words in wanted)
    changes = {
        "closes_at": "2099-01-01T12:00",
        "languages-0-tag": "en",
        "languages-0-level": "B2",
        "contract": "permanent",
    }
    changes |= {"hours": "full_time", "workplace": "on_site", "summary": "S", "markdown": "M", "response_days": "7"}
    assert save(client, offer, **changes).status_code == 303
    page = client.get(edit_url(offer))
    assert [line.split(".")[0] for line in points(page, "advice")] == ["Contact: Nobody is named as contact"]
    assert "Pay range" in points(page, "fine")
    assert publish(client, offer).status_code == 303


@pytest.mark.parametrize(
    ("address", "weight", "words"),
    [
        ("https://jobs.example.org/1", None, ""),
        ("http://jobs.example.org/1", Weight.law, "can be read on its way"),
        ("http://127.0.0.1:8000/en/jobs/nowhere/", Weight.never, "a page of this site that is not there"),
        ("http://127.0.0.1:8000/en/jobs/", None, ""),
    ],
)
def test_address_of_another_form_is_looked_at(app, address, weight, words):
    offer = make_offer("Role", draft=True, apply_url=address, **PAY)
    with app.test_request_context():
        found = [item for item in items_of(offer) if item.name == "apply"]
    assert [item.weight for item in found] == [weight] * bool(weight)
    assert all(words in item.text for item in found)


def test_deadline_that_is_over_cannot_be_published(client, opening):
    offer = opening(closes_at=clock.now() - HOUR)
    assert any("The deadline is over" in line for line in points(client.get(edit_url(offer)), "law"))
    page = publish(client, offer)
    assert page.status_code == 422
    assert "The opening closes before that." in errors_of(page)[0]


def test_imported_opening_is_not_bound_but_opening_it_again_is(client, opening):
    offer = opening(pay_min=None, draft=False, closed_at=clock.now() - HOUR)
    url = f"/desk/openings/{offer.id}/reopen/"
    page = client.post(url, data=form_of(client.get(edit_url(offer)), "/reopen/"))
    assert page.status_code == 422
    assert "No pay range" in points(page, "law")[0]
    assert give_reason(client, offer, "pay").status_code == 303
    assert client.post(url, data=form_of(client.get(edit_url(offer)), "/reopen/")).status_code == 303
    assert the_offer().phase(clock.now()) is Phase.open


def test_links_and_pictures_are_looked_at(client, opening):
    make_article("There", slug="there")
    make_article("Draft", slug="draft", draft=True)
    make_offer("Closed", slug="closed", closed_at=clock.now() - HOUR)
    make_category("technology")
    make_article("Also there", authors=[make_person(slug="alma")])
    make_person(slug="nobody")
    good = [
        "/en/articles/there/", "../../articles/there/", "/de/articles/there", "/en/jobs/", "/en/categories/technology/",
        "/en/authors/alma/", "/en/imprint/", "https://example.org/nowhere/", "#s-team", "mailto:a@example.org", "/jobs.xml",
        "http://127.0.0.1:8000/en/articles/there/?a=b#c", "/static/favicon.svg",
    ]  # fmt: skip
    bad = ["/en/articles/draft/", "/en/jobs/closed/", "/en/articles/nowhere/", "/fr/jobs/", "/en/categories/none/"]
    more = ["/en/authors/nobody/", "/static/none.svg", "http://127.0.0.1:8000/old-page"]
    markdown = (
        "\n\n".join(f"[link]({one})" for one in (*good, *bad, *more)) + "\n\n![](/files/ab/none/x.png) ![A cat](x.png)"
    )
    offer = opening(markdown=markdown, summary="S")
    advice = dict(line.split(": ", 1) for line in points(client.get(edit_url(offer)), "advice"))
    links = advice["Links"]
    named = (
        "/en/articles/draft/ (not published)",
        "/en/jobs/closed/ (closed)",
        "/en/articles/nowhere/ (there is no such page)",
    )
    assert all(one in links for one in named)
    assert "and 4 more" in links
    assert not any(f"{one} (" in links for one in good)
    assert advice["Descriptions of pictures"].startswith("A picture has no words")


@pytest.mark.parametrize("number", [1, 40])
def test_number_of_queries_does_not_grow_with_links(client, opening, queries, number):
    links = "[a](/en/articles/a-{0}/) [b](/en/jobs/b-{0}/) [c](/en/authors/c-{0}/)"
    texts = {"de": {"title": "Betrieb", "markdown": "[d](/en/articles/d/)"}}
    offer = opening(markdown=" ".join(links.format(one) for one in range(number)), texts=texts)
    client.get(edit_url(offer))
    session().expunge_all()
    with queries() as log:
        client.get(edit_url(offer))
    assert len(log) == 33, log


def test_checklist_speaks_german(client, sign_in):
    sign_in("recruiter", locale="de")
    offer = make_offer("Betrieb", locale="de", draft=True)
    session().commit()
    page = client.get(edit_url(offer, "de"))
    assert page.status_code == 200
    assert '<html lang="de"' in page.text
    assert html_problems(page) == []


def test_event_needs_what_it_says(app):
    offer, person = make_offer(), make_person()
    for columns in ({"kind": Happened.extended, "until": clock.now()}, {"kind": Happened.overridden, "reason": "Why"}):
        with pytest.raises(sa.exc.IntegrityError), session().begin_nested():
            session().add(OfferEvent(offer_id=offer.id, at=clock.now(), by=person, **columns))
