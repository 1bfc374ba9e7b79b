"""Why a mail did not leave is said in the reader's words, with the server's own behind it."""

import smtplib
import ssl

import pytest

from jobboard.core.i18n import force_locale
from jobboard.mail.models import problem_words
from jobboard.mail.transport import NotAccepted, open_transport
from tests.twins.smtp import Mailbox

REPLIES = {
    "550 5.1.1 <robin@example.org>: Recipient address rejected: User unknown": "Ein Postfach mit dieser Adresse",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound": "hinter dem @",
    "550 5.1.2 no such domain": "hinter dem @",
    "5.4.4": "hinter dem @",
    "5.1.1": "Ein Postfach mit dieser Adresse",
    "550 no": "Das Postfach nimmt diese E-Mail nicht an",
    "550-5.2.1 disabled": "gesperrt oder geschlossen",
    "552 5.2.2 Over quota": "Das Postfach ist voll",
    "452 4.2.2 Over quota": "Das Postfach ist voll",
    "552 Mailbox full": "Das Postfach ist voll",
    "552 5.3.4 Message size exceeds fixed limit": "zu groß",
    "554 5.7.1 Relay access denied": "nimmt solche E-Mails nicht an",
    "450 4.7.1 Greylisted, see you in five minutes": "später noch einmal gefragt werden",
    "450 4.2.0 Recipient address rejected: Greylisted": "beschäftigt",
    "421 4.3.2 gone": "beschäftigt",
    "451 later": "beschäftigt",
    "530 5.7.0 authentication required": "weist die Anmeldung zurück",
    "The mail server refused the sign-in: 535 5.7.8 no": "weist die Anmeldung zurück",
    "553 5.1.8 sender": "Adresse des Absenders",
    "501 syntax": "nicht verstanden",
    "gaierror: [Errno -2] Name or service not known": "Name des Mailservers ist unbekannt",
    "TimeoutError: timed out": "nicht rechtzeitig",
    "SMTPServerDisconnected: Connection unexpectedly closed: timed out": "nicht rechtzeitig",
    "SMTPServerDisconnected: Connection unexpectedly closed": "hat die Verbindung beendet",
    "OSError: [Errno 101] Network is unreachable": "nicht erreichbar",
}
ADVICE = [ConnectionRefusedError, TimeoutError, smtplib.SMTPServerDisconnected, smtplib.SMTPAuthenticationError]


@pytest.mark.parametrize(("reply", "words"), REPLIES.items())
def test_reply_is_explained_and_stays_beside_it(app, reply, words):
    with force_locale("de"):
        said = problem_words(reply)
        behind = problem_words(f"Ihre Bewerbung: Systeme: {reply}")
    technical = reply.removeprefix("The mail server refused the sign-in: ")
    assert words in said
    assert said.endswith(f"{technical})")
    assert behind.startswith("Ihre Bewerbung: Systeme: ")
    assert words in behind


@pytest.mark.parametrize(
    "text", ["", "5", "299 odd", "never heard of", "Your Error: of 550 years", "WeirdError: so what"]
)
def test_what_nobody_knows_stays_as_it_is(app, text):
    assert problem_words(text) == text


@pytest.mark.parametrize(
    ("name", "known"), [(error.__name__, error) for error in (*ADVICE, ssl.SSLCertVerificationError)]
)
def test_names_of_errors_are_those_of_python(app, name, known):
    assert problem_words(f"{name}: x") != f"{name}: x", known


def what_goes_wrong(url):
    with pytest.raises(NotAccepted) as caught:
        open_transport(url).greet()
    return problem_words(str(caught.value))


def test_server_that_is_not_there(app):
    with Mailbox() as server:
        url = server.url
    with force_locale("de"):
        words = what_goes_wrong(url)
    assert words.startswith("Der Mailserver weist Verbindungen zurück")
    assert "Errno" in words


def test_name_that_nobody_has(app):
    assert what_goes_wrong("smtp://nobody.invalid:2525").startswith("The mail server's name is unknown")


def test_sign_in_that_is_refused(app):
    with Mailbox(user="jobs", password="right") as server:
        url = server.url.replace("right", "wrong")
        assert what_goes_wrong(url).startswith("The mail server refuses the sign-in")
