import datetime as dt
import html

from jobboard.core import clock
from jobboard.core.db import session
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import html_problems, page_of, words_of


def test_article_shows_its_text_authors_and_language(client):
    alma = make_person("Alma Berg", slug="alma")
    make_article("Why it broke", slug="why", authors=[alma], markdown="## What happened\n\n`cron` ran *twice*.")
    session().commit()
    page = client.get("/en/articles/why/")
    assert page.status_code == 200
    assert "<em>twice</em>" in page.text
    assert 'href="/en/authors/alma/"' in page.text
    assert '<link rel="canonical" href="http://127.0.0.1:8000/en/articles/why/"' in page.text
    assert "hreflang" not in page.text.split("</head>")[0].replace('hreflang="x-default"', "")


def test_article_without_translation_stands_under_every_language_with_a_notice(client):
    make_article("Warum es brach", slug="warum", locale="de", notice="We wrote it for a German magazine.")
    session().commit()
    page = client.get("/en/articles/warum/").text
    assert "This text is in German." in page
    assert "We wrote it for a German magazine." in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/de/articles/warum/"' in page


def test_translations_lead_to_each_other(client):
    make_article("Warum", slug="warum", locale="de", texts={"en": {"title": "Why", "slug": "why"}})
    session().commit()
    assert client.get("/en/articles/warum/").location == "/en/articles/why/"
    head = client.get("/de/articles/warum/").text.split("</head>")[0]
    assert 'hreflang="en" href="http://127.0.0.1:8000/en/articles/why/"' in head
    assert 'hreflang="de" href="http://127.0.0.1:8000/de/articles/warum/"' in head


def test_draft_looks_like_an_unknown_address(client):
    make_article("Secret", slug="secret", draft=True)
    session().commit()
    unknown = client.get("/en/articles/unknown/")
    draft = client.get("/en/articles/secret/")
    assert draft.status_code == 404
    assert draft.text.replace("secret", "unknown") == unknown.text


def test_hostile_text_stays_text(client):
    make_article(
        "<script>alert(1)</script>",
        slug="hostile",
        summary='"><img src=x onerror=alert(1)>',
        markdown="<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](https://evil.example/z.png)",
        publish_at=clock.now(),
    )
    session().commit()
    page = client.get("/en/articles/hostile/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "javascript:" not in page.replace("[x](javascript:alert(1))", "")
    assert 'src="https://evil.example' not in page
    assert '<a href="https://evil.example/z.png" rel="noopener">y</a>' in page


def test_article_leads_to_open_openings_of_its_categories(client):
    linux, design = make_category("linux"), make_category("design")
    now, hour = clock.now(), dt.timedelta(hours=1)
    make_offer("Shares both", categories=[linux, design], publish_at=now - 5 * hour)
    make_offer("Shares one", categories=[linux])
    make_offer("Closed", categories=[linux, design], closed_at=now)
    make_offer("Draft", categories=[linux, design], draft=True)
    make_offer("Of nothing", categories=[])
    make_article("Why it broke", slug="why", categories=[linux, design])
    make_article("Alone", slug="alone")
    session().commit()
    section = next(one for one in page_of(client.get("/en/articles/why/")).iter("section") if list(one.iter("h3")))
    assert words_of(next(section.iter("h2"))) == "We are hiring for this"
    assert [words_of(one) for one in section.iter("h3")] == ["Shares both (m/w/d)", "Shares one (m/w/d)"]
    assert "We are hiring" not in client.get("/en/articles/alone/").text


def test_long_article_is_for_reading(client):
    parts = "\n\n".join(f"## Part {number}\n\n{'word ' * 250}" for number in range(3))
    make_article("Long", slug="long", markdown=f"{parts}\n\n```python {{1}}\nx = 1\n```\n\n> [!TIP]\n> Rest.")
    make_article("Short", slug="short", markdown="## Part 0\n\nWords.")
    session().commit()
    response = client.get("/en/articles/long/")
    assert html_problems(response) == []
    page = response.text
    assert '<a href="#s-part-2">Part 2</a>' in page
    assert '<h2 id="s-part-2"><a class="heading-link" href="#s-part-2">Part 2</a></h2>' in page
    assert '<p class="callout-title is-tip">Tip</p>' in page
    assert 'data-copy-words="Copy"' in page
    assert "On this page" not in client.get("/en/articles/short/").text
    feed = html.unescape(client.get("/en/feed.atom").text)
    assert '<p class="callout-title is-tip">Tip</p>' in feed
    assert "heading-link" not in feed
