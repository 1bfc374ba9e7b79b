"""Wordings of an opening that shut people out by what they are: which law says so, and what may be written instead.

The rules are data in the notation of `markup_not_to_ask`; `markup_wording` reads them. A text is read sentence by sentence:
first what a wording grants is taken out ("young parents welcome", "native apps"), then it is looked for in the rest. They are
there for honest mistakes, so a doubtful wording passes.
"""

import dataclasses
from typing import Any

from jobboard.core.i18n import lazy

#: An age that somebody may be thought too old for, and whom a text may be about instead of looking for them.
WORDS = {
    "nn": "(1[89]|[2-6][0-9])",
    "yrs": "(years?|yrs?|jahren?)",
    "tongue": "(english|german|french|spanish|italian|dutch|polish|danish|swedish|turkish|russian|chinese|japanese|portuguese)",
    "young": "(young|youthful|jung|junge|junges|junger|jungen|jungem)",
    "plain": (
        "((?!(with|for|of|in|at|on|to|who|that|mit|fuer|von|im|am|der|die|das|den|dem|a|the|our|unser*)(?!\\w))"
        "(and |und )?WORD,? ){0,2}"
    ),
    "team": (
        "(team|teams|crew|staff|squad|colleagues|collegues|talent|talents|minds|person|employees?|men|women|man|woman|"
        "mannschaft|truppe|belegschaft|kolleg*|kollegium|leute|talente?n?|verstaerkung|mitarbeit*|kraft|kraefte|fachkraefte|"
        "persoenlichkeit*|koepfe|entwickler*|frauen|maenner|frau|mann|dame|damen)"
    ),
    "others": (
        "(users?|people|customers?|clients?|patients?|students?|adults?|children|visitors?|readers?|members?|learners?|"
        "kinder*|jugendliche*|erwachsene*|menschen|personen|kund*|nutzer*|nutzende*|klient*|patient*|studierende*|schueler*)"
    ),
}


@dataclasses.dataclass(frozen=True)
class Wording:
    """One way of shutting people out: what it is, the law or the habit, what to write instead, and the phrases.

    `is_law` says whether a court has called it an indication of discrimination (AGG section 22), or a law forbids it.
    """

    name: str
    what: Any
    why: Any
    instead: Any
    finds: str
    granted: str
    is_law: bool = True


NATIVE = Wording(
    "native",
    lazy("It asks for a mother tongue, which shuts people out by their origin."),
    #: standards.md §4: BAG 29.06.2017, 8 AZR 402/15.
    lazy("Law: AGG, sections 1 and 11; Federal Labour Court, 8 AZR 402/15."),
    lazy("Possible instead: how well the language must be known, such as C1."),
    """
    native (WORD )?speakers?; native (language|tongue)s?; mother tongues?; native {tongue}(?! (like|level));
    {tongue} natives?; muttersprache*; muttersprachler*; first language (is|must be|should be) {tongue}; {tongue} (as|is) (
    WORD )?first language
    """,
    """
    (regardless|irrespective|independent*|whatever|no matter|any) …(mother tongue|native language|first language)s?; (
    unabhaengig|egal|gleich|ungeachtet) …mutter ?sprache*; mutter ?sprach* … (egal|keine rolle|unwichtig|nebensaechlich|
    nicht wichtig); (mother tongue|native language)s? … (no role|not matter|irrelevant|unimportant); (not|nt|dont|need not|
    neednt|nobody|no) … (native speakers?|mother tongue); (no|without) native speakers?; (with|among|many|our|by|from|for|
    of) (WORD ){0,2}native speakers?; (mit|von|unter|fuer|viele|unsere|durch) (WORD )?muttersprachler*; (kein*|nicht|
    niemand) … muttersprach*; muttersprach* … (nicht|kein*) … (noetig|notwendig|voraussetzung|erforderlich|sein|muss|muessen);
    (in|neben|zu) (ihrer|seiner|der|deren|dessen|unserer|deiner) muttersprache; in (their|his|her|your|ones|the) (
    mother tongue|native language); muttersprachlich* (unterricht*|angebot*|foerderung); native language (support|teaching|
    lessons|content); (near|close to) native( {tongue})?; native {tongue} (and|or) (WORD )?near native; {tongue} native (app|
    apps|content)
    """,
)
NATIVE_LEVEL = Wording(
    "native_level",
    lazy("It compares with people who grew up with the language."),
    lazy("Good practice: a level can be proved and is what applicants filter by; “native” invites a claim."),
    lazy("Possible instead: how well the language must be known, such as C1."),
    """
    native (like|level)( WORD)?; native {tongue} (like|level); native (proficiency|fluency|command); {tongue} native level; (
    auf|in|mit) muttersprachlich*; muttersprachlich* (niveau|kenntnisse*|deutsch*|englisch*|level); muttersprach*niveau
    """,
    "(near|close to) native( WORD)?; muttersprachlich* (unterricht*|angebot*|foerderung)",
    is_law=False,
)
YOUTH = Wording(
    "youth",
    lazy("It says that young people are looked for."),
    #: Federal Labour Court: a "young and dynamic team" (8 AZR 406/14), "young professionals" (8 AZR 429/11); LAG
    #: Baden-Württemberg 17 Sa 2/24: "digital native".
    lazy("Law: AGG, sections 1 and 11; Federal Labour Court, 8 AZR 406/14 and 8 AZR 429/11."),
    lazy("Possible instead: what the team does and how it works together."),
    """
    {young},? {plain}{team}; {young},? (and |und |but |, )?(dynamic|motivated|ambitious|hungry|energetic|dynamisch*|
    motiviert*|hungrig*|ehrgeizig*|engagiert*|wild*|agil*); (team|crew|belegschaft|staff) (is|are|ist|sind) (WORD )?{young}; (
    {team}|we|wir|you|du|sie) (is|are|ist|sind|bist) (all |alle |noch |still )*{young}; (are|sind|bist) (you|sie|du) {young};
    young at heart; junggeblieben*; jung geblieben*; digital natives?; youthful (WORD )?(energy|spirit|look|atmosphere);
    jugendlich* (WORD )?(elan|ausstrahlung|frische|auftreten|erscheinung|flair|charme|team); young professionals?; {young} (
    people|leute|menschen|talente?) (wanted|gesucht)
    """,
    """
    {young} (eltern|familien?|muetter|vaeter|unternehmen*|firm(a|en)|betrieb*|start ?ups?|disziplin|technologie*|branche*|
    patient*|kund*|zielgruppe*|marke*|gaeste*|leser*|publikum|erwachsene*|markt|feld|parents?|famil(y|ies)|compan(y|ies)|
    business(es)?|brands?|technolog(y|ies)|disciplines?|fields?|industry|market|customers?|patients?|readers?|audiences?|
    adults?|children|learners?|offenders?|mothers?|fathers?|researchers?|codebase|product|project|plants?|wines?|club|league|
    stadt|art|sprache|language|projekt*|produkt*)( (in|with|mit|and|und) (WORD ){0,2}{team})?; jahre {young}( WORD)?;
    years young( WORD)?; {young} (and|und|or|oder|wie) (alt|old|aelter*|older|erfahren*|experienced)( WORD)?; (alt|old|older|
    erfahren*|experienced) (and|und|or|oder|wie) {young}( WORD)?; whether {young}; ob {young}; (with|for|help*|teach*|
    support*|mentor*|train*|about|among|of|guide*|coach*|mit|fuer|betreu*|begleit*|foerder*|unterricht*|unterstuetz*|ueber|
    von|beraet*|berat*) (WORD ){0,2}{young} (people|menschen|leuten?|talente?n?|talents?|women|men|frauen|maennern?|persons?|
    entwickler*|users|nutzer*|girls|boys|employees|professionals); (regardless|irrespective) of …age; {young} people(s)? (
    services?|welfare|theatre|s)
    """,
)
AGE = Wording(
    "age",
    lazy("It sets an age that applicants must not have passed."),
    lazy("Law: AGG, sections 1, 7, 10 and 11."),
    lazy("Possible instead: nothing, or the least age where the work requires one."),
    """
    (max|maximum|maximal|at most|up to|no more than|not over|under|below|hoechstens|bis zu|bis|unter|aged under|aged up to) (
    the age of )?{nn} {yrs} (old|of age|alt); (not|no|nicht|keinesfalls) (older|aelter) (than|als) {nn}; (younger|juenger) (
    than|als) {nn}( {yrs})?; (you are|youre|sie sind|du bist|applicants|candidates|bewerb*) …(under|below|unter|maximal|
    hoechstens|max) (the age of )?{nn}(?! (minut*|hour*|stund*|prozent|percent|euro|k))( {yrs})?; (max|maximal|
    hoechstens) {nn} jahre(?! (\\w+))(?=[.,!;]|$);
    (between|zwischen|aged|age|alter) {nn} (and|und|to|bis) {nn}( {yrs})?( (old|of age|alt))?;
    {nn} (to|bis|and|und) {nn} (years old|years of age|jahre alt); {nn} {nn} (years old|years of age|jahre alt);
    (aged?|alter|alter von),? {nn} (to |bis |and |und )?{nn}; (maximum|upper|max|hoechst|maximal) ?(age|alter)( limit)?;
    alters ?(grenze|limit|obergrenze|hoechstgrenze)n?; age limit; age (is )?(no more than|up to|max|maximum|at most) {nn};
    under the age of {nn}; im alter (von|zwischen|bis) (WORD )?{nn}
    """,
    """
    {others} …(aged?|between|under|over|im alter|zwischen|unter|ueber|ab|older|younger|aelter|juenger|from|von){rest}; (no|
    without|keine|ohne) …(age limit|upper age|altersgrenze|altersobergrenze|hoechstalter|altersbeschraenkung)n?( WORD)?; (
    between|zwischen|up to|bis zu|max|maximal|hoechstens|bis|under|unter) {nn}( (and|und|to|bis) {nn})? (\\w+ )?({yrs} )?(
    of )?(experience|erfahrung|berufserfahrung|stunden*|hours?|wochenstunden|days?|tage|euro|eur|percent|prozent|weeks?|
    wochen|minut*|mitarbeit*|people|personen|employees|servers?|k|km|kilometer|seconds?|sekunden|tagen|monat*|months?);
    {yrs} (of )?(experience|erfahrung|berufserfahrung|history|geschichte|jung|young)
    """,
)
BEGINNERS = Wording(
    "beginners",
    lazy("It shuts out people with more experience, who mostly are older."),
    lazy("Good practice: courts read it as a sign of looking for young people (Federal Labour Court, 8 AZR 429/11)."),
    lazy("Possible instead: which experience is needed, or “also for beginners”."),
    """
    berufsanfaenger*; berufseinsteiger*; (only|just|exclusively) (WORD )?(graduates|beginners|school leavers); (graduates|
    beginners) only; (fresh|freshly|newly) graduate*; frisch* (gebacken*|graduiert*|absolvent*); nur (WORD )?(absolvent*|
    berufseinstieg*); (max|maximum|at most|no more than|not more than|up to|hoechstens|maximal|bis zu) (WORD )?(years?|
    jahren?) (of )?(WORD )?(experience|erfahrung|berufserfahrung)
    """,
    """
    (auch|gern*|ebenso|sowohl|too|also|sowie|ob|oder|or|egal) …(berufsanfaenger*|berufseinsteiger*|graduates|beginners); (
    berufsanfaenger*|berufseinsteiger*|graduates|beginners) …(willkommen|welcome|moeglich|geeignet|gern*|oder|ebenso|and|
    und erfahrene|too); (fuer|betreu*|begleit*|for|unterstuetz*|mentor*) (WORD )?(berufsanfaenger*|berufseinsteiger*)
    """,
    is_law=False,
)
GENDER = Wording(
    "gender",
    lazy("It looks for people of one gender."),
    lazy("Law: AGG, sections 1 and 11."),
    lazy("Possible instead: what the person will do; all genders are meant."),
    """
    (male|female) (WORD )?(applicants?|candidates?|employees?|colleagues?|staff|only|secretary|assistant|receptionist|
    nurses?); (women|men|ladies|gentlemen|girls|boys|guys|males|females) only; (looking for|seeking|hiring|want|need) (a |an |
    some )?(WORD )?(man|woman|men|women|girls?|lady|ladies|guys?|gentleman)(?= ?[.,!;]|$| (who|to|with|for|and))(?! and (
    women|men)); (only|nur|ausschliesslich) (fuer |an |for )?(frauen|maenner|herren|damen|men|women|girls); (maennlich*|
    weiblich*) (WORD )?(bewerb*|person|kraft|mitarbeit*|kolleg*|verstaerkung|unterstuetzung|aushilfe|kandidat*); (suchen|
    sucht|suche|brauchen) (WORD )?(eine frau|einen mann|eine dame|eine nette dame|maenner|frauen|damen|herren|(eine |einen )(
    WORD )?(dame|herrn|frau|mann))(?= ?[.,!;]|$| (fuer|mit|der|die|als|zur)); (frau|mann|dame|herr|frauen|maenner|
    damen) gesucht; (the|your) girl friday; aushilfsdame*; empfangsdame*
    """,
    """
    (men|maenner|males?|maennlich*|herren) (and|und|or|oder) (women|frauen|females?|weiblich*|damen)( WORD)?; (women|frauen|
    females?|weiblich*|damen) (and|und|or|oder) (men|maenner|males?|maennlich*|herren)( WORD)?; (applications?|bewerbungen?) (
    from|of|by|von) (WORD ){0,2}(women|frauen|female (WORD)?|weibliche*( WORD)?); (encourag*|welcom*|invit*|especially|
    particularly|ermutig*|begruess*|freuen) … (women|female|frauen|weiblich*)( WORD)?; (women|frauen|female WORD) …(
    encouraged|welcome|preferred|bevorzugt*|willkommen|besonders|beruecksichtigt|aufgefordert|ermutigt); (more|mehr|share of|
    anteil von|proportion of) (women|frauen|female WORD); all genders
    """,
)
ASKED = Wording(
    "asked",
    lazy("It asks for a photo, or for what somebody earns or has earned."),
    #: standards.md §0.5: no photo, no pay history; the directive's Article 5(2) forbids to ask for the latter.
    lazy("Law: AGG, sections 1 and 7; EU directive 2023/970, Article 5(2)."),
    lazy("Possible instead: which salary somebody expects; for a photo nothing."),
    """
    (application|bewerbungs) ?(photo|photos|foto|fotos|bild|bilder); lichtbild*; (cv|resume|lebenslauf|bewerbung*|unterlagen|
    applications?|bewerbungsunterlagen) (with|including|mit|inklusive|inkl|samt|und|and|plus) (a |your |recent |ein* |ihr* |
    aktuell* )*(photo|foto|bild|picture); (salary|pay) history; (state|give|tell|tell us|send|include|indicate|with|mention|
    unter angabe|angabe|angeben|nennen|mit) …(current|present|last|previous|bisherig*|aktuell*|derzeitig*|letzt*|jetzig*) (
    WORD )?(salary|pay|compensation|wage|*gehalt*|verdienst*|einkommen*)
    """,
    """
    (no|without|kein*|ohne|omit|leave out|verzicht*|statt) …((application|bewerbungs) ?(photo|foto|bild)*|lichtbild*|photo|
    foto|bild)
    """,
)
WORDINGS = (NATIVE, AGE, YOUTH, GENDER, ASKED, NATIVE_LEVEL, BEGINNERS)
