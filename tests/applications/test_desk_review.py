"""Criteria of an opening and ratings by them: others' are hidden until one's own is complete, wherever one looks."""

import threading

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import note
from jobboard.applications.actions_review import NotPossible, WantedCriterion, rate, set_review_rules
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Application, Event, EventKind
from jobboard.applications.models_review import Criterion, Review
from jobboard.applications.queries_review import criteria_of, reviews_for
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.people.models import Person
from tests.factories import make_application, make_criteria, make_offer, make_person
from tests.pages import errors_of, form_of, page_of, words_of

#: Statements of one screen: the application with its parts, mails, reviews, and whether the name is shown.
SCREEN = 41
CANARY = "a judgement nobody may see too early"


@pytest.fixture
def offer(app):
    return make_offer("System administrator", slug="system-administrator")


@pytest.fixture
def criteria(offer):
    return make_criteria(offer, "Skills", "Care")


@pytest.fixture
def bela(app):
    return make_person("Bela Quint", Role.recruiter)


def rated_by(row, person, criteria, *stars, comment=""):
    review = rate(row, dict(zip([one.id for one in criteria], stars, strict=True)), comment, person)
    session().commit()
    return review


def screen(client, row):
    return client.get(f"/desk/applications/{row.id}/")


def send(client, row, **given):
    form = form_of(screen(client, row), "/rate/")
    return client.post(f"/desk/applications/{row.id}/rate/", data={**form, **given})


def stars(criteria, *given):
    return {f"stars_{one.id}": str(value) for one, value in zip(criteria, given, strict=True)}


def events(row, kind):
    statement = sa.select(Event).where(Event.application_id == row.id, Event.kind == kind)
    return list(session().execute(statement.execution_options(scope="test")).scalars())


def table_of(response):
    table = next(one for one in page_of(response).iter("table"))
    return [[words_of(cell) for cell in line if cell.tag in {"td", "th"}] for line in table.iter("tr")]


def test_three_criteria_are_offered_and_count_once_they_are_saved(client, sign_in, offer):
    sign_in("recruiter")
    address = f"/desk/openings/{offer.id}/criteria/"
    page = client.get(address)
    form = form_of(page, having="rows-0-position")
    assert [form[f"rows-{place}-label_en"] for place in range(3)] == [
        "Skills the opening names",
        "Experience with similar work",
        "How clear and careful it is",
    ]
    assert "three below are a suggestion" in words_of(page_of(page))
    assert criteria_of(offer.id) == []
    changed = {"rows-0-label_en": "Linux", "rows-0-label_de": "Linux", "rows-0-position": "9", "rows-1-label_en": ""}
    saved = client.post(address, data={**form, **changed, "rows-1-label_de": "", "hides_names": "y"})
    assert saved.status_code == 303
    assert [one.label["en"] for one in criteria_of(offer.id)] == ["How clear and careful it is", "Linux"]
    assert form_of(client.get(address), having="rows-0-position")["hides_names"] == "y"


def test_names_cannot_be_hidden_without_a_criterion(client, sign_in, offer):
    sign_in("recruiter")
    address = f"/desk/openings/{offer.id}/criteria/"
    form = form_of(client.get(address), having="rows-0-position")
    form |= {name: "" for name in form if "label" in name}
    refused = client.post(address, data={**form, "hides_names": "y"})
    assert refused.status_code == 422
    assert "at least one criterion" in errors_of(refused)[0]


def test_what_was_rated_by_is_renamed_and_never_removed(client, sign_in, offer, criteria, bela):
    row = make_application(offer)
    rated_by(row, bela, criteria, 4, 2)
    sign_in("recruiter")
    address = f"/desk/openings/{offer.id}/criteria/"
    form = form_of(client.get(address), having="rows-0-position")
    gone = client.post(address, data={**form, "rows-0-label_en": "", "rows-0-label_de": ""})
    assert gone.status_code == 422
    assert "cannot be removed" in errors_of(gone)[0]
    assert client.post(address, data={**form, "rows-0-label_en": "Knowledge"}).status_code == 303
    assert [one.label["en"] for one in criteria_of(offer.id)] == ["Knowledge", "Care"]


def test_the_other_opening_keeps_its_criteria(offer, criteria):
    other = make_offer("Editor")
    make_criteria(other, "Style")
    set_review_rules(other.id, [WantedCriterion({"en": "Tone"})], hides_names=False)
    assert [one.label["en"] for one in criteria_of(offer.id)] == ["Skills", "Care"]


def test_others_ratings_come_with_ones_own(client, sign_in, offer, criteria, bela):
    row = make_application(offer)
    rated_by(row, bela, criteria, 5, 1, comment=CANARY)
    sign_in("recruiter", name="Alma Berg")
    before = screen(client, row)
    words = words_of(page_of(before))
    assert "Shown once your own rating is complete." in words
    assert CANARY not in before.text
    assert "Bela Quint" not in before.text.partition('id="organise"')[0], "neither who has rated, nor how many"
    assert send(client, row, **stars(criteria, 3, 2), comment="My own").status_code == 303
    after = screen(client, row)
    assert CANARY in after.text
    assert table_of(after) == [
        ["Criterion", "Average", "Spread", "Alma Berg", "Bela Quint"],
        ["Skills", "4", "3 to 5", "3", "5"],
        ["Care", "1.5", "1 to 2", "2", "1"],
    ]
    assert words_of(page_of(after)).count("Rated") == 2, "the history tells of both now"


def test_half_a_rating_is_none(client, sign_in, offer, criteria, bela):
    row = make_application(offer)
    rated_by(row, bela, criteria, 5, 1, comment=CANARY)
    sign_in("recruiter")
    answer = send(client, row, **stars(criteria[:1], 3))
    assert answer.status_code == 422
    assert "Care – Please choose a number from 1 to 5." in errors_of(answer)
    assert CANARY not in answer.text
    assert "Bela Quint" not in answer.text.partition('id="organise"')[0]
    assert len(events(row, EventKind.rated)) == 1


@pytest.mark.parametrize("value", ["0", "6", "-1", "1.5", "x", "", "5 "])
def test_only_one_to_five_counts(client, sign_in, offer, criteria, value):
    row = make_application(offer)
    sign_in("recruiter")
    assert send(client, row, **stars(criteria, 3, value)).status_code == 422
    assert session().execute(sa.select(Review).execution_options(scope="test")).first() is None


def test_changing_ones_own_is_recorded_with_what_it_was(client, sign_in, offer, criteria):
    row = make_application(offer)
    sign_in("recruiter", name="Alma Berg")
    send(client, row, **stars(criteria, 3, 2), comment="First thought")
    assert send(client, row, **stars(criteria, 3, 2), comment="First thought").status_code == 303
    assert events(row, EventKind.rating_changed) == [], "the same again changes nothing"
    send(client, row, **stars(criteria, 5, 2), comment="Second thought")
    words = words_of(page_of(screen(client, row)))
    assert "changed once" in words
    assert "Skills: 3, Care: 2 – First thought" in words
    assert "Second thought" in words
    assert [event.by.name for event in events(row, EventKind.rating_changed)] == ["Alma Berg"]


def test_a_new_criterion_hides_others_again_until_it_is_rated_too(client, sign_in, offer, criteria, bela):
    row = make_application(offer)
    rated_by(row, bela, criteria, 5, 1, comment=CANARY)
    sign_in("recruiter")
    send(client, row, **stars(criteria, 3, 2))
    assert CANARY in screen(client, row).text
    kept = [WantedCriterion(one.label, one.id) for one in criteria]
    set_review_rules(offer.id, [*kept, WantedCriterion({"en": "New"})], hides_names=False)
    session().commit()
    assert CANARY not in screen(client, row).text


@pytest.mark.parametrize("role", ["recruiter", "reviewer", "admin"])
def test_reviews_of_others_are_in_no_answer_of_the_desk(client, sign_in, app, offer, criteria, bela, outbox, role):
    row = make_application(offer, name="Robin Okafor")
    rated_by(row, bela, criteria, 5, 1, comment=CANARY)
    person = sign_in(role)
    set_reviewers(offer.id, [person] if role == "reviewer" else [])
    session().commit()
    with app.test_request_context():
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    numbers = {"application_id": row.id, "opening_id": offer.id, "post_id": offer.id, "offer_id": offer.id}
    seen = 0
    for rule in rules:
        if rule.endpoint.startswith("desk.") and rule.arguments <= numbers.keys():
            with app.test_request_context():
                address = rule.build({name: numbers[name] for name in rule.arguments}, append_unknown=False)[1]
            answer = client.get(address)
            seen += answer.status_code == 200
            assert CANARY not in answer.text, rule.endpoint
    assert seen >= 3
    assert all(CANARY not in mail.text + mail.subject + mail.html for mail in outbox())


def test_the_one_query_gives_no_review_too_much(offer, criteria, bela):
    alma, cem = make_person("Alma", Role.recruiter), make_person("Cem", Role.reviewer)
    first, second = make_application(offer), make_application(offer)
    for row in (first, second):
        rated_by(row, bela, criteria, 5, 1)
    rated_by(first, alma, criteria, 2, 2)

    def who(person: Person) -> list[tuple[int, str]]:
        found = session().execute(reviews_for([first.id, second.id], person)).scalars()
        return sorted((one.application_id, one.by.name) for one in found)

    assert who(alma) == [(first.id, "Alma"), (first.id, "Bela Quint")]
    assert who(cem) == []
    assert who(bela) == [(first.id, "Alma"), (first.id, "Bela Quint"), (second.id, "Bela Quint")]


def test_reviewers_of_another_opening_cannot_rate_and_learn_nothing(client, sign_in, offer, criteria):
    row = make_application(offer)
    session().commit()
    sign_in("reviewer")
    for number in (row.id, 999_999):
        assert client.post(f"/desk/applications/{number}/rate/").status_code == 404


def test_nothing_is_rated_that_waits_apart(client, sign_in, offer, criteria, bela):
    row = make_application(offer, is_suspect=True)
    session().commit()
    sign_in("recruiter")
    assert "/rate/" not in screen(client, row).text
    with pytest.raises(NotPossible):
        rate(row, {one.id: 3 for one in criteria}, "", bela)


def test_german(client, sign_in, offer, criteria):
    sign_in("recruiter")
    row = make_application(offer)
    session().commit()
    page = client.get(f"/desk/applications/{row.id}/", headers={"Accept-Language": "de"})
    assert "Skills (de)" in words_of(page_of(page))


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_screen_asks_the_same_number_of_questions_for_any_number(client, sign_in, queries, offer, criteria, count):
    row = make_application(offer)
    person = sign_in("recruiter")
    for number in range(count):
        other = make_person(f"Person {number}", Role.recruiter)
        rate(row, {one.id: 3 for one in criteria}, "words", other)
        note(row, "A note", other)
    rated_by(row, person, criteria, 4, 4)
    with queries() as log:
        assert screen(client, row).status_code == 200
    assert len(log) == SCREEN, log


def test_two_clicks_at_once_make_one_review(own_app):
    offer = make_offer()
    criteria = make_criteria(offer, "Skills")
    row, person = make_application(offer), make_person("Alma", Role.recruiter)
    numbers = (row.id, person.id, criteria[0].id)
    session().commit()
    start, problems = threading.Barrier(2), []

    def click(given: int) -> None:
        with own_app.app_context():
            start.wait()
            try:
                with writing() as current:
                    found = current.get(Application, numbers[0], execution_options={"scope": "test"})
                    rate(found, {numbers[2]: given}, "", current.get(Person, numbers[1]))
            except Exception as error:
                problems.append(error)

    threads = [threading.Thread(target=click, args=(given,)) for given in (2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    [review] = session().execute(sa.select(Review).execution_options(scope="test")).scalars()
    assert len(review.earlier) == 1
    assert session().execute(sa.select(sa.func.count()).select_from(Criterion)).scalar() == 1
