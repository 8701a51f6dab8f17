"""The whole suite on every database of this machine: `python3 dev.py test`.

What the machine lacks is said plainly at the end; CI must lack nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers import postgres_folder

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    found = machine()
    missing = [name for name, version in found.items() if version is None]
    if missing and in_ci():
        sys.exit(f"CI must have {', '.join(missing)}.")
    databases = ["sqlite", "postgres"] if found["PostgreSQL"] else ["sqlite"]
    failed = [name for name in databases if not passes(name, arguments)]
    print(report(found, missing), flush=True)
    if failed:
        print(f"FAILED on {' and on '.join(failed)}")
    return 1 if failed else 0


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def machine() -> dict[str, str | None]:
    """Find what the suite can use here; None where the machine lacks it."""
    folder = postgres_folder()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    return {
        "PostgreSQL": version(str(folder / "postgres") if folder else None),
        "Redis": version(shutil.which("redis-server")),
        "Chromium": "" if chromium else None,
    }


def version(program: str | None) -> str | None:
    if program is None:
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"(\d+)\.\d+", answer.stdout)
    return number.group(1) if number else ""


def passes(database: str, arguments: list[str]) -> bool:
    print(f"\n=== {database} ===", flush=True)
    # Both cores, a file to one of them, so that what a file shares is started once. An -n among
    # the arguments wins, because it comes later.
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments]
    env = os.environ | {"TEST_DATABASE": database}
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode == 0


def report(found: dict[str, str | None], missing: list[str]) -> str:
    present = [f"{name} {number}".strip() for name, number in found.items() if number is not None]
    lines = [f"covered: {', '.join(['SQLite', *present])}"]
    if missing:
        lines.append(f"not covered, because this machine lacks it: {', '.join(missing)}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
