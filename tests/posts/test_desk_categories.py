"""Naming the topics of posts, through the desk's door."""

import re

import pytest
import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.posts.models import Category
from tests.factories import make_article, make_category

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def send(client, url: str, page_url: str = "", **data):
    data["csrf_token"] = CSRF.search(client.get(page_url or url).text).group(1)
    return client.post(url, data=data)


def the_category() -> Category:
    session().expire_all()
    return session().execute(sa.select(Category)).scalar_one()


def test_category_is_added_renamed_and_shown_in_both_languages(client, sign_in):
    sign_in("author")
    names = {"name_en": "Data protection", "name_de": "Datenschutz", "description_de": "Was wir nicht erheben"}
    assert send(client, "/desk/categories/new/", **names, slug="").status_code == 303
    category = the_category()
    assert (category.slug, category.name) == ("data-protection", {"en": "Data protection", "de": "Datenschutz"})
    url = f"/desk/categories/{category.id}/"
    assert send(client, url, name_en="Privacy", name_de="Datenschutz", slug="data-protection").status_code == 303
    make_article("Cookies", categories=[the_category()])
    session().commit()
    assert "Privacy" in client.get("/en/").text
    assert client.get("/de/categories/data-protection/").status_code == 200
    assert "Datenschutz" in client.get("/de/categories/data-protection/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name_en": ""}, "This field is needed."),
        ({"slug": "Not A Slug"}, "Use small letters"),
        ({"slug": "taken"}, "Another category has or had this address."),
        ({"name_en": "x" * 81}, "at most 80 characters"),
    ],
)
def test_wrong_input_is_told_and_kept(client, sign_in, typed, sentence):
    sign_in("author")
    make_category("taken")
    session().commit()
    page = send(client, "/desk/categories/new/", **{"name_en": "Topic", "name_de": "Thema", "slug": "", **typed})
    assert page.status_code == 422
    assert sentence in page.text
    assert "Thema" in page.text
    assert session().execute(sa.select(sa.func.count(Category.id))).scalar() == 1


def test_only_a_category_without_posts_is_deleted(client, sign_in):
    sign_in("recruiter")
    category = make_category("topic")
    post = make_article("A post", categories=[category], draft=True)
    session().commit()
    url = f"/desk/categories/{category.id}/"
    assert "Delete category" not in client.get(url).text
    refused = send(client, f"{url}delete/", url)
    assert refused.status_code == 409
    assert "Take it out of them first." in refused.text
    post.categories[:] = []
    session().commit()
    assert send(client, f"{url}delete/", url).status_code == 303
    assert session().execute(sa.select(Category)).first() is None


def test_list_counts_posts(client, sign_in, queries):
    sign_in("author")
    for number in range(5):
        make_article(f"Post {number}", categories=[make_category(f"topic-{number % 2}")])
    session().commit()
    with queries() as log:
        page = client.get("/desk/categories/").text
    assert re.findall(r'data-label="Posts">(\d)<', page) == ["3", "2"]
    assert len(log) == 4, log
