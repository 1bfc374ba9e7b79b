"""What a measured server serves: the product with and without its page cache, and what it is compared to, in one process."""

import os
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, render_template_string

from bench.plain import plain
from jobboard import create_app
from jobboard.config import settings_from
from jobboard.core.pages import PageCache

CONSTANTS = "<!doctype html><title>{{ a0 }}</title>" + "".join(f"<p>{{{{ a{number} }}}}</p>" for number in range(20))


def product(folder: Path, database_url: str = "") -> Flask:
    """The product on one database, as an operator sets it up."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {"DATA_DIR": str(folder), "SECRET_KEY": "of a bench only, and long enough", "DATABASE_URL": database_url}
    return create_app(settings_from({f"JOBBOARD_{name}": value for name, value in values.items()}))


def constants() -> Flask:
    """An application that does nothing: what Flask itself costs."""
    app = Flask("constants")
    values = {f"a{number}": f"constant {number}" for number in range(20)}
    app.add_url_rule("/constant", view_func=lambda: "Hello")
    app.add_url_rule("/jinja20", view_func=lambda: render_template_string(CONSTANTS, **values), endpoint="jinja20")
    return app


def bench_app() -> WSGIApplication:
    """By the first part of the path: `cached`, `made`, `plain`, else the constants."""
    app = product(Path(os.environ["BENCH_FOLDER"]), os.environ.get("BENCH_DATABASE", ""))
    cached = app.wsgi_app
    never_kept = PageCache(app.extensions["pages"].inner, app.extensions["site_state"], most_bytes=0)
    apps: dict[str, WSGIApplication] = {"cached": cached, "made": never_kept, "plain": plain(app)}
    other = constants()

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        first, _slash, rest = environ["PATH_INFO"][1:].partition("/")
        chosen = apps.get(first)
        if chosen is None:
            return other(environ, start_response)
        environ["PATH_INFO"] = f"/{rest}"
        return chosen(environ, start_response)

    return dispatch
