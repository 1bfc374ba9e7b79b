"""What must not be asked of applicants, in German and English: which law says so, and what may be asked instead.

The rules are data; `markup_questions` reads them. They are phrases divided by ";", in which `*` is the rest of a word, `…` up
to three words (never over a comma), `WORD` one, `{rest}` up to four, `( | )` alternatives and `?` "or nothing"; `{you}` and
its like are the lists of `WORDS`. A text is read sentence by sentence: first what is `GRANTED` is taken out of it ("expected
salary", "experience with children"), then each topic is looked for in the rest. They are there for honest mistakes, not for
somebody who wants to hide a question, and rather let a doubtful one pass than refuse a good one.
"""

import dataclasses
from typing import Any

from jobboard.core.i18n import lazy

WORDS = {
    "you": "(you|i)",
    "are": "(are you|were you|you are|i am|im|i was|have you (ever )?been)",
    "own": "(do you have|have you got|i have|you have)",
    "your": "(your|my)",
    "what": "(what|which)",
    "state": "(state|indicate|give|name|specify|enter|provide|choose|share|disclose|tell us)",
    "sie": "(sie|du|ich)",
    "sind": "(sind sie|bist du|ich bin|sie sind|du bist|waren sie|warst du|ich war)",
    "haben": "(haben sie|hast du|ich habe|sie haben|du hast|hatten sie|hattest du)",
    "ihr": "(ihr|dein|mein)(e|em|en|er|es)?",
    "welch": "(welch*|wie (lautet|ist|hoch ist)|was ist)",
    "pay": "(salar(y|ies)|pay|wages?|compensation|remuneration|income|earnings|ctc)",
    "gehalt": "*(gehalt|gehaltes|gehalts|gehälter|lohn|löhne|verdienst|einkommen|vergütung|bezüge|entgelt|salär)",
    "gross": "(annual|yearly|monthly|weekly|hourly|gross|net|starting|base|total|fixed|minimum|your|my)",
    "brutto": "(jährlich*|monatlich*|brutto*|netto*|fest*|fix*|ihr*|dein*)",
    "now": "(current|currently|present|previous|last|past|former|prior|existing|most recent|latest|recent|todays)",
    "jetzt": "(aktuell*|derzeit*|jetzig*|bisherig*|bislang|letzte*|frühere*|früher|vorherig*|momentan*|gegenwärtig*|"
    "zurzeit|zur zeit|gerade|heutig*|vorig*|zuletzt|vergangen*)",
    "picture": "(photo|photograph|picture|foto|bild|porträt|portrait|selfie)",
}
#: Words around a thing that ask for it and say nothing else: "Please state your …", "… (optional)".
FILLING = (
    "(please|your|my|the|a|an|of you|state|indicate|give|enter|current|exact|own|recent|optional|voluntary|what is|whats|"
    "in years|upload|attach|add|send|bitte|{ihr}|der|die|das|ein|eine|genau*|jetzig*|aktuell*|eigen*|angeben|nennen|"
    "angabe|freiwillig*|wie ist|wie lautet|was ist|in jahren|hochladen|beifügen|mitschicken|anhängen|von (ihnen|dir))"
)
#: How things are asked for.
FRAMES = """
    ({your}|{ihr}) … THING; ({what}|{welch}) … THING; {state} … THING; ({own}|{haben}) … THING; any THING;
    THING … (angeben|anzugeben|nennen|eintragen|mitteilen|auswählen)
"""

#: Asked for, these are no reason to refuse: what somebody wants to earn; being of age; what somebody has learnt or done,
#: and for whom; pictures that show no person.
GRANTED = """
    (expected|desired|target|wanted|requested|hoped for|ideal|wished for|asking) ({gross} )*({pay}|package);
    ({gross} )*({pay}|package) (expectation*|requirement*|wish*|goal*|target*|idea*|needs?|range|band|level);
    ({what}|how much) … {pay} (do|would|are|should) {you} (would )?(expect*|want|like|need|wish|imagine|aim*|look*|
    hop*|have in mind); (want|like|hope|expect|wish|need|plan|aim) to (earn|make|be paid|get paid);
    minimum ({gross} )*{pay}; *gehalts?(vorstellung|wunsch|wünsche|erwartung|rahmen|spanne|band|forderung|ziel)(en)?;
    (lohn|verdienst|einkommens|vergütungs)(vorstellung|wunsch|erwartung|rahmen|spanne)(en)?;
    *(wunsch|ziel|mindest|einstiegs)(jahres|monats|brutto|netto)?(gehalt|lohn|einkommen|vergütung|verdienst)(es|s)?;
    (gewünscht*|erwartet*|angestrebt*|künftig*|zukünftig*|erhofft*) ({brutto} )*{gehalt};
    (soll*|müsste|muss|darf) … {gehalt} … (sein|liegen|betragen);
    {welch} … {gehalt} … (erwart*|wünsch*|vor|möchte*|wollen|willst|stell*|strebe*);
    (erwart*|wünsch*|möchte*|stell*|strebe*) … {gehalt};
    (at least|over|above|older than|minimum age( of)?|aged) (16|18|21)( years?( of age| old)?)?;
    (mindestens|über|älter als|ab) (16|18|21)( jahren?)?( alt)?;
    (16|18|21) (years (of age|old) or (older|over|above)|or (older|over)|jahre oder älter);
    (das )?(16|18|21) lebensjahr vollendet; (of legal|minimum|legal drinking|full) age; (the right|legal) age;
    (experience*|expertise|knowledge|background|training|qualification*|skill*|course*|interest*|degree in|degrees|
    practice) …(with|in|of|on|for|caring for|as|about|around|looking after){rest};
    (work|worked|working|volunteer*|taught|teaching) (with|in|for|at|on|as){rest};
    (*erfahrung*|*kenntnis*|ausbildung*|fortbildung*|weiterbildung*|qualifikation*|wissen|praxis|interesse*|umgang|
    abschluss) …(mit|in|im|bei|von|für|zu|zum|zur|als|über){rest};
    (arbeit|arbeiten|zusammenarbeit|verhandlung*|gespräch*) mit{rest};
    (mit|in|im|bei|für|als){rest} (gearbeitet|erfahrung*|zu tun|beschäftigt|tätig*|ausgebildet);
    (people|persons|users|customers|clients|children|students|visitors|pupils|guests|patients|colleagues|applicants|
    adults|menschen|personen|kinder*|klient*|nutzer*|nutzende*|kund*|patient*|besucher*|bewohner*|jugendliche*|
    erwachsene*|schüler*|gäste*|beschäftigte*|mitarbeitende*|kolleg*|bewerber*) (WORD )?(with|mit)( WORD){1,3};
    (disability|health|childrens|religious|church|union) (insurance|rights|studies|law|sports|services?|care|sector|
    education); behinderten(hilfe|recht*|pädagog*|werkstatt|einrichtung*|arbeit|sport|betreuung|begleit*|beauftragt*);
    schwerbehinderten(vertretung|recht*|beauftragt*);
    schwerbehinderte*( WORD){1,9} (bevorzugt|berücksichtigt|willkommen|eingestellt);
    (maternity|parental leave|paternity) (cover|replacement); (schwangerschafts|mutterschutz|elternzeit)vertretung*;
    (european|credit|customs|soviet|student|students) union;
    {picture} (of|from|with|showing|von|aus|vom|zu|eines|einer|der|des|ihrer|deiner|ihres|deines)(?! (you|yourself|
    your face|me|ihnen|dir|mir|sich)(?![a-z])){rest};
    (scan*|pdf|copy|kopie|png|jpe?g|file|datei|dokument) (or|oder|und|and) (as |als )?(a |an |ein )?{picture};
    (a |an |ein )?{picture} (or|oder) (a |an |ein |eine )?(scan*|pdf|copy|kopie|file|datei);
    (as|als) (a |ein )?{picture}; {picture} (is|are) (enough|fine|ok*|sufficient); {picture} (reicht|genügt|geht auch)
"""
#: Sentences that ask people not to tell something; a question mark behind them undoes it.
ASKS_NOT_TO = """
    (do not|dont|need not|neednt|no need|not (necessary|needed|required|wanted|asked)|leave (out|off)|omit|without|
    refrain); no … (please|needed|necessary|required); please no; bitte (kein*|nicht|ohne|auf);
    (verzicht*|weglassen|weggelassen);
    nicht … (angeben|nennen|mitschicken|schicken|senden|beilegen|beifügen|nötig|notwendig|erforderlich|gefragt|
    gewünscht|erwünscht|erwähnen|hochladen|anzugeben);
    (kein*|ohne) … (nötig|notwendig|erforderlich|gewünscht|erwünscht|angeben|schicken|senden|hochladen|beifügen);
    ohne … ({picture}|bewerbungsfoto|lichtbild|altersangabe|geburtsdatum)
"""

AGG = lazy("AGG, sections 1 and 7")


@dataclasses.dataclass(frozen=True)
class Topic:
    """One thing that must not be asked: what it is, the law, and what may be asked instead.

    `things` are what somebody is or has: asked for with "your", "which", "please state" or alone. `alone` are words that
    ask where nothing else is said, `asks` askings as they stand, `answers` choices that give it away, and `in_files` what
    must not be named at all where a file is asked for.
    """

    name: str
    what: Any
    law: Any
    instead: Any
    things: str = ""
    alone: str = ""
    asks: str = ""
    answers: str = ""
    in_files: str = ""


TOPICS = (
    Topic(
        "pay",
        lazy("This asks what somebody earns or has earned."),
        lazy("EU directive 2023/970 on pay transparency, Article 5(2)"),
        lazy("Possible instead: which salary somebody expects."),
        asks="""
            {now} ({gross} |job |employers? |position )*({pay}|package|salary package);
            (salary|pay|wage|earnings|compensation|income) history;
            (pay ?(slips?|stubs?)|salary (slips?|certificate)|proof of (salary|income|earnings|pay));
            how much (money )?(do|did|are|were|have) {you} … (earn|earned|earning|make|making|paid);
            what (do|did|are|were|have) {you} …(earn|earned|earning|paid);
            (what|how much) (do|does|did) your … (employer|company|job|position) … pay; {your} ({gross} )*{pay};
            {pay} … (so far|until now|(in|at|with|from) your {now}); {jetzt} … {gehalt}; {gehalt} … {jetzt};
            *(gehalts|lohn|verdienst|einkommens)(historie|verlauf|nachweis*|bescheinigung*|zettel);
            ({jetzt}|{ihr}|kopie*) … (gehalts|lohn|verdienst|entgelt)abrechnung*;
            (verdienen|verdienst|verdienten|verdientest|verdiene) {sie};
            (haben|hast|werden|wirst|wurden|wurdest|habe) {sie} … (verdient|bezahlt|vergütet|entlohnt);
            (verdien*|bezahlt|vergütet) … ({jetzt}|bisher); {jetzt} … verdien*; zahlt … (arbeitgeber*|firma|chef*);
            (bekommen|bekommst) {sie} … bezahlt; {ihr} ({brutto} )*{gehalt}
        """,
    ),
    Topic(
        "photo",
        lazy("This asks for a photo."),
        lazy("AGG, sections 1 and 7; GDPR, Article 5(1)(c)"),
        lazy("Possible instead: work samples, where the work can be seen in them."),
        alone="{picture}s?; (profil|portrait|porträt)(bild|foto); photos?( and| of)?; fotos?",
        asks="""
            (application|passport|profile|portrait|cv|resume) (photos?|pictures?|photographs?);
            (head ?shots?|selfies?|mug ?shots?); (photo|photograph|picture|portrait) of (you|yourself|your face|me);
            (send|upload|attach|add|include|submit|enclose|paste|share) (us )?(a |an |your |one )?(recent |current |
            nice |small )*(photo|photograph|picture);
            {your} (recent |current |own |nice )*(photo|photograph|picture|selfie);
            (cv|resume|lebenslauf|bewerbung*|application|unterlagen),? (with|mit) (a |your |ein* |ihr* |
            dein* )?(*lichtbild|{picture}); (bewerbungs?|pass|porträt|portrait|profil) ?(fotos?|bild|bilder|photos?);
            lichtbild*; (foto|bild|porträt|portrait) von (ihnen|dir|sich|mir);
            (schick*|send*|lad*|füg*|häng*|leg*|übermittel*) … {picture};
            {picture} … (hochladen|beifügen|beilegen|anhängen|mitschicken|schicken|senden|hinzufügen|einfügen);
            {ihr} (aktuell* |eigen* )*(foto|photo|bild|selfie)
        """,
        in_files="{picture}",
    ),
    Topic(
        "age",
        lazy("This asks for the age or the date of birth."),
        lazy("AGG, sections 1, 7 and 10"),
        lazy("Possible instead: whether somebody is at least 18, where the work requires it."),
        things="""
            (date|day|year|month) of birth; birth ?(date|day|year); dob; age (group|bracket|range|class); age in years;
            geburts ?(datum|daten|tag|jahr|monat); lebensalter; alters(gruppe|klasse|angabe); geburtsdaten; lebensjahr
        """,
        alone="age; alter; jahrgang; age group; generation",
        asks="""
            how old ({are}|{you} are); (when|what year) (were|was) {you} born;
            {you} (were|was) born (in|on|before|after); {your} (exact |current |own )?age;
            (what|whats) (is )?(your age|the age(?! of)); {are} … (years|yrs) old; age in years;
            {are} … (older|younger) than;
            {are} (aged )?(under|over|above|below|between) [1-9][0-9]( and [1-9][0-9])?( years?( old|
            of age)?)?(?= ?[.?!]|$); wie alt (sind|bist|waren|warst) {sie}; {ihr} (genau* |jetzig* |aktuell* )?alter;
            {welch} (jahrgang|alter); (wann|wo und wann) (sind|wurden|bist|wurdest) {sie} … geboren; {sind} … geboren;
            jahre alt; {ihr} jahrgang; {sind} … (älter|jünger) als;
            {sind} (über|unter|zwischen) [1-9][0-9]( und [1-9][0-9])?( jahren?)?( alt)?(?= ?[.?!]|$);
            geburts ?(datum|tag|jahr); (geboren|geb|born) (am|in|on)(?= ?[,.?!]|$)
        """,
    ),
    Topic(
        "family",
        lazy("This asks about marriage, children or the family."),
        lazy("AGG, sections 1, 3 and 7"),
        lazy("Possible instead: whether the working hours and journeys of the job are possible."),
        things="""
            (marital|civil|family|relationship|parental) (status|situation); family (planning|plans);
            number of (children|kids|dependants|dependents); (spouse|husband|wife); maiden name;
            (name at birth|birth name); (dependants|dependents); child ?care( arrangement*| situation)?;
            familien ?(stand|planung|situation|verhältnisse*); (anzahl|zahl) … kinder; lebens ?(partner*|gefährt*);
            ehe(partner*|mann|frau|gatt*); (geburtsname|mädchenname); kinderzahl; kinderwunsch; zivilstand;
            personenstand
        """,
        alone="children; kids; kinder; married; verheiratet; ledig; single; family; familie; elternzeit",
        asks="""
            {are} (WORD )?(married|divorced|widowed|single|unmarried|a (single )?(parent|mother|father))(?! (page|
            minded));
            ({own}|want|plan*|raise|many|expect*|raising|having) (to have |any |own |small |young |minor |
            your )*(children|kids|a child|a kid); (in a|what) relationship( status)?; live with (a|your) partner;
            (leben|lebst) {sie} … (partnerschaft|beziehung|partner*);
            {your} (own |small |young )?(children|kids|spouse|husband|wife); (start|plan|planning|starting) a family;
            about your family; von {ihr} familie; familie (gründen|planen); familiengründung;
            (took|take|taken|plan*|on) … parental leave;
            (who|organi[sz]ed?|arranged?|have) … (looks after|child ?care); wie ?viele (eigene |kleine )?kinder;
            {haben} (eigene |kleine |minderjährige |schulpflichtige |noch |auch )*(kinder|ein kind|kind);
            (planen|planst|wollen|willst|möchten|möchtest|wünschen|wünschst|bekommen|erwarten|erwartest) {sie} … (kind|
            kinder|nachwuchs|familie|elternzeit);
            {ihr} (eigenen |kleinen )?(kind|kinder|kindern|kinderbetreuung|familienplanung);
            kinderbetreuung … (gesichert|geregelt|organisiert|sichergestellt);
            {sind} … (verheiratet*|ledig|geschieden|verwitwet|verlobt|alleinerziehend*|mutter|vater);
            ({haben}|waren|sind|gehen|nehmen) … elternzeit; elternzeit … (nehmen|planen|gehen);
            (betreuen|erziehen|versorgen) {sie} … kinder; familien ?stand; marital status;
            (eigene|kleine) kinder (haben|da|vorhanden)
        """,
        answers="""
            married; divorced; widowed; single; unmarried; verheiratet*; ledig; geschieden*; verwitwet*;
            alleinerziehend*; (one|two|three|no|1|2|3|keine|ein|zwei|drei) (children|child|kinder|kind|kids)
        """,
    ),
    Topic(
        "pregnancy",
        lazy("This asks about a pregnancy."),
        lazy("AGG, section 3(1); MuSchG"),
        lazy("That goes for every job, fixed-term ones and substitutes included."),
        things="pregnancy; maternity leave; schwangerschaft; mutterschutz",
        alone="pregnant; schwanger; pregnancy; schwangerschaft",
        asks="""
            {are} … pregnant; (become|get|getting|be) pregnant; expecting a (baby|child);
            (plan*|take|took|taken|on) … maternity leave; {sind} … schwanger; schwanger (werden|sind|bist|zu werden);
            (besteht|liegt) … schwangerschaft; erwart* {sie} … (baby|kind); (in|im) mutterschutz
        """,
        answers="pregnant; schwanger",
    ),
    Topic(
        "origin",
        lazy("This asks about nationality or ethnic origin."),
        AGG,
        lazy("Possible instead: whether somebody may work in the EU, and which languages at which level."),
        things="""
            nationalit(y|ies); citizenships?; ethnic*( (origin|group|background))?; (race|skin colou?r)(?! condition*);
            country of (origin|birth|citizenship); place of birth; birth ?place; (home|native) country;
            (descent|ancestry|migration background|immigration status); mother ?tongue; native (language|tongue);
            first language; nationalität; staatsangehörigkeit*; staatsbürgerschaft*; ethni*( herkunft)?; ethnizität;
            hautfarbe; herkunft; herkunfts(land|ort|region); geburts(ort|land|stadt); heimatland;
            migrationshintergrund; mutter ?sprache*; erstsprache; abstammung
        """,
        alone="nationality; race; herkunft; origin; citizen; passport country; ausländer*",
        asks="""
            {are} … (citizen|national|foreigner|immigrant|native speaker|foreign born);
            where (are|were) {you} (really |originally )?(from|born);
            where (do|did) (you|your) (parents |family )?(really |originally )?come from; where {you} (were|was) born;
            which country {are} from; {are} of … (origin|descent);
            (aus|von) welchem land (kommen|stammen|kommst|stammst) {sie}; (what|which) passport (do|does|have|are);
            {your} (ethnic |cultural |national )?(origins?|roots|heritage|accent); native speaker;
            {own} a (migration|migrant) background; woher (kommen|stammen|kommst|stammst) {sie};
            woher (kommt|stammt|kommen|stammen) {ihr} … (familie|eltern);
            wo (sind|wurden|bist|wurdest) {sie} … geboren;
            {sind} (gebürtig*|deutsche*|deutsch|österreicher*|schweizer*|eu bürger*|ausländer*|staatenlos|
            muttersprachler*|geflüchtet*|migrant*)( WORD)?(?= ?[,.?!]|$); welche(n|r|s)? (reise)?pass; muttersprach*;
            staatsangehörig*; staatsbürger*; (welche|ihre|deine) herkunft; {haben} … migrationshintergrund;
            {haben} die … (staatsangehörigkeit|staatsbürgerschaft|nationalität)
        """,
    ),
    Topic(
        "religion",
        lazy("This asks about religion or belief."),
        AGG,
        lazy("Possible instead: whether the working days and hours of the job are possible."),
        things="""
            (religion|faith|denomination|confession); religious (affiliation|belief*|background|view*|community);
            world ?view; church (membership|affiliation|tax); religion*; konfession*;
            religions(zugehörigkeit|gemeinschaft); glaubens(gemeinschaft|richtung|bekenntnis|zugehörigkeit);
            weltanschauung; kirchen(zugehörigkeit|mitgliedschaft|steuer)
        """,
        alone="religion; konfession; faith; beliefs",
        asks="""
            {are} (a )?(WORD )?(religious|muslim|jewish|jew|catholic|protestant|atheist|buddhist|hindu|practising|
            christian|baptised|baptized)(?! about); {are} … (WORD )?church; (go|belong) to … church;
            do {you} (WORD )?(believe in god|pray|wear a (headscarf|hijab)); belong to … (religion|faith);
            {sind} … (religiös|gläubig|muslim*|jüdisch|jude|jüdin|katholisch|evangelisch|christ*|atheist*|getauft|
            konfessionslos|kirchenmitglied|kirche); glaub(en|st) {sie} an gott; (tragen|trägst) {sie} … kopftuch;
            gehör* {sie} … (religion*|kirche|glaubens*|konfession); (beten|betest) {sie}; {ihr} glaube*;
            (which|what|welche|welcher) (church|kirche)
        """,
        answers="""
            muslim*; jewish; (roman )?catholic; protestant; christian; hindu; buddhist; atheist; (römisch )?katholisch;
            evangelisch; jüdisch; islamisch; christlich; konfessionslos; no religion
        """,
    ),
    Topic(
        "health",
        lazy("This asks about health or disability."),
        lazy("AGG, sections 1 and 7; GDPR, Article 9"),
        lazy(
            "Possible instead: whether a named task of the job can be done, and what an interview needs to be accessible."
        ),
        things="""
            disabilit(y|ies); (degree|grade) of disability; handicap;
            (health|medical|mental health) (status|condition*|problem*|issue*|histor*|record*|restriction*);
            state of health; sick (days|leave|notes?); blood (type|group); (*schwer)?behinderung*;
            grad der behinderung; gdb; schwerbehindertenausweis*;
            gesundheits(zustand|fragebogen|probleme*|einschränkung*);
            gesundheitlich* (einschränkung*|problem*|beschwerd*|zustand|lage); vorerkrankung*; krankmeldung*;
            krank(heits)?tage*; fehlzeiten; körper(größe|gewicht); blutgruppe; (height and weight|body weight)
        """,
        alone="""
            health; gesundheit; allergies; allergien; medication; medikamente; (chronic )?(illness*|disease*);
            (chronische |psychische )?(erkrankung*|krankheit*); disabled; schwerbehindert; behindert; height; weight;
            krank; größe und gewicht; smoker; nichtraucher*; raucher*
        """,
        asks="""
            {are} …(disabled|handicapped|ill|sick|diagnosed|in therapy|a smoker|hiv positive); (in )?good health;
            {are} (WORD )?(healthy|impaired);
            {your} (WORD )?(health|weight|height|allergies|medication|illness*|disease*);
            {own} … (allergies|illness*|disease*|impairment*); {ihr} … (erkrankung*|krankheit*|medikamente|allergien);
            how (tall|heavy) are {you}; do {you} smoke(?! test*); {you} suffer* from;
            (take|taking|on|need) (WORD )?(medication|medicines?);
            (had|having) …(burn ?out|depression|mental illness|surgery|an operation);
            (drink|use|take|consume) … (alcohol|drugs);
            {sind} … ((schwer)?behindert|gleichgestellt|krank|krankgeschrieben|gesund|raucher*|nichtraucher*|
            chronisch krank|erkrankt|pflegebedürftig); (leiden|litten|leidest) {sie}; rauch(en|st) {sie};
            (nehmen|nimmst) {sie} … (medikament*|drogen); (trinken|trinkst) {sie} … alkohol;
            {ihr} … (gesundheit|gesundheitszustand); wie (groß|schwer) (sind|bist) {sie}(?= ?[.?!,]|$| und);
            (grad der|liegt … |besteht … |vorliegende* )(schwer)?behinderung;
            {haben} … (krankheit*|erkrankung*|behinderung|allergi*|burnout|depression*|beschwerden);
            (waren|warst) {sie} … (krank|krankgeschrieben|arbeitsunfähig); (had|taken|claimed|took|been) … sick leave;
            (health|gesundheitliche*) (reason*|grund|gründe*);
            (sick (days|leave)|fehlzeiten|krank(heitstage|meldung*)) … (last|past|previous|year*|jahr*);
            do {you} (WORD )?(use|need) a wheelchair; schwerbehindertenausweis
        """,
        answers="disabled; severely disabled; schwerbehindert*; behindert*; chronically ill; gleichgestellt*",
    ),
    Topic(
        "gender",
        lazy("This asks about gender or sexual identity."),
        AGG,
        lazy("Possible instead: how somebody would like to be addressed."),
        things="""
            gender( identity)?(?= ?[,.?!]|$| (are|do|is)); sex; sexual (orientation|identity|preference*);
            geschlecht*(?! ); geschlechts(identität|zugehörigkeit); sexuelle (orientierung|identität|neigung)
        """,
        alone="gender; sex; geschlecht",
        asks="""
            {are} (WORD )?(gay|lesbian|homosexual|heterosexual|bisexual|transgender|trans|nonbinary|non binary|
            intersex|male|female|a man|a woman);
            {sind} (WORD )?(männlich|weiblich|schwul|lesbisch|homosexuell|heterosexuell|bisexuell|transgender|trans|
            divers|nichtbinär|nicht binär|eine? (mann|frau))
        """,
        answers="male; female; non ?binary; männlich; weiblich; nicht ?binär; man; woman; mann; frau",
    ),
    Topic(
        "politics",
        lazy("This asks about a union, a party or political opinions."),
        lazy("Basic Law, Article 9(3); GDPR, Article 9"),
        lazy("What somebody does outside work is their own."),
        things="""
            (trade |labou?r )?union (member*|affiliation); party (member*|affiliation);
            political (party|affiliation|view*|opinion*|belief*|orientation|activit*|membership);
            gewerkschafts(zugehörigkeit|mitglied*); partei(zugehörigkeit|mitgliedschaft|buch);
            politische* (einstellung|meinung|überzeugung*|gesinnung|orientierung|ansicht*|aktivität*)
        """,
        alone="trade union; union; gewerkschaft; partei; political party",
        asks="""
            {are} … (union|unioni[sz]ed); member* (of|in) … (union|party)(?! librar*); belong to … (union|party);
            (who|which party|what party) (did|do|would|will) {you} vote*; politically active;
            (been|gone|go|went) on strike;
            {sind} … (gewerkschaft*|partei|parteimitglied|politisch aktiv|politisch engagiert);
            mitglied* … (gewerkschaft|partei|afd|spd|cdu|csu|fdp); (stehen|stehst) {sie} … partei;
            gehör* {sie} … (gewerkschaft|partei); (wen|welche partei) (wählen|wählst) {sie};
            (wen|welche partei|was) (würden|haben|hast) {sie} … (wählen|gewählt); {haben} … gestreikt;
            {welch} gewerkschaft;
            (welche|welcher) partei (wählen|gehören|stehen|unterstützen|wählst|gehörst|stehst) {sie};
            gewerkschaftsmitglied*
        """,
        answers="union member; gewerkschaftsmitglied*; party member; parteimitglied*",
    ),
)
