"""Whose name a person sees where an opening hides names: by their own rating, or where it was lifted."""

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import add_event
from jobboard.applications.models import Application, EventKind
from jobboard.applications.models_review import Criterion, Rating, Review, ReviewRules
from jobboard.applications.queries_names import hidden_of, name_is_shown, shown_name, shown_names
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from tests.factories import make_application, make_offer, make_person


@pytest.fixture
def offer(app):
    return make_offer()


@pytest.fixture
def alma(app):
    return make_person("Alma Berg", Role.reviewer)


def hide(offer, criteria=2):
    rows = [Criterion(offer_id=offer.id, position=place, label={"en": f"C{place}"}) for place in range(criteria)]
    session().add_all([ReviewRules(offer_id=offer.id, hides_names=True), *rows])
    session().flush()
    return rows


def rate(row, by, criteria, stars=3):
    review = Review(application_id=row.id, by=by, at=clock.now(), comment="", earlier=[])
    review.ratings = [Rating(criterion_id=one.id, stars=stars) for one in criteria]
    session().add(review)
    session().flush()


def test_names_are_shown_unless_the_opening_hides_them(offer, alma):
    row = make_application(offer, name="Robin Okafor")
    assert shown_name(row, alma) == "Robin Okafor"
    hide(offer)
    assert shown_name(row, alma) == f"Application {row.id}"


def test_a_person_sees_the_name_once_they_rated_by_every_criterion(offer, alma):
    row, other = make_application(offer, name="Robin Okafor"), make_application(offer, name="Kim Lee")
    criteria = hide(offer)
    bela = make_person("Bela", Role.recruiter)
    rate(row, alma, criteria[:1])
    assert shown_name(row, alma) == f"Application {row.id}"
    rate(row, bela, criteria)
    assert shown_name(row, alma) == f"Application {row.id}"
    assert shown_names([row, other], bela) == {row.id: "Robin Okafor", other.id: f"Application {other.id}"}


def test_a_new_criterion_asks_everybody_again(offer, alma):
    row = make_application(offer, name="Robin Okafor")
    rate(row, alma, hide(offer))
    assert shown_name(row, alma) == "Robin Okafor"
    session().add(Criterion(offer_id=offer.id, position=9, label={"en": "New"}))
    session().flush()
    assert shown_name(row, alma) == f"Application {row.id}"


def test_lifting_shows_one_name_to_everybody(offer, alma):
    row, other = make_application(offer, name="Robin Okafor"), make_application(offer)
    hide(offer)
    add_event(row, EventKind.names_shown, make_person("Bela", Role.recruiter), detail="They called.")
    session().flush()
    assert shown_name(row, alma) == "Robin Okafor"
    assert hidden_of([row.id, other.id], alma) == {other.id}


def test_hiding_without_criteria_hides_until_it_is_lifted(offer, alma):
    row = make_application(offer)
    hide(offer, criteria=0)
    assert hidden_of([row.id], alma) == {row.id}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_number_of_queries_is_the_same_for_any_number(offer, alma, queries, count):
    applications = [make_application(offer) for _number in range(count)]
    hide(offer)
    with queries() as log:
        assert len(shown_names(applications, alma)) == count
    assert len(log) == 1


def test_the_condition_serves_a_search_by_name(offer, alma):
    criteria = hide(offer)
    row = make_application(offer, name="Robin Okafor")
    make_application(offer, name="Robin Okafor")
    rate(row, alma, criteria)
    found = sa.select(Application.id).where(Application.name.contains("Okafor"), name_is_shown(alma))
    assert list(session().execute(found.execution_options(scope="test")).scalars()) == [row.id]
