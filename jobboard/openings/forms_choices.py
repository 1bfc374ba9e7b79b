"""The long lists of an opening's form: countries, languages and currencies by name, those in use here first."""

import functools
import itertools
import operator
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from babel.numbers import get_currency_name, get_territory_currencies
from markupsafe import Markup, escape
from wtforms.widgets import Select

from jobboard.core import i18n
from jobboard.core.forms import SelectChoice
from jobboard.core.i18n import _, lazy
from jobboard.openings.models import CEFR, PayPeriod, Place
from jobboard.openings.queries_habits import Habits

#: Currencies pay is offered in here; one that an import brought is offered too.
CURRENCIES = ("EUR", "CHF", "GBP", "USD", "CAD", "AUD", "CZK", "DKK", "HUF", "NOK", "PLN", "RON", "SEK", "UAH", "INR")
#: Countries where pay is usually told by the month (in Austria the collective agreements' minimum is, GlBG §9(2)).
BY_MONTH = frozenset({"AT", "CZ", "HU", "PL", "RO", "SK", "UA"})
#: CLDR territories that are no country of ISO 3166-1.
NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})

#: What one can do at each level, after the global scale of the Council of Europe's framework (CEFR, table 1).
CEFR_WORDS = {
    CEFR.A1: lazy("Understands and uses everyday phrases when others speak slowly."),
    CEFR.A2: lazy("Gets along in routine situations: simple questions, short messages."),
    CEFR.B1: lazy("Follows the main points at work and writes simple texts about known matters."),
    CEFR.B2: lazy("Discusses matters of their field fluently and writes clear, detailed texts."),
    CEFR.C1: lazy("Speaks and writes with ease about demanding matters, in meetings and in letters."),
    CEFR.C2: lazy("Understands practically everything and expresses fine shades of meaning."),
}


def usual_pay(habits: Habits) -> tuple[str, str]:
    """Currency and period to begin with: those of the last opening with pay, else those of the site's country."""
    if habits.pay is not None:
        return habits.pay[0], habits.pay[1].value
    country = i18n.site_country() or ""
    currency = next(iter(get_territory_currencies(country)), "EUR") if country else "EUR"
    return currency, (PayPeriod.month if country in BY_MONTH else PayPeriod.year).value


def currency_choices(more: Iterable[str | None]) -> list[Any]:
    """Currencies by code and name, with `more` that are in use."""
    names = i18n.current_locale()
    codes = dict.fromkeys([*CURRENCIES, *filter(None, more)])
    return [SelectChoice(code, f"{code} – {get_currency_name(code, locale=names)}") for code in codes]


def country_choices(used: Collection[str]) -> list[Any]:
    """ISO 3166-1 countries by name; the site's own and those in use first."""
    names: dict[str, str] = {str(code): name for code, name in i18n.current_locale().territories.items()}
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    first = [code for code in dict.fromkeys([i18n.site_country() or "", *used]) if code in names]
    return grouped(first, {code: names[code] for code in codes}, _("All countries"))


def language_choices(used: Sequence[str], more: Iterable[str]) -> list[Any]:
    """Languages with a two-letter code by name, and `more` tags that are in use; the site's own and those in use first."""
    names = {code: name for code, name in i18n.current_locale().languages.items() if len(code) == 2}
    names |= {tag: i18n.language_name(tag) for tag in (*used, *more) if tag not in names}
    return grouped(dict.fromkeys([*i18n.languages(), *used]), names, _("All languages"))


class LongSelect(Select):
    """A `<select>` of hundreds of choices, of which a form has several: their HTML is made once for equal lists.

    An opening's form has some 1,700 options; made one by one they are most of the time its page takes.
    """

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The select with the field's value chosen."""
        choices, field.choices = field.choices, []
        try:
            shell = super().__call__(field, **kwargs)
        finally:
            field.choices = choices
        values = tuple((one.value, str(one.label), str(one.optgroup or "")) for one in choices)
        plain, chosen = (f'<option {word}value="{escape(field.data)}">' for word in ("", "selected "))
        options = _options(values).replace(plain, chosen, 1)
        return Markup(str(shell).removesuffix("</select>") + options + "</select>")  # noqa: S704 - escaped below


@functools.lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str, str], ...]) -> str:
    """The HTML of (value, words, group), none chosen."""
    found = []
    for group, members in itertools.groupby(choices, key=operator.itemgetter(2)):
        options = "".join(
            f'<option value="{escape(value)}">{escape(words)}</option>' for value, words, _group in members
        )
        found.append(f'<optgroup label="{escape(group)}">{options}</optgroup>' if group else options)
    return "".join(found)


def grouped(first: Iterable[str], names: dict[str, str], others: str) -> list[Any]:
    """An empty choice, those used here, and the others by name; each once, so that one is chosen at most."""
    used = [code for code in first if code in names]
    rest = sorted(names.keys() - set(used), key=lambda code: _sort_key(names[code]))
    return [
        SelectChoice("", "–"),
        *(SelectChoice(code, names[code], optgroup=_("In use here")) for code in used),
        *(SelectChoice(code, names[code], optgroup=others) for code in rest),
    ]


def _sort_key(name: str) -> str:
    return name.casefold().translate(str.maketrans("äöüåéè", "aouaee"))


def place_names(places: Iterable[Place]) -> list[tuple[str, str]]:
    """(city, its country's name in the page's language) of known places, for the browser to offer while typing."""
    pairs = {(i18n.pick(place.names) or place.city or "", i18n.country_name(place.country or "")) for place in places}
    return sorted(pairs, key=lambda pair: (_sort_key(pair[0]), pair[1]))


def place_by_name(places: Iterable[Place]) -> dict[str, Place | None]:
    """Known places by what their city is called in any language; None for a name that several places have."""
    found: dict[str, Place | None] = {}
    for place in places:
        for name in {(text or "").casefold() for text in (place.city, *place.names.values())}:
            found[name] = None if name in found else place
    return found
