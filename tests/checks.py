"""Every static check that CI makes: `python3 dev.py lint`. One failure does not hide the next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
LANGUAGES = ("id", "en")
MANAGE = [sys.executable, "manage.py"]
STEPS = {
    "ruff check": [TOOLS / "ruff", "check", "."],
    "ruff format": [TOOLS / "ruff", "format", "--check", "."],
    "djlint": [TOOLS / "djlint", "--lint", "--quiet", "templates"],
    "import contracts": [TOOLS / "lint-imports"],
    "mypy": [TOOLS / "mypy", "--no-incremental"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
}
DEPLOY = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
PRODUCTION = {
    "SITE_URL": "https://roadmap.example",
    "ALLOWED_HOSTS": "roadmap.example",
    "PROXIES": "1",
    "PUBLIC_SITE": "0",
    "DEBUG": "0",
}
NOT_OURS = shutil.ignore_patterns(".git", ".venv", "var", ".*_cache", "tests", "__pycache__")


def main() -> int:
    failed = [name for name, command in STEPS.items() if not passes(name, command)]
    failed += [] if passes("check --deploy", DEPLOY, PRODUCTION) else ["check --deploy"]
    failed += [] if translations_are_whole() else ["translations"]
    print(f"FAILED: {', '.join(failed)}" if failed else "Every check passed.")
    return 1 if failed else 0


def passes(name: str, command: list[object], extra: dict[str, str] | None = None) -> bool:
    print(f"--- {name}", flush=True)
    words, env = [str(part) for part in command], os.environ | (extra or {})
    return subprocess.run(words, cwd=ROOT, env=env, check=False).returncode == 0


def translations_are_whole() -> bool:
    """Hold every catalogue against the code (nothing missing) and against its compiled form."""
    print("--- translations", flush=True)
    if shutil.which("msgfmt") is None:
        print("gettext is not installed here; CI has it.")
        return not os.environ.get("CI")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "copy"
        shutil.copytree(ROOT, fresh, ignore=NOT_OURS)
        complaints = [*extract(fresh), *(c for code in LANGUAGES for c in compare(code, fresh))]
    print("\n".join(complaints))
    return not complaints


def extract(copy: Path) -> list[str]:
    """Collect the marked texts of today's code into the copy's catalogues."""
    options = ["--no-obsolete", "--no-wrap", "-v0", *(f"-l{code}" for code in LANGUAGES)]
    command = [*MANAGE, "makemessages", *options]
    done = subprocess.run(command, cwd=copy, check=False, capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stderr.strip()]


def compare(code: str, copy: Path) -> list[str]:
    place = Path("locale") / code / "LC_MESSAGES"
    source, compiled = ROOT / place / "django.po", ROOT / place / "django.mo"
    if not source.exists() or not compiled.exists():
        return [f"{place}: django.po or django.mo is missing"]
    complaints = []
    if msgfmt(source)[0] != compiled.read_bytes():
        complaints.append(f"{compiled.relative_to(ROOT)} is not what its catalogue compiles to")
    # English is the language of the source: an empty entry there means "as it stands".
    statistics = msgfmt(copy / place / "django.po")[1]
    if "fuzzy" in statistics or (code != "en" and "untranslated" in statistics):
        complaints.append(f"{place}: {statistics} (after collecting the code's texts)")
    return complaints


def msgfmt(catalogue: Path) -> tuple[bytes, str]:
    command = ["msgfmt", "--statistics", "--check", "-o", "-", str(catalogue)]
    env = os.environ | {"LC_ALL": "C"}
    done = subprocess.run(command, check=False, capture_output=True, env=env)
    return done.stdout, done.stderr.decode().strip()


if __name__ == "__main__":
    sys.exit(main())
