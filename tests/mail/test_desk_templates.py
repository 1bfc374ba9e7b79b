"""Words people keep for mails: by name, and instead of the product's in the standard mails."""

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import confirm, move, tell
from jobboard.applications.markup_letters import STANDARD_MAILS
from jobboard.applications.models import Stage
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.actions import fill_links
from jobboard.mail.actions_templates import product_words
from jobboard.mail.models_templates import MailTemplate
from tests.applying import apply
from tests.factories import make_application, make_offer, make_person, make_template
from tests.pages import errors_of, form_of, head_of, page_of, words_of

RECEIVED = "/desk/mail/templates/standard/applications-received/"


def templates():
    session().expire_all()
    return list(session().execute(sa.select(MailTemplate).order_by(MailTemplate.id)).scalars())


def lines_of(response):
    return [[words_of(cell) for cell in line] for line in page_of(response).iter("tr")]


def opened(client, address):
    return form_of(client.get(address), having="subject_en")


def test_a_template_is_kept_in_its_languages(client, sign_in):
    person = sign_in("recruiter")
    form = opened(client, "/desk/mail/templates/new/")
    words = {"name": "A call", "subject_en": "A call", "body_en": "Hello {{ name }}\r\n\r\nBye"}
    assert client.post("/desk/mail/templates/new/", data={**form, **words}).status_code == 303
    [row] = templates()
    assert (row.name, row.subject, row.body) == ("A call", {"en": "A call"}, {"en": "Hello {{ name }}\n\nBye"})
    assert row.changed_by_id == person.id
    assert ["A call", "A call", "no text"] in lines_of(client.get("/desk/mail/templates/"))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"name": ""}, "This field is needed."),
        ({"body_de": "Text"}, "This field is needed."),
        ({"subject_de": "Betreff"}, "This field is needed."),
        ({"body_en": "", "subject_en": ""}, "Please write a subject and a text in at least one language."),
        ({"body_en": "{{ user.password }} {{ password }}"}, "“{{ password }}” is not known."),
        ({"subject_en": "{{ page_link }}"}, "The link to the applicant’s page must not stand in the subject."),
        ({"name": "Taken"}, "There is a template of this name already."),
    ],
)
def test_what_is_wrong_is_said(client, sign_in, words, error):
    make_template("Taken")
    session().commit()
    sign_in("recruiter")
    form = opened(client, "/desk/mail/templates/new/")
    good = {"name": "A call", "subject_en": "A call", "body_en": "Hello"}
    answer = client.post("/desk/mail/templates/new/", data={**form, **good, **words})
    assert answer.status_code == 422
    assert any(error in line for line in errors_of(answer)), errors_of(answer)
    assert head_of(answer, "title").startswith("Error: ")
    assert len(templates()) == 1


def test_what_somebody_else_saved_is_not_overwritten(client, sign_in):
    address = f"/desk/mail/templates/{make_template('A call').id}/"
    session().commit()
    sign_in("recruiter")
    form = opened(client, address)
    assert client.post(address, data={**form, "body_en": "Mine"}).status_code == 303
    late = client.post(address, data={**form, "body_en": "Theirs"})
    assert late.status_code == 422
    assert "Somebody else saved this in the meantime." in errors_of(late)[0]
    assert form_of(late, having="subject_en")["body_en"] == "Theirs"
    assert templates()[0].body == {"en": "Mine"}


def test_a_template_can_be_deleted(client, sign_in):
    address = f"/desk/mail/templates/{make_template('A call').id}/"
    session().commit()
    sign_in("recruiter")
    client.post(f"{address}delete/", data=form_of(client.get(address), "/delete/"))
    assert templates() == []
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("kind", STANDARD_MAILS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_standard_mails_begin_with_the_products_words(app, kind, language):
    with app.test_request_context():
        subject, body = product_words(kind, language)
    assert "{{ opening }}" in subject
    assert {"{{ name }}", "{{ page_link }}"} <= {f"{{{{ {word} }}}}" for word in ("name", "page_link") if word in body}
    assert "--" not in body


def test_saving_the_products_words_keeps_them_the_products(client, sign_in):
    sign_in("recruiter")
    assert client.post(RECEIVED, data=opened(client, RECEIVED)).status_code == 303
    assert templates() == []


def test_own_words_stand_instead_and_can_be_given_back(client, sign_in, outbox):
    offer = make_offer("Operator", slug="operator")
    session().commit()
    sign_in("recruiter")
    form = opened(client, RECEIVED)
    own = {"subject_en": "Thanks for {{ opening }}", "body_en": "Dear {{ name }},\n\nsee {{ page_link }}."}
    assert client.post(RECEIVED, data={**form, **own}).status_code == 303
    assert list(templates()[0].body) == ["en"], "German keeps the product's words"
    row = make_application(offer, email="robin@example.org")
    mail = confirm(row, offer)
    german = confirm(make_application(offer, locale="de"), offer)
    session().commit()
    assert (mail.kind, mail.subject) == ("applications/received", "Thanks for Operator (m/w/d)")
    assert mail.text.startswith("Dear Robin Okafor,\n\nsee [[private-link:")
    assert "/en/applications/" in fill_links(mail.text, mail.to_address)
    assert german.subject == "Bewerbung: Operator (m/w/d)"
    assert ["The application has arrived", "own words", "the product’s words"] in lines_of(
        client.get("/desk/mail/templates/")
    )
    client.post(f"{RECEIVED}en/reset/", data=form_of(client.get(RECEIVED), "/en/reset/"))
    assert templates() == []
    assert confirm(row, offer).subject == "Your application: Operator (m/w/d)"


def test_who_applies_gets_the_words_that_hold_now(client, sign_in, outbox):
    """A request has the words from memory: what is saved counts at once."""
    make_offer("Operator", slug="operator")
    session().commit()
    sign_in("recruiter")
    fields = {"name": "Robin", "text": "Hello"}
    apply(client, {**fields, "email": "first@example.org"})
    form = opened(client, RECEIVED)
    client.post(RECEIVED, data={**form, "subject_en": "New words", "body_en": "x {{ page_link }}"})
    apply(client, {**fields, "email": "second@example.org"})
    client.post(f"{RECEIVED}en/reset/", data=form_of(client.get(RECEIVED), "/en/reset/"))
    apply(client, {**fields, "email": "third@example.org"})
    subjects = {mail.to_address: mail.subject for mail in outbox()}
    assert subjects == {
        "first@example.org": "Your application: Operator (m/w/d)",
        "second@example.org": "New words",
        "third@example.org": "Your application: Operator (m/w/d)",
    }


def test_the_mail_that_leads_to_ones_page_cannot_lose_its_link(client, sign_in):
    sign_in("recruiter")
    answer = client.post(RECEIVED, data={**opened(client, RECEIVED), "body_en": "Thank you, {{ name }}."})
    assert answer.status_code == 422
    assert "Applicants get to their page by this mail alone." in errors_of(answer)[0]
    assert templates() == []


def test_the_answer_in_own_words_still_tells_the_rejection(client, sign_in, outbox):
    address = "/desk/mail/templates/standard/applications-rejected/"
    offer, recruiter = make_offer("Operator"), make_person(role=Role.recruiter)
    session().commit()
    sign_in("recruiter")
    client.post(address, data={**opened(client, address), "body_en": "{{ name }}: {{ stage }}"})
    row = make_application(offer)
    move(row, Stage.rejected, recruiter)
    mail = tell(row, offer, recruiter)
    assert mail.kind == "applications/rejected"
    assert "Robin Okafor: Rejected" in mail.text


@pytest.mark.parametrize("kind", ["applications-links", "applications", "x", "own", "..", "applications-received-x"])
def test_other_mails_have_no_words_of_their_own(client, sign_in, kind):
    sign_in("recruiter")
    assert client.get(f"/desk/mail/templates/standard/{kind}/").status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "author"])
def test_templates_are_for_those_who_hire(client, sign_in, role):
    sign_in(role)
    assert client.get("/desk/mail/templates/").status_code == 403
