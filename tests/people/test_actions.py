"""Passwords that are taken, and people."""

import pytest

from jobboard.people.actions import create_person, device_in_words
from jobboard.people.actions_passwords import common_passwords, is_common, password_problem
from tests.factories import make_person

ABOUT = ("Alma Berg-Sørensen", "a.berg@example.org", "Nordlicht Jobs")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "Δέκα μικρά ποντίκια",
        "🦊🦉🐝🐢🐸🐙🦀🐳🦋🐞🐜🦔",
        "x7 kopa " * 30,
        "twelve chars",
        "  spaces stay  ",
    ],
)
def test_long_passwords_of_every_kind_are_taken(password):
    assert password_problem(password, ABOUT) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("eleven char", "too short"),
        ("x1 y2 " * 50, "too long"),
        ("aaaaaaaaaaaa", "repeats"),
        ("abababababab", "repeats"),
        ("1234567890qwerty", "tried first"),
        ("passwordpassword", "tried first"),
        ("Password20262026", "tried first"),
        ("P4ssw0rd!!!!!!", "tried first"),
        ("1q2w3e4r5t6y", "tried first"),
        ("my name is alma", "contains"),
        ("nordlichtnordpol", "contains"),
        ("sorry-sørensen", "contains"),
    ],
)
def test_passwords_that_are_tried_first_are_refused(app, password, words):
    assert words in str(password_problem(password, ABOUT))


def test_list_is_long_and_holds_no_licence(app):
    assert len(common_passwords()) > 10_000
    assert not any(line.startswith("#") for line in common_passwords())
    assert is_common("123456")


def test_address_of_a_person_comes_from_the_name_and_is_free(app):
    assert create_person("Änne Öztürk", email=" Anne@Example.org ").slug == "aenne-oeztuerk"
    make_person(slug="kim-lee")
    make_person(slug="kim-lee-2")
    person = create_person("Kim Lee")
    assert (person.slug, person.email, person.role) == ("kim-lee-3", None, None)
    assert create_person("李雷").slug == "person"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox (Linux)"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari (iPhone)"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge (Windows)"),
        ("", "Browser"),
    ],
)
def test_device_is_named_in_words(agent, words):
    assert device_in_words(agent) == words
