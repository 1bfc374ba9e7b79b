"""The keys of the desk: told in words, loaded for who wants them, switched off by who does not."""

from tests.pages import form_of, page_of


def scripts_of(response):
    return [one.get("src", "").split("?")[0].rpartition("/")[2] for one in page_of(response).iter("script")]


def test_keys_are_switched_off_and_on_per_person(client, sign_in):
    sign_in("author")
    page = client.get("/desk/keys/")
    assert "keys.js" in scripts_of(page)
    assert client.post("/desk/keys/", data=form_of(page, having="csrf_token")).status_code == 303
    page = client.get("/desk/keys/")
    assert "keys.js" not in scripts_of(page)
    assert "The keys are off." in page.text
    assert "keys.js" not in scripts_of(client.get("/desk/posts/"))
    client.post("/desk/keys/", data=form_of(page, having="csrf_token"))
    assert "keys.js" in scripts_of(client.get("/desk/posts/"))


def test_keys_lead_only_to_pages_one_may_open(client, sign_in):
    sign_in("author")
    page = client.get("/desk/keys/")
    assert 'data-inbox="' not in page.text
    assert 'data-board="' not in page.text
    sign_in("reviewer")
    assert 'data-board="/desk/applications/board/"' in client.get("/desk/keys/").text


def test_every_key_is_told_in_words(client, sign_in):
    sign_in("recruiter")
    shown = {"".join(one.itertext()) for one in page_of(client.get("/desk/keys/")).iter("kbd")}
    assert {"j", "k", "Enter", "o", "x", "m", "t", "/", "g", "i", "b", "?"} <= shown
