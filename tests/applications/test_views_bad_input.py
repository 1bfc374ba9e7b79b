"""Whatever is sent to the form of an opening: a clear message in the page's language, nothing lost, never an error page."""

import io

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from jobboard.applications.models import Application
from jobboard.core.db import session
from jobboard.transfer.exports_pdf import pdf_of
from tests.applying import again, send
from tests.factories import make_offer
from tests.pages import errors_of, form_of, kept_of

PDF = pdf_of("Curriculum vitae", ["2010 until today: operations"])
TEXT = "Zwölf Jahre Betrieb.\n\nمرحبا 🚢"
GOOD = {"name": "Nour Haddad", "email": "nour@example.org", "text": TEXT}
SLUGS = {"en": "operator", "de": "betrieb"}


@pytest.fixture
def offer(app):
    found = make_offer("Operator", slug="operator", texts={"de": {"title": "Betrieb", "slug": "betrieb"}})
    session().commit()
    return found


def begin(client, language, fields):
    """Open the form, fill it in, and go on to the review."""
    address = f"/{language}/jobs/{SLUGS[language]}/apply/"
    return post(client, address, {**form_of(client.get(address), "/apply/"), **fields})


def apply(client, language, fields):
    """Fill in the form, look it over, and send it."""
    return send(client, begin(client, language, fields))


def post(client, address, fields):
    """Like a browser; the client's own encoding would leave the temporary files of large ones open."""
    boundary, body = encode_multipart(fields)
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def upload(data, name="cv.pdf"):
    return FileStorage(io.BytesIO(data), name)


def rows():
    session().rollback()
    return list(session().execute(sa.select(Application).execution_options(scope="test")).scalars())


FILES = {
    "20 MB": (
        lambda: upload(b"%PDF-1.7\n" + b"0" * 20_000_000),
        "This file is too large: one file may have 10 MB.",
        "Diese Datei ist zu groß: Eine Datei darf höchstens 10 MB haben.",
    ),
    "an .exe named .pdf": (
        lambda: upload(b"MZ\x90\x00" + b"\x00" * 200),
        "The content of this file is not what its name says.",
        "Der Inhalt dieser Datei passt nicht zu ihrem Namen.",
    ),
    "an .exe": (lambda: upload(b"MZ\x90\x00", "cv.exe"), "This kind of file cannot be taken.", "Dateien dieser Art"),
    "nothing in it": (lambda: upload(b""), "This file is empty.", "Diese Datei ist leer."),
    "no ending": (lambda: upload(PDF, "cv"), "This kind of file cannot be taken.", "Dateien dieser Art"),
    "half a PDF": (lambda: upload(PDF[: len(PDF) // 3]), "This file cannot be opened;", "Diese Datei lässt sich nicht"),
}
FIELDS = {
    "an empty name": ({"name": " \u202e\t "}, "Name – Please give a name.", "Name – Bitte einen Namen angeben."),
    "a very long name": (
        {"name": "n" * 201},
        "This is too long: at most 200 characters.",
        "Das ist zu lang: höchstens 200 Zeichen.",
    ),
    "a telephone number that is none": (
        {"phone": "ring me"},
        "This is not a telephone number. Example: +49 30 901820",
        "Das ist keine Telefonnummer. Beispiel: +49 30 901820",
    ),
    "no e-mail address": (
        {"email": ""},
        "Please give an e-mail address, so that we can answer.",
        "Bitte eine E-Mail-Adresse angeben, damit wir antworten können.",
    ),
    "a wrong e-mail address": (
        {"email": "nour at example.org"},
        "This is not an e-mail address. Example: name@example.org",
        "Das ist keine E-Mail-Adresse. Beispiel: name@example.org",
    ),
    "a second header in the e-mail address": (
        {"email": "nour@example.org\r\nBcc: all@example.org"},
        "This is not an e-mail address.",
        "Das ist keine E-Mail-Adresse.",
    ),
    "one character too many": (
        {"text": "ü" * 50_001},
        "This text is too long: at most 50,000 characters.",
        "Dieser Text ist zu lang: höchstens 50.000 Zeichen.",
    ),
    "1 MB of text": (
        {"text": "Sehr viel. " * 100_000},
        "This text is too long: at most 50,000 characters.",
        "Dieser Text ist zu lang: höchstens 50.000 Zeichen.",
    ),
    "no word and no file": (
        {"text": " \n"},
        "Please add a file, or write a few words below.",
        "Bitte eine Datei beifügen oder unten ein paar Worte schreiben.",
    ),
}


@pytest.mark.parametrize(("language", "place"), [("en", 1), ("de", 2)])
@pytest.mark.parametrize("case", FILES)
def test_refused_file_is_told_and_the_words_stay(client, offer, language, place, case):
    response = apply(client, language, {**GOOD, "cv": FILES[case][0]()})
    assert response.status_code == 422
    [error] = errors_of(response)
    assert FILES[case][place] in error
    form = form_of(response, having="token")
    assert {name: form[name] for name in GOOD} == GOOD
    assert rows() == []


@pytest.mark.parametrize(("language", "place"), [("en", 1), ("de", 2)])
@pytest.mark.parametrize("case", FIELDS)
def test_wrong_field_is_told_and_the_rest_and_the_file_stay(client, offer, language, place, case):
    wrong = FIELDS[case][0]
    with_file = {} if case == "no word and no file" else {"cv": upload(PDF, "Lebenslauf (neu).pdf")}
    response = apply(client, language, {**GOOD, **with_file, **wrong})
    assert response.status_code == 422
    [error] = errors_of(response)
    assert FIELDS[case][place] in error
    form = form_of(response, having="token")
    assert {name: form[name] for name in GOOD if name not in wrong} == {
        name: value for name, value in GOOD.items() if name not in wrong
    }
    if "text" in wrong:
        assert form["text"].strip() == wrong["text"].strip(), "a text that is too long stays whole"
    if with_file:
        assert "Lebenslauf (neu).pdf" in kept_of(response)[0]
        assert again(client, response, {**dict.fromkeys(wrong, ""), **GOOD}).location.endswith("/apply/sent/")
        assert [one.file.name for one in rows()[0].documents] == ["Lebenslauf (neu).pdf"]


def test_refused_file_leaves_the_good_one_of_an_earlier_try(client, offer):
    first = apply(client, "en", {"cv": upload(PDF, "good.pdf")})
    response = again(client, first, {**GOOD, "cv": upload(b"MZ", "bad.pdf")})
    assert len(errors_of(response)) == 1
    assert "good.pdf" in kept_of(response)[0]


def test_text_of_exactly_the_limit_is_taken(client, offer):
    assert apply(client, "en", {**GOOD, "text": "👩‍🚀" * 16_666 + "äö"}).status_code == 303
    assert len(rows()[0].text) == 50_000


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("نور الهدى", "نور الهدى"),
        ("👩‍🚀 Zoë Nuñez-O'Brien", "👩‍🚀 Zoë Nuñez-O'Brien"),
        ("山田 花子", "山田 花子"),
        ("  Ann\u202e\x00  Example\r\nBcc: all@example.org ", "Ann Example Bcc: all@example.org"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{ 7 * 7 }} %(name)s %s", "{{ 7 * 7 }} %(name)s %s"),
        ("X", "X"),
    ],
)
def test_names_of_all_kinds_are_kept_and_harm_nothing(client, offer, outbox, name, stored):
    response = apply(client, "de", {**GOOD, "name": name})
    assert response.status_code == 303
    assert rows()[0].name == stored
    [mail] = outbox()
    assert stored in mail.text
    assert "<script>" not in mail.html
    assert "\n" not in mail.to_name


@pytest.mark.parametrize("email", ["nour@bücher.example", "用户@例え.jp", "o'neil+jobs@sub.example.org"])
def test_unusual_addresses_are_taken_and_the_mail_can_be_written(client, offer, outbox, email):
    assert apply(client, "en", {**GOOD, "email": email}).status_code == 303
    assert rows()[0].email == email
    assert len(outbox()) == 1


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.pdf", "cv\x00.pdf", "a" * 300 + ".pdf", "CV 🚢 \u202efdp.pdf", 'x"; filename="y.pdf', ".pdf"],
)
def test_file_names_of_all_kinds_are_harmless(client, offer, name):
    response = apply(client, "en", {**GOOD, "cv": upload(PDF, name)})
    if response.status_code == 422:
        assert errors_of(response), "refused, and told"
        return
    assert response.status_code == 303
    kept = rows()[0].documents[0].file
    assert not set(kept.name) & set('/\\\x00\n\r\u202e"')
    assert 0 < len(kept.name) <= 300
    assert name.rpartition("/")[2] not in kept.key


def test_body_beyond_every_limit_is_answered_in_the_language_of_the_page(client, offer):
    for language, words in (("en", "That was too large"), ("de", "Das war zu groß")):
        fields = {**GOOD, "cv": upload(b"0" * 40_000_001)}
        response = post(client, f"/{language}/jobs/{SLUGS[language]}/apply/", fields)
        assert response.status_code == 413
        assert words in response.text


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="cv"'


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # Werkzeug's, of a body that ends in a file
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", PARTS),
        (PART + b'; filename="a.pdf"\r\n\r\n%PDF', PARTS),
        (b"--x\r\n\r\n--x--", "multipart/form-data"),
        (b"name=%FF%FE&email=%00&text=%ED%A0%80", FORM),
        (b'{"name": ["a", {}]}', "application/json"),
        (b"&".join(b"f%d=1" % number for number in range(2000)), FORM),
        ((PART + b"\r\n\r\n1\r\n") * 600 + b"--x--", PARTS),
    ],
)
def test_broken_bodies_are_answered_and_never_an_error_of_ours(client, offer, body, content_type):
    response = client.post("/en/jobs/operator/apply/", data=body, content_type=content_type)
    assert response.status_code in {400, 413, 422}
    assert rows() == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.fixed_dictionaries(
        {name: st.text() for name in ("name", "email", "phone", "text", "token", "proof", "cv-remove")}
    )
)
def test_any_text_in_any_field_is_answered(client, offer, fields):
    encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}
    response = client.post("/de/jobs/betrieb/apply/", data={**encoded, "homepage": ""})
    assert response.status_code == 422
    assert errors_of(response)
