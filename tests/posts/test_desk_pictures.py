"""Pictures in texts: written anew, with words, owned by the post that shows them, gone when nothing does."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage
from jobboard.files.tasks import drop_staged
from jobboard.files.tasks_pictures import drop_unshown
from jobboard.posts.models import Post, PostImage
from jobboard.posts.models_writing import Revision
from tests.factories import make_article, make_offer
from tests.pages import errors_of, form_of

NOON = dt.datetime(2026, 10, 1, 10, tzinfo=dt.UTC)


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture with a place and a camera in its metadata."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind, exif=exif)
    return data.getvalue()


def send(client, data: bytes, name: str = "../Mein Foto.jpg", alt: str = "A pony [on] a pier"):
    """What the script of the editor sends for a picture."""
    token = form_of(client.get("/desk/posts/new/"), having="version")["csrf_token"]
    files = {"picture-picture": (io.BytesIO(data), name)}
    return client.post(
        "/desk/pictures/", data={"csrf_token": token, "picture-csrf_token": token, "picture-alt": alt, **files}
    )


def save(client, url: str, **typed) -> None:
    assert client.post(url, data={**form_of(client.get(url), having="version"), **typed}).status_code == 303


def files() -> list[StoredFile]:
    session().expire_all()
    return list(session().execute(sa.select(StoredFile)).scalars())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_written_anew_and_shown(client, sign_in, kind):
    sign_in("author")
    answer = send(client, photo(kind), f"Mein Foto.{kind.lower()}")
    markdown = answer.json["markdown"]
    assert markdown.startswith(r"![A pony \[on\] a pier](/files/")
    path = re.search(r"\((.+)\)$", markdown).group(1)
    assert "/mein-foto." in path
    shown = client.get(path)
    assert shown.status_code == 200
    assert b"SecretCamera" not in shown.data
    [row] = files()
    assert (row.width, row.height, row.is_public) == (40, 60, True)  # turned as the camera was held
    assert row.staged_until is not None
    save(client, "/desk/posts/new/", title="First", markdown=f"Look:\n\n{markdown}")
    post = session().execute(sa.select(Post)).scalar_one()
    assert [image.file.key for image in post.images] == [row.key]
    assert files()[0].staged_until is None
    assert f'src="{path}" alt="A pony [on] a pier"' in client.get(f"/desk/posts/{post.id}/en/preview/").text


@pytest.mark.parametrize(
    ("data", "alt", "sentence"),
    [
        (b"<svg onload=alert(1)>", "A pony", "not a picture that can be shown"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "A pony", "not a picture that can be shown"),
        (photo()[:200], "A pony", "not a picture that can be shown"),
        (b"", "A pony", "not a picture that can be shown"),
        (photo(), " ", "say in words what the picture shows"),
        (photo(), "x" * 301, "too long"),
    ],
)
def test_what_is_no_picture_or_has_no_words_is_refused(client, sign_in, data, alt, sentence):
    sign_in("author")
    answer = send(client, data, alt=alt)
    assert answer.status_code == 422
    assert sentence in answer.json["error"]
    assert files() == []


def test_pictures_are_limited_and_need_a_role(client, sign_in, monkeypatch):
    monkeypatch.setattr("jobboard.posts.desk_pictures.UPLOADS", "1 per hour")
    sign_in("author")
    assert [send(client, photo()).status_code for _try in range(2)] == [200, 422]
    offer = make_offer()
    session().commit()
    assert client.get(f"/desk/pictures/{offer.id}/en/").status_code == 403
    sign_in("reviewer")
    assert client.post("/desk/pictures/", data={}).status_code == 403


def test_page_for_browsers_without_scripts(client, sign_in):
    sign_in("author")
    post = make_article("First")
    session().commit()
    url = f"/desk/pictures/{post.id}/en/"
    form = form_of(client.get(url), having="picture-alt")
    page = client.post(url, data={**form, "picture-alt": ""})
    assert page.status_code == 422
    assert len(errors_of(page)) == 2
    page = client.post(url, data={**form, "picture-alt": "A pony", "picture-picture": (io.BytesIO(photo()), "a.jpg")})
    line = re.search(r"<code>(!\[A pony\]\(/files/[^)]+\))</code>", page.text).group(1)
    save(client, f"/desk/posts/{post.id}/en/", markdown=line)
    assert files()[0].key in client.get(url).text


def test_picture_goes_when_no_text_and_no_revision_shows_it(client, sign_in):
    with time_machine.travel(NOON, tick=False):
        sign_in("author")
        markdown = send(client, photo()).json["markdown"]
        post = make_article("First", markdown="Before")
        session().commit()
        url = f"/desk/posts/{post.id}/en/"
        save(client, url, markdown=markdown)
        save(client, url, markdown="No picture any more")
        assert session().execute(sa.select(PostImage)).first() is None
        assert drop_unshown() == 0  # a revision shows it: restoring must bring it back
        [row] = files()
        session().execute(sa.delete(Revision))
        session().commit()
        assert drop_unshown() == 1
        assert files() == []
        with pytest.raises(FileNotFoundError):
            next(storage().read(row.key))


def test_picture_of_a_deleted_post_goes_unless_another_shows_it(client, sign_in):
    sign_in("author")
    markdown = send(client, photo()).json["markdown"]
    posts = [make_article("First"), make_article("Second")]
    session().commit()
    for post in posts:
        save(client, f"/desk/posts/{post.id}/en/", markdown=markdown)
    for post, count in zip(posts, (0, 1), strict=True):
        session().delete(session().get_one(Post, post.id))
        session().commit()
        assert drop_unshown() == count


def test_picture_of_unsaved_words_and_of_templates_stays(client, sign_in):
    sign_in("recruiter")
    markdown = send(client, photo()).json["markdown"]
    offer = make_offer("Operator")
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    save(client, url, markdown=markdown)
    template = form_of(client.get(f"/desk/templates/from/{offer.id}/"), having="name")
    client.post(f"/desk/templates/from/{offer.id}/", data=template)
    session().delete(session().get_one(Post, offer.id))
    session().commit()
    assert drop_unshown() == 0
    form = form_of(client.get("/desk/templates/"), "/begin/")
    began = client.post(re.search(r'action="([^"]+/begin/)"', client.get("/desk/templates/").text).group(1), data=form)
    new = session().execute(sa.select(Post)).scalar_one()
    assert began.location == f"/desk/openings/{new.id}/en/"
    assert [image.file.key for image in new.images] == [files()[0].key]


def test_picture_that_was_never_shown_goes_after_its_time(client, sign_in):
    with time_machine.travel(NOON, tick=False) as traveller:
        sign_in("author")
        send(client, photo())
        assert drop_unshown() == 0
        traveller.shift(dt.timedelta(days=39))
        assert drop_staged() == 0
        traveller.shift(dt.timedelta(days=2))
        assert drop_staged() == 1
        assert files() == []


def test_face_of_a_person_is_not_a_picture_nobody_shows(client, sign_in):
    person = sign_in("author")
    send(client, photo())
    [row] = files()
    person.picture, row.staged_until = row, None
    session().commit()
    assert drop_unshown() == 0
    send(client, photo())
    assert files()[0].staged_until is None
