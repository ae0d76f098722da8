"""Where networks are kept."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def networks_folder() -> Path:
    """A folder with one folder for each network, named by digest."""
    folder = Path(settings.DATA_DIR) / "networks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
