"""Questions that must not be asked are found in both languages, and those that may be asked pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.openings.markup_not_to_ask import TOPICS
from jobboard.openings.markup_questions import topics_in

#: By topic, divided by "|".
MUST_NOT = {
    "pay": """
        What is your current salary? | Current annual gross salary | Your salary in your last position
        How much do you earn at the moment? | Salary history | What did your previous employer pay you?
        Please attach your last three payslips | Expected salary and current salary
        What were you paid in your last job? | Present compensation (CTC) | What is your annual income?
        Are you happy with your current pay package? | Wie hoch ist Ihr aktuelles Gehalt? | Letztes Bruttojahresgehalt
        Was verdienen Sie derzeit? | Wie viel haben Sie zuletzt verdient? | Bisherige Vergütung
        Gehaltsnachweis der letzten drei Monate | Was verdienst du gerade?
        Derzeitiges Einkommen und Gehaltsvorstellung | Letzte Lohnabrechnung | Wie werden Sie momentan bezahlt?
        Dein jetziges Monatsgehalt | Gehalt in der letzten Stelle | Welches Gehalt beziehen Sie zurzeit?
        Latest payslip | Kopie Ihrer letzten Gehaltsabrechnung | Was bekommen Sie im Moment bezahlt?
        Wie viel zahlt Ihr aktueller Arbeitgeber?
    """,
    "photo": """
        Photo | Please upload a recent photo of yourself. | Application photo | Headshot (JPG) | CV with photo
        Attach a passport picture | A picture of you | Send us your photo! | Foto | Bewerbungsfoto
        Bitte ein aktuelles Lichtbild beifügen | Lebenslauf mit Foto | Passbild
        Bitte laden Sie ein Foto von sich hoch. | Schicken Sie uns ein Bild von Ihnen | Ein Selfie von dir | Porträtfoto
        Foto bitte hochladen | CV (with photo) | FOTO!
    """,
    "age": """
        How old are you? | Date of birth | Your age | Age | When were you born? | Which age group are you in?
        Please give your year of birth. | Are you under 35? | Name, age, address | DOB | Are you older than 40?
        What is your birth-date? | Birthday | Wie alt sind Sie? | Geburtsdatum | Ihr Alter | Alter (optional)
        Wann sind Sie geboren? | Geburts-Datum | In welchem Jahr bist du geboren? | Sind Sie älter als 50?
        Zu welcher Altersgruppe gehören Sie? | Welcher Jahrgang bist du? | Bitte Geburtstag angeben
        Sind Sie unter 30 Jahre alt? | Lebensalter in Jahren | Please enter your D.O.B. | geb. am | Born in
    """,
    "family": """
        Are you married? | Marital status | Do you have children? | How many kids do you have?
        Do you plan to have children? | Does your husband agree to you moving? | Number of dependants
        Who looks after your children? | Maiden name | Are you planning to start a family? | Are you a single mother?
        Is your child care organised? | Family status | Sind Sie verheiratet? | Familienstand | Haben Sie Kinder?
        Wie viele Kinder haben Sie? | Planen Sie Kinder? | Möchten Sie in den nächsten Jahren eine Familie gründen?
        Anzahl der Kinder | Sind Sie alleinerziehend? | Wer betreut Ihre Kinder? | Ist Ihre Kinderbetreuung gesichert?
        Planst du, Elternzeit zu nehmen? | Was macht Ihr Ehepartner beruflich? | Hast du kleine Kinder?
        Familienstand/Kinder | Geburtsname | Tell us about your family | Leben Sie in einer Partnerschaft?
        Wer passt auf Ihr Kind auf?
    """,
    "pregnancy": """
        Are you pregnant? | Are you currently pregnant or planning to be? | Are you expecting a baby? | Pregnancy
        Do you plan to take maternity leave? | Sind Sie schwanger? | Bist du zurzeit schwanger?
        Besteht eine Schwangerschaft? | Schwangerschaft (ja/nein) | Wollen Sie bald schwanger werden?
        Sind Sie im Mutterschutz?
    """,
    "origin": """
        What is your nationality? | Citizenship | Where are you originally from? | Country of birth
        Are you a German citizen? | Ethnic origin | What is your mother tongue? | Is English your native language?
        Which passport do you hold? | Where were you born? | Place of birth | Are you a native speaker? | Race
        Your ethnic background | Nationalität | Welche Staatsangehörigkeit haben Sie? | Woher kommen Sie ursprünglich?
        Geburtsort | Muttersprache | Sind Sie deutscher Staatsbürger? | Haben Sie einen Migrationshintergrund?
        Ist Deutsch Ihre Muttersprache? | Herkunftsland | Woher stammt Ihre Familie? | Bist du Deutscher?
        Wo sind Sie geboren? | Ihre ethnische Herkunft | Welchen Pass haben Sie? | Hautfarbe | Ihre Herkunft
        Sind Sie EU-Bürgerin? | Are you of German origin? | What’s your nationality? | Nationality (as in your passport)
        Staatsangehoerigkeit
    """,
    "religion": """
        What is your religion? | Religion | Are you a member of a church? | Are you Muslim? | Religious affiliation
        Do you belong to a church? | Which denomination do you belong to? | Do you wear a headscarf?
        Welcher Religion gehören Sie an? | Konfession | Sind Sie getauft? | Gehörst du einer Kirche an?
        Religionszugehörigkeit | Sind Sie katholisch? | Glauben Sie an Gott? | Kirchensteuer
        Bitte Ihre Weltanschauung angeben | Trägst du ein Kopftuch? | Which church do you attend? | Sind Sie Christ?
    """,
    "health": """
        Do you have a disability? | Are you in good health? | Degree of disability
        How many sick days did you have last year? | Do you suffer from a chronic illness? | Are you disabled?
        Do you take medication? | Do you smoke? | Any health problems? | What is your state of health?
        Have you ever had a burnout? | How tall are you? | Your height and weight | Do you have any medical conditions?
        Haben Sie eine Behinderung? | Sind Sie schwerbehindert? | Grad der Behinderung | Sind Sie gesund?
        Wie oft waren Sie im letzten Jahr krank? | Leiden Sie an einer chronischen Krankheit? | Schwerbehinderung
        Nehmen Sie regelmäßig Medikamente? | Rauchen Sie? | Gesundheitszustand | Vorerkrankungen
        Fehlzeiten im letzten Jahr | Haben Sie gesundheitliche Einschränkungen? | Schwerbehindertenausweis | GdB
        Wie groß sind Sie? | Haben Sie Allergien? | Are there health reasons why you cannot travel?
        Krankmeldungen der letzten zwei Jahre | Schwer­behinderung | Liegt eine Schwerbehinderung vor?
        Do you have a severe disability? (voluntary)
    """,
    "gender": """
        Gender | What is your sex? | Are you gay? | Sexual orientation | Are you male or female? | Geschlecht
        Ihr Geschlecht | Sind Sie männlich oder weiblich? | Sexuelle Orientierung
    """,
    "politics": """
        Are you a member of a trade union? | Union membership | Which party do you vote for? | Political views
        Are you politically active? | Party membership | Have you ever been on strike?
        Sind Sie Mitglied einer Gewerkschaft? | Gewerkschaftszugehörigkeit | Gehören Sie einer Partei an?
        Welche Partei wählen Sie? | Sind Sie politisch aktiv? | Parteimitgliedschaft | Haben Sie schon einmal gestreikt?
        Bist du in der Gewerkschaft? | Sind Sie Mitglied der AfD? | Stehen Sie einer Partei nahe?
    """,
}  # fmt: skip

MAY = {
    "pay": """
        Expected salary | What salary do you expect? | Your salary expectations (gross, per year)
        How much would you like to earn? | Which annual gross salary do you have in mind?
        What are your current salary expectations? | Is our pay range acceptable? | Do you have experience with payroll?
        Have you worked on payment systems? | Salary requirements | Desired compensation | Gehaltsvorstellung
        Ihre Gehaltsvorstellung (brutto im Jahr) | Wie hoch soll Ihr Gehalt sein? | Wunschgehalt
        Welches Gehalt stellen Sie sich vor? | Was möchten Sie verdienen? | Haben Sie Erfahrung in der Lohnbuchhaltung?
        Wie viele Jahre haben Sie in der Gehaltsabrechnung gearbeitet? | Gewünschtes Jahresgehalt
        Aktuelle Gehaltsvorstellung | Passt das angegebene Gehalt? | Welches Gehalt erwarten Sie? | Dein Wunschgehalt
        Ihre letzte Stelle | What was your last position?
    """,
    "start, time, place": """
        When can you start? | Wann können Sie anfangen? | Frühester Eintrittstermin | Notice period of your current job
        How many hours a week would you like to work? | Where would you work from? | Where are you based?
        Wo möchten Sie arbeiten? | Are you willing to travel? | Sind Sie zu Dienstreisen bereit?
        Are you available on weekends? | Können Sie am Wochenende arbeiten? | On call? | Rufbereitschaft?
        Woher kennen Sie uns? | Where did you hear about us? | Where do you see yourself in five years?
    """,
    "languages and right to work": """
        Which language level do you have in German? | Welches Sprachniveau haben Sie in Deutsch?
        Which languages do you speak, and how well? | Are you allowed to work in the EU? | Do you have a work permit?
        Dürfen Sie in der EU arbeiten? | Haben Sie eine Arbeitserlaubnis? | Do you need visa sponsorship?
        Aufenthaltstitel (gültig bis) | Which programming language was your first? | Have you used React Native?
        Sprechen Sie Deutsch? | Sind Sie deutschsprachig? | What was your first programming language?
    """,
    "age, where it is asked lawfully, or another age": """
        Are you at least 18 years old? | Sind Sie mindestens 18 Jahre alt? | Sind Sie volljährig? | Are you over 18?
        Are you of legal age? | Haben Sie das 18. Lebensjahr vollendet? | How old is the system you maintained?
        Wie alt ist Ihr ältestes Projekt? | Have you written ALTER TABLE statements?
        Erfahrung mit Kindern im Alter von 3 bis 6 Jahren? | How many years of experience do you have?
        Wie viele Jahre Berufserfahrung haben Sie? | In which year did you finish school?
        Which age groups have you taught?
    """,
    "licences and documents": """
        Do you have a driving licence? | Führerschein Klasse B? | Driving licence (photo or scan)
        Führerschein (Foto oder Scan genügt) | Certificates | Zeugnisse | Which passport control systems do you know?
        Do you have a valid passport for business trips? | Work samples | Photos of your work | Arbeitsproben
        A picture of a building you designed | Ein Foto Ihrer besten Arbeit | Do you know Photoshop?
        Erfahrung in der Bildbearbeitung? | Link to your portfolio | Your five best photos | Profile on the web
        Please do not send a photo. | Bitte kein Foto mitschicken. | A CV without a photo, please.
        Lebenslauf ohne Foto und Geburtsdatum | Please leave out photo, age and marital status.
        Angaben zu Alter, Familienstand und Religion sind nicht erwünscht. | You need not tell us your nationality.
        Auf ein Bewerbungsfoto bitten wir zu verzichten.
    """,
    "family and people one works with": """
        Do you have experience with children? | Haben Sie Erfahrung in der Arbeit mit Kindern?
        How do child processes work? | Have you taught children? | Wie gestalten Sie einen Kindergeburtstag?
        Family name | Familienname | Have you built single page apps? | Is this maternity cover all right for you?
        Ist eine Elternzeitvertretung für Sie in Ordnung? | Sind Sie mit einer Schwangerschaftsvertretung einverstanden?
        Which partner programmes have you run? | Welche Altersgruppen haben Sie betreut?
    """,
    "religion, health, politics as a field of work": """
        Have you worked in healthcare? | Erfahrung im Gesundheitswesen?
        Do you know how to write health checks for Kubernetes? | Can you lift 20 kg? | Können Sie 20 kg heben?
        Are there adjustments that would help you in an interview?
        Was brauchen Sie, damit das Gespräch barrierefrei ist? | Have you built sites for people with disabilities?
        Erfahrung in der Pflege von Menschen mit Behinderung? | Haben Sie in der Behindertenhilfe gearbeitet?
        Gesundheits- und Krankenpflege gelernt? | Haben Sie eine Ausbildung in der Krankenpflege?
        Schwerbehinderte Menschen werden bei gleicher Eignung bevorzugt eingestellt. | Do your smoke tests run in CI?
        Do you work well under pressure? | Sind Sie belastbar? | How do you handle race conditions?
        Do you know the labour law of the European Union? | Have you used UNION in SQL?
        Which third-party libraries do you use? | Erfahrung in der Zusammenarbeit mit Gewerkschaften?
        Have you negotiated with trade unions? | Haben Sie im Ausländerrecht gearbeitet?
        Glauben Sie, dass Sie zu uns passen? | Do you believe in code review? | Can you work with religious communities?
        How should we address you? | Wie möchten Sie angesprochen werden? | Pronouns | Anrede
        Geschlechtergerechte Sprache: wie gehen Sie damit um? | Why us? | Warum möchten Sie zu uns?
        Which open-source project are you proud of? | Which system do you know best?
        Was haben Sie in Ihrem letzten Projekt gelernt? | What did you like about your last job?
        Do you have your own car? | Haben Sie einen Gabelstaplerschein?
        Do you have a valid health certificate for kitchens? | Haben Sie ein Gesundheitszeugnis?
        Are you vaccinated against measles? | Which operating systems are you native in?
        Have you led a party of more than ten people? | Was ist Ihr Bild von gutem Service?
        What is your background in statistics? | Single sign-on: have you set it up?
        How do you picture your first month? | What is the age of your oldest customer?
        Please send us a photo of your favourite place | Are you single-minded? | Are you religious about testing?
        Are you engaged in open source? | Current company and position | Aktuelle Position
        Was ist Ihr aktueller Arbeitgeber? | Haben Sie ein polizeiliches Führungszeugnis? | Sind Sie fit in Excel?
        Sind Sie bereit umzuziehen? | Were you in the works council? | Partner company you worked for
        Which country do you live in? | Können Sie mit Kindern umgehen?
        Which medication management systems do you know? | Welche Medikamente dürfen Sie verabreichen?
        Politikwissenschaft studiert? | Which gender-neutral wording do you prefer in adverts? | Gehalt
        Are you comfortable working with children and teenagers? | What rate of pay would you like?
    """,
}  # fmt: skip


def each(table):
    """(name, text) of every text of a table."""
    return [
        (name, text.strip())
        for name, block in table.items()
        for text in block.replace("\n", "|").split("|")
        if text.strip()
    ]


@pytest.mark.parametrize(("topic", "text"), each(MUST_NOT))
def test_what_must_not_be_asked_is_found(topic, text):
    assert topic in {one.name for one in topics_in(text)}


@pytest.mark.parametrize(("kind", "text"), each(MAY))
def test_what_may_be_asked_passes(kind, text):
    assert [one.name for one in topics_in(text)] == []


@given(st.text(max_size=300), st.booleans(), st.booleans())
def test_any_text_is_read(text, is_answer, is_file):
    assert topics_in(text, is_answer=is_answer, is_file=is_file) is not None


@pytest.mark.parametrize(("topic", "text"), [(topic, text) for topic, text in each(MUST_NOT)][::7])
def test_spelling_and_signs_hide_nothing(topic, text):
    for other in (
        text.upper(),
        f"1) {text}",
        f"  {text} *",
        text.replace("ä", "ae").replace("ü", "ue"),
        f"{text} (optional)",
    ):
        assert topic in {one.name for one in topics_in(other)}, other


def test_every_topic_names_a_law_and_what_to_do_and_is_tested():
    assert {topic.name for topic in TOPICS} == set(MUST_NOT)
    assert all(str(text) for topic in TOPICS for text in (topic.what, topic.law, topic.instead))
