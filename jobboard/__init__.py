"""Jobboard: a company's tech blog and its careers page on one site."""

import datetime as dt
import os
from collections.abc import Mapping

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import jobboard.alerts.tasks
import jobboard.alerts.views
import jobboard.api.views
import jobboard.applications.desk
import jobboard.applications.desk_address
import jobboard.applications.desk_board
import jobboard.applications.desk_bulk
import jobboard.applications.desk_closing
import jobboard.applications.desk_criteria
import jobboard.applications.desk_documents
import jobboard.applications.desk_export
import jobboard.applications.desk_figures
import jobboard.applications.desk_inbox
import jobboard.applications.desk_letters
import jobboard.applications.desk_overdue
import jobboard.applications.desk_review
import jobboard.applications.desk_reviewers
import jobboard.applications.tasks
import jobboard.applications.tasks_desk
import jobboard.applications.views
import jobboard.applications.views_keep
import jobboard.applications.views_own
import jobboard.audit.desk
import jobboard.files.tasks
import jobboard.files.tasks_pictures
import jobboard.files.views
import jobboard.hooks.tasks
import jobboard.interviews.desk
import jobboard.interviews.queries
import jobboard.interviews.tasks
import jobboard.interviews.views
import jobboard.mail.desk
import jobboard.mail.desk_templates
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
import jobboard.people.desk_profile
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
import jobboard.posts.desk_series
import jobboard.posts.tasks
import jobboard.posts.views
import jobboard.site.desk
import jobboard.site.desk_frame
import jobboard.site.desk_keys
import jobboard.site.tasks
import jobboard.site.views
import jobboard.site.views_demo
import jobboard.stats.desk
import jobboard.stats.tasks
import jobboard.talents.desk
import jobboard.talents.views
import jobboard.timeline.tasks
import jobboard.timeline.tasks_hub
import jobboard.timeline.views
import jobboard.timeline.views_archive
import jobboard.timeline.views_directory
import jobboard.timeline.views_machines
import jobboard.timeline.views_search
from jobboard.alerts.actions import confirm_address, news_address, page_address, stop_address
from jobboard.alerts.actions import mark_failed as end_alerts
from jobboard.alerts.queries import hidden_mails as hidden_alert_mails
from jobboard.applications.actions import mark_bounced, mark_told, private_address
from jobboard.applications.actions_draft import draft_address
from jobboard.applications.actions_own import new_address_page
from jobboard.applications.markup_letters import STANDARD_MAILS
from jobboard.applications.models import STAGE_LABELS
from jobboard.applications.queries import hidden_mails, refused_about
from jobboard.applications.queries_closing import undecided
from jobboard.applications.queries_names import names_of_mails
from jobboard.applications.queries_overdue import count_of_overdue
from jobboard.config import SettingError, Settings, settings_from
from jobboard.core import clock, db, i18n, limits, web
from jobboard.core.access import ROLE_LABELS, refuse_undeclared
from jobboard.core.pages import PageCache, SiteState
from jobboard.core.tally import Seen, Tally
from jobboard.files.actions_drawn import draw
from jobboard.files.actions_mailed import mailed_bytes
from jobboard.files.clamd import open_scanner
from jobboard.files.storage import open_storage
from jobboard.interviews.actions import end_feed, follow_application, forget_with
from jobboard.interviews.actions_mails import interview_address
from jobboard.interviews.exports_data import interviews_as_data
from jobboard.interviews.queries import applications_of
from jobboard.mail.transport import open_transport
from jobboard.openings.actions import begin_offer
from jobboard.openings.actions_facts import put_facts, taken_facts
from jobboard.openings.markup import card_facts, feed_facts
from jobboard.openings.markup_checklist import POINTS
from jobboard.openings.markup_kept import fact_rows
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.openings.queries import load_offers
from jobboard.openings.queries_facts import next_view
from jobboard.people.actions_doors import reset_address
from jobboard.people.actions_oidc import open_provider
from jobboard.people.actions_staff import invitation_address
from jobboard.people.queries import names
from jobboard.people.queries_doors import reset_mails
from jobboard.posts.markup_kinds import FactsOfKind
from jobboard.posts.models import Kind
from jobboard.posts.models_writing import Revision, Unsaved
from jobboard.site.models import SitePage
from jobboard.site.queries import are_keys_ours, current_site, site_zone
from jobboard.stats.actions import add_views
from jobboard.stats.queries import active_codes
from jobboard.talents.actions import leave_address
from jobboard.timeline.actions_cards import render_cards

__version__ = "0.1.0"

VIEWS = [
    jobboard.site.views.bp,
    jobboard.timeline.views.bp,
    jobboard.timeline.views_archive.bp,
    jobboard.timeline.views_directory.bp,
    jobboard.timeline.views_search.bp,
    jobboard.timeline.views_machines.bp,
    jobboard.posts.views.bp,
    jobboard.openings.views.bp,
    jobboard.applications.views.bp,
    jobboard.talents.views.bp,
    jobboard.interviews.views.bp,
    jobboard.alerts.views.bp,
    jobboard.files.views.bp,
    jobboard.api.views.bp,
]
#: Pages that exist in the demo only.
DEMO_VIEWS = [jobboard.site.views_demo.bp, jobboard.mail.views.bp]
DESKS = [
    jobboard.people.desk.bp,
    jobboard.people.desk_links.bp,
    jobboard.people.desk_oidc.bp,
    jobboard.people.desk_profile.bp,
    jobboard.people.desk_proof.bp,
    jobboard.people.desk_second.bp,
    jobboard.people.desk_security.bp,
    jobboard.people.desk_staff.bp,
    jobboard.applications.desk.bp,
    jobboard.applications.desk_address.bp,
    jobboard.applications.desk_criteria.bp,
    jobboard.applications.desk_letters.bp,
    jobboard.applications.desk_closing.bp,
    jobboard.applications.desk_figures.bp,
    jobboard.applications.desk_overdue.bp,
    jobboard.applications.desk_reviewers.bp,
    jobboard.talents.desk.bp,
    jobboard.interviews.desk.bp,
    jobboard.posts.desk.bp,
    jobboard.posts.desk_categories.bp,
    jobboard.posts.desk_editor.bp,
    jobboard.posts.desk_pictures.bp,
    jobboard.posts.desk_revisions.bp,
    jobboard.posts.desk_series.bp,
    jobboard.openings.desk.bp,
    jobboard.openings.desk_templates.bp,
    jobboard.openings.desk_cycle.bp,
    jobboard.openings.desk_publishing.bp,
    jobboard.mail.desk.bp,
    jobboard.audit.desk.bp,
    jobboard.site.desk.bp,
    jobboard.stats.desk.bp,
    jobboard.site.desk_keys.bp,
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

    def hand_over(views: Mapping[Seen, int]) -> None:
        with app.app_context():
            add_views(views)

    own_hosts = frozenset(host.removeprefix("www.") for host in app.config["TRUSTED_HOSTS"])
    state, tally = SiteState(app, next_view, active_codes), Tally(own_hosts, hand_over, is_automatic=not app.testing)
    app.extensions.update(site_state=state, tally=tally, pages=PageCache(app.wsgi_app, state, tally))
    app.wsgi_app = app.extensions["pages"]  # type: ignore[method-assign] # Flask's documented way


def configure(app: Flask, settings: Settings, *, testing: bool) -> None:
    """Translate the settings into Flask's and the extensions' configuration."""
    app.config.update(
        TESTING=testing,
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=settings.old_keys,
        WTF_CSRF_SECRET_KEY=[*reversed(settings.old_keys), settings.secret_key],  # it signs with the last one
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SITE_URL=settings.site_url,
        MAIL_FROM=settings.mail_from,
        BOUNCE_ADDRESS=settings.bounce_address,
        WEBSUB_HUB=settings.websub_hub,
        DEMO=settings.demo,
        GRACE=dt.timedelta(minutes=settings.grace_minutes),
        FORM_SECONDS=settings.form_seconds,
        PROOF_OF_WORK=settings.proof_of_work,
        LANGUAGES=i18n.catalogs(),
        SESSION_COOKIE_NAME="__Host-jobboard" if settings.is_secure else "jobboard",
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
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, 0)  # type: ignore[method-assign] # Flask's documented way


def connect_rooms(app: Flask) -> None:
    """Plug together what lower rooms need of higher ones without knowing them."""
    app.extensions.update(site_zone=site_zone, may_fill_links=are_keys_ours)
    #: By the endpoint of a place on the desk: how many things wait there for a person.
    app.extensions["desk_counts"] = {"desk.overdue.index": lambda person: count_of_overdue(person, clock.now())}
    app.extensions["mail_site"] = current_site
    #: Draws the formulas and diagrams of texts.
    app.extensions["draw"] = draw
    connect_mail(app)
    connect_audit(app)
    #: By closed opening: how many applications a person sees that wait for a decision.
    app.extensions["undecided"] = undecided
    connect_applications(app)
    #: Asked where nothing stands: where a page is now that stood there on the site it came from, or None.
    app.extensions["from_old_home"] = jobboard.posts.views.from_old_home
    #: Renders the cards of posts that have no prepared ones.
    app.extensions["render_cards"] = render_cards
    #: By kind of post: what it has beside its texts, for revisions, duplicates and templates.
    of_openings = FactsOfKind(
        taken_facts, put_facts, fact_rows, begin_offer, load_offers, on_card=card_facts, in_feed=feed_facts
    )
    app.extensions["post_facts"] = {Kind.opening: of_openings}
    #: Texts that name pictures nobody owns: those stay as long as one of these does.
    app.extensions["picture_mentions"] = [Revision.markdown, Unsaved.fields, OpeningTemplate.content, SitePage.markdown]
    #: What the worker does again and again.
    app.extensions["sweeps"] = [
        *jobboard.site.tasks.SWEEPS,  # links are renewed before mails leave
        *jobboard.mail.tasks.SWEEPS,
        *jobboard.people.tasks.SWEEPS,
        *jobboard.applications.tasks.SWEEPS,
        *jobboard.applications.tasks_desk.SWEEPS,
        *jobboard.interviews.tasks.SWEEPS,
        *jobboard.files.tasks.SWEEPS,
        *jobboard.files.tasks_pictures.SWEEPS,
        *jobboard.posts.tasks.SWEEPS,
        *jobboard.stats.tasks.SWEEPS,
        *jobboard.timeline.tasks.SWEEPS,
        *jobboard.timeline.tasks_hub.SWEEPS,
        *jobboard.hooks.tasks.SWEEPS,
        *jobboard.alerts.tasks.SWEEPS,
    ]


def connect_mail(app: Flask) -> None:
    """Tell the outbox what mails lead to, and whom it tells what became of them."""
    #: By purpose of `mail.actions.private_link`: the absolute link of an id for an address, filled in when a mail leaves.
    app.extensions["mail_links"] = {
        "application": private_address,
        "address": new_address_page,
        "draft": draft_address,
        "pool": leave_address,
        "interview": interview_address,
        "invitation": invitation_address,
        "reset": reset_address,
        "subscriber": page_address,
        "alert_confirm": confirm_address,
        "alert_mail": news_address,
        "alert_stop": stop_address,
    }
    #: The bytes of a stored file that goes with a mail, by the file's id.
    app.extensions["mail_files"] = mailed_bytes
    #: Conditions for mails that nobody of the staff may read.
    hidden = [hidden_mails, hidden_alert_mails, jobboard.interviews.queries.hidden_mails, reset_mails]
    app.extensions["mail_hidden"] = hidden
    #: The standard mails whose words staff may replace, by kind.
    app.extensions["mail_standard"] = STANDARD_MAILS
    #: What staff see of mails about an applicant whose name is hidden from them, by id of the mail.
    app.extensions["mail_names"] = names_of_mails
    #: By what else than an application a mail is about: the applications of these ids, as far as a person may not know them.
    app.extensions["mail_applications"] = {"interview": applications_of}
    #: By kind of mail: called with the mail inside the transaction that marks it sent.
    app.extensions["mail_sent"] = {"applications/rejected": mark_told}
    #: By what a mail is about: called with the mail and why, inside the transaction that marks it as not delivered.
    app.extensions["mail_failed"] = {"application": mark_bounced, "subscriber": end_alerts, "alert_mail": end_alerts}


def connect_audit(app: Flask) -> None:
    """Tell the audit log's page how what it names is called and where it stands."""
    #: Everybody's name by id, for the audit log.
    app.extensions["audit_names"] = names
    #: By what an entry of the audit log is about: the page that shows it, as endpoint and argument.
    app.extensions["audit_pages"] = {
        "application": ("desk.applications.show", "application_id"),
        "mail": ("desk.mail.show", "mail_id"),
        "opening": ("desk.applications.index", "opening"),
    }
    #: Words of values in the audit log's details.
    roles = {role.value: words for role, words in ROLE_LABELS.items()}
    app.extensions["audit_words"] = {**{stage.value: words for stage, words in STAGE_LABELS.items()}, **roles, **POINTS}
    #: What a refused request was about, by its address: kind and id of something that is there, or None.
    app.extensions["refused_about"] = refused_about


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
        known = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
        app.extensions["oidc"] = open_provider(*known)
    except ModuleNotFoundError as missing:
        problem = "asks for single sign-on, which needs the extra `oidc`: pip install 'jobboard[oidc]'."
        raise SettingError("OIDC_ISSUER", problem, "(nothing: sign-in by password and passkey)") from missing
    app.extensions["scanner"] = open_scanner(settings.clamd_url)


def connect_applications(app: Flask) -> None:
    """Plug into applications what higher rooms add to them."""
    #: What other rooms show on an application's screen (application, who looks) and on its applicant's page (…, link's token).
    app.extensions["application_panels"] = [jobboard.interviews.desk.panel]
    app.extensions["own_page_panels"] = [jobboard.interviews.views.own_panel]
    #: Called with an application that is at another stage, or whose applicant was told so; and before it is deleted.
    app.extensions["application_changed"] = [follow_application]
    app.extensions["application_erased"] = [forget_with]
    #: Called with a person whose access has ended.
    app.extensions["person_left"] = [end_feed]
    #: The kinds of mails people of the talent pool get: of somebody who wants to be deleted they do not leave any more.
    app.extensions["pool_mails"] = ["applications/pool_ends", "talents/opening"]
    #: More of an application for the archive its applicant takes along, by name.
    app.extensions["application_parts"] = {"interviews": interviews_as_data}


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
