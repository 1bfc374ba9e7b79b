"""Hard words are found the same on both engines: ways of saying who, umlauts, compounds, signs inside of words, phrases."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.search.index import matches, put
from jobboard.search.words import stem

TEXTS = {
    1: (
        "de",
        "Softwareentwickler:in Zahlungsverkehr",
        "Wir entwickeln Bezahlsysteme. Programmierkenntnisse in Python 3.12 und Node.js, C# von Vorteil.",
    ),
    2: (
        "de",
        "Pflegefachkräfte für die Spätschicht",
        "Ärztinnen und Ärzte arbeiten hier Hand in Hand. Vergütung nach TVöD, Entgeltgruppe P8.",
    ),
    3: (
        "en",
        "Machine-learning engineers",
        "You're building models; she analyses data, he analyzed it. Two categories, many analyses.",
    ),
    4: ("de", "Büroassistenz", "Termine, Reisekosten, Rechnungsprüfung. Ein Muß: Übersicht. Fußball schadet nicht."),
    5: (
        "en",
        "Café manager (full-time)",
        "Don't worry about the naïve résumé. Running shifts, ran a kitchen, mice in the cellar.",
    ),
    6: (
        "de",
        "Kfz-Mechatroniker/in",
        "Straßenverkehrsamt, Baustellenleitung; Schweißerschein. Ansprechpartnerin: Frau Größl.",
    ),
    7: ("de", "Datenschutzbeauftragte*r", "Zuverlässigkeit, Qualitätsmanagement und IT-Sicherheit nach ISO 27001."),
    8: ("en", "DevOps and SRE", "Kubernetes clusters, CI/CD pipelines, on-call once a month. Ruby on Rails."),
    9: (
        "de",
        "Sachbearbeitung Lohn- und Gehaltsabrechnung",
        "Mitarbeitende betreuen, Arbeitsverträge schreiben, Häuser verwalten, Bücher führen.",
    ),
}
FOUND = [
    ('softwareentwickler', [1]),
    ('Softwareentwicklerin', [1]),
    ('entwickler', [1]),
    ('Entwicklerinnen', [1]),
    ('software', [1]),
    ('zahlung', [1]),
    ('zahlungen', [1]),
    ('python 3.12', [1]),
    ('node.js', [1]),
    ('node', [1]),
    ('pflegefachkraft', [2]),
    ('pflege', [2]),
    ('fachkraft', [2]),
    ('spätschichten', [2]),
    ('spaetschicht', [2]),
    ('schicht', [2]),
    ('arzt', [2]),
    ('ärzte', [2]),
    ('aerztin', [2]),
    ('tvöd', [2]),
    ('tvoed', [2]),
    ('P8', [2]),
    ('engineer', [3]),
    ('machine learning', [3]),
    ('machine-learning', [3]),
    ('"machine learning"', [3]),
    ('analyse', [3]),
    ('category', [3]),
    ('build', [3]),
    ('learn', [3]),
    ('buero', [4]),
    ('büro', [4]),
    ('buro', [4]),
    ('reisekosten', [4]),
    ('reise', [4]),
    ('kosten', [4]),
    ('rechnung', [4]),
    ('prüfung', [4]),
    ('muss', [4]),
    ('fussball', [4]),
    ('fußball', [4]),
    ('übersichten', [4]),
    ('assistent', []),
    ('cafe', [5]),
    ('café', [5]),
    ('resume', [5]),
    ("don't", [5]),
    ('run', [5]),
    ('shift', [5]),
    ('full time', [5]),
    ('fulltime', []),
    ('"full time"', [5]),
    ('mechatroniker', [6]),
    ('Mechatronikerin', [6]),
    ('kfz', [6]),
    ('KFZ-Mechatroniker', [6]),
    ('strasse', [6]),
    ('straße', [6]),
    ('verkehr', [1, 6]),
    ('baustelle', [6]),
    ('leitung', [6]),
    ('schweißer', [6]),
    ('schweisser', [6]),
    ('groessl', [6]),
    ('Ansprechpartner', [6]),
    ('datenschutz', [7]),
    ('datenschutzbeauftragter', [7]),
    ('beauftragter', [7]),
    ('zuverlässig', [7]),
    ('zuverlaessigkeit', [7]),
    ('qualität', [7]),
    ('management', [5, 7]),
    ('sicherheit', [7]),
    ('iso 27001', [7]),
    ('it sicherheit', [7]),
    ('"ISO 27001"', [7]),
    ('devops', [8]),
    ('sre', [8]),
    ('kubernetes', [8]),
    ('kuber', [8]),
    ('cluster', [8]),
    ('ci/cd', [8]),
    ('pipeline', [8]),
    ('on call', [8]),
    ('on-call', [8]),
    ('rails', [8]),
    ('rail', [8]),
    ('gehalt', [9]),
    ('lohn', [9]),
    ('abrechnung', [9]),
    ('mitarbeiter', [9]),
    ('vertrag', [9]),
    ('verträge', [9]),
    ('arbeitsvertrag', [9]),
    ('haus', [9]),
    ('buch', [9]),
    ('Bücher', [9]),
    ('buecher', [9]),
    ('Fachkräfte', [2]),
    ('kraft', []),
    ('barriere', []),
    ('node js', [1]),
    ('"CI/CD"', [8]),
    ('ÄRZTIN', [2]),
    ('ärztin', [2]),
    ('Softwareentwickler*in', [1]),
    ('Softwareentwickler:innen', [1]),
    ('SoftwareentwicklerInnen', [1]),
    ('„ISO 27001“', [7]),
    ('«machine learning»', [3]),
    ('"learning machine"', []),
    ('pflege python', []),
    ('résumé', [5]),
    ('résume', [5]),
    ('strasse leitung', [6]),
]  # fmt: skip


@pytest.fixture
def index(app):
    for number, (language, title, body) in TEXTS.items():
        put(number, language, title, body)
    session().flush()


def found(query):
    rows = matches(query)
    assert rows is not None
    return sorted(session().execute(sa.select(rows.c.id)).scalars())


def test_hard_words_are_found(index):
    """One test for all: the index is written once per engine."""
    assert [(query, found(query)) for query, _ids in FOUND] == FOUND


def test_threads_that_cut_at_once_disturb_nobody():
    """A stemmer holds the word it is at: one shared by two threads mixes their words up, or raises."""
    begins, ends = ("verfüg", "entwickl", "relation", "operation"), ("bar", "ungen", "ally", "s")
    alone = {word: (stem(word, "de"), stem(word, "en")) for begin in begins for end in ends if (word := begin + end)}

    def wrong(seed: int) -> list[str]:
        words = random.Random(seed).choices(list(alone), k=3_000)
        return [word for word in words if (stem(word, "de"), stem(word, "en")) != alone[word]]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(wrong, range(4))) == [[]] * 4
    finally:
        sys.setswitchinterval(before)
