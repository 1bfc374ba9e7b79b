import pytest

from jobboard.core.db import session
from jobboard.core.web import own_path
from tests.factories import make_article


@pytest.mark.parametrize("target", ["/", "/desk/", "/desk/applications/?stage=received&page=2", "/en/jobs/#main"])
def test_own_path_is_kept(target):
    assert own_path(target, "/fallback") == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        None,
        "desk",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/\nSet-Cookie: a=b",
        "/%0aSet-Cookie:a=b",
        "/%0D%0Ax",
        "/%5cevil.example",
        "/%00",
        " /desk/",
        "/desk/ x",
        "//user@evil.example/",
        "http://[::1",
        "/ /evil",
        "/\x7f",
    ],
)
def test_other_targets_lead_to_the_fallback(target):
    assert own_path(target, "/fallback") == "/fallback"


def test_unknown_host_is_refused(client):
    assert client.get("/en/", headers={"Host": "evil.example"}).status_code == 400


def test_links_never_come_from_the_hosts_header(client):
    make_article()
    session().commit()
    page = client.get("/en/", headers={"Host": "localhost:1234", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in page.text
    assert "localhost:1234" not in page.text


@pytest.mark.parametrize(("path", "word"), [("/en/nothing/", "not found"), ("/de/nothing/", "nicht gefunden")])
def test_not_found_is_in_the_language_of_its_address(client, path, word):
    page = client.get(path)
    assert page.status_code == 404
    assert word in page.text.lower()


def test_server_error_tells_nothing_and_belongs_to_the_site(app, monkeypatch):
    def broken() -> str:
        raise RuntimeError("the secret inside")

    monkeypatch.setitem(app.view_functions, "site.live", broken)
    broken.access = app.view_functions["site.ready"].access
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = app.test_client().get("/health/live")
    assert page.status_code == 500
    assert "the secret inside" not in page.text
    assert "<html" in page.text
    assert page.headers["X-Request-Id"] in page.text


def test_static_files_are_kept_for_ever_by_their_fingerprint(app, client):
    page = client.get("/en/").text
    href = page.split('rel="stylesheet" href="')[1].split('"')[0]
    styles = client.get(href)
    assert styles.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    styles.close()


@pytest.mark.parametrize("path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/none.css"])
def test_static_files_stay_in_their_folder(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 19, str(2**63 - 1), str(2**63), "9" * 400, "٣", "-1"])
@pytest.mark.parametrize(
    "path", ["/desk/applications/{}/", "/desk/mail/{}/", "/desk/sources/{}/", "/desk/applications/{}/documents/{}/"]
)
def test_number_that_no_row_has_is_not_found_however_long(client, sign_in, path, number):
    sign_in("recruiter")
    assert client.get(f"/desk/{path.format(number, number)}").status_code == 404


@pytest.mark.parametrize("path", ["/en/%00", "/en/\udcff", "/en/?q=%ff%fe", "/en/?page=%00", "/en/" + "a" * 5000])
def test_hostile_addresses_never_break_the_site(client, path):
    assert client.get(path.encode("utf-8", "surrogateescape").decode("latin-1")).status_code < 500
