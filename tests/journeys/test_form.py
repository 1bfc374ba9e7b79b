"""The form of an application in a real browser: files that travel at once, a reload that loses nothing, keyboard only."""

import re

import pytest
from playwright.sync_api import expect

from jobboard.applications.models import Application
from jobboard.applications.models_draft import Draft
from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.transfer.exports_pdf import pdf_of
from tests.conftest import dispose, make_app
from tests.factories import application_link, make_application, make_offer
from tests.twins.chromium import PHONE, axe, misfits

pytestmark = pytest.mark.browser

PDF = {"name": "lebenslauf.pdf", "mimeType": "application/pdf", "buffer": pdf_of("CV", ["2010 until today"])}
QUESTIONS = [
    {"key": "sample", "kind": "file", "label": {"en": "A sample", "de": "Eine Arbeitsprobe"}},
    {
        "key": "tools", "kind": "several_of", "label": {"en": "Tools", "de": "Werkzeuge"},
        "choices": [{"value": "k8s", "label": {"en": "Kubernetes"}}, {"value": "tf", "label": {"en": "Terraform"}}],
    },
    {"key": "start", "kind": "date", "label": {"en": "When could you start?", "de": "Wann könnte es losgehen?"}},
]  # fmt: skip


@pytest.fixture
def site(tmp_path, serve, request):
    """A site with one opening and all kinds of fields; `request.param` are more settings."""
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url, **getattr(request, "param", {}))
    with app.app_context():
        texts = {"de": {"title": "Betrieb", "slug": "betrieb"}}
        make_offer("Operator", slug="operator", texts=texts, questions=QUESTIONS)
        session().commit()
        server.start(app)
        yield server
        server.stop()
    dispose(app)


def rows():
    session().rollback()
    session().expire_all()
    return session().execute(Application.__table__.select().execution_options(scope="test")).all()


def test_files_travel_at_once_and_a_reload_loses_nothing(site, visitor):
    window = visitor(site.url)
    page = window.page
    page.goto("/en/jobs/operator/apply/")
    page.locator("[name=name]").fill("Nour")
    page.locator("[name=cv]").set_input_files(PDF)
    kept = page.locator(".field:has([name=cv]) .kept-file")
    expect(kept).to_contain_text("lebenslauf.pdf")
    expect(page).to_have_url(re.compile(r"/apply/[\w-]{43}/$"))
    assert axe(page) == []
    page.locator("[name=text]").fill("Servers since 2010.")
    # Not an answer that was still on its way: the one that has the last click.
    with page.expect_response(lambda answer: 'name="q_tools"' in (answer.request.post_data or "")):
        page.locator("label:has([name=q_tools][value=tf])").click()
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Nour")
    expect(page.locator("[name=text]")).to_have_value("Servers since 2010.")
    expect(page.locator("[name=q_tools][value=tf]")).to_be_checked()
    expect(kept).to_contain_text("lebenslauf.pdf")

    kept.get_by_role("button", name="Remove this file").click()
    expect(kept).to_have_count(0)
    expect(page.locator("[name=cv]")).to_be_focused()
    window.expected = "422"
    page.locator("[name=cv]").set_input_files({**PDF, "buffer": b"MZ\x90"})
    expect(page.locator(".field:has([name=cv]) [role=alert]")).to_contain_text("not what its name says")
    drop(page, "[name=q_sample]")
    expect(page.locator(".field:has([name=q_sample]) .kept-file")).to_contain_text("dropped.txt")
    page.locator("[name=email]").fill("nour@example.org")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".summary-list")).to_contain_text("dropped.txt")
    expect(page.locator(".summary-list")).to_contain_text("Terraform")
    page.go_back()
    expect(page.locator("[name=text]")).to_have_value("Servers since 2010.")
    page.go_forward()
    page.get_by_role("button", name="Send application").dblclick()
    expect(page).to_have_url(re.compile("/apply/sent/$"))
    assert len(rows()) == 1
    page.go_back()
    expect(page).to_have_url(re.compile("/apply/sent/$"))


def test_what_is_wrong_with_a_file_stands_there_once_and_goes_with_it(site, visitor):
    window = visitor(site.url)
    page = window.page
    window.expected = "422"
    page.goto("/en/jobs/operator/apply/")
    page.get_by_role("button", name="Continue").click()
    field, chosen = page.locator(".field:has([name=cv])"), page.locator("[name=cv]")
    expect(field).to_contain_text("Please add a file")
    chosen.set_input_files({**PDF, "name": "cv.exe", "buffer": b"MZ"})
    expect(field).to_contain_text("This kind of file cannot be taken.")
    expect(field).not_to_contain_text("Please add a file")
    expect(chosen).to_have_accessible_description(re.compile("This kind of file cannot be taken."))
    assert axe(page) == []
    chosen.set_input_files(PDF)
    expect(field.locator(".kept-file")).to_contain_text("lebenslauf.pdf")
    expect(field).not_to_have_class(re.compile("has-error"))
    expect(chosen).not_to_have_attribute("aria-invalid", "true")


def drop(page, selector):
    """Drop a text file onto a field."""
    data = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(['Words.'], 'dropped.txt', {type: 'text/plain'}));
          return data;
        }"""
    )
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event(f".field:has({selector})", kind, {"dataTransfer": data})


@pytest.mark.parametrize("language", ["en", "de"])
def test_keyboard_alone_is_enough(site, visitor, language):
    slug = {"en": "operator", "de": "betrieb"}[language]
    page = visitor(site.url, {"en": "en-GB", "de": "de-DE"}[language], size=PHONE).page
    page.goto(f"/{language}/jobs/{slug}/apply/")
    page.locator("[name=name]").focus()
    page.keyboard.type("Nour Haddad")
    tab_to(page, "email")
    page.keyboard.type("nour@example.org")
    tab_to(page, "text")
    page.keyboard.type("Servers.")
    tab_to(page, "q_tools")
    page.keyboard.press("Space")
    tab_to(page, "talent_pool")
    page.keyboard.press("Space")
    tab_to(page, "", tag="BUTTON")
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/review/$"))
    assert axe(page) == []
    tab_to(page, "send", tag="BUTTON")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/apply/sent/$"))
    [row] = rows()
    assert (row.name, row.locale) == ("Nour Haddad", language)


def tab_to(page, name, tag=""):
    """Press Tab until a control of this name (or the first of this tag) has the focus, as somebody without a mouse does."""
    for _press in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.name ?? '', document.activeElement.tagName]")
        if (not name or found[0] == name) and (not tag or found[1] == tag):
            return
    raise AssertionError(f"{name or tag} cannot be reached")


@pytest.mark.parametrize("site", [{"PROOF_OF_WORK": "8"}], indirect=True)
def test_browser_does_the_calculation_by_itself(site, visitor):
    page = visitor(site.url).page
    page.goto("/en/jobs/operator/apply/")
    expect(page.locator("[name=proof]")).to_have_value(re.compile(r"^\d+$"))
    page.locator("[name=name]").fill("Nour Haddad")
    page.locator("[name=email]").fill("nour@example.org")
    page.locator("[name=text]").fill("Servers.")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/review/$"))
    [draft] = session().execute(Draft.__table__.select().execution_options(scope="test")).all()
    assert draft.suspicions == []


def test_every_page_of_an_applicant_is_fit_for_everybody(site, visitor):
    window = visitor(site.url, "de-DE", size=PHONE)
    page = window.page
    row = make_application(session().get_one(JobOffer, 1), text="Zwölf Jahre Betrieb.")
    session().commit()
    own = f"/de/applications/{application_link(row)}/"
    for address in (own, f"{own}contact/", f"{own}delete/", f"{own}withdraw/", "/de/applications/lost/"):
        page.goto(address)
        assert misfits(page) == [], address
    window.expected = "422"
    page.goto("/de/applications/lost/")
    page.locator("main form button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert axe(page) == []
    page.goto(f"{own}contact/")
    page.locator("[name=email]").fill("nour@")
    page.locator("main form button").click()
    expect(page).to_have_title(re.compile("^Fehler:"))
    assert axe(page) == []
