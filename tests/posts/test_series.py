"""Series: parts in their order on pages, put together on the desk, by imports and by exports."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.posts.actions_series import ensure_series, set_series
from jobboard.posts.models import Post
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.transfer.actions_posts import import_posts
from tests.factories import make_article
from tests.pages import html_problems, page_of, words_of


def make_part(title, number, name="Backups", **given):
    post = make_article(title, slug=title.lower(), **given)
    session().flush()
    set_series(post, ensure_series(name, "en"), number)
    session().commit()
    return post


def text_of(response):
    return words_of(page_of(response))


def send(client, url, **data):
    """Send a form of the page at `url` as a browser would."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).text).group(1)
    return client.post(url, data={**data, "csrf_token": token})


def parts():
    """(series' address, number, title) of all parts there are."""
    rows = session().execute(sa.select(SeriesPart).order_by(SeriesPart.number, SeriesPart.post_id)).scalars()
    return [(row.series.slug, row.number, session().get_one(Post, row.post_id).texts[0].title) for row in rows]


def test_part_leads_to_the_others_before_and_after_its_text(client):
    for number, title in enumerate(("Why", "How", "When"), 1):
        make_part(title, number)
    page = client.get("/en/articles/how/")
    assert html_problems(page) == []
    text = text_of(page)
    assert text.count("Part 2 of 3") == 2
    assert text.index("Part 2 of 3") < text.index("The part before Why") < text.index("The next part When")
    assert page.text.count('href="/en/series/backups/"') == 2
    assert '<span aria-current="page" lang="en">How</span>' in page.text
    assert "The next part" not in text_of(client.get("/en/articles/when/"))
    assert "The part before" not in text_of(client.get("/en/articles/why/"))


def test_parts_readers_do_not_see_are_not_shown_but_counted_by_number(client):
    make_part("Why", 1)
    make_part("Draft", 2, draft=True)
    make_part("When", 3)
    make_part("Later", 4, publish_at=clock.now() + dt.timedelta(days=1))
    page = client.get("/en/articles/when/").text
    assert "Part 3 of 3" in page
    assert "Draft" not in page
    assert "Later" not in page
    listed = client.get("/en/series/backups/")
    assert "Draft" not in listed.text
    assert text_of(listed).index("Why") < text_of(listed).index("When")


def test_page_of_a_series(client):
    make_part("Why", 2, summary="Because.")
    make_part("Warum", 1, locale="de")
    page = client.get("/en/series/backups/")
    assert html_problems(page) == []
    text = text_of(page)
    assert text.index("Part 1") < text.index("Warum") < text.index("Part 2") < text.index("Because.")
    assert 'hreflang="de" href="http://127.0.0.1:8000/de/series/backups/"' in page.text
    assert client.get("/en/series/unknown/").status_code == 404


def test_series_is_found_from_the_archive_and_the_sitemap(client):
    make_part("Why", 1)
    make_part("How", 2)
    make_part("Draft", 3, draft=True)
    make_part("Later", 1, name="Unseen", publish_at=clock.now() + dt.timedelta(days=1))
    archive = client.get("/en/archive/")
    assert html_problems(archive) == []
    assert "Backups 2 parts" in text_of(archive)
    assert 'href="/de/series/backups/"' in client.get("/de/archive/").text
    assert "Unseen" not in archive.text
    sitemap = client.get("/sitemap-pages.xml").text
    assert [f"/{code}/series/backups/" in sitemap for code in ("en", "de")] == [True, True]
    assert "/series/unseen/" not in sitemap


def test_series_without_visible_parts_looks_unknown(client):
    make_part("Draft", 1, draft=True)
    assert client.get("/en/series/backups/").status_code == 404


def asked_of(client, queries, address):
    session().expunge_all()
    with queries() as log:
        assert client.get(address).status_code == 200
    return len(log)


def test_any_number_of_parts_is_asked_for_by_the_same_number_of_questions(client, queries):
    addresses = ("/en/series/backups/", "/en/articles/part-1/")
    counts = []
    for numbers in ((1,), (2, 3), range(4, 31)):
        for number in numbers:
            make_part(f"Part-{number}", number)
        counts.append([asked_of(client, queries, address) for address in addresses])
    [one, three, thirty] = counts
    assert one[0] == three[0] == thirty[0]
    assert three[1] == thirty[1]
    make_article("Alone", slug="alone")
    session().commit()
    assert asked_of(client, queries, "/en/articles/alone/") < three[1]


def fields(**more):
    return {"title": "Why", "markdown": "Words.", "authors-0": "0", "categories-0": "0", **more}


def version():
    session().rollback()
    return str(session().execute(sa.select(Post.version)).scalar_one())


def test_desk_puts_an_article_into_a_series_and_takes_it_out(client, sign_in):
    sign_in(Role.author.value)
    send(client, "/desk/posts/new/?language=en", **fields(series="  Our   backups "))
    assert parts() == [("our-backups", 1, "Why")]
    edit = f"/desk/posts/{session().execute(sa.select(Post.id)).scalar_one()}/en/"
    page = client.get(edit)
    assert 'value="Our backups"' in page.text
    assert '<option value="Our backups">' in page.text
    send(client, edit, **fields(series="OUR BACKUPS", series_part="4", version=version()))
    assert parts() == [("our-backups", 4, "Why")]
    send(client, edit, **fields(series="Our backups", series_part="", version=version()))
    assert parts() == [("our-backups", 4, "Why")], "it keeps its number"
    send(client, edit, **fields(series="Another", series_part="", version=version()))
    assert parts() == [("another", 1, "Why")]
    send(client, edit, **fields(series="", series_part="", version=version()))
    assert parts() == []
    assert session().execute(sa.select(Series)).all() == [], "a series without parts goes"


@pytest.mark.parametrize("number", ["0", "-1", "1000", "x"])
def test_desk_refuses_numbers_that_are_none(client, sign_in, number):
    sign_in(Role.author.value)
    answer = send(client, "/desk/posts/new/?language=en", **fields(series="Backups", series_part=number))
    assert answer.status_code == 422
    assert parts() == []


def test_desk_names_a_series_per_language_and_moves_it(client, sign_in):
    make_part("Why", 1)
    make_part("Other", 1, name="Other")
    sign_in(Role.author.value)
    series = session().execute(sa.select(Series).where(Series.slug == "backups")).scalar_one().id
    assert "Backups" in client.get("/desk/series/").text
    data = {"name_en": "Backups", "name_de": "Sicherungen", "slug": "other"}
    taken = send(client, f"/desk/series/{series}/", **data)
    assert taken.status_code == 422
    assert "Another series has or had this address." in taken.text
    assert send(client, f"/desk/series/{series}/", **{**data, "name_en": ""}).status_code == 422
    assert send(client, f"/desk/series/{series}/", **{**data, "slug": "safe"}).status_code == 303
    assert "Sicherungen" in client.get("/de/series/safe/").text
    assert "Sicherungen" in client.get("/de/articles/why/").text
    assert client.get("/en/series/backups/").location == "/en/series/safe/"


def test_names_in_other_scripts_and_taken_addresses_have_addresses(app):
    with writing():
        for name in ("Backups", "備份", "ПОРТ"):
            ensure_series(name, "en")
        first = ensure_series("Backups", "de")
        ensure_series("!!!", "en")
        ensure_series("???", "en")
    slugs = [one.slug for one in session().execute(sa.select(Series).order_by(Series.id)).scalars()]
    assert slugs[0] == first.slug == "backups"
    assert len(set(slugs)) == len(slugs) == 5


def test_post_that_is_deleted_leaves_its_series(app):
    post = make_part("Why", 1)
    make_part("How", 2)
    with writing() as current:
        current.execute(sa.delete(SeriesPart).where(SeriesPart.post_id == post.id))
        current.delete(session().get_one(Post, post.id))
    assert parts() == [("backups", 2, "How")]


POST = '---\ntitle: "{title}"\ndate: 2024-01-0{day}\nlang: {lang}\n{more}\n---\nWords.\n'


def test_import_takes_series_from_front_matter(app, tmp_path):
    def write(name, day, more, lang="en"):
        text = POST.format(title=name.split(".")[0], day=day, more=more, lang=lang)
        (tmp_path / name).write_text(text)

    write("why.md", 1, 'series: ["Our backups", "Other"]\nseries_order: 2')
    write("how.md", 2, "series: our backups")
    write("odd.md", 3, "series: {a: 1}\nseries_part: many")
    with app.test_request_context():
        report = import_posts(tmp_path, "en")
        assert parts() == [("our-backups", 1, "how"), ("our-backups", 2, "why")]
        assert [one.where for one in report.messages if "series" in one.sentence] == ["odd.md", "odd.md"]
        again = import_posts(tmp_path, "en")
        assert (again.new, again.changed) == (0, 0)
        write("how.md", 2, "series: Our backups\npart: 3")
        assert import_posts(tmp_path, "en").changed == 1
        assert parts() == [("our-backups", 2, "why"), ("our-backups", 3, "how")]
