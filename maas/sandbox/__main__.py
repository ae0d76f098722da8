"""`python -m maas.sandbox`: runs the outside world in one process."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from maas.sandbox.server import create_app, options_from_environment, prepare_region


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m maas.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument(
        "--data", type=Path, help="a folder with GTFS zips and an .osm.pbf; default: a generated region"
    )
    parser.add_argument("--size", type=int, default=1, help="of the generated region, 1 to 100")
    parser.add_argument("--webhook-url", help="where payment events are sent")
    chosen = parser.parse_args()
    work = Path(os.environ.get("MAAS_DATA_DIR", "var")) / "sandbox"
    folder = chosen.data or prepare_region(work, chosen.size, datetime.now(UTC).date())
    public_url = f"http://127.0.0.1:{chosen.port}"
    app = create_app(options_from_environment(folder, public_url, chosen.webhook_url))
    uvicorn.run(app, host="127.0.0.1", port=chosen.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
