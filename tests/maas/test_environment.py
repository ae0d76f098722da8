"""Settings from the environment: typed, and a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from maas import environment as env
from maas import keys

ROOT = Path(__file__).resolve().parents[2]


def test_text_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "s3cret"


def test_missing_text_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THING", raising=False)
    with pytest.raises(ImproperlyConfigured, match="THING"):
        env.text("THING")


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("OFF", False), ("0", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("FLAG", value)
    assert env.flag("FLAG", not expected) is expected


@pytest.mark.parametrize(("reader", "value"), [(env.flag, "maybe"), (env.number, "ten")])
def test_wrong_values_are_refused(monkeypatch: pytest.MonkeyPatch, reader: object, value: str) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=value):
        reader("THING", 0)  # type: ignore[operator]


def test_amounts_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "bus=60, tram=0")
    assert env.amounts("THING") == {"bus": 60, "tram": 0}
    monkeypatch.setenv("THING", "bus=ten")
    with pytest.raises(ImproperlyConfigured, match="bus=ten"):
        env.amounts("THING")


@pytest.mark.parametrize("password", ["587/secret", "587?secret", "587#secret", "secret/587", "secret?587", "[secret"])
def test_a_password_with_signs_of_addresses_goes_nowhere(password: str) -> None:
    """Neither to a host that has the user's name nor into the log."""
    with pytest.raises(ImproperlyConfigured, match="a mail server is smtp://") as refused:
        env.smtp(f"smtp://user:{password}@host")
    assert "secret" not in "".join(traceback.format_exception(refused.value))
    assert env.smtp("smtp+tls://user:587%2Fsecret@host/") == {
        "EMAIL_HOST": "host", "EMAIL_PORT": 587, "EMAIL_HOST_USER": "user", "EMAIL_HOST_PASSWORD": "587/secret",
        "EMAIL_USE_TLS": True, "EMAIL_USE_SSL": False,
    }  # fmt: skip


def test_database_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "postgresql://us%40er:pa%3Ass@host:5433/name")
    postgres = env.database("DB", "")
    assert (postgres["NAME"], postgres["USER"], postgres["PASSWORD"]) == ("name", "us@er", "pa:ss")
    assert (postgres["HOST"], postgres["PORT"]) == ("host", 5433)
    monkeypatch.setenv("DB", "sqlite:////tmp/x.sqlite3")
    assert env.database("DB", "")["NAME"] == "/tmp/x.sqlite3"
    monkeypatch.setenv("DB", "mysql://host/name")
    with pytest.raises(ImproperlyConfigured, match="sqlite"):
        env.database("DB", "")


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret.key"
    first = keys.secret("NO_SUCH_VARIABLE", path)
    assert keys.secret("NO_SUCH_VARIABLE", path) == first
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]


def test_loopback_is_refused_without_debug(tmp_path: Path) -> None:
    environment = os.environ | {
        "MAAS_DEBUG": "0",
        "MAAS_ALLOWED_LOOPBACK_ORIGINS": "http://127.0.0.1:1",
        "MAAS_DATA_DIR": str(tmp_path),
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert "MAAS_ALLOWED_LOOPBACK_ORIGINS is refused" in result.stderr


def test_ready_to_deploy(tmp_path: Path) -> None:
    """Django's own list for production has nothing to say."""
    environment = os.environ | {
        "DJANGO_ALLOW_ASYNC_UNSAFE": "",
        "MAAS_DEBUG": "0",
        "MAAS_PUBLIC_URL": "https://travel.example.org",
        "MAAS_ALLOWED_HOSTS": "travel.example.org",
        "MAAS_DATA_DIR": str(tmp_path),
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_a_mail_server() -> None:
    found = env.smtp("smtp+tls://me:p%40ss@mail.example")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_PASSWORD"]) == ("mail.example", 587, "p@ss")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    with pytest.raises(ImproperlyConfigured, match="mail server"):
        env.smtp("mail.example:25")
