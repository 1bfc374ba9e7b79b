"""Telling a hub: what it answers decides whether one feed is dropped or the hub is left alone."""

import socket
import threading

import pytest

from jobboard.hooks import client as module
from jobboard.hooks.client import HubClient, NotTold, Refused
from tests.twins.hub import Hub

TOPIC = "https://jobs.example.org/en/feed.atom?kind=article&x=ä"


@pytest.fixture(scope="module")
def hub():
    with Hub(fetches=False) as twin:
        yield twin


@pytest.mark.parametrize("status", [200, 202, 204])
def test_hub_is_told(hub, status):
    hub.answers = [status] if status != 202 else []
    hub.told.clear()
    HubClient(hub.url).tell(TOPIC)
    assert hub.told == ([TOPIC] if status == 202 else [])


@pytest.mark.parametrize("status", [400, 403, 410, 422])
def test_refusal_of_one_address_is_no_other_feeds_affair(hub, status):
    hub.answers = [status]
    with pytest.raises(Refused, match=str(status)):
        HubClient(hub.url).tell(TOPIC)


@pytest.mark.parametrize("status", [401, 404, 405, 408, 429, 500, 502, 503])
def test_other_answers_mean_later(hub, status):
    hub.answers = [(status, {"Retry-After": "120"})]
    with pytest.raises(NotTold, match=str(status)) as caught:
        HubClient(hub.url).tell(TOPIC)
    assert caught.value.wait == 120


@pytest.mark.parametrize("after", ["soon", "-5", "²", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
def test_retry_after_that_is_no_number_counts_for_nothing(hub, after):
    hub.answers = [(503, {"Retry-After": after.encode().decode("latin-1")})]
    with pytest.raises(NotTold) as caught:
        HubClient(hub.url).tell(TOPIC)
    assert caught.value.wait == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(hub, status):
    hub.told.clear()
    hub.answers = [(status, {"Location": hub.url})]
    with pytest.raises(NotTold, match=hub.url):
        HubClient(hub.url).tell(TOPIC)
    assert hub.told == []


def test_nobody_there_means_later():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(NotTold, match="refused"):
        HubClient(url).tell(TOPIC)


def test_answer_that_drips_in_for_ever_is_cut(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_TELL", 0.3)
    ended = threading.Event()

    def drip(server):
        connection, _address = server.accept()
        with connection:
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=[server])
        thread.start()
        with pytest.raises(NotTold):
            HubClient(f"http://127.0.0.1:{server.getsockname()[1]}/").tell(TOPIC)
        ended.set()
        thread.join()
