"""What staff set up goes along with an export: criteria, words of mails, templates of openings, sources, and their pictures."""

import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from jobboard.applications.actions_review import WantedCriterion, set_review_rules
from jobboard.applications.models_review import Criterion, Rating, Review, ReviewRules
from jobboard.applications.queries_review import criteria_of
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.files.actions import keep_picture, read_picture
from jobboard.files.markup import picture_path
from jobboard.mail.actions_templates import save_template
from jobboard.mail.models_templates import MailTemplate
from jobboard.mail.queries_templates import standard_kinds
from jobboard.openings.actions_templates import save_as_template
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.people.models import Person
from jobboard.posts.actions_copies import begin_from, copied, rendered_texts
from jobboard.site.models import PageKind, SitePage
from jobboard.stats.actions import save_source
from jobboard.stats.models import SourceCode
from jobboard.transfer.actions import Told
from jobboard.transfer.actions_site import import_site
from jobboard.transfer.exports_site import export_site
from jobboard.transfer.markup_site import SiteFormatError
from tests.factories import make_application, make_category, make_criteria, make_offer, make_person

LATER = ("mails.json", "templates.json", "sources.json")


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_all():
    """An opening with everything that belongs to it, and one of each thing staff set up."""
    contact = make_person("Alma Berg", slug="alma-berg", role=Role.recruiter, email="alma@tidenhub.example")
    offer = make_offer(
        "Deckhand", slug="deckhand", contact=contact, authors=[contact], categories=[make_category("ferries")],
        texts={"de": {"title": "Matrose"}},
    )  # fmt: skip
    offer.places[:] = []
    make_criteria(offer, "Knots", "Calm", hides_names=True)
    with_place = copied(offer)
    with_place["facts"]["places"] = [["DE", None, "Emden"]]
    save_as_template("Deck crew", with_place)
    save_template(
        None,
        name="A call",
        words={"en": ("A call", "Hello {{ name }}"), "de": ("Ein Anruf", "Hallo")},
        by_id=contact.id,
    )
    kind = next(kind for kind, mail in standard_kinds().items() if not mail.needs_link)
    save_template(None, kind=kind, words={"en": ("Our words", "For {{ opening }}")}, by_id=None)
    save_source(None, "fair-2026", "Fair in May", is_active=True)
    save_source(None, "old", "Old one", is_active=False)
    session().commit()
    return offer


def edited(folder: Path, name: str, change):
    path = folder / name
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def test_everything_staff_set_up_is_the_same_on_another_site(own_app, other, tmp_path):
    put_all()
    export_site(tmp_path / "one")
    first = tree(tmp_path / "one")
    assert b"alma@" not in b"".join(first.values())
    with other("two") as app, app.test_request_context():
        make_person("Somebody Else")  # so that numbers differ
        session().commit()
        import_site(tmp_path / "one")
        offer_id = session().execute(sa.select(ReviewRules.offer_id)).scalar_one()
        assert [one.label["en"] for one in criteria_of(offer_id)] == ["Knots", "Calm"]
        assert session().get_one(ReviewRules, offer_id).hides_names
        template = session().execute(sa.select(OpeningTemplate)).scalar_one()
        alma = session().execute(sa.select(Person).where(Person.slug == "alma-berg")).scalar_one()
        assert template.content["authors"] == [alma.id]
        assert template.content["facts"]["contact_id"] == alma.id
        with writing():
            made = begin_from(template.content, rendered_texts(template.content), alma)
            assert (made.text("de").title, made.contact, made.places[0].place.city) == ("Matrose", alma, "Emden")
        session().delete(made)
        session().execute(sa.delete(Person).where(Person.name == "Somebody Else"))
        session().commit()
        assert {one.code: one.is_active for one in session().execute(sa.select(SourceCode)).scalars()} == {
            "fair-2026": True, "old": False,
        }  # fmt: skip
        shutil.rmtree(tmp_path / "second", ignore_errors=True)
        export_site(tmp_path / "second")
        second = tree(tmp_path / "second")
        del second["places.json"], first["places.json"]  # the opening that was begun here made one
        assert second == first
        again = import_site(tmp_path / "one")
        assert (again.unchanged, again.messages) == (1, [])


def test_importing_where_they_are_already_updates_them_and_doubles_nothing(own_app, tmp_path):
    offer = put_all()
    export_site(tmp_path / "one")

    def rename(found):
        found[0]["name"] = "Fair in June"

    edited(tmp_path / "one", "sources.json", rename)
    edited(tmp_path / "one", "mails.json", lambda found: found[0]["subject"].update(en="Other words"))
    edited(tmp_path / "one", "templates.json", lambda found: found[0]["content"]["texts"]["en"].update(title="Bosun"))
    edited(
        tmp_path / "one",
        "openings/deckhand/post.json",
        lambda found: found["review"].update(
            criteria=[{"label": {"en": "Calm", "de": "Calm (de)"}}, {"label": {"en": "Rope"}}]
        ),
    )
    before = {one.label["en"]: one.id for one in criteria_of(offer.id)}
    dry = import_site(tmp_path / "one", dry_run=True)
    session().expire_all()
    assert (
        session().execute(sa.select(SourceCode.name).where(SourceCode.code == "fair-2026")).scalar_one()
        == "Fair in May"
    )
    report = import_site(tmp_path / "one")
    assert dry == report
    told = [f"{one.where}: {one.sentence}" for one in report.messages_of(Told.changed)]
    assert told[-1] == "openings/deckhand: review"
    assert sorted(told[:-1]) == [
        f"mails.json ({json.loads((tmp_path / 'one' / 'mails.json').read_text())[0]['kind'] or 'A call'}): subject",
        "sources.json (fair-2026): name",
        "templates.json (Deck crew): content",
    ]
    session().expire_all()
    for model, count in ((MailTemplate, 2), (OpeningTemplate, 1), (SourceCode, 2), (Criterion, 2)):
        assert session().execute(sa.select(sa.func.count()).select_from(model)).scalar_one() == count
    after = {one.label["en"]: one.id for one in criteria_of(offer.id)}
    assert list(after) == ["Calm", "Rope"]
    assert after["Calm"] == before["Calm"]
    assert import_site(tmp_path / "one").messages == []


def test_criterion_somebody_rated_by_stays_and_is_told(own_app, tmp_path):
    offer = put_all()
    export_site(tmp_path / "one")
    row = make_application(offer)
    knots = criteria_of(offer.id)[0]
    given = Review(application_id=row.id, by=make_person("Rita"), at=dt.datetime.now(dt.UTC), ratings=[])
    given.ratings = [Rating(criterion_id=knots.id, stars=4)]
    session().add(given)
    session().commit()
    edited(tmp_path / "one", "openings/deckhand/post.json", lambda found: found["review"].update(criteria=[]))
    report = import_site(tmp_path / "one")
    assert [one.sentence for one in report.messages_of(Told.note)] == ["Somebody has rated by “Knots”, so it stays."]
    assert [one.label["en"] for one in criteria_of(offer.id)] == ["Knots"]
    assert import_site(tmp_path / "one").changed == 0


def test_export_of_an_older_version_leaves_alone_what_it_does_not_name(own_app, tmp_path):
    offer = put_all()
    export_site(tmp_path / "one")
    for name in (*LATER, "series.json"):
        (tmp_path / "one" / name).unlink()

    def older(found):
        del found["review"], found["series"]

    edited(tmp_path / "one", "openings/deckhand/post.json", older)
    report = import_site(tmp_path / "one")
    assert (report.unchanged, report.messages) == (1, [])
    assert len(criteria_of(offer.id)) == 2
    assert session().execute(sa.select(sa.func.count()).select_from(MailTemplate)).scalar_one() == 2


def test_words_for_a_mail_that_is_not_there_are_told(own_app, tmp_path):
    put_all()
    export_site(tmp_path / "one")
    edited(
        tmp_path / "one",
        "mails.json",
        lambda found: next(one for one in found if one["kind"]).update(kind="rooms/gone"),
    )
    report = import_site(tmp_path / "one")
    assert [one.sentence for one in report.messages_of(Told.note)] == [
        "There is no standard mail “rooms/gone” here; its words were left out."
    ]


def of_template(change):
    return lambda found: change(found[0]["content"])


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("mails.json", lambda found: found[0]["body"].update(en="{{ salary }}"), r"mails.json: .*salary"),
        ("mails.json", lambda found: found[0]["subject"].update(en="{{ page_link }}"), r"mails.json: “subject”"),
        ("mails.json", lambda found: found[0].update(subject={}), r"mails.json"),
        ("mails.json", lambda found: found[0].update(body={"en": 7}), r"mails.json: “body”"),
        ("sources.json", lambda found: found[0].update(code="A B"), r"sources.json: “code”"),
        ("sources.json", lambda found: found[0].update(is_active="yes"), r"sources.json: “is_active”"),
        ("templates.json", of_template(lambda content: content.update(kind="article")), r"templates.json: “Deck crew”"),
        ("templates.json", of_template(lambda content: content["texts"].update(en={"title": "x"})), r"“Deck crew”"),
        ("templates.json", of_template(lambda content: content.update(authors=[1])), r"“Deck crew”"),
        ("templates.json", of_template(lambda content: content["facts"].update(contract="slave")), r"“contract”"),
        ("templates.json", of_template(lambda content: content["facts"].update(pay_min="much")), r"“pay_min”"),
        ("templates.json", of_template(lambda content: content["facts"].update(places=[["DE"]])), r"“Deck crew”"),
        ("templates.json", of_template(lambda content: content["facts"].update(languages=[["de", "D9", True]])), r"Deck crew"),
        ("templates.json", of_template(lambda content: content["facts"].update(questions=[{"key": "a"}])), r"“Deck crew”"),
        ("openings/deckhand/post.json", lambda found: found.update(review={"hides_names": 1, "criteria": []}), r"hides_names"),
        ("openings/deckhand/post.json", lambda found: found["review"].update(criteria=[{"label": "x"}]), r"“label”"),
        ("openings/deckhand/post.json", lambda found: found["review"].update(criteria="x"), r"“criteria”"),
        ("categories.json", lambda found: found[0].update(name="Ferries"), r"categories.json: “name”"),
        ("people.json", lambda found: found[0].update(links=[{"url": "https://a.example/"}]), r"people.json: “links”"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_told_and_changes_nothing(own_app, other, tmp_path, name, change, said):
    put_all()
    export_site(tmp_path / "one")
    edited(tmp_path / "one", name, change)
    with other("two"):
        with pytest.raises(SiteFormatError, match=said):
            import_site(tmp_path / "one")
        session().rollback()
        assert session().execute(sa.select(sa.func.count()).select_from(SourceCode)).scalar_one() == 0


def test_pictures_of_legal_pages_and_templates_go_along(own_app, other, tmp_path):
    offer = put_all()
    addresses = []
    for colour in ("teal", "navy"):
        data = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(data, "PNG")
        picture = read_picture(data.getvalue(), f"{colour}.png")
        keep_picture(picture)
        with own_app.test_request_context():
            addresses.append(picture_path(picture.key, picture.name))
    markdown, content = f"![House]({addresses[0]})", copied(offer)
    page = {
        "kind": PageKind.imprint,
        "locale": "en",
        "version": 1,
        "created_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    }
    session().add(SitePage(markdown=markdown, html="", **page))
    content["texts"]["en"]["markdown"] = f"![Ship]({addresses[1]})"
    save_as_template("With a picture", content)
    session().commit()
    export_site(tmp_path / "one")
    with other("two") as app:
        import_site(tmp_path / "one")
        client = app.test_client()
        assert [client.get(address).status_code for address in addresses] == [200, 200]
        export_site(tmp_path / "second")
        assert tree(tmp_path / "second") == tree(tmp_path / "one")


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\r{"), max_size=40)
CODES = st.sampled_from(["en", "de", "fr", "zh-Hant"])
LABELS = st.dictionaries(CODES, TEXTS, min_size=1, max_size=3)
NAMES = TEXTS.filter(str.strip)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    criteria=st.lists(LABELS, max_size=4),
    hides_names=st.booleans(),
    mails=st.dictionaries(NAMES, st.dictionaries(CODES, st.tuples(TEXTS, TEXTS), min_size=1), max_size=3),
    templates=st.dictionaries(NAMES, st.tuples(TEXTS, LABELS, st.booleans()), max_size=3),
    sources=st.dictionaries(st.from_regex(r"\A[a-z0-9]{1,9}(-[a-z0-9]{1,9})?\Z"), st.tuples(TEXTS, st.booleans()), max_size=3),
)  # fmt: skip
def test_hostile_words_come_back(own_app, second, tmp_path_factory, criteria, hides_names, mails, templates, sources):
    folder = tmp_path_factory.mktemp("round")
    empty()
    with writing():
        offer = make_offer("Deckhand", slug="deckhand", places=["DE/Emden"])
        set_review_rules(offer.id, [WantedCriterion(label) for label in criteria], hides_names=hides_names)
        for name, words in mails.items():
            save_template(None, name=name, words=words, by_id=None)
        for name, (title, note, has_contact) in templates.items():
            content = copied(offer)
            content["texts"]["en"]["title"], content["facts"]["pay_note"] = title, note
            content["facts"]["contact_id"] = make_person(role=None).id if has_contact else None
            save_as_template(name, content)
        for code, (name, is_active) in sources.items():
            save_source(None, code, name, is_active=is_active)
    export_site(folder / "one")
    with second.app_context():
        empty()
        import_site(folder / "one")
        assert import_site(folder / "one").messages == []
        export_site(folder / "two")
    assert tree(folder / "one") == tree(folder / "two")


def empty():
    session().rollback()
    with writing() as current:
        from jobboard.openings.models import JobOffer, OfferPlace
        from jobboard.posts.models import Authorship, Post, PostText

        for model in (
            Criterion, ReviewRules, MailTemplate, OpeningTemplate, SourceCode, PostText, OfferPlace, Authorship, JobOffer, Post,
            Person,
        ):  # fmt: skip
            current.execute(sa.delete(model.__table__))
