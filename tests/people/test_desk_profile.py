"""What readers learn of a person: changed on the desk by themselves or an admin, and nothing typed is lost."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from jobboard.audit.models import AuditEntry
from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage
from jobboard.files.tasks_pictures import drop_unshown
from jobboard.people.models import Person
from tests.factories import make_article, make_person
from tests.pages import errors_of, form_of
from tests.posts.test_desk_pictures import photo

OWN = "/desk/account/profile/"
BIO = "Keeps **servers** running.\n\n# Loud\n\n- [Notes](https://alma.example/notes)\n\n<script>alert(1)</script>"


def send(client, url: str = OWN, **typed):
    form = form_of(client.get(url), having="slug")
    return client.post(url, data={**form, **typed}, content_type="multipart/form-data")


def face(size=(60, 40), kind="JPEG"):
    return io.BytesIO(photo(kind, size)), "Me at the sea.jpg"


def files() -> list[StoredFile]:
    session().expire_all()
    return list(session().execute(sa.select(StoredFile).order_by(StoredFile.id)).scalars())


def actions() -> list[tuple[str, int | None]]:
    rows = session().execute(sa.select(AuditEntry.action, AuditEntry.by_id).order_by(AuditEntry.number))
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("role", ["admin", "recruiter", "reviewer", "author"])
def test_everybody_writes_their_own_page(client, sign_in, role):
    me = sign_in(role, name="Nina Neu", slug="nina-neu")
    make_article("Words", slug="words", authors=[me])
    session().commit()
    assert OWN in client.get("/desk/account/").text
    answer = send(
        client,
        **{
            "name": "Nina Alt", "slug": "nina", "job_en": "Author", "job_de": "Autorin", "bio_en": BIO,
            "links-0-label": "Mastodon", "links-0-url": "https://social.example/@nina", "picture": face(),
        },
    )  # fmt: skip
    assert answer.location == "/desk/account/"
    for path, job in (
        ("/en/authors/nina/", "Author"),
        ("/de/authors/nina/", "Autorin"),
        ("/en/articles/words/", "Author"),
    ):
        page = client.get(path).text
        assert "Nina Alt" in page
        assert f"<span>{job}</span>" in page
        assert "<strong>servers</strong>" in page
        assert '<a href="https://alma.example/notes" rel="noopener">Notes</a>' in page
        assert '<a href="https://social.example/@nina" rel="me noopener">Mastodon</a>' in page
        assert "<script>alert" not in page
        assert "<h2>Loud" not in page
    assert client.get("/de/authors/nina-neu/").location == "/de/authors/nina/"
    assert ("person.profile_changed", me.id) in actions()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_becomes_a_square_without_its_metadata_and_the_one_before_goes(client, sign_in, kind):
    me = sign_in("author")
    assert send(client, picture=face((90, 40), kind)).status_code == 303
    [row] = files()
    assert (row.width, row.height, row.staged_until) == (40, 40, None)
    data = b"".join(storage().read(row.key))
    assert b"SecretCamera" not in data
    assert Image.open(io.BytesIO(data)).size == (40, 40)
    assert send(client, picture=face((30, 50))).status_code == 303
    drop_unshown()
    [left] = files()
    assert (left.width, session().get(Person, me.id).picture_id) == (30, left.id)
    assert send(client, no_picture="y").status_code == 303
    drop_unshown()
    assert files() == []


def test_mistakes_lose_nothing_and_neither_does_looking(client, sign_in):
    me = sign_in("author", slug="nina")
    make_person(slug="taken")
    session().commit()
    wrong = {
        "name": "Nina", "slug": "taken", "bio_de": "Schreibt *gern*.", "links-0-label": "Mastodon",
        "links-0-url": "javascript:alert(1)", "picture": face(),
    }  # fmt: skip
    page = send(client, **wrong)
    assert page.status_code == 422
    assert any("not a web address" in error for error in errors_of(page))
    kept = form_of(page, having="slug")
    assert (kept["bio_de"], kept["links-0-url"], kept["slug"]) == ("Schreibt *gern*.", "javascript:alert(1)", "taken")
    assert kept["kept"] == files()[0].key
    page = client.post(OWN, data={**kept, "links-0-url": "https://social.example/@nina"})
    assert page.status_code == 422
    assert any("Somebody else has or had this address." in error for error in errors_of(page))
    kept = form_of(page, having="slug") | {"slug": "nina"}
    shown = client.post(OWN, data={**kept, "preview": "1"})
    assert shown.status_code == 200
    assert "Nothing is saved yet." in shown.text
    assert "<em>gern</em>" in shown.text
    session().expire_all()
    assert session().get(Person, me.id).bio == {}
    assert client.post(OWN, data=form_of(shown, having="slug")).status_code == 303
    session().expire_all()
    found = session().get(Person, me.id)
    assert (found.bio, found.picture.key) == ({"de": "Schreibt *gern*."}, kept["kept"])


@pytest.mark.parametrize("data", [b"no picture", photo()[:200], b"<svg onload=alert(1)>"])
def test_what_is_no_picture_is_told(client, sign_in, data):
    sign_in("author")
    page = send(client, picture=(io.BytesIO(data), "me.jpg"), bio_en="Stays")
    assert page.status_code == 422
    assert any("not a picture that can be shown" in error for error in errors_of(page))
    assert form_of(page, having="slug")["bio_en"] == "Stays"
    assert files() == []


def test_pictures_without_the_forms_token_are_not_taken(client, sign_in):
    sign_in("author")
    assert client.post(OWN, data={"name": "A", "picture": face()}).status_code == 422
    assert files() == []


def test_admin_changes_everybody_also_who_only_writes(client, sign_in):
    sign_in("admin")
    author = make_person("Imported Author", slug="imported", email=None)
    session().commit()
    url = f"/desk/staff/{author.id}/profile/"
    assert url in client.get("/desk/staff/").text
    assert send(client, url, name="Ida Imported", job_de="Gast").status_code == 303
    session().expire_all()
    assert (author.name, author.job) == ("Ida Imported", {"de": "Gast"})


@pytest.mark.parametrize("role", ["recruiter", "reviewer", "author"])
def test_nobody_else_changes_others(client, sign_in, role):
    sign_in(role)
    other = make_person("Other")
    session().commit()
    url = f"/desk/staff/{other.id}/profile/"
    assert client.get(url).status_code == 403
    assert client.post(url, data={"name": "Mine"}).status_code == 403


def test_fallback_in_another_language_is_marked(client):
    me = make_person(slug="nina", job={"de": "Autorin"}, bio={"de": "Schreibt gern."})
    make_article("Words", slug="words", authors=[me])
    session().commit()
    for path in ("/en/authors/nina/", "/en/articles/words/"):
        page = client.get(path).text
        assert '<span lang="de">Autorin</span>' in page
        assert 'lang="de"><p>Schreibt gern.</p>' in page
    assert "<span>Autorin</span>" in client.get("/de/authors/nina/").text
