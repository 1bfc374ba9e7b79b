"""Jobboard: a company's tech blog and its careers page on one site."""

import datetime as dt
import os

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import jobboard.alerts.tasks
import jobboard.alerts.views
import jobboard.applications.desk
import jobboard.applications.desk_closing
import jobboard.applications.desk_reviewers
import jobboard.applications.tasks
import jobboard.applications.views
import jobboard.applications.views_keep
import jobboard.applications.views_own
import jobboard.files.tasks
import jobboard.files.tasks_pictures
import jobboard.files.views
import jobboard.mail.desk
import jobboard.mail.tasks
import jobboard.mail.views
import jobboard.openings.desk
import jobboard.openings.desk_cycle
import jobboard.openings.desk_publishing
import jobboard.openings.desk_templates
import jobboard.openings.views
import jobboard.people.desk
import jobboard.people.desk_door
import jobboard.people.desk_links
import jobboard.people.desk_oidc
import jobboard.people.desk_proof
import jobboard.people.desk_second
import jobboard.people.desk_security
import jobboard.people.desk_staff
import jobboard.people.tasks
import jobboard.posts.desk
import jobboard.posts.desk_categories
import jobboard.posts.desk_editor
import jobboard.posts.desk_pictures
import jobboard.posts.desk_revisions
import jobboard.posts.tasks
import jobboard.posts.views
import jobboard.site.desk
import jobboard.site.desk_frame
import jobboard.site.views
import jobboard.site.views_demo
import jobboard.timeline.tasks
import jobboard.timeline.views
import jobboard.timeline.views_archive
import jobboard.timeline.views_machines
import jobboard.timeline.views_search
from jobboard.alerts.actions import confirm_address, news_address, page_address, stop_address
from jobboard.alerts.actions import mark_failed as end_alerts
from jobboard.alerts.queries import hidden_mails as hidden_alert_mails
from jobboard.applications.actions import mark_bounced, mark_told, private_address
from jobboard.applications.actions_draft import draft_address
from jobboard.applications.actions_own import new_address_page
from jobboard.applications.queries import hidden_mails
from jobboard.applications.queries_closing import undecided
from jobboard.config import SettingError, Settings, settings_from
from jobboard.core import db, i18n, limits, web
from jobboard.core.access import refuse_undeclared
from jobboard.core.pages import PageCache, SiteState
from jobboard.files.clamd import open_scanner
from jobboard.files.storage import open_storage
from jobboard.mail.transport import open_transport
from jobboard.openings.actions import begin_offer
from jobboard.openings.actions_facts import put_facts, taken_facts
from jobboard.openings.markup_kept import fact_rows
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.openings.queries_facts import next_view
from jobboard.people.actions_doors import reset_address
from jobboard.people.actions_oidc import open_provider
from jobboard.people.actions_staff import invitation_address
from jobboard.people.queries_doors import reset_mails
from jobboard.posts.markup_kinds import FactsOfKind
from jobboard.posts.models import Kind
from jobboard.posts.models_writing import Revision, Unsaved
from jobboard.site.models import SitePage
from jobboard.site.queries import current_site, site_zone
from jobboard.timeline.actions_cards import render_cards

__version__ = "0.1.0"

VIEWS = [
    jobboard.site.views.bp,
    jobboard.timeline.views.bp,
    jobboard.timeline.views_archive.bp,
    jobboard.timeline.views_search.bp,
    jobboard.timeline.views_machines.bp,
    jobboard.posts.views.bp,
    jobboard.openings.views.bp,
    jobboard.applications.views.bp,
    jobboard.alerts.views.bp,
    jobboard.files.views.bp,
]
#: Pages that exist in the demo only.
DEMO_VIEWS = [jobboard.site.views_demo.bp, jobboard.mail.views.bp]
DESKS = [
    jobboard.people.desk.bp,
    jobboard.people.desk_links.bp,
    jobboard.people.desk_oidc.bp,
    jobboard.people.desk_proof.bp,
    jobboard.people.desk_second.bp,
    jobboard.people.desk_security.bp,
    jobboard.people.desk_staff.bp,
    jobboard.applications.desk.bp,
    jobboard.applications.desk_closing.bp,
    jobboard.applications.desk_reviewers.bp,
    jobboard.posts.desk.bp,
    jobboard.posts.desk_categories.bp,
    jobboard.posts.desk_editor.bp,
    jobboard.posts.desk_pictures.bp,
    jobboard.posts.desk_revisions.bp,
    jobboard.openings.desk.bp,
    jobboard.openings.desk_templates.bp,
    jobboard.openings.desk_cycle.bp,
    jobboard.openings.desk_publishing.bp,
    jobboard.mail.desk.bp,
    jobboard.site.desk.bp,
]


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """The application. Settings come from the environment unless given; a wrong one raises `SettingError`."""
    settings = settings or settings_from(os.environ)
    app = Flask("jobboard", root_path=str(i18n.HERE), template_folder=str(i18n.ROOT / "templates"))
    configure(app, settings, testing=testing)
    db.init_app(app)
    i18n.init_app(app)
    limits.init_app(app, settings.redis_url)
    web.init_app(app)
    app.context_processor(jobboard.site.views.frame)
    connect_rooms(app)
    open_outside(app, settings)
    register_views(app, demo=settings.demo)
    refuse_undeclared(app)
    keep_pages(app)
    return app


def keep_pages(app: Flask) -> None:
    """Put the layer that answers with kept pages around everything else."""
    state = SiteState(app, next_view)
    app.extensions["site_state"], app.extensions["pages"] = state, PageCache(app.wsgi_app, state)
    app.wsgi_app = app.extensions["pages"]  # type: ignore[method-assign] # Flask's documented way


def configure(app: Flask, settings: Settings, *, testing: bool) -> None:
    """Translate the settings into Flask's and the extensions' configuration."""
    name = "__Host-jobboard" if settings.is_secure else "jobboard"
    app.config.update(
        TESTING=testing,
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SITE_URL=settings.site_url,
        MAIL_FROM=settings.mail_from,
        BOUNCE_ADDRESS=settings.bounce_address,
        DEMO=settings.demo,
        GRACE=dt.timedelta(minutes=settings.grace_minutes),
        FORM_SECONDS=settings.form_seconds,
        PROOF_OF_WORK=settings.proof_of_work,
        LANGUAGES=i18n.catalogs(),
        SESSION_COOKIE_NAME=name,
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        # Sizes of decision 26: the whole body, and form fields kept in memory.
        MAX_CONTENT_LENGTH=40_000_000,
        MAX_FORM_MEMORY_SIZE=4_000_000,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=sorted({settings.site_host, "127.0.0.1", "localhost"}),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: what is typed must not be lost to a clock
        WTF_I18N_ENABLED=True,
    )
    app.logger.setLevel(settings.log_level)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.strict_slashes = True
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, 0)  # type: ignore[method-assign] # Flask's documented way


def connect_rooms(app: Flask) -> None:
    """Plug together what lower rooms need of higher ones without knowing them."""
    app.extensions["site_zone"] = site_zone
    app.extensions["mail_site"] = current_site
    #: By purpose of `mail.actions.private_link`: the absolute link of an id for an address, filled in when a mail leaves.
    app.extensions["mail_links"] = {
        "application": private_address,
        "address": new_address_page,
        "draft": draft_address,
        "invitation": invitation_address,
        "reset": reset_address,
        "subscriber": page_address,
        "alert_confirm": confirm_address,
        "alert_mail": news_address,
        "alert_stop": stop_address,
    }
    #: Conditions for mails that nobody of the staff may read.
    app.extensions["mail_hidden"] = [hidden_mails, hidden_alert_mails, reset_mails]
    #: By kind of mail: called with the mail inside the transaction that marks it sent.
    app.extensions["mail_sent"] = {"applications/rejected": mark_told}
    #: By what a mail is about: called with the mail inside the transaction that marks it as not delivered.
    app.extensions["mail_failed"] = {"application": mark_bounced, "subscriber": end_alerts, "alert_mail": end_alerts}
    #: By closed opening: how many applications a person sees that wait for a decision.
    app.extensions["undecided"] = undecided
    #: Renders the cards of posts that have no prepared ones.
    app.extensions["render_cards"] = render_cards
    #: By kind of post: what it has beside its texts, for revisions, duplicates and templates.
    app.extensions["post_facts"] = {Kind.opening: FactsOfKind(taken_facts, put_facts, fact_rows, begin_offer)}
    #: Texts that name pictures nobody owns: those stay as long as one of these does.
    app.extensions["picture_mentions"] = [
        Revision.markdown,
        Unsaved.fields,
        OpeningTemplate.content,
        SitePage.markdown,
    ]
    #: What the worker does again and again.
    app.extensions["sweeps"] = [
        *jobboard.mail.tasks.SWEEPS,
        *jobboard.people.tasks.SWEEPS,
        *jobboard.applications.tasks.SWEEPS,
        *jobboard.files.tasks.SWEEPS,
        *jobboard.files.tasks_pictures.SWEEPS,
        *jobboard.posts.tasks.SWEEPS,
        *jobboard.timeline.tasks.SWEEPS,
        *jobboard.alerts.tasks.SWEEPS,
    ]


def open_outside(app: Flask, settings: Settings) -> None:
    """Open what lies outside: mail server, storage, scanner, single sign-on. Raises `SettingError` when one cannot be."""
    try:
        app.extensions["mail_transport"] = open_transport(settings.smtp_url)
    except ValueError as example:
        raise SettingError("SMTP_URL", "cannot be understood.", str(example)) from example
    try:
        app.extensions["storage"] = open_storage(settings.storage_url)
    except ModuleNotFoundError as missing:
        problem = "names an S3-compatible store, which needs the extra `s3`: pip install 'jobboard[s3]'."
        raise SettingError("STORAGE_URL", problem, "file:///var/lib/jobboard/files") from missing
    try:
        app.extensions["oidc"] = open_provider(
            settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
        )
    except ModuleNotFoundError as missing:
        problem = "asks for single sign-on, which needs the extra `oidc`: pip install 'jobboard[oidc]'."
        raise SettingError("OIDC_ISSUER", problem, "(nothing: sign-in by password and passkey)") from missing
    app.extensions["scanner"] = open_scanner(settings.clamd_url)


def register_views(app: Flask, *, demo: bool) -> None:
    """Put every room's pages on the map; the desk is one door with one guard."""
    for blueprint in VIEWS + (DEMO_VIEWS if demo else []):
        app.register_blueprint(blueprint)
    # Made per app: a parent blueprint at module level may be registered once only (pallets/flask#4786).
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    desk.before_request(jobboard.people.desk_door.guard)
    desk.context_processor(jobboard.site.desk_frame.frame)
    for blueprint in DESKS:
        desk.register_blueprint(blueprint)
    app.register_blueprint(desk)
