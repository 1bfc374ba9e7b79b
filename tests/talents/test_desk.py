"""The talent pool on the desk: whom it shows, how they are found, and one mail per person and opening."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import join_pool
from jobboard.applications.actions_erasing import ask_for_deletion
from jobboard.applications.actions_own import leave_pool
from jobboard.applications.models import Answer, Application, Stage
from jobboard.applications.queries import by_id
from jobboard.applications.queries_erasing import due_for_erasure
from jobboard.applications.tasks import ask_for_renewal, erase_some
from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import db, session, writing
from jobboard.mail.actions import LinkEnded, fill_links
from jobboard.openings.models import QuestionKind
from jobboard.talents.actions import NotToTell, leave_address, write_about
from jobboard.talents.models import PoolContact
from jobboard.talents.queries import talent_of
from tests.conftest import dispose, empty_database, make_app
from tests.factories import make_application, make_category, make_offer, make_person
from tests.pages import errors_of, form_of, page_of, words_of

URL = "/desk/talents/"


@pytest.fixture
def offer(app):
    return make_offer("Editor", categories=[make_category("writing")])


@pytest.fixture
def fresh(app):
    """The opening that is written about."""
    texts = {"de": {"title": "Chefredaktion", "slug": "chefredaktion"}}
    return make_offer("Head of content", slug="head-of-content", texts=texts)


def in_pool(offer, days=365, **columns):
    row = make_application(offer, **columns)
    with clock.at(clock.now() - dt.timedelta(days=365 - days)):
        join_pool(row, "I agree to hear of other jobs")
    session().commit()
    return row


def names(client, query=""):
    page = page_of(client.get(f"{URL}?{query}"))
    return [words_of(next(row.iter("th"))) for body in page.iter("tbody") for row in body.iter("tr")]


def contacts():
    return list(session().execute(sa.select(PoolContact).execution_options(scope="test")).scalars())


def write(client, row, opening, words=""):
    address = f"{URL}{row.id}/write/"
    form = form_of(client.get(address), having="words")
    return client.post(address, data={**form, "opening": str(opening.id), "words": words})


def filled(mail):
    return fill_links(mail.text, mail.to_address)


def leave_link(mail):
    return next(line for line in filled(mail).splitlines() if "/talents/leave/" in line).removeprefix(
        "http://127.0.0.1:8000"
    )


def test_only_those_are_shown_whose_consent_holds(client, sign_in, offer):
    in_pool(offer, name="Ada One", stage=Stage.rejected, told_at=clock.now())
    in_pool(offer, name="Bea Two", days=30)
    in_pool(offer, name="Cem Over", days=0)
    leave_pool(in_pool(offer, name="Dan Left"))
    in_pool(offer, name="Eve Apart", is_suspect=True)
    in_pool(offer, name="Fay Locked", locked_at=clock.now())
    make_application(offer, name="Gus Never")
    session().commit()
    sign_in("recruiter")
    assert names(client) == ["Ada One", "Bea Two"], "whose consent lasts longer stands first"
    with clock.at(clock.now() + dt.timedelta(days=31)):
        sign_in("recruiter")
        assert names(client) == ["Ada One"]


@pytest.mark.parametrize("role", ["reviewer", "author"])
def test_only_those_who_hire_see_it(client, sign_in, offer, role):
    row = in_pool(offer)
    sign_in(role)
    assert client.get(URL).status_code == client.get(f"{URL}{row.id}/write/").status_code == 403
    assert URL not in client.get("/desk/account/").text


def test_people_are_found_by_words_category_opening_and_language(client, sign_in, offer):
    ada = in_pool(offer, name="Ada Übel", text="Twenty years of Kubernetes.")
    in_pool(offer, name="Bea Two", text="100 % remote", locale="de")
    other = make_offer("Operator", categories=[make_category("technology")])
    cem = in_pool(other, name="Cem Three", email="cem.three@example.org")
    ada.answers.append(
        Answer(position=0, kind=QuestionKind.text, label="Tools?", value="x", shown="Terraform, ÖLPUMPE")
    )
    session().commit()
    sign_in("recruiter")
    for query, found in {
        "q=kubernetes": {"Ada Übel"},
        "q=KUBER+years": {"Ada Übel"},
        "q=kubernetes+nothing": set(),
        "q=terraform": {"Ada Übel"},
        "q=ölpumpe": {"Ada Übel"},
        "q=übel": {"Ada Übel"},
        "q=ÜBEL": {"Ada Übel"},
        "q=cem.three": {"Cem Three"},
        "q=%25": {"Bea Two"},
        "q=_": set(),
        "q='": set(),
        "language=de": {"Bea Two"},
        f"opening={offer.id}": {"Ada Übel", "Bea Two"},
        f"category={other.categories[0].id}": {"Cem Three"},
        f"category={other.categories[0].id}&language=de": set(),
        "category=x&opening=٣": {"Ada Übel", "Bea Two", cem.name},
    }.items():
        assert set(names(client, query)) == found, query


def test_writing_about_an_opening_sends_one_mail_in_their_language(client, sign_in, offer, fresh, outbox):
    row = in_pool(offer, name="Bea Two", locale="de")
    person = sign_in("recruiter", name="Thilo Brandt")
    response = write(client, row, fresh, "We remember you.\n\n<b>Call us</b> {{ 7*7 }}")
    assert (response.status_code, response.location) == (303, URL)
    [mail] = outbox()
    assert (mail.kind, mail.to_address, mail.locale) == ("talents/opening", row.email, "de")
    assert "Chefredaktion" in mail.subject
    text = filled(mail)
    assert "http://127.0.0.1:8000/de/jobs/chefredaktion/" in text
    assert "We remember you.\n\n<b>Call us</b> {{ 7*7 }}" in text
    assert "&lt;b&gt;Call us&lt;/b&gt; {{ 7*7 }}" in mail.html
    assert "/de/talents/leave/" in text
    [contact] = contacts()
    assert (contact.opening_id, contact.by_id, contact.application_id) == (fresh.id, person.id, row.id)
    assert "Head of content" in words_of(page_of(client.get(URL)))
    assert "Thilo Brandt" in words_of(next(page_of(client.get(URL)).iter("tbody")))
    entry = session().execute(sa.select(AuditEntry).where(AuditEntry.action == "pool.contacted")).scalar_one()
    assert (entry.about_id, entry.by_id, entry.details) == (row.id, person.id, {"opening": fresh.id})


def test_nobody_gets_two_mails_about_one_opening_with_whatever_application(client, sign_in, offer, fresh, outbox):
    first = in_pool(offer, email="ada@example.org")
    second = in_pool(make_offer("Operator"), email="ADA@example.org")
    sign_in("recruiter")
    assert write(client, first, fresh).status_code == 303
    page = client.get(f"{URL}{second.id}/write/")
    assert f'value="{fresh.id}"' not in page.text
    token = form_of(client.get(URL + f"{second.id}/write/"), "")["csrf_token"]
    response = client.post(f"{URL}{second.id}/write/", data={"csrf_token": token, "opening": str(fresh.id)})
    assert response.status_code == 422
    assert errors_of(response)
    assert len(outbox()) == 1


def test_openings_they_applied_for_or_that_are_closed_are_not_offered(client, sign_in, offer, fresh):
    row = in_pool(offer, email="ada@example.org")
    make_application(fresh, email="Ada@example.org")
    make_offer("Closed", closed_at=clock.now())
    make_offer("Draft", draft=True)
    sign_in("recruiter")
    page = client.get(f"{URL}{row.id}/write/")
    assert "There is no opening to write about" in words_of(page_of(page))


def test_who_left_while_the_form_was_open_gets_nothing(client, sign_in, offer, fresh, outbox):
    row = in_pool(offer)
    sign_in("recruiter")
    form = form_of(client.get(f"{URL}{row.id}/write/"), having="words")
    leave_pool(by_id(row.id))
    session().commit()
    assert client.post(f"{URL}{row.id}/write/", data={**form, "opening": str(fresh.id)}).status_code == 404
    assert (outbox(), contacts()) == ([], [])


def test_link_asks_first_and_then_ends_every_consent_of_the_address(client, sign_in, offer, fresh, outbox):
    row = in_pool(offer, email="ada@example.org")
    other = in_pool(make_offer("Operator"), email="ada@example.org")
    strangers = in_pool(offer, email="bea@example.org")
    sign_in("recruiter")
    write(client, row, fresh)
    link = leave_link(outbox()[0])
    for method in ("GET", "HEAD"):
        assert client.open(link, method=method).status_code == 200
    session().expire_all()
    assert by_id(row.id).consent is not None, "looking changes nothing"
    done = client.post(link)
    assert done.status_code == 200
    assert "You left the talent pool" in words_of(page_of(done))
    session().expire_all()
    assert by_id(row.id).consent is None
    assert by_id(other.id).consent is None
    assert by_id(strangers.id).consent is not None
    assert client.post(link).status_code == 200, "again harms nothing"
    assert names(client) == [strangers.name]


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda link: link[:-2] + "/", lambda link: link.replace("leave/", "leave/x")]
)
def test_wrong_link_is_an_unknown_address(client, sign_in, offer, fresh, outbox, change):
    sign_in("recruiter")
    write(client, in_pool(offer), fresh)
    head, token = leave_link(outbox()[0]).split("/leave/")
    wrong = f"{head}/leave/{change(token)}" if change is not str.swapcase else f"{head}/leave/{token.swapcase()}"
    if change(token) != token:
        assert client.get(wrong).status_code == client.post(wrong).status_code == 404


def test_link_is_filled_in_for_its_own_address_only(app, offer, fresh, outbox):
    row = in_pool(offer, email="ada@example.org")
    with writing():
        contact = write_about(
            talent_of(make_person(role=Role.recruiter), row.id, clock.now()), fresh, "", make_person()
        )
    assert leave_address(contact.id, "ADA@example.org").startswith("http://127.0.0.1:8000/en/talents/leave/")
    with pytest.raises(LinkEnded):
        leave_address(contact.id, "bea@example.org")
    with pytest.raises(LinkEnded):
        leave_address(contact.id + 1, "ada@example.org")


def test_page_of_the_pool_is_for_nobody_else(client, sign_in, offer, fresh, outbox):
    sign_in("recruiter")
    write(client, in_pool(offer), fresh)
    headers = client.get(leave_link(outbox()[0])).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]


def test_consent_keeps_an_application_and_its_end_lets_it_go_with_every_contact(app, offer, fresh, outbox):
    now = clock.now()
    row = in_pool(offer, stage=Stage.hired, received_at=now - dt.timedelta(days=300))
    with writing():
        write_about(talent_of(make_person(role=Role.admin), row.id, now), fresh, "", make_person())
    due = due_for_erasure(now, dt.timedelta(days=180))
    assert session().execute(due).scalars().all() == [], "the consent holds"
    session().rollback()
    later = now + dt.timedelta(days=366)
    with clock.at(later):
        assert erase_some() == 1
    assert contacts() == []
    assert outbox() == [], "mails go with it"
    assert session().execute(sa.select(Application).execution_options(scope="test")).scalars().all() == []


def test_who_asks_for_deletion_is_gone_from_the_pool(app, client, sign_in, offer):
    told = in_pool(offer, name="Ada Told", stage=Stage.rejected, told_stage=Stage.rejected, told_at=clock.now())
    still = in_pool(offer, name="Bea Open")
    with writing():
        for row in (told, still):
            ask_for_deletion(by_id(row.id), dt.timedelta(days=180))
    sign_in("recruiter")
    assert names(client) == []


def test_silence_after_being_asked_ends_it(app, client, sign_in, offer, outbox):
    in_pool(offer, name="Ada One", days=20)
    assert ask_for_renewal() == 1
    assert [mail.kind for mail in outbox()] == ["applications/pool_ends"]
    sign_in("recruiter")
    assert "asked whether to stay" in words_of(next(page_of(client.get(URL)).iter("tbody")))
    with clock.at(clock.now() + dt.timedelta(days=21)):
        sign_in("recruiter")
        assert names(client) == []


def test_list_takes_the_same_number_of_statements_for_one_three_and_thirty(client, sign_in, offer, fresh, queries):
    person = sign_in("recruiter")
    client.get(URL)
    counts = []
    for number in (1, 2, 27):
        for one in range(number):
            row = in_pool(offer)
            if one % 2 == 0:
                with writing():
                    write_about(by_id(row.id), fresh, "", person)
        session().expire_all()
        with queries() as log:
            assert client.get(URL).status_code == 200
        counts.append(len(log))
    assert counts[0] == counts[1] == counts[2] <= 17, counts


def at_once(app, *, checked=True):
    """Two people write to one applicant about one opening at the same moment; the mails and what each was told."""
    with app.app_context():
        row, fresh, people = in_pool(make_offer("Editor")), make_offer("Operator"), [make_person(), make_person()]
        session().commit()
        numbers = (row.id, fresh.id, [one.id for one in people])
    gate, told = threading.Barrier(2), []

    def tell(person_id):
        from jobboard.openings.queries import offer_to_show
        from jobboard.people.models import Person

        with app.app_context(), app.test_request_context():
            gate.wait()
            try:
                with writing() as current:
                    person = current.get(Person, person_id)
                    current_row = by_id(numbers[0])
                    gate.wait() if not checked else None
                    write_about(current_row, offer_to_show(numbers[1]), "", person)
                told.append("sent")
            except (NotToTell, sa.exc.IntegrityError):
                told.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=tell, args=(one,)) for one in numbers[2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.fixture
def committing(postgres, tmp_path):
    app = make_app(tmp_path, empty_database(postgres, "talents"))
    yield app
    dispose(app)
    postgres.drop_database("talents")


def test_two_who_write_at_once_send_one_mail_on_postgresql(committing):
    assert at_once(committing, checked=False) == ["refused", "sent"]


def test_two_who_write_at_once_send_one_mail_on_sqlite(own_app):
    assert at_once(own_app) == ["refused", "sent"]
