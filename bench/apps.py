"""What a measured server serves: the product with and without its page cache, and what it is compared to, in one process."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

import jobboard.files.actions
from bench.plain import plain
from jobboard import create_app
from jobboard.config import settings_from
from jobboard.core.access import Public, access
from jobboard.core.pages import PageCache

#: Twenty cards of constants: what a list costs that Jinja renders each time, without a database, a language, or a layout.
CARDS = """<!doctype html><title>{{ title }}</title><main>{% for card in cards %}
<article class="card"><h3><a href="{{ card.url }}">{{ card.title }}</a></h3><p>{{ card.summary }}</p>
<ul>{% for fact in card.facts %}<li>{{ fact }}</li>{% endfor %}</ul>
<p>{{ card.author }} on {% for topic in card.topics %}<a href="{{ topic.url }}">{{ topic.name }}</a> {% endfor %}</p>
</article>{% endfor %}</main>"""


def product(folder: Path, database_url: str = "", **settings: str) -> Flask:
    """The product on one database, as an operator sets it up."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "DATA_DIR": str(folder),
        "SECRET_KEY": "of a bench only, and long enough",
        "DATABASE_URL": database_url,
        **settings,
    }
    return create_app(settings_from({f"JOBBOARD_{name}": value for name, value in values.items()}))


def applying_app() -> WSGIApplication:
    """The product behind a proxy that says who asks, for the limits count per host; with BENCH_CHECKS="" files go unchecked."""
    if not os.environ.get("BENCH_CHECKS"):
        _check_once()
    return product(Path(os.environ["BENCH_FOLDER"]), os.environ.get("BENCH_DATABASE", ""), TRUSTED_PROXIES="1")


def _check_once() -> None:
    """Look at the first file only and say the same of all others: they are the same file."""
    real, answers = jobboard.files.actions.check_document, list[Any]()

    def check_document(stream: BinaryIO, name: str) -> Any:
        if not answers:
            answers.append(real(stream, name))
        return answers[0]

    jobboard.files.actions.check_document = check_document


def add_constants(app: Flask) -> None:
    """What an answer costs this application at least: a route with a constant, and one with twenty cards of constants."""
    cards = [
        {
            "url": f"/en/jobs/{number}/",
            "title": f"Opening {number} (f/m/x)",
            "summary": "What one would do in this role. " * 3,
            "facts": ["Permanent", "Full-time", "Kiel", "German B2", "€50,000 per year"],
            "author": "A person",
            "topics": [{"url": "/en/categories/job/", "name": "Job"}, {"url": "/en/categories/it/", "name": "IT"}],
        }
        for number in range(20)
    ]
    template = app.jinja_env.from_string(CARDS)
    app.add_url_rule("/constant", "constant", access(Public.anyone)(lambda: "Hello"))
    app.add_url_rule("/jinja20", "jinja20", access(Public.anyone)(lambda: template.render(title="Jobs", cards=cards)))


def bare() -> Flask:
    """Flask and nothing else."""
    app = Flask("bare")
    app.add_url_rule("/", "constant", lambda: "Hello")
    return app


def bench_app() -> WSGIApplication:
    """The product, or by the first part of the path: the product that keeps no page (`made`), and what it is compared to."""
    app = product(Path(os.environ["BENCH_FOLDER"]), os.environ.get("BENCH_DATABASE", ""))
    add_constants(app)
    cached, inner = app.wsgi_app, app.extensions["pages"].inner
    apps: dict[str, WSGIApplication] = {
        "made": PageCache(inner, app.extensions["site_state"], app.extensions["tally"], most_bytes=0),
        "constants": inner,
        "bare": bare(),
        "plain": plain(app),
    }

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        first, _slash, rest = environ["PATH_INFO"][1:].partition("/")
        if first not in apps:
            return cached(environ, start_response)
        environ["PATH_INFO"] = f"/{rest}"
        return apps[first](environ, start_response)

    return dispatch
