"""Wordings that shut people out are found in both languages; what only looks like them is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.openings.markup_unfair import WORDINGS
from jobboard.openings.markup_wording import gendered_words, passages, wordings_in

#: By wording, divided by "|".
UNFAIR = {
    "native": """
        English native speaker | You are a native speaker of German. | We need native German speakers. | Native speakers only
        German as mother tongue | Your mother tongue is English | Native English required | English native, please
        Deutsch als Muttersprache | Muttersprachler Deutsch gesucht | Sie sind Muttersprachler:in | Muttersprache: Deutsch
        Englisch-Muttersprachler (gern aus den USA) | Ihre Muttersprache ist Polnisch | Native-Speaker wanted
        First language must be French | Muttersprachlerin bevorzugt | German native speakers preferred
    """,
    "native_level": """
        Native-level English | German at native level | Native proficiency in Dutch | Native fluency required
        Deutsch auf muttersprachlichem Niveau | Muttersprachliche Deutschkenntnisse | Englisch auf Muttersprachniveau
    """,
    "youth": """
        We are a young team. | A young and dynamic team awaits you | Join our young, international team!
        You will work with young, motivated colleagues | Are you young and hungry? | Our team is young | Young at heart
        You are a digital native. | Digital natives welcome | Young professionals wanted | Bring your youthful energy
        Wir sind ein junges Team. | Ein junges, dynamisches Team | Dich erwartet ein junges und motiviertes Team.
        Werde Teil unserer jungen Mannschaft | Junge Verstärkung gesucht | Sie sind jung und dynamisch | Digital Native gesucht
        Unser Team ist jung | Du bist jung, hungrig und schnell | Junge Leute gesucht! | Jugendlicher Elan erwünscht
        Arbeiten in einem jungen dynamischen Team | Junge Kolleginnen und Kollegen freuen sich | Jung, dynamisch, engagiert
        Junggebliebene willkommen | Young Professionals (w/m/d)
    """,
    "age": """
        Maximum age 35 | You are not older than 40. | You are under 30. | Aged 25 to 35 | Between 20 and 30 years old
        Max. 35 years old | At most 45 years of age | No older than 35 | Age limit: 40 | 25–35 years old | Age: 20-30
        Applicants must be under the age of 35 | Younger than 40 | Up to 35 years old | Upper age limit 45
        Höchstens 35 Jahre alt | Nicht älter als 40 | Max. 35 Jahre | Maximal 30 Jahre alt | Sie sind unter 35
        Alter: 20 bis 30 | Zwischen 25 und 35 Jahren | Im Alter von 18 bis 30 | Altersgrenze 45 | Höchstalter: 35
        Sie sind zwischen 20 und 30 Jahre alt. | Jünger als 40 | Bis 35 Jahre alt | Alter zwischen 25 und 40
    """,
    "beginners": """
        Recent graduates only | We hire only graduates. | At most 3 years of experience | No more than two years of experience
        Berufsanfänger gesucht | Maximal drei Jahre Berufserfahrung | Höchstens 2 Jahre Erfahrung | Nur Absolventen
        Frisch gebackene Absolventen | Freshly graduated engineers
    """,
    "gender": """
        Female applicants only | We are looking for a woman. | Men only | Male candidates preferred | Only women
        Looking for a strong man to carry boxes. | We are seeking a nice lady for our reception | Female assistant wanted
        Wir suchen eine Frau für den Empfang. | Nur für Frauen | Männliche Verstärkung gesucht | Mann gesucht
        Weibliche Kraft für das Büro | Wir suchen einen Mann mit Kraft | Nette Dame gesucht | Empfangsdame
    """,
    "asked": """
        Send your CV with photo | Application photo required | Bewerbung mit Lichtbild | Bitte Lebenslauf mit Foto schicken.
        Please state your current salary | Bitte mit Angabe des aktuellen Gehalts | Bewerbungsfoto erwünscht
        Tell us your last salary. | Salary history | Unter Angabe Ihres bisherigen Jahresgehalts
    """,
}
FAIR = """
    Young parents welcome | Junge Eltern willkommen | You write native code | Cloud-native systems | React Native apps
    Native mobile development | We build native apps for Android | An alternative to native advertising | Native plants
    Regardless of your mother tongue | Whatever your native language, you are welcome | You need not be a native speaker.
    Unabhängig von der Muttersprache | Die Muttersprache spielt keine Rolle | Muttersprachler müssen Sie nicht sein
    Wir unterrichten Kinder in ihrer Muttersprache | Muttersprachlicher Unterricht | Keine Muttersprachler nötig
    You will work with native speakers. | German C1, English B2 | Near-native command of English | Sehr gute Deutschkenntnisse
    We are a young company. | Ein junges Unternehmen mit 30 Leuten | Unser junges Start-up wächst | A young start-up in Kiel
    Arbeit mit jungen Menschen | You teach young people to code | Jugendarbeit | Jugendhilfe und Schule
    Betreuung von Kindern und Jugendlichen | You support young families | Wir begleiten junge Erwachsene | Jung und Alt
    A team of young and old | Ob jung oder alt: alle sind willkommen | Unser fünf Jahre junges Team | A young discipline
    Young's modulus and other constants | A dynamic environment | Dynamische Programmiersprachen | Eine junge Technologie
    We mentor young developers from schools | Wir fördern junge Talente | Our young customers love it | A young codebase
    Juniors and seniors work together | Erfahrene und Neue arbeiten zusammen | Alle Altersgruppen arbeiten bei uns
    35 hours a week | Max. 35 Stunden | Bis zu 40 Stunden je Woche | Between 30 and 40 hours | At least 18 years old
    Mindestens 18 Jahre alt | 30 Tage Urlaub | Our company is 35 years old. | Seit 40 Jahren in Flensburg | Up to 35 hours
    For users aged 18 to 35 | Sport für Erwachsene im Alter von 18 bis 65 | 20 to 30 percent travel | Under 30 minutes
    20 Jahre Erfahrung sind schön | Zwischen 20 und 30 Jahre Erfahrung im Haus | Max. 20 Jahre Laufzeit, danach neu
    No age limit | Keine Altersgrenze | Es gibt keine Altersgrenze | Up to 45 days of leave | Children aged 3 to 10
    Between 20 and 30 servers | Zwischen 50 und 60 Mitarbeitende | Ab 18 Jahren | You are over 18 | Latency under 20 ms
    Altersvorsorge | Company pension from the age of 60 | At least 3 years of experience | Mindestens zwei Jahre Erfahrung
    Auch für Berufsanfänger geeignet | Berufsanfänger willkommen | Graduates and experienced people are welcome
    Wir begleiten Berufseinsteiger | Ob Berufsanfänger oder Profi | Also for beginners | Up to 3 years of contract
    We welcome women in tech | Applications from women are especially welcome | Women are encouraged to apply
    Frauen werden bei gleicher Eignung bevorzugt berücksichtigt | Bewerbungen von Frauen begrüßen wir besonders
    Men and women earn the same here. | Wir suchen Frauen und Männer, die mitdenken | All genders | Mehr Frauen in der IT
    A man-in-the-middle attack | Human resources | You manage women's shelters | Das Frauenhaus braucht Verstärkung
    Bitte kein Foto | Bitte ohne Bewerbungsfoto | No application photo, please | Bitte auf ein Lichtbild verzichten
    State your expected salary | Bitte Gehaltsvorstellung angeben | Photo editor for our magazine | Du fotografierst Produkte
    A salary above the current average | Gehaltsabrechnungen prüfen | Das Gehalt richtet sich nach Tarif | Pay: 50,000 €
    The team has native and cloud developers | Mother and child clinic | Die Sprache der Mütter | Jugendliche beraten
    You are never too old to learn. | Older colleagues teach | Unter 20 Grad im Serverraum | Version 18 or older
    Debian 12 or older | Not older than 3 months | Requests older than 30 days | Tickets, die älter als 30 Tage sind
"""
NEUTRAL = {
    "de": """
        Entwickler:in | Entwickler*in Backend | Entwickler/in | Entwickler/-in | Entwickler(in) | EntwicklerIn | Entwickler_in
        Entwicklerin oder Entwickler | Verkäuferin / Verkäufer | Kaufmann/-frau für Büromanagement | Kauffrau/Kaufmann
        Sachbearbeitung Einkauf | Lehrkraft Mathematik | Pflegefachperson | Teamleitung | Mitarbeitende im Lager
        Entwickler (m/w/d) | Entwickler m/w/d | Sachbearbeiter (all genders) | Redaktion | Linux-Administration | Hebamme
        Fertigung Halbleiter | Software Engineer | Product Manager | Head of Design | Texte für Entwickler | Kaufleute
        Betreuung von Studenten | Entwickler-Plattform | Ärztin/Arzt | Ingenieurinnen und Ingenieure | Fachkraft für Lager
        UX Designer | Controller | Lautsprecher-Montage | Assistenz der Geschäftsführung | Köchin/Koch | Auszubildende
        Studierende für den Betrieb | Werkstudent:innen | Vertretung | Trainee | Pflegefachmann/-frau
    """,
    "en": """
        Linux system administrator | Software developer | Salesperson | Chair of the board | Human resources manager
        German teacher | Manual tester | Woman in tech programme | Management trainee | Firefighter | Norman historian
        Trainer | Koch Media editor | Pilot | Student assistant | Architect | Chairing assistant | Cleaner
    """,
}
GENDERED = {
    "de": """
        Entwickler | Sachbearbeiter Einkauf | Softwareentwickler | Linux-Administrator | Verkäufer in Teilzeit
        Mitarbeiter Lager | Ingenieur Elektrotechnik | Abteilungsleiter | Krankenschwester | Sekretärin | Bankkaufmann | Koch
        Projektmanager | Werkstudent | Werkstudenten gesucht | Ingenieure | Entwicklerin | Kauffrau für Büromanagement | Arzt
        Hausmeister | Auszubildender | Fachmann für Systemgastronomie | Bürokauffrau | Steuerberater | Assistent der Leitung
        Ärztin | Salesman
    """,
    "en": """
        Salesman | Chairman | Foreman | Craftsman | Waitress | Stewardess | Handyman | Cameraman | Saleswoman | Barmaid | Waiter
        Delivery man | Cleaning lady | Fireman | Businessmen | Male nurse
    """,
}


def parts(block: str) -> list[str]:
    return [one.strip() for line in block.strip().splitlines() for one in line.split("|")]


def cases(by_name: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, one) for name, block in by_name.items() for one in parts(block)]


def names(text: str) -> list[str]:
    return [one.wording.name for one in wordings_in(text)]


@pytest.mark.parametrize(("name", "text"), cases(UNFAIR))
def test_unfair_wording_is_found(name, text):
    assert names(text) == [name]


@pytest.mark.parametrize("text", parts(FAIR))
def test_what_only_looks_like_it_is_not_found(text):
    assert names(text) == []


@pytest.mark.parametrize(("locale", "title"), cases(GENDERED))
def test_title_of_one_gender_is_found(locale, title):
    assert gendered_words(title, locale)


@pytest.mark.parametrize(("locale", "title"), cases(NEUTRAL))
def test_neutral_title_is_not_found(locale, title):
    assert gendered_words(title, locale) == []


def test_table_is_large_enough_and_has_every_wording():
    assert set(UNFAIR) == {one.name for one in WORDINGS}
    assert len(cases(UNFAIR)) + len(parts(FAIR)) >= 150


def test_words_are_read_as_applicants_see_them():
    shown = passages(
        "<h2>We are a young</h2><p>Team of\nfive.</p><ul><li>native</li><li>speakers of Go</li></ul>"
        "<pre><code>max_age = 35 years old</code></pre><p>a <em>young</em>\nteam &amp; more</p>"
    )
    assert [line.strip() for line in shown.splitlines() if line.strip()] == [
        "We are a young", "Team of five.", "native", "speakers of Go", "a young team & more",
    ]  # fmt: skip
    assert names(shown) == ["youth"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_can_be_read(text):
    wordings_in(text)
    gendered_words(text, "de")
