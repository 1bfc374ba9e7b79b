"""Every setting: its name, type, default and meaning. From the environment: `JOBBOARD_X` or the file in `JOBBOARD_X_FILE`."""

import dataclasses
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from email_validator import EmailNotValidError, validate_email

PREFIX = "JOBBOARD_"
#: Characters of a secret key at least; 64 hexadecimal ones are 256 bits.
SHORTEST_KEY = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class SettingError(click.ClickException):
    """A setting is missing or wrong. The message names it and shows an example; the start stops."""

    exit_code = 2

    def __init__(self, name: str, problem: str, example: str) -> None:
        super().__init__(f"{PREFIX}{name} {problem}\n  Example: {PREFIX}{name}={example}")


def setting(default: Any, meaning: str, example: str) -> Any:
    """A dataclass field that carries what `jobboard check` and the messages need to explain it."""
    return dataclasses.field(default=default, metadata={"meaning": meaning, "example": example})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The operator's choices. Strings come from the environment; everything else is derived by `settings_from`."""

    data_dir: Path = setting(
        Path("data"), "folder for the SQLite database, uploaded files and kept mails", "/var/lib/jobboard"
    )
    database_url: str = setting(
        "", "the database; SQLite in the data folder when empty", "postgresql://jobboard@localhost/jobboard"
    )
    storage_url: str = setting(
        "",
        "where uploads are kept; the data folder when empty",
        "s3://bucket?endpoint=https://s3.example.org&region=eu",
    )
    redis_url: str = setting(
        "", "shared store for rate limits; needed with more than one web process", "redis://localhost:6379/0"
    )
    smtp_url: str = setting(
        "", "mail server; without one mails are kept and shown as not sent", "smtp://user:password@mail.example.org:587"
    )
    mail_from: str = setting("", "sender of all mails", "jobs@example.org")
    bounce_address: str = setting(
        "", "where mail servers report what they could not deliver; the sender's when empty", "bounces@example.org"
    )
    secret_key: str = setting(
        "", "signs sign-ins and the links in mails; 32 characters or more", "<64 random characters>"
    )
    old_secret_keys: str = setting(
        "",
        "keys before the one of now, the newest first, a space between two; links and sign-ins they made go on",
        "<the key before>",
    )
    site_url: str = setting(
        "http://127.0.0.1:8000", "the address people type; links in mails start with it", "https://jobs.example.org"
    )
    trusted_proxies: int = setting(0, "number of reverse proxies in front that set X-Forwarded-*", "1")
    grace_minutes: int = setting(30, "a form opened before the deadline may still be sent this long after it", "60")
    form_seconds: int = setting(
        3, "an application sent sooner after its form was opened waits apart as a program's", "5"
    )
    proof_of_work: int = setting(
        0, "bits of a calculation that browsers do before they send an application; 0 asks for none", "18"
    )
    accept_pictures: bool = setting(False, "whether PNG and JPEG are taken as documents of an application", "1")
    clamd_url: str = setting(
        "", "virus scanner (ClamAV's clamd); without one files are shown as not scanned", "unix:/run/clamd.sock"
    )
    oidc_issuer: str = setting(
        "", "single sign-on (OpenID Connect): the provider's address; none when empty", "https://login.example.org"
    )
    oidc_client_id: str = setting("", "what the provider calls this site", "jobboard")
    oidc_client_secret: str = setting(
        "", "what the provider gave this site to prove itself", "<what the provider shows>"
    )
    websub_hub: str = setting(
        "", "WebSub hub that is told when a feed changes; none when empty", "https://hub.example.org/"
    )
    demo: bool = setting(False, "demo content and pages; for 127.0.0.1 only", "1")
    log_level: str = setting("INFO", "least important level that is logged", "WARNING")

    @property
    def old_keys(self) -> list[str]:
        """The secret keys before the one of now, the newest first."""
        return self.old_secret_keys.split()

    @property
    def is_secure(self) -> bool:
        """Whether people reach the site by https; then cookies are `Secure` and `__Host-`."""
        return self.site_url.startswith("https://")

    @property
    def site_host(self) -> str:
        """Host name of the site's address, without port."""
        return urlsplit(self.site_url).hostname or ""

    @property
    def oidc_host(self) -> str:
        """Host name of the single sign-on, by which people know it; empty when there is none."""
        return urlsplit(self.oidc_issuer).hostname or ""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read and check the settings; raises `SettingError` for the first one that is wrong."""
    raw: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        text = _text(environment, field.name.upper())
        if text is not None:
            raw[field.name] = _typed(field, text)
    _refuse_unknown(environment)
    settings = Settings(**raw)
    settings = dataclasses.replace(
        settings,
        data_dir=settings.data_dir.absolute(),
        site_url=settings.site_url.removesuffix("/"),
        log_level=settings.log_level.upper(),
    )
    return checked(settings)


def checked(settings: Settings) -> Settings:
    """The settings with derived defaults filled in; raises `SettingError`."""
    for field in dataclasses.fields(settings):
        if problem := _problem(field.name, getattr(settings, field.name)):
            raise SettingError(field.name.upper(), problem, field.metadata["example"])
    if urlsplit(settings.site_url).path:
        raise SettingError("SITE_URL", "must be a host without a path.", "https://jobs.example.org")
    if settings.demo and settings.site_host not in LOOPBACK:
        raise SettingError("DEMO", "is only for 127.0.0.1: it prints a password and shows every mail.", "0")
    _check_single_sign_on(settings)
    _check_hub(settings.websub_hub)
    if len(settings.secret_key) < SHORTEST_KEY:
        problem = "is missing." if not settings.secret_key else "is too short: it needs 32 characters or more."
        raise SettingError(
            "SECRET_KEY", f"{problem} It signs sign-ins and the links in mails.", "$(openssl rand -hex 32)"
        )
    _check_old_keys(settings)
    return dataclasses.replace(
        settings,
        database_url=settings.database_url or f"sqlite:///{settings.data_dir / 'jobboard.sqlite3'}",
        storage_url=settings.storage_url or (settings.data_dir / "files").as_uri(),
        mail_from=(mail_from := settings.mail_from or f"jobs@{settings.site_host}"),
        bounce_address=settings.bounce_address or mail_from,
    )


def _check_old_keys(settings: Settings) -> None:
    """A key that is cut off, or the one of now, among the old ones is a slip: nothing it should keep would be kept."""
    if any(len(key) < SHORTEST_KEY for key in settings.old_keys):
        problem = f"has a key of less than {SHORTEST_KEY} characters. Put whole keys here, a space between two."
        raise SettingError("OLD_SECRET_KEYS", problem, "<the key before>")
    if settings.secret_key in settings.old_keys:
        problem = f"holds the key of {PREFIX}SECRET_KEY too. Only the keys before it belong here."
        raise SettingError("OLD_SECRET_KEYS", problem, "<the key before>")


def _check_single_sign_on(settings: Settings) -> None:
    """The three settings of it belong together, and a password to the provider never travels unencrypted."""
    given = {name: getattr(settings, name) for name in ("oidc_issuer", "oidc_client_id", "oidc_client_secret")}
    examples = {field.name: field.metadata["example"] for field in dataclasses.fields(settings)}
    for name, value in given.items():
        if any(given.values()) and not value:
            raise SettingError(
                name.upper(), "is missing: single sign-on needs all three of its settings.", examples[name]
            )
    parts = urlsplit(settings.oidc_issuer)
    is_here = parts.hostname in LOOPBACK
    if settings.oidc_issuer and ((parts.scheme != "https" and not is_here) or parts.query or parts.fragment):
        problem = "must be the https address of the provider, without anything behind a question mark."
        raise SettingError("OIDC_ISSUER", problem, examples["oidc_issuer"])


def _check_hub(url: str) -> None:
    """A hub is told over an encrypted connection; one without is for tests on this machine."""
    parts = urlsplit(url)
    if (parts.scheme == "http" and parts.hostname not in LOOPBACK) or parts.fragment or parts.username:
        problem = "must be the https address of the hub, without a name, a password or anything behind a #."
        raise SettingError("WEBSUB_HUB", problem, "https://hub.example.org/")


#: Settings that hold an address, with the schemes each may have; empty text means "not set" where that is allowed.
SCHEMES = {
    "site_url": {"http", "https"},
    "database_url": {"", "sqlite", "postgresql", "postgresql+psycopg"},
    "storage_url": {"", "file", "s3"},
    "redis_url": {"", "redis", "rediss", "unix"},
    "smtp_url": {"", "smtp", "smtps", "file"},
    "clamd_url": {"", "unix", "tcp"},
    "oidc_issuer": {"", "http", "https"},
    "websub_hub": {"", "http", "https"},
}
#: Schemes whose address begins with a host (or bucket), and those that are a path on this machine.
WITH_HOST, WITH_PATH = {"http", "https", "s3", "redis", "rediss", "smtp", "smtps", "tcp"}, {"file", "unix", "sqlite"}


#: A telephone does 2^20 hashes in some seconds.
MOST_BITS = 22


def _problem(name: str, value: Any) -> str:
    """What is wrong with a setting's value, as the end of a sentence; "" when nothing is."""
    if name in SCHEMES and (value or "" not in SCHEMES[name]):
        return _problem_of_address(value, SCHEMES[name])
    if name in {"mail_from", "bounce_address"} and value:
        try:
            validate_email(value, check_deliverability=False, globally_deliverable=False)
        except EmailNotValidError:
            return "is not an e-mail address."
    if name == "proof_of_work" and value > MOST_BITS:
        return f"must be {MOST_BITS} at most: every bit doubles what a visitor's telephone has to calculate."
    if name == "log_level" and value not in logging.getLevelNamesMapping():
        return f"must be one of: {', '.join(logging.getLevelNamesMapping())}."
    return ""


def _problem_of_address(value: str, schemes: set[str]) -> str:
    known = ", ".join(f"{scheme}:" for scheme in sorted(filter(None, schemes)))
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises for what is no port
    except ValueError as error:
        return f"is not an address: {error}."
    if not parts.scheme or parts.scheme not in schemes:
        return f"must start with one of: {known}"
    if parts.scheme in WITH_HOST and not parts.hostname:
        return "names no host." if parts.scheme != "s3" else "names no bucket."
    if parts.scheme in WITH_PATH and parts.path in {"", "/"}:
        return "names no file or folder."
    return ""


def _text(environment: Mapping[str, str], name: str) -> str | None:
    """The setting's text, from `X` or the file named in `X_FILE` (one trailing newline dropped)."""
    plain, by_file = environment.get(PREFIX + name), environment.get(f"{PREFIX}{name}_FILE")
    if plain is not None and by_file is not None:
        raise SettingError(name, f"is given twice, also as {PREFIX}{name}_FILE. Keep one.", "...")
    if by_file is None:
        return plain
    try:
        return Path(by_file).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{name}_FILE", f"cannot be read: {error}.", "/run/secrets/" + name.lower()) from error


def _typed(field: dataclasses.Field[Any], text: str) -> Any:
    name, example = field.name.upper(), field.metadata["example"]
    if isinstance(field.default, bool):
        if text.lower() not in {"", "0", "1", "false", "true", "no", "yes"}:
            raise SettingError(name, "must be 1 or 0.", example)
        return text.lower() in {"1", "true", "yes"}
    if isinstance(field.default, int):
        if not text.isascii() or not text.isdecimal():
            raise SettingError(name, "must be a whole number.", example)
        return int(text)
    return Path(text) if isinstance(field.default, Path) else text


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """A misspelt setting would silently do nothing; so it stops the start. `JOBBOARD_TEST_*` belongs to the test suite."""
    known = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}
    known |= {f"{name}_FILE" for name in known} | {f"{PREFIX}FAILPOINT"}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_"):
            listing = "\n  ".join(sorted(item for item in known if not item.endswith("_FILE")))
            raise click.ClickException(f"{name} is not a setting. Known settings:\n  {listing}")
