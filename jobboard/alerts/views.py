"""Alerts by mail: asking for one, confirming it, one's own page of them, and ending them with one click."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.alerts.actions import ask, change_frequency, confirm, end_alert, end_all, keep, language_of, page_token
from jobboard.alerts.forms import AlertForm, FrequencyForm
from jobboard.alerts.markup import topic_url, topic_words
from jobboard.alerts.models import FREQUENCY_LABELS, Alert, Frequency, Subscriber, What
from jobboard.alerts.queries import alert_to_confirm, subscriber_by_link, subscriber_by_stop
from jobboard.alerts.queries_topics import Topic, topic_from
from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed
from jobboard.core.web import private_page, see

bp = Blueprint("alerts", __name__)

ALERTS = "/<language:language>/alerts/"
#: A stranger can have a mail sent to somebody else's address: few, and the mail says so.
ASKED_PER_HOST, ASKED_PER_ADDRESS = "20 per hour", "4 per hour"

Answer = Response | BaseResponse


@bp.route(f"{ALERTS}jobs/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def openings() -> Answer:
    """Ask for the openings of a filtered list by mail; the address has the list's own query."""
    return _ask(What.openings)


@bp.route(f"{ALERTS}posts/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def posts() -> Answer:
    """Ask for the articles and openings of a list of the blog by mail; the address has the list's own query."""
    return _ask(What.posts)


def _ask(what: What) -> Answer:
    topic, form = topic_from(what, request.args), AlertForm()
    if request.method != "POST":
        return _ask_page(form, topic)
    if not form.validate():
        return _ask_page(form, topic, 422)
    address = form.email.data or ""
    if not is_allowed(ASKED_PER_HOST, "alert-host", caller()):
        form.form_errors.append(_("Alerts were asked for many times from here. Please wait an hour."))
        return _ask_page(form, topic, 429)
    # Of what a program filled in, and of one address too many, nothing tells: the answer is always the same.
    if not form.website.data and is_allowed(ASKED_PER_ADDRESS, "alert-address", address.lower()):
        with writing():
            ask(address, topic, Frequency(form.frequency.data), i18n.page_language())
    return see(url_for("alerts.asked"))


def _ask_page(form: AlertForm, topic: Topic, status: int = 200) -> Answer:
    context = {"form": form, "words": topic_words(topic), "list_url": topic_url(topic, i18n.page_language())}
    return private_page(render_template("alerts/ask.html", **context, is_openings=topic.what is What.openings), status)


@bp.get(f"{ALERTS}asked/")
@access(Public.anyone)
def asked() -> Answer:
    """A mail is on its way; the same words whatever became of it."""
    return private_page(render_template("alerts/asked.html"))


@bp.route(f"{ALERTS}confirm/<token>/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def confirm_alert(token: str) -> Answer:
    """Confirm an alert by a button: mail programs open links on their own, and that is no consent."""
    alert = alert_to_confirm(token, clock.now())
    if alert is None:
        return private_page(render_template("alerts/too_late.html"), 410)
    if request.method == "POST" and alert.confirmed_at is None:
        with writing():
            found = alert_to_confirm(token, clock.now()) or abort(404)
            confirm(found)
        alert = found
    if alert.confirmed_at is not None:
        return see(_page_url(alert.subscriber, done="confirmed"))
    words = topic_words(Topic(alert.what, alert.query))
    return private_page(
        render_template("alerts/confirm.html", words=words, frequency=FREQUENCY_LABELS[alert.frequency])
    )


@bp.route(f"{ALERTS}<token>/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def show(token: str) -> Answer:
    """One's own alerts: hear more or less often, end one or all, and the answer to the yearly question."""
    subscriber = subscriber_by_link(token) or abort(404)
    if request.method == "POST":
        return _change(token)
    confirmed = [alert for alert in subscriber.alerts if alert.confirmed_at is not None]
    rows = [(alert, topic_words(_topic(alert)), topic_url(_topic(alert), i18n.page_language())) for alert in confirmed]
    return private_page(
        render_template(
            "alerts/show.html",
            email=subscriber.email,
            rows=[(alert, words, url, _frequency_form(alert)) for alert, words, url in rows],
            is_asked=any(alert.asked_at is not None for alert in confirmed),
            done=request.args.get("done"),
        )
    )


def _topic(alert: Alert) -> Topic:
    return Topic(alert.what, alert.query)


def _frequency_form(alert: Alert) -> FrequencyForm:
    return FrequencyForm(formdata=None, prefix=f"alert{alert.id}-", frequency=alert.frequency.value)


def _change(token: str) -> Answer:
    """Do what a button of the page says."""
    with writing():
        subscriber = subscriber_by_link(token) or abort(404)
        alert = next((one for one in subscriber.alerts if str(one.id) == request.form.get("alert")), None)
        if "end_all" in request.form:
            end_all(subscriber)
            return see(url_for("alerts.ended"))
        if "keep" in request.form:
            keep(subscriber)
            return see(_page_url(subscriber, done="kept"))
        if alert is None:
            abort(400)
        if "end" in request.form:
            is_last = len(subscriber.alerts) == 1
            end_alert(alert)
            return see(url_for("alerts.ended") if is_last else _page_url(subscriber, done="ended"))
        form = FrequencyForm(prefix=f"alert{alert.id}-")
        if form.validate():
            change_frequency(alert, Frequency(form.frequency.data))
        return see(_page_url(subscriber, done="changed"))


def _page_url(subscriber: Subscriber, done: str) -> str:
    return url_for("alerts.show", token=page_token(subscriber), language=language_of(subscriber), done=done)


@bp.route(f"{ALERTS}stop/<token>/", methods=["GET", "POST"])
@access(Public.link, writes=True, from_anywhere=True)
def stop(token: str) -> Answer:
    """End everything: a mail program's button does it by POST (RFC 8058), a person by the button of the page.

    A GET ends nothing, for scanners open every link. A link that has ended everything says so again. Programs are answered
    without another address to go to, and a webmail's page may be the one that asks.
    """
    subscriber = subscriber_by_stop(token)
    if request.method != "POST":  # HEAD too
        if subscriber is None:
            return redirect(url_for("alerts.ended"))
        return private_page(render_template("alerts/stop.html", email=subscriber.email, page=page_token(subscriber)))
    if subscriber is not None:
        with writing():
            found = subscriber_by_stop(token)
            if found is not None:
                end_all(found)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return private_page(render_template("alerts/ended.html"))
    return see(url_for("alerts.ended"))


@bp.get(f"{ALERTS}ended/")
@access(Public.anyone)
def ended() -> Answer:
    """Nothing is sent any more, and the address is forgotten."""
    return private_page(render_template("alerts/ended.html"))
