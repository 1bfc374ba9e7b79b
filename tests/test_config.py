"""Settings: a wrong one stops the start with its name and an example; right ones mean what they say."""

import importlib.util
import sys

import click
import pytest

from jobboard import create_app
from jobboard.config import SettingError, Settings, settings_from

KEY = "k" * 40
SINGLE_SIGN_ON = {
    "OIDC_ISSUER": "https://login.example.org/realm",
    "OIDC_CLIENT_ID": "jobboard",
    "OIDC_CLIENT_SECRET": "a secret",
}


def read(**values):
    return settings_from({f"JOBBOARD_{name}": value for name, value in {"SECRET_KEY": KEY, **values}.items()})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SITE_URL", "jobs.example.org"),
        ("SITE_URL", "ftp://jobs.example.org"),
        ("SITE_URL", "https://jobs.example.org/careers"),
        ("SITE_URL", "https://"),
        ("SITE_URL", "https://[half"),
        ("SITE_URL", "https://jobs.example.org:port"),
        ("DATABASE_URL", "mysql://localhost/jobs"),
        ("DATABASE_URL", "jobs.sqlite3"),
        ("DATABASE_URL", "postgresql://localhost:port/jobs"),
        ("STORAGE_URL", "/var/files"),
        ("STORAGE_URL", "s3://"),
        ("STORAGE_URL", "file:"),
        ("REDIS_URL", "localhost:6379"),
        ("CLAMD_URL", "/run/clamd.sock"),
        ("CLAMD_URL", "unix:"),
        ("CLAMD_URL", "tcp://"),
        ("CLAMD_URL", "http://127.0.0.1:3310"),
        ("WEBSUB_HUB", "hub.example.org"),
        ("WEBSUB_HUB", "http://hub.example.org/"),
        ("WEBSUB_HUB", "https://user:hush@hub.example.org/"),
        ("ACCEPT_PICTURES", "some"),
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.org:587587"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "jobs@example.org\r\nBcc: all@example.org"),
        ("TRUSTED_PROXIES", "one"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "²"),
        ("DEMO", "maybe"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_wrong_setting_is_named_with_an_example(name, value):
    with pytest.raises(SettingError) as caught:
        read(**{name: value})
    problem, example = caught.value.message.splitlines()
    assert problem.startswith(f"JOBBOARD_{name} ")
    assert example.startswith(f"  Example: JOBBOARD_{name}=")
    assert len(example) > len(f"  Example: JOBBOARD_{name}=")


def test_demo_runs_on_this_machine_only():
    assert read(DEMO="1", SITE_URL="http://localhost:8000").demo
    with pytest.raises(SettingError, match="JOBBOARD_DEMO is only for"):
        read(DEMO="1", SITE_URL="https://jobs.example.org")


def test_hub_without_encryption_is_for_this_machine_only():
    assert read(WEBSUB_HUB="http://127.0.0.1:8030/hub").websub_hub == "http://127.0.0.1:8030/hub"


def test_misspelt_setting_stops_the_start_and_lists_the_right_ones():
    with pytest.raises(click.ClickException, match="JOBBOARD_SMPT_URL is not a setting") as caught:
        read(SMPT_URL="smtp://mail.example.org")
    assert "JOBBOARD_SMTP_URL" in caught.value.message


def test_settings_may_stand_in_files(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}-from-file\n")
    assert settings_from({"JOBBOARD_SECRET_KEY_FILE": str(file)}).secret_key == f"{KEY}-from-file"
    with pytest.raises(SettingError, match="JOBBOARD_SECRET_KEY is given twice"):
        read(SECRET_KEY_FILE=str(file))
    with pytest.raises(SettingError, match="JOBBOARD_SECRET_KEY_FILE cannot be read"):
        settings_from({"JOBBOARD_SECRET_KEY_FILE": str(tmp_path / "missing")})


def test_what_is_not_given_follows_from_the_data_folder_and_the_address(tmp_path):
    found = read(DATA_DIR=str(tmp_path), SITE_URL="https://jobs.example.org/")
    assert found.database_url == f"sqlite:///{tmp_path}/jobboard.sqlite3"
    assert found.storage_url == f"file://{tmp_path}/files"
    assert (found.site_url, found.mail_from) == ("https://jobs.example.org", "jobs@jobs.example.org")
    assert found.bounce_address == "jobs@jobs.example.org"
    assert read(MAIL_FROM="hr@example.org").bounce_address == "hr@example.org"
    assert read(BOUNCE_ADDRESS="back@example.org", MAIL_FROM="hr@example.org").bounce_address == "back@example.org"
    assert (found.is_secure, read().is_secure) == (True, False)


@pytest.mark.parametrize("name", [field for field in Settings.__dataclass_fields__ if "secret_key" not in field])
def test_every_example_is_a_right_setting(name):
    example = Settings.__dataclass_fields__[name].metadata["example"]
    extra = {"SITE_URL": "http://localhost:8000"} if name == "demo" else {}
    if name.startswith("oidc"):
        extra = SINGLE_SIGN_ON
    assert read(**{**extra, name.upper(): example})


def test_old_keys_are_several(tmp_path):
    keys = ["a" * 32, "b" * 64]
    assert read(OLD_SECRET_KEYS=" ".join(keys)).old_keys == keys
    (tmp_path / "keys").write_text("\n".join(keys))
    assert read(OLD_SECRET_KEYS_FILE=str(tmp_path / "keys")).old_keys == keys
    assert read().old_keys == []


@pytest.mark.parametrize(
    ("value", "words"),
    [("short", "less than 32 characters"), (f"{'a' * 32} {KEY}", "holds the key of JOBBOARD_SECRET_KEY")],
)
def test_old_keys_are_whole_and_old(value, words):
    with pytest.raises(SettingError, match=words) as refused:
        read(OLD_SECRET_KEYS=value)
    assert "JOBBOARD_OLD_SECRET_KEYS" in refused.value.message
    assert value not in refused.value.message, "no key stands in a log"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OIDC_CLIENT_SECRET", "", "is missing"),
        ("OIDC_CLIENT_ID", "", "is missing"),
        ("OIDC_ISSUER", "", "is missing"),
        ("OIDC_ISSUER", "login.example.org", "must start with one of"),
        ("OIDC_ISSUER", "http://login.example.org", "must be the https address"),
        ("OIDC_ISSUER", "https://login.example.org/?tenant=1", "must be the https address"),
    ],
)
def test_single_sign_on_needs_all_of_its_settings(name, value, words):
    with pytest.raises(SettingError, match=rf"JOBBOARD_{name} {words}.*\n  Example: JOBBOARD_{name}=."):
        read(**{**SINGLE_SIGN_ON, name: value})


@pytest.mark.parametrize(
    ("settings", "extra"),
    [({"STORAGE_URL": "s3://files"}, "s3"), ({**SINGLE_SIGN_ON}, "oidc")],
    ids=["s3", "oidc"],
)
def test_missing_extra_is_named(tmp_path, monkeypatch, settings, extra):
    """As on a machine where only `jobboard` was installed."""
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "authlib" else real(name))
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(SettingError, match=rf"pip install 'jobboard\[{extra}\]'"):
        create_app(read(DATA_DIR=str(tmp_path), **settings), testing=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://jobboard:p%40ss@db:5433/jobs?sslmode=require"),
        ("DATABASE_URL", "postgresql:///jobboard?host=/run/postgresql"),
        ("DATABASE_URL", "sqlite:////var/lib/jobboard/site.sqlite3"),
        ("STORAGE_URL", "file:///var/lib/jobboard/files"),
        ("SMTP_URL", "smtps://jobs%40example.org:secret@mail.example.org"),
        ("SMTP_URL", "file:///tmp/mails"),
        ("REDIS_URL", "rediss://:secret@redis.example.org:6380/1"),
        ("LOG_LEVEL", "debug"),
        ("MAIL_FROM", "jobs@bücher.example"),
    ],
)
def test_usual_settings_are_taken(name, value):
    assert read(**{name: value})


def test_way_to_the_mail_server_that_nobody_knows_stops_the_start(tmp_path):
    with pytest.raises(SettingError, match=r"JOBBOARD_SMTP_URL cannot be understood.*\n.*starttls=required"):
        create_app(read(DATA_DIR=str(tmp_path), SMTP_URL="smtp://mail.example.org?starttls=maybe"), testing=True)


def test_app_starts_with_settings_that_were_checked(tmp_path):
    assert create_app(read(DATA_DIR=str(tmp_path), LOG_LEVEL="warning"), testing=True).config["SITE_URL"]
