"""Public pictures in several sizes: made by the worker, shown by pages, gone with their picture."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa
from PIL import Image

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.files import answers
from jobboard.files.actions import drop, keep_picture, let_go, read_picture
from jobboard.files.answers import SIZES
from jobboard.files.checker import Checker, CheckerGone, checker
from jobboard.files.markup import picture_path
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError, made_key, storage
from jobboard.files.tasks import drop_orphans
from jobboard.files.tasks_pictures import copy_pictures
from jobboard.posts.models import PostImage
from tests.factories import make_article, make_person
from tests.pages import html_problems


def data_of(width, height, kind="PNG", mode="RGB"):
    target = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(target, kind)
    return target.getvalue()


def kept(width=1000, height=500, **how):
    with writing():
        return keep_picture(read_picture(data_of(width, height, **how), "bars.png"))


def sizes_of(row):
    """What the database says now; the worker lets go of the rows it looked at."""
    return session().execute(sa.select(StoredFile.sizes).where(StoredFile.key == row.key)).scalar_one()


def stored(row, name):
    return b"".join(storage().read(made_key(row.key, name)))


def raising(error):
    def ask(*_given, **_how):
        raise error

    return ask


def size_of(row, name):
    with Image.open(io.BytesIO(stored(row, name))) as found:
        return found.size


@pytest.mark.parametrize(
    ("width", "height", "whole"),
    [
        (300, 200, {"480": (300, 200)}),
        (480, 10, {"480": (480, 10)}),
        (1000, 500, {"480": (480, 240), "960": (960, 480), "1440": (1000, 500)}),
        (3000, 1, {"480": (480, 1), "960": (960, 1), "1440": (1440, 1)}),
    ],
)
def test_picture_has_copies_that_are_never_larger_than_it(app, width, height, whole):
    row = kept(width, height)
    assert copy_pictures() == 1
    assert copy_pictures() == 0
    wanted = {f"{name}.{kind}": size for name, size in whole.items() for kind in ("webp", "avif")}
    assert {name: size_of(row, name) for name in sizes_of(row) if not name.startswith("square")} == wanted
    side = min(width, height)
    assert size_of(row, "square-96.webp") == (min(side, 96), min(side, 96))
    assert size_of(row, "square-192.webp") == (min(side, 192), min(side, 192))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "CMYK", "LA"])
def test_every_kind_of_picture_has_copies(app, kind, mode):
    try:
        row = kept(20, 10, kind=kind, mode=mode)
    except OSError:
        return  # there is no such picture
    copy_pictures()
    assert sizes_of(row) == ["480.webp", "480.avif", "square-96.webp", "square-192.webp"]


def test_square_is_the_middle():
    wide = Image.new("RGB", (400, 100), "red")
    wide.paste("blue", (150, 0, 250, 100))
    target = io.BytesIO()
    wide.save(target, "PNG")
    number = next(at for at, size in enumerate(SIZES) if size.name == "square-96.webp")
    answer = checker().ask("resize picture", io.BytesIO(target.getvalue()), number)
    with Image.open(io.BytesIO(answer.data)) as found:
        red, _green, blue = found.convert("RGB").getpixel((3, 48))
    assert blue > 200
    assert red < 60


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b"\xff\xd8\xff\xe0" * 99, b"%PDF-1.7"]
)
def test_what_is_no_picture_has_no_copies(data):
    answer = checker().ask("resize picture", io.BytesIO(data), 0)
    assert (answer.word, answer.data) == ("broken", b"")


def test_picture_that_takes_too_much_has_no_copies():
    own = Checker(seconds=5, memory=answers.MEMORY)
    data = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(data, "PNG")
    try:
        assert own.ask("resize picture", data, 0).data == b""
    finally:
        own.close()


def test_what_comes_out_must_be_a_picture(app, monkeypatch):
    row = kept(20, 10)
    monkeypatch.setattr(Checker, "ask", lambda *_given, **_how: answers.Answer(data=b"<script>" * 9))
    copy_pictures()
    assert sizes_of(row) == []


def test_worker_waits_for_the_checker_and_for_the_storage(app, monkeypatch):
    row, other = kept(20, 10), kept(30, 10)

    for error in (CheckerGone("busy"), StorageError("away")):
        with monkeypatch.context() as patched:
            patched.setattr(Checker, "ask", raising(error))
            assert copy_pictures() == 0
    assert copy_pictures() == 0, "both are left alone for a while"
    app.extensions["uncopied_rest_until"].clear()
    assert copy_pictures() == 2
    assert sizes_of(row)
    assert other.key != row.key


def test_copies_go_with_their_picture(app):
    row = kept(20, 10)
    copy_pictures()
    assert len(sizes_of(row)) == 4
    with writing():
        keys = let_go([session().get_one(StoredFile, row.id)])
    drop(keys)
    assert list(storage().keys_older_than(clock.now() + dt.timedelta(days=1))) == []


def test_copies_of_what_is_there_are_no_orphans(app, monkeypatch):
    row = kept(20, 10)
    copy_pictures()
    storage().put(made_key("ab/abcdef", "480.webp"), io.BytesIO(b"of nothing"))
    later = clock.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert drop_orphans() == 1
    assert stored(row, "480.webp")


def test_address_of_a_copy_leads_to_the_picture_until_it_is_made(client):
    row = kept(20, 10)
    address = f"/files/sizes/{row.key}/480.webp"
    early = client.get(address)
    assert (early.status_code, early.location) == (302, f"/files/{row.key}/bars.png")
    assert "max-age=31536000" not in early.headers.get("Cache-Control", "")
    copy_pictures()
    made = client.get(address)
    assert (made.status_code, made.mimetype) == (200, "image/webp")
    assert "immutable" in made.headers["Cache-Control"]
    assert made.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get(f"/files/sizes/{row.key}/960.webp").status_code == 302, "it fits in the first one"
    for wrong in (f"{row.key}/481.webp", f"{row.key}/words", "ab/none/480.webp", f"{row.key}.480.webp/480.webp"):
        assert client.get(f"/files/sizes/{wrong}").status_code == 404


def test_private_file_has_no_copies(client):
    with writing():
        row = keep_picture(read_picture(data_of(20, 10), "bars.png"))
        row.is_public = False
    key = row.key
    assert copy_pictures() == 0
    assert client.get(f"/files/sizes/{key}/480.webp").status_code == 404


@pytest.fixture
def article(app):
    """An article that shows a picture 1000 pixels wide, and one that nobody holds."""
    row = kept(1000, 500)
    with app.test_request_context():
        address = picture_path(row.key, row.name)
    with writing():
        text = f'![Bars]({address} "A caption")\n\n![Gone](/files/{"ab/" + "0" * 64}/gone.png)'
        post = make_article("Bars", slug="bars", markdown=text, authors=[make_person("Alma Berg", slug="alma")])
        post.images.append(PostImage(file=session().get_one(StoredFile, row.id), reference=address))
    return row


def test_article_shows_its_pictures_in_sizes(client, article):
    before = client.get("/en/articles/bars/").text
    assert f'<img src="/files/{article.key}/bars.png" alt="Bars" width="1000" height="500" loading="lazy"' in before
    assert "srcset" not in before
    copy_pictures()
    response = client.get("/en/articles/bars/")
    page = response.text
    assert html_problems(response) == []
    for kind in ("avif", "webp"):
        wanted = ", ".join(f"/files/sizes/{article.key}/{w}.{kind} {min(w, 1000)}w" for w in (480, 960, 1440))
        assert f'srcset="{wanted}" sizes="' in page
    assert page.count("<picture>") == 1
    assert "<figcaption>A caption</figcaption>" in page
    assert 'gone.png" alt="Gone">' in page


def test_pictures_of_an_article_are_one_question(client, article, queries):
    make_article("Plain", slug="plain", authors=[make_person("Robin", slug="robin")])
    session().commit()
    counts = []
    for slug in ("plain", "bars"):
        session().expunge_all()
        with queries() as log:
            client.get(f"/en/articles/{slug}/")
        counts.append(len(log))
    assert counts[1] == counts[0] + 1


def test_faces_are_small_squares(client):
    row = kept(500, 300)
    with writing():
        alma = make_person("Alma Berg", slug="alma")
        alma.picture_id = row.id
        make_article("Words", slug="words", authors=[alma])
    copy_pictures()
    page = client.get("/en/articles/words/").text
    wanted = f"/files/sizes/{row.key}/square-96.webp 96w, /files/sizes/{row.key}/square-192.webp 192w"
    assert f'srcset="{wanted}" sizes="1.875rem"' in page
    assert f'srcset="{wanted}" sizes="3.5rem"' in page
    assert client.get(f"/files/sizes/{row.key}/square-192.webp").status_code == 200
