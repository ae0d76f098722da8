"""Scripts of our pages under Node, for what needs no page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.environment import ROOT


def answer(folder: Path, script: str, asked: Any) -> Any:
    """What a module says to `asked`. It may import ours as `./name.mjs`, those that import nothing."""
    node = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    for ours in (ROOT / "static" / "js").glob("*.js"):
        shutil.copy(ours, folder / f"{ours.stem}.mjs")
    begin = 'import { readFileSync } from "node:fs";\nconst asked = JSON.parse(readFileSync(0, "utf-8"));\n'
    (folder / "main.mjs").write_text(f"{begin}{script}\nconsole.log(JSON.stringify(await main(asked)));\n")
    command = [node, "--no-warnings", str(folder / "main.mjs")]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
