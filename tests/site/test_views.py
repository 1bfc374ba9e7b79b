"""Legal pages, the addresses people type, and what monitors and crawlers ask."""

import pytest

from jobboard.core.db import session
from jobboard.site.actions import write_page
from jobboard.site.models import PageKind


def write(kind, locale, words):
    write_page(PageKind(kind), locale, words)
    session().commit()


@pytest.mark.parametrize(("kind", "typed"), [("imprint", "/impressum"), ("privacy", "/datenschutz")])
def test_legal_page_is_found_in_both_languages_and_at_the_address_people_type(client, kind, typed):
    write(kind, "de", "Angaben gemäß Gesetz")
    write(kind, "en", "Legal facts")
    assert "Angaben gemäß Gesetz" in client.get(f"/de/{kind}/").text
    assert "Legal facts" in client.get(f"/en/{kind}/").text
    assert client.get(typed, headers={"Accept-Language": "de"}).location == f"/de/{kind}/"
    assert f'href="/de/{kind}/"' in client.get("/de/").text


def test_legal_page_in_one_language_is_shown_in_both_and_marked(client):
    write("privacy", "de", "Nur auf Deutsch")
    page = client.get("/en/privacy/").text
    assert "Nur auf Deutsch" in page
    assert '<article class="prose-page" lang="de">' in page


def test_newest_version_is_shown_with_its_number(client):
    write("imprint", "en", "First")
    write("imprint", "en", "Second")
    page = client.get("/en/imprint/").text
    assert "Second" in page
    assert "First" not in page
    assert "Version 2" in page


@pytest.mark.parametrize(("language", "words"), [("en", "has not been written yet"), ("de", "noch nicht geschrieben")])
def test_page_nobody_wrote_says_so(client, language, words):
    assert words in client.get(f"/{language}/imprint/").text


def test_crawlers_are_kept_from_filters_and_the_desk(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /desk/", "Disallow: /en/jobs/?", "Disallow: /de/jobs/?"} <= set(lines)


def test_health_is_told_to_monitors(client):
    assert (client.get("/health/live").text, client.get("/health/ready").text) == ("ok\n", "ok\n")
    assert client.get("/favicon.ico").status_code == 301


def test_demo_pages_are_in_the_demo_only(client):
    assert client.get("/demo/components/").status_code == 404
    assert client.get("/demo/mails/").status_code == 404
