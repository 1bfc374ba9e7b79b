"""Of every table and column it is decided whether an export holds it; one that nobody thought of fails."""

from jobboard.core.base import Base, Data
from jobboard.files.models import StoredFile
from jobboard.transfer.markup_site import FACTS

#: Columns that an export leaves out, and why: made anew, told by another file, or no content of the site.
LEFT_OUT = {
    "site": {
        "id": "always 1",
        "keys_mark": "of the machine's secret keys",
        "second_factor_roles": "about the staff, who are not in an export",
    },
    "site_page": {
        "id": "made anew",
        "markdown": "the body of the file",
        "html": "rendered from it",
        "rendered_by": "who did",
    },
    "person": {
        "id": "made anew",
        "picture_id": "by the picture's key",
        "email": "signs in",
        "role": "what they may do is decided on each site",
        "password_hash": "secret",
        "locale": "language of the desk",
        "left_at": "ends access",
        "has_keys": "how they use the desk",
    },
    "category": {"id": "made anew"},
    **{
        f"old_{owner}_slug": {"id": "made anew", "owner_id": "what it stands beside"}
        for owner in ("person", "category", "series")
    },
    "stored_file": {
        "id": "made anew",
        "sha256": "in the key",
        "is_public": "only public ones are written",
        "sizes": "made anew of the picture",
        "created_at": "when it arrived here",
        **dict.fromkeys(("staged_until", "flags", "page_count", "pages", "pages_made_at"), "of documents"),
        **dict.fromkeys(("scan_state", "scan_finding", "scanned_at"), "of documents"),
    },
    "series": {"id": "made anew"},
    "series_part": {"post_id": "the folder", "series_id": "by its slug"},
    "post": {"id": "made anew", "version": "counts saves here"},
    "post_text": {
        "id": "made anew",
        "post_id": "the folder",
        "kind": "the folder",
        "locale": "the file's name",
        "markdown": "the body of the file",
        "html": "rendered from it",
        "reading_minutes": "counted from it",
        "rendered_by": "who did",
    },
    "old_slug": {"id": "made anew", "kind": "the folder", "text_id": "the language it stands under"},
    "old_path": {"id": "made anew", "text_id": "the language it stands under"},
    "job_offer": {"post_id": "the folder", "contact_id": "by the person's slug"},
    "place": {"id": "made anew"},
    "language_need": {"offer_id": "the folder", "position": "the order of the list"},
    "question": {"id": "made anew", "offer_id": "the folder", "position": "the order of the list"},
    "review_rules": {"offer_id": "the folder"},
    "criterion": {"id": "made anew", "offer_id": "the folder", "position": "the order of the list"},
    "mail_template": {"id": "made anew", "changed_by_id": "who of the staff", "version": "counts saves here"},
    "opening_template": {"id": "made anew", "content": "in a form of its own, with people by their addresses"},
    "source_code": {"id": "made anew"},
}
#: Tables without a form of their own: what they hold stands in the file of the post.
WITHIN = {"authorship", "categorization", "post_image", "offer_place", "remote_country"}
APPLICANTS = "about applicants"
STAFF = "about how staff sign in and work"
READERS = "about people who get mail"
MADE = "made anew of what is exported"
#: Tables that are not exported, and why.
TABLES_LEFT_OUT = {
    **dict.fromkeys(("application", "answer", "document", "event", "note", "pool_consent", "pool_contact"), APPLICANTS),
    **dict.fromkeys(("draft", "draft_file", "lost_link", "erased_application", "retention_run"), APPLICANTS),
    **dict.fromkeys(("review", "rating", "tag", "application_tag", "application_assignee"), APPLICANTS),
    **dict.fromkeys(("application_seen", "mention", "bulk_run", "bulk_item", "application_words"), APPLICANTS),
    **dict.fromkeys(("interview", "interview_slot", "interview_person"), APPLICANTS),
    **dict.fromkeys(("outbox_mail", "outbox_attachment"), READERS),
    **dict.fromkeys(("subscriber", "alert", "alert_mail"), READERS),
    **dict.fromkeys(("staff_session", "invitation", "password_reset", "sign_in_step"), STAFF),
    **dict.fromkeys(("authenticator", "recovery_code", "passkey", "calendar_feed"), STAFF),
    **dict.fromkeys(("saved_filter", "unsaved", "editing"), STAFF),
    "reviewer_assignment": "what people may do is decided on each site, like roles",
    "offer_event": "who of the staff did what and why; the dates that came of it are in the post",
    "revision": "words that were taken back; who saved them",
    "audit_entry": "who saw and did what",
    "audit_head": "who saw and did what",
    "view_count": "figures of this site",
    "post_card": MADE,
    "card_due": MADE,
    "post_change": MADE,
    "content_version": MADE,
    "search_word": MADE,
    **dict.fromkeys(("hub", "feed_shown", "topic_news"), "what a hub knows of this site"),
}


def test_every_table_is_exported_or_left_out_for_a_reason():
    exported = {model.__tablename__ for model in FACTS}
    assert exported == set(LEFT_OUT)
    decided = [exported, WITHIN, set(TABLES_LEFT_OUT)]
    assert set().union(*decided) == set(Base.metadata.tables)
    assert sum(map(len, decided)) == len(Base.metadata.tables)


def test_every_column_is_exported_or_left_out_for_a_reason():
    for model, names in FACTS.items():
        left = LEFT_OUT[model.__tablename__]
        assert set(model.__table__.columns.keys()) == set(names) | set(left), model.__tablename__
        assert not set(names) & set(left)


def test_nothing_personal_or_secret_is_exported():
    for model, names in FACTS.items():
        for name in names if model is not StoredFile else ():  # of files only public pictures are exported
            assert model.__table__.c[name].info["data"] in {Data.PUBLIC, Data.INTERNAL}, (model, name)
    personal = {
        table.name
        for table in Base.metadata.tables.values()
        if any(column.info["data"] in {Data.PERSONAL, Data.SECRET} for column in table.columns)
    }
    # a person's row is partly public, and a stored file may be a document: their columns are named above
    assert personal - set(TABLES_LEFT_OUT) <= {"person", "stored_file"}
