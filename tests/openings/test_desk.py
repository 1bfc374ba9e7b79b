"""Writing openings, through the desk's door."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import CEFR, Contract, JobOffer, PayPeriod, Workplace
from jobboard.posts.models import Phase
from tests.factories import make_category, make_offer

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FACTS = {
    "title": "Linux system administrator",
    "summary": "Forty servers",
    "markdown": "## What you do\n\nRun *them*.",
    "contract": "permanent",
    "hours": "full_or_part_time",
    "weekly_hours": "36",
    "level": "experienced",
    "workplace": "remote",
    "places-0-city": "Wien",
    "places-0-country": "AT",
    "remote_countries-0-country": "DE",
    "remote_countries-1-country": "AT",
    "languages-0-tag": "de",
    "languages-0-level": "C1",
    "languages-0-need": "required",
    "languages-1-tag": "en",
    "languages-1-level": "B2",
    "languages-1-need": "nice",
    "pay_min": "58000",
    "pay_max": "72000.50",
    "pay_currency": "EUR",
    "pay_period": "year",
    "pay_note": "plus on-call",
    "closes_at": "2099-12-31T23:59",
    "contact_id": "0",
    "response_days": "14",
    "authors-0": "0",
    "categories-0": "0",
}
EUR = {"pay_currency": "EUR", "pay_period": PayPeriod.year}
QUESTION = {
    "questions-0-kind": "one_of",
    "questions-0-label": "Which system?",
    "questions-0-choices": "Debian\nFedora\n",
    "questions-0-knockout": "fedora",
    "questions-0-is_required": "y",
    "questions-1-kind": "yes_no",
    "questions-1-label": "On call?",
    "questions-1-position": "1",
    "questions-0-position": "2",
    "questions-1-knockout": "No",
}


def send(client, url: str, page_url: str = "", **data):
    """Send a form as a browser would, with the token of its page."""
    data.setdefault("csrf_token", CSRF.search(client.get(page_url or url).text).group(1))
    return client.post(url, data=data)


def filled(page: str) -> dict[str, str]:
    """Every value of the writing form of a page, as a browser would send it unchanged."""
    form = page[page.index('name="version"') :].split("</form>", maxsplit=1)[0]
    values = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    values = {name: value for name, value in values.items() if f'name="{name}" type="checkbox"' not in form}
    values |= {
        name: text.strip("\r\n") for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', form)
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(r'value="([^"]*)"', options)
        values[name] = chosen.group(1)
    for box in re.findall(r'<input checked[^>]*type="checkbox"[^>]*>', form):
        values[re.search(r'name="([^"]+)"', box).group(1)] = "y"
    values["version"] = re.search(r'name="version"[^>]*value="(\d*)"', page).group(1)
    return values


def the_offer() -> JobOffer:
    session().expire_all()
    return session().execute(sa.select(JobOffer)).scalar_one()


def test_recruiter_writes_an_opening_and_applicants_see_it(client, sign_in):
    recruiter = sign_in("recruiter", name="Thilo Brandt")
    category = make_category("operations")
    session().commit()
    data = FACTS | QUESTION | {"contact_id": str(recruiter.id), "authors-0": str(recruiter.id)}
    saved = send(client, "/desk/openings/new/", **data | {"categories-0": str(category.id)})
    assert saved.status_code == 303
    offer = the_offer()
    assert (offer.contract, offer.workplace, offer.weekly_hours) == (Contract.permanent, Workplace.remote, Decimal(36))
    assert (offer.pay_min, offer.pay_max, offer.pay_note) == (
        Decimal(58000),
        Decimal("72000.5"),
        {"en": "plus on-call"},
    )
    assert [row.place.key for row in offer.places] == ["AT/Vienna"]
    assert [row.country for row in offer.remote_countries] == ["AT", "DE"]
    assert [(row.tag, row.level, row.is_required) for row in offer.language_needs] == [
        ("de", CEFR.C1, True),
        ("en", CEFR.B2, False),
    ]
    assert [(row.key, row.label, row.knockout) for row in offer.questions] == [
        ("on_call", {"en": "On call?"}, ["no"]),
        ("which_system", {"en": "Which system?"}, ["fedora"]),
    ]
    assert client.get("/en/jobs/linux-system-administrator/").status_code == 404
    edit = f"/desk/openings/{offer.id}/en/"
    assert "<em>them</em>" in client.get(f"{edit}preview/").text
    assert send(client, f"/desk/openings/{offer.id}/publish/", edit).status_code == 303
    page = client.get("/en/jobs/linux-system-administrator/").text
    assert "Thilo Brandt" in page
    assert "German C1" in page
    assert "Linux system administrator" in client.get("/en/jobs/").text


def test_saving_what_the_page_shows_changes_nothing(client, sign_in):
    sign_in("recruiter")
    send(client, "/desk/openings/new/", **FACTS, **QUESTION)
    offer = the_offer()
    before = facts_of(offer)
    url = f"/desk/openings/{offer.id}/en/"
    saved = client.post(
        url, data={**filled(client.get(url).text), "csrf_token": CSRF.search(client.get(url).text).group(1)}
    )
    assert saved.status_code == 303
    assert facts_of(the_offer()) == before


def facts_of(offer: JobOffer) -> list:
    columns = [getattr(offer, name) for name in ("contract", "hours", "pay_min", "pay_max", "closes_at", "updated_at")]
    rows = [(row.key, row.kind, row.label, row.choices, row.knockout, row.is_required) for row in offer.questions]
    return [*columns, rows, [row.place.key for row in offer.places], [row.tag for row in offer.language_needs]]


def test_translation_gives_words_for_questions_and_keeps_their_values(client, sign_in):
    sign_in("recruiter")
    send(client, "/desk/openings/new/", **FACTS, **QUESTION)
    offer = the_offer()
    url = f"/desk/openings/{offer.id}/de/"
    page = client.get(url).text
    assert "Which system?" in page
    values = filled(page)
    assert values["questions-1-label"] == ""
    translated = values | {
        "title": "Linux-Systemadministration",
        "questions-0-label": "Rufbereitschaft?",
        "questions-1-label": "Welches System?",
        "questions-1-choices": "Debian (gern)\nFedora (auch)",
    }
    assert send(client, url, **translated).status_code == 303
    offer = the_offer()
    question = offer.questions[1]
    assert question.label == {"en": "Which system?", "de": "Welches System?"}
    assert question.choices == [
        {"value": "debian", "label": {"en": "Debian", "de": "Debian (gern)"}},
        {"value": "fedora", "label": {"en": "Fedora", "de": "Fedora (auch)"}},
    ]
    assert {text.locale for text in offer.texts} == {"en", "de"}


def test_translation_with_another_number_of_choices_is_told(client, sign_in):
    sign_in("recruiter")
    send(client, "/desk/openings/new/", **FACTS, **QUESTION)
    url = f"/desk/openings/{the_offer().id}/de/"
    values = filled(client.get(url).text) | {"title": "Titel", "questions-1-choices": "Nur eine"}
    page = send(client, url, **values)
    assert page.status_code == 422
    assert "The original has 2 choices, one per line." in page.text
    assert "Nur eine" in page.text


def test_reworded_choice_keeps_its_value_and_a_new_one_gets_its_own(client, sign_in):
    sign_in("recruiter")
    send(client, "/desk/openings/new/", **FACTS, **QUESTION)
    url = f"/desk/openings/{the_offer().id}/en/"
    values = filled(client.get(url).text)
    assert send(client, url, **values | {"questions-1-choices": "Debian Linux\nFedora"}).status_code == 303
    assert [one["value"] for one in the_offer().questions[1].choices] == ["debian", "fedora"]
    values = filled(client.get(url).text)
    choices = "Arch\nDebian Linux\nFedora"
    assert send(client, url, **values | {"questions-1-choices": choices}).status_code == 303
    assert [one["value"] for one in the_offer().questions[1].choices] == ["arch", "debian", "fedora"]


def test_emptied_rows_are_removed(client, sign_in):
    sign_in("recruiter")
    send(client, "/desk/openings/new/", **FACTS, **QUESTION)
    url = f"/desk/openings/{the_offer().id}/en/"
    values = filled(client.get(url).text)
    values |= {"places-0-city": "", "places-0-country": "", "languages-0-tag": "", "questions-0-kind": ""}
    assert send(client, url, **values).status_code == 303
    offer = the_offer()
    assert offer.places == []
    assert [row.tag for row in offer.language_needs] == ["en"]
    assert [row.key for row in offer.questions] == ["which_system"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "This field is needed."),
        ({"places-0-country": ""}, "Please choose the country."),
        ({"places-0-region": "California"}, "short form of the state"),
        ({"languages-0-level": ""}, "Please choose a level."),
        ({"pay_max": "10"}, "less than where the range begins"),
        ({"pay_period": ""}, "what the amount is for"),
        ({"pay_min": "-5"}, "a number of 0 or more"),
        ({"pay_min": "a lot"}, "valid decimal"),
        ({"response_days": "1000"}, "a number from 1 to 180"),
        ({"apply_url": "javascript:alert(1)", "questions-0-kind": "", "questions-1-kind": ""}, "not a web address"),
        ({"apply_url": "https://other.example/form"}, "are asked only where applications are taken here"),
        ({"questions-0-label": ""}, "This field is needed."),
        ({"questions-0-choices": "Only one"}, "at least two choices"),
        ({"questions-0-choices": "Same\nSame"}, "Two choices are the same."),
        ({"questions-0-knockout": "Windows"}, "“Windows” is none of the answers."),
        ({"contract": "for ever"}, "Not a valid choice"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_wrong_input_is_told_beside_its_field_and_nothing_typed_is_lost(client, sign_in, wrong, sentence):
    sign_in("recruiter")
    page = send(client, "/desk/openings/new/", **{**FACTS, **QUESTION, **wrong})
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert sentence in page.text
    assert "Run *them*." in page.text
    assert "On call?" in page.text
    field = next(iter(wrong))
    assert f'href="#{field}"' in page.text, "the summary leads to the field"
    assert session().execute(sa.select(JobOffer)).first() is None


def test_two_people_saving_places_at_once_lose_nothing(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Role", locale="en", places=["DE/Heidelberg"])
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    page = client.get(url).text
    values, token = filled(page), CSRF.search(page).group(1)
    first = client.post(url, data=values | {"csrf_token": token, "places-0-city": "Berlin"})
    assert first.status_code == 303
    second = client.post(url, data=values | {"csrf_token": token, "places-0-city": "Hamburg"})
    assert second.status_code == 409
    assert "Hamburg" in second.text
    assert [row.place.city for row in the_offer().places] == ["Berlin"]


def test_closing_and_opening_again(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Role", locale="en", slug="role", pay_min=Decimal(1), **EUR)
    session().commit()
    edit, base = f"/desk/openings/{offer.id}/en/", f"/desk/openings/{offer.id}"
    assert send(client, f"{base}/close/", edit).status_code == 303
    assert client.get("/en/jobs/role/").status_code == 410
    assert "Role" not in client.get("/en/jobs/").text
    past = send(client, f"{base}/reopen/", edit, new_deadline="2020-01-01T10:00")
    assert past.status_code == 422
    assert "This moment has passed." in past.text
    assert send(client, f"{base}/reopen/", edit).status_code == 303
    assert client.get("/en/jobs/role/").status_code == 200
    assert send(client, f"{base}/draft/", edit).status_code == 303
    assert client.get("/en/jobs/role/").status_code == 404


def test_publishing_after_the_deadline_is_refused(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Role", locale="en", draft=True, closes_at=clock.now() + dt.timedelta(days=3))
    session().commit()
    url, edit = f"/desk/openings/{offer.id}/publish/", f"/desk/openings/{offer.id}/en/"
    page = send(client, url, edit, publish_at="2098-01-01T10:00")
    assert page.status_code == 422
    assert "The opening closes before that." in page.text
    assert the_offer().phase(clock.now()) is Phase.draft


def test_missing_facts_are_named_and_hinder_nothing(client, sign_in):
    sign_in("recruiter")
    empty = filled(client.get("/desk/openings/new/").text)
    assert (
        send(
            client, "/desk/openings/new/", **empty | {"title": "Role", "pay_min": "1", "pay_period": "year"}
        ).status_code
        == 303
    )
    edit = f"/desk/openings/{the_offer().id}/en/"
    page = client.get(edit).text
    assert "No place or country" in page
    assert "Nobody is named as contact" in page
    assert send(client, f"/desk/openings/{the_offer().id}/publish/", edit).status_code == 303
    assert client.get("/en/jobs/role/").status_code == 200


def test_desk_speaks_german(client, sign_in):
    sign_in("recruiter", locale="de")
    page = client.get("/desk/openings/new/").text
    assert "Vereinigte Staaten" in page
    assert '<html lang="de"' in page


@pytest.mark.parametrize("count", [1, 7])
def test_list_takes_the_same_number_of_queries_for_any_number(client, sign_in, queries, count):
    sign_in("recruiter")
    for number in range(count):
        make_offer(f"Role {number}", places=["DE/Heidelberg"], needs=[("de", "C1", True)])
    session().commit()
    client.get("/desk/openings/")
    with queries() as log:
        assert client.get("/desk/openings/").status_code == 200
    assert len(log) == 10, log
