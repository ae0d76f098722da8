"""Keys are made once, and only their owner reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from maas import keys


def test_a_signing_key_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys" / "vapid.pem"
    made = keys.signing("MAAS_NO_SUCH_KEY", path)
    assert made.startswith("-----BEGIN PRIVATE KEY-----")
    assert keys.signing("MAAS_NO_SUCH_KEY", path) == made
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    monkeypatch.setenv("MAAS_NO_SUCH_KEY", "given")
    assert keys.signing("MAAS_NO_SUCH_KEY", path) == "given"
