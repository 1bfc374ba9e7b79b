"""Writing the questions of an opening: kinds, order, translation, preview, and what the law forbids to ask."""

import datetime as dt
from decimal import Decimal

import pytest

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import PayPeriod, QuestionKind
from jobboard.posts.models import Phase
from tests.factories import make_offer
from tests.openings.test_desk import FACTS, the_offer
from tests.pages import errors_of, form_of, head_of, html_problems, page_of, words_of

HOUR = dt.timedelta(hours=1)
SYSTEM = {
    "key": "system", "kind": "one_of", "label": {"en": "Which system?", "de": "Welches System?"},
    "choices": [
        {"value": "debian", "label": {"en": "Debian", "de": "Debian"}},
        {"value": "other", "label": {"en": "Another", "de": "Ein anderes"}},
    ],
}  # fmt: skip
ON_CALL = {"key": "on_call", "kind": "yes_no", "label": {"en": "On call?"}}
PAY = {"pay_min": Decimal(48000), "pay_currency": "EUR", "pay_period": PayPeriod.year}
SALARY = {"key": "salary", "kind": "text", "label": {"en": "What is your current salary?"}}


@pytest.fixture
def opening(sign_in):
    """An opening with these questions, and a recruiter who is signed in; a draft unless told otherwise."""
    sign_in("recruiter")

    def made(*questions, **columns):
        columns = {"draft": True, **PAY, **columns}
        offer = make_offer("Operator", slug="operator", questions=list(questions), places=["DE/Kiel"], **columns)
        session().commit()
        return offer

    return made


def edit_url(offer, language="en"):
    return f"/desk/openings/{offer.id}/{language}/"


def sent(client, offer, language="en", **changes):
    """Save the page of an opening with some fields changed."""
    url = edit_url(offer, language)
    data = form_of(client.get(url), having="version")
    return client.post(url, data={**data, **changes})


def publish(client, offer):
    page = client.get(edit_url(offer))
    return client.post(f"/desk/openings/{offer.id}/publish/", data=form_of(page, "/publish/"))


def labels():
    return [row.label.get("en") for row in the_offer().questions]


def test_publishing_is_refused_with_the_law_and_what_to_ask_instead(client, opening):
    offer = opening(ON_CALL, SALARY)
    page = publish(client, offer)
    assert page.status_code == 422
    assert head_of(page, "title").startswith("Error:")
    (line,) = errors_of(page)
    assert "what somebody earns" in line
    assert "2023/970" in line
    assert "which salary somebody expects" in line
    assert 'href="#questions-1-label"' in page.text
    assert the_offer().phase(clock.now()) is Phase.draft
    assert html_problems(page) == []


def test_page_of_a_refused_publishing_still_holds_everything(client, opening):
    offer = opening(SALARY, SYSTEM)
    kept = form_of(publish(client, offer), having="version")
    assert client.post(edit_url(offer), data=kept).status_code == 303
    saved = the_offer()
    assert [row.key for row in saved.questions] == ["salary", "system"]
    assert [row.place.key for row in saved.places] == ["DE/Kiel"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"kind": "file", "label": {"en": "Picture"}}, "asks for a photo"),
        ({"kind": "file", "label": {"en": "Another file"}, "help": {"en": "A portrait as JPG"}}, "asks for a photo"),
        ({"kind": "text", "label": {"en": "About you"}, "help": {"en": "Please state your age"}}, "date of birth"),
        ({"kind": "text", "label": {"en": "Name", "de": "Geburtsdatum"}}, "German: This asks for the age"),
        (
            {
                "kind": "one_of", "label": {"en": "I am"},
                "choices": [{"value": "m", "label": {"en": "Married"}}, {"value": "n", "label": {"en": "Not married"}}],
            },
            "marriage",
        ),
    ],
)  # fmt: skip
def test_help_choices_files_and_other_languages_are_read_too(client, opening, question, sentence):
    page = publish(client, opening({"key": "asked", **question}))
    assert page.status_code == 422
    assert sentence in errors_of(page)[0]


def test_draft_is_saved_and_warned_about(client, opening):
    offer = opening()
    saved = sent(client, offer, **{"questions-0-label": "Sind Sie verheiratet?", "questions-0-kind": "yes_no"})
    assert saved.status_code == 303
    page = client.get(edit_url(offer))
    assert labels() == ["Sind Sie verheiratet?"]
    assert "This question will be refused when the opening is published" in page.text
    link = next(one for one in page_of(page).iter("a") if one.get("href", "").endswith("#questions"))
    assert words_of(link) == "Questions"
    assert "“Sind Sie verheiratet?” – This asks about marriage" in page.text
    assert "AGG, sections 1, 3 and 7" in page.text
    assert errors_of(page) == []


@pytest.mark.parametrize(
    "columns",
    [{"draft": False}, {"draft": False, "publish_at": clock.now() + HOUR}, {"draft": False, "closed_at": clock.now()}],
    ids=["open", "scheduled", "closed"],
)
def test_saving_what_is_published_or_will_be_is_refused(client, opening, columns):
    offer = opening(ON_CALL, **columns)
    page = sent(client, offer, title="Operations", **{"questions-0-label": "Do you have children?"})
    assert page.status_code == 422
    assert "asks about marriage, children" in errors_of(page)[0]
    assert form_of(page, having="version")["title"] == "Operations"
    assert labels() == ["On call?"]


def test_closed_opening_with_such_a_question_is_not_opened_again(client, opening):
    offer = opening(SALARY, draft=False, closed_at=clock.now() - HOUR)
    page = client.post(f"/desk/openings/{offer.id}/reopen/", data=form_of(client.get(edit_url(offer)), "/reopen/"))
    assert page.status_code == 422
    assert "what somebody earns" in errors_of(page)[0]
    assert the_offer().phase(clock.now()) is Phase.closed


def test_reworded_question_can_be_published(client, opening):
    offer = opening(SALARY)
    assert sent(client, offer, **{"questions-0-label": "Which salary do you expect?"}).status_code == 303
    assert publish(client, offer).status_code == 303
    assert the_offer().phase(clock.now()) is Phase.open


def test_question_without_a_kind_is_told_and_not_lost(client, opening):
    page = sent(client, opening(), **{"questions-0-label": "Why us?", "questions-0-help": "Two sentences."})
    assert page.status_code == 422
    assert errors_of(page) == ["Question 1 (“Why us?”), Kind of answer – Please choose the kind of answer."]
    assert form_of(page, having="version")["questions-0-label"] == "Why us?"


@pytest.mark.parametrize(
    ("moves", "order"),
    [
        ({}, "abc"),
        ({"c": 1}, "cab"),
        ({"a": 3}, "bca"),
        ({"b": 1}, "bac"),
        ({"a": 2}, "bac"),
        ({"c": 1, "b": 1}, "bca"),
        ({"a": ""}, "bca"),
    ],
)
def test_question_goes_where_its_number_says(client, opening, moves, order):
    offer = opening(*({"key": one, "kind": "text", "label": {"en": one}} for one in "abc"))
    changes = {f"questions-{'abc'.index(one)}-position": str(number) for one, number in moves.items()}
    assert sent(client, offer, **changes).status_code == 303
    assert "".join(labels()) == order


def test_new_question_can_be_put_first(client, opening):
    offer = opening(ON_CALL)
    new = {"questions-1-label": "First", "questions-1-kind": "text", "questions-1-position": "1"}
    assert sent(client, offer, **new).status_code == 303
    assert labels() == ["First", "On call?"]


def test_question_is_removed_by_choosing_so(client, opening):
    offer = opening(ON_CALL, SYSTEM)
    page = page_of(client.get(edit_url(offer)))
    choices = [words_of(one) for one in page.iter("option") if not one.get("value")]
    assert choices.count("– remove this question –") == 2
    assert sent(client, offer, **{"questions-0-kind": ""}).status_code == 303
    assert labels() == ["Which system?"]


def test_translation_sees_what_it_translates(client, opening):
    offer = opening(SYSTEM, {**ON_CALL, "help": {"en": "One week in seven."}})
    page = client.get(edit_url(offer, "de")).text
    for original in ("Which system?", "Debian / Another", "On call?", "One week in seven."):
        assert f"Original: {original}" in page
    assert "Original:" not in client.get(edit_url(offer)).text


def test_preview_shows_every_kind_of_question(client, opening):
    choices = SYSTEM["choices"]
    questions = [
        {"kind": kind.value, "label": {"en": f"A {kind.value}?"}, "is_required": number % 2, "help": {"en": "A hint."},
         "choices": choices if kind.value.endswith("_of") else []}
        for number, kind in enumerate(QuestionKind)
    ]  # fmt: skip
    offer = opening(*questions)
    page = client.get(f"{edit_url(offer)}preview/")
    assert html_problems(page) == []
    section = next(one for one in page_of(page).iter("section") if one.get("aria-labelledby") == "questions-title")
    text = words_of(section)
    assert [kind for kind in QuestionKind if f"A {kind.value}?" not in text] == []
    kinds = [one.get("type") for one in section.iter("input")]
    assert kinds == ["text", "radio", "radio", "radio", "radio", "checkbox", "checkbox", "text", "date", "url", "file"]
    assert text.count("(optional)") == 5
    assert next(section.iter("fieldset")).get("disabled") is not None
    assert publish(client, offer).status_code == 303
    assert "questions-title" not in client.get("/en/jobs/operator/").text


def test_nothing_is_asked_about_that_is_asked_elsewhere(client, opening):
    """An opening whose applications go to another form has no questions to preview."""
    offer = opening(ON_CALL, apply_url="https://other.example/form")
    assert "questions-title" not in client.get(f"{edit_url(offer)}preview/").text


def test_new_opening_begins_with_empty_rows(client, sign_in):
    sign_in("recruiter")
    page = client.get("/desk/openings/new/")
    data = form_of(page, having="version")
    saved = client.post("/desk/openings/new/", data={**data, "title": FACTS["title"]})
    assert saved.status_code == 303
    assert the_offer().questions == []
