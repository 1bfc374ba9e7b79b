"""A real WebSub hub for tests: takes `hub.mode=publish`, fetches the feed as hubs do, and looks whether it names hub and self.

`with Hub() as hub: … hub.url …`. `hub.told` are the topics in order, `hub.contents` what was fetched of each; what a hub could
not work with stands in `hub.problems`. `hub.answers` are the next answers instead: a status, or (status, headers).
"""

import json
import re
import urllib.request
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from flask import Flask, Response, request

from tests.twins.server import Served, Server

ATOM = "{http://www.w3.org/2005/Atom}"
Answer = int | tuple[int, dict[str, str]]


class Hub(Served):
    """The hub, served over HTTP from a thread."""

    def __init__(self, *, fetches: bool = True) -> None:
        self.fetches = fetches
        self.told: list[str] = []
        self.contents: dict[str, bytes] = {}
        self.problems: list[str] = []
        self.answers: list[Answer] = []
        self._server = Server()
        self.url = f"{self._server.url}/hub"
        app = Flask("hub")
        app.add_url_rule("/hub", view_func=self._publish, methods=["POST"], endpoint="publish")
        self._server.app = app

    def _publish(self) -> Response:
        if self.answers:
            answer = self.answers.pop(0)
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            return Response(status=status, headers=headers)
        if request.form.get("hub.mode") != "publish" or request.mimetype != "application/x-www-form-urlencoded":
            return Response("hub.mode?", status=400)
        topics = request.form.getlist("hub.url")
        if len(topics) != 1:
            return Response("one topic, please", status=400)
        self.told.append(topics[0])
        if self.fetches:
            self._fetch(topics[0])
        return Response(status=202)

    def _fetch(self, topic: str) -> None:
        with urllib.request.urlopen(topic, timeout=60) as answer:
            body, links, kind = answer.read(), answer.headers.get_all("Link") or [], answer.headers.get_content_type()
        wanted = {"hub": [self.url], "self": [topic]}
        inside = _of_json(body) if kind == "application/feed+json" else _of_atom(body)
        for where, found in (("header", _of_header(links)), ("body", inside)):
            if found != wanted:
                self.problems.append(f"{topic}: its {where} says {found}")
        if self.contents.get(topic) == body:
            self.problems.append(f"{topic}: nothing has changed")
        self.contents[topic] = body


def _of_header(lines: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"hub": [], "self": []}
    for url, rel in re.findall(r'<([^>]+)>;\s*rel="([^"]+)"', ", ".join(lines)):
        found[rel].append(url)
    return found


def _of_atom(body: bytes) -> dict[str, list[str]]:
    links = ET.fromstring(body).findall(f"{ATOM}link")
    return {rel: [str(link.get("href")) for link in links if link.get("rel") == rel] for rel in ("hub", "self")}


def _of_json(body: bytes) -> dict[str, list[str]]:
    feed = json.loads(body)
    return {"hub": [hub["url"] for hub in feed["hubs"] if hub["type"] == "WebSub"], "self": [feed["feed_url"]]}
