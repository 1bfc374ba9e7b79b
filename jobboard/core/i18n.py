"""Languages: which there are, which one a page is in, and how dates, lists, money, countries and languages read in it."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale, UnknownLocaleError
from babel.core import get_global, negotiate_locale, parse_locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from flask import Flask, current_app, g, has_request_context, request

HERE = Path(__file__).parent.parent
#: Templates and translations stand beside the package in a checkout and inside it in a wheel.
ROOT = HERE if (HERE / "templates").is_dir() else HERE.parent

#: Where CLDR's currencySpacing wants a space, which Babel leaves out: "CHF 6,000", but "€6,000".
BETWEEN_LETTER_AND_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
pgettext: Callable[..., str] = flask_babel.pgettext
lazy = flask_babel.lazy_gettext
lazy_pgettext = flask_babel.lazy_pgettext
force_locale = flask_babel.force_locale


def catalogs() -> tuple[str, ...]:
    """The interface languages: one per message catalog found, English first (it is the source)."""
    found = {path.parts[-3] for path in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po")}
    return tuple(sorted(found, key=lambda code: (code != "en", code)))


def init_app(app: Flask) -> None:
    """Install translations; the page's language is `page_language`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    flask_babel.Babel(app, locale_selector=page_language, timezone_selector=lambda: "UTC")


def languages() -> tuple[str, ...]:
    """The interface languages of this app."""
    return cast("tuple[str, ...]", current_app.config["LANGUAGES"])


def page_language() -> str:
    """The language of the running request: from its URL, else the staff member's, else the site's default."""
    chosen = g.get("language")
    return chosen or default_language()


def default_language() -> str:
    """The first of the site's languages."""
    return languages()[0]


def interface_for(locale: str) -> str:
    """The language of the site in which somebody with this language is spoken to, or a text in it is at home.

    It, or the site's default where there is no interface in it.
    """
    return locale if locale in languages() else default_language()


def negotiated_language() -> str:
    """The language for `/` and for errors outside a language: RFC 4647 lookup over Accept-Language."""
    if not has_request_context():
        return default_language()
    wanted = [tag for tag, _quality in request.accept_languages]
    return negotiate_locale(wanted, languages(), sep="-") or default_language()


def current_locale() -> Locale:
    """The Babel locale of the page, mail or task that is being rendered."""
    return cast("Locale", flask_babel.get_locale() or Locale("en"))


def pick(texts: Mapping[str, str] | None, language: str | None = None) -> str:
    """The text in the page's language (or `language`), else the site's default, else any; "" when there is none."""
    if not texts:
        return ""
    for code in (language or str(current_locale()), default_language()):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def language_of(texts: Mapping[str, str] | None) -> str | None:
    """The language of what `pick` answers, where it is not the page's; None where it is, or where there is nothing."""
    found = pick(texts)
    if not texts or not found or texts.get(str(current_locale())):
        return None
    return next(code for code, text in texts.items() if text == found)


def other_language(tag: str) -> str:
    """The language in which readers of a text in this one are spoken to who may not know it: the site's, or its next one."""
    return next((code for code in (default_language(), *languages()) if code != tag), tag)


def language_name(tag: str) -> str:
    """The name of a language in the page's language: "de" reads "German" or "Deutsch"; the tag itself when unknown."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(current_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def own_name(tag: str) -> str:
    """The name of a language in itself, as a language switch shows it."""
    name = Locale.parse(tag, sep="-").get_display_name() or tag
    return name[:1].upper() + name[1:]


def with_territory(tag: str) -> str:
    """A language with the country it is most likely from ("de_DE"), as Open Graph writes locales; CLDR's likely subtags."""
    likely: str = get_global("likely_subtags").get(tag.replace("-", "_"), "")
    parsed = parse_locale(likely or tag, sep="_" if likely else "-")
    return "_".join(filter(None, parsed[:2]))


def text_direction(tag: str) -> str:
    """ "ltr" or "rtl", for the `dir` attribute."""
    return str(Locale.parse(tag, sep="-").text_direction)


def country_name(code: str) -> str:
    """The name of an ISO 3166-1 alpha-2 country in the page's language."""
    return str(current_locale().territories.get(code, code))


def is_country(code: str) -> bool:
    """Whether a code is one of CLDR's two-letter territories: ISO 3166-1 alpha-2 and a few beside it."""
    return bool(re.fullmatch("[A-Z]{2}", code)) and code in Locale("en").territories


def listed(items: Iterable[Any]) -> str:
    """A list in words: "A, B, and C" or "A, B und C"."""
    return format_list([str(item) for item in items], locale=current_locale())


def listed_or(items: Iterable[Any]) -> str:
    """A choice in words: "A, B, or C" or "A, B oder C"."""
    return format_list([str(item) for item in items], style="or", locale=current_locale())


def day(moment: dt.datetime | dt.date, length: str = "long") -> str:
    """A day in words, in the site's zone when it is a moment."""
    if isinstance(moment, dt.datetime):
        moment = moment.astimezone(site_zone())
    return format_date(moment, format=cast("Any", length), locale=current_locale())


def day_and_time(moment: dt.datetime) -> str:
    """A moment in words with its zone, in the site's zone: a reader elsewhere must be able to tell when it is.

    Where CLDR has no name of the zone for the language, its own one stands ("CET"), else the offset ("-0300").
    """
    local = moment.astimezone(site_zone())
    text = _without_seconds(local, "long")
    zone = local.tzname() or ""
    return text.replace(local.strftime("%z"), zone) if zone.isalpha() else text


def short_moment(moment: dt.datetime) -> str:
    """A moment in the site's zone, short and without naming the zone: for staff, who are in it."""
    return _without_seconds(moment.astimezone(site_zone()), "medium")


def _without_seconds(local: dt.datetime, length: Literal["long", "medium"]) -> str:
    text = format_datetime(local, format=length, tzinfo=site_zone(), locale=current_locale())
    return re.sub(local.strftime(r":%S(?=\s|$)"), "", text, count=1)  # English has a narrow no-break space there


def site_country() -> str | None:
    """The country of the site's time zone (ISO 3166-1), such as "DE" for Europe/Berlin; None for one of no country."""
    return cast("str | None", get_global("zone_territories").get(site_zone().key))


def site_zone() -> ZoneInfo:
    """The time zone the site's dates are shown in."""
    return cast("ZoneInfo", current_app.extensions["site_zone"]())


def midnight_after(moment: dt.datetime, days: int = 0) -> dt.datetime:
    """The midnight that ends the site's day of a moment, or the day so many days later; in UTC."""
    day_after = moment.astimezone(site_zone()).date() + dt.timedelta(days=days + 1)
    return dt.datetime.combine(day_after, dt.time(), site_zone()).astimezone(dt.UTC)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency (ISO 4217); cents only when there are some."""
    whole = amount == amount.to_integral_value()
    pattern = current_locale().currency_formats["standard"].pattern
    if whole:
        pattern = pattern.replace("0.00", "0")
    words = format_currency(amount, currency, format=pattern, currency_digits=False, locale=current_locale())
    return BETWEEN_LETTER_AND_DIGIT.sub("\u00a0", words)


def number(value: float | Decimal) -> str:
    """A number with the language's separators."""
    return format_decimal(value, locale=current_locale())
