"""Tests about the code: imports, sizes, schedule, templates, tokens, locks."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
APPS = ("committee", "umkm", "roadmap")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 10
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_CSS = sorted((ROOT / "static" / "css").rglob("*.css"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{}]*\{)|\b(?:rgb|hsl|oklch|color-mix)a?\(")
# An error page must stand when everything else fails; a mail client knows no custom property.
LITERAL_COLOURS = {"500.html"}
# Not inside a tag we may write: htmx's own expression attributes, handlers, inline code.
FORBIDDEN_IN_HTML = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b"),
    "hx-vals js:": re.compile(r"hx-vals\s*=\s*['\"]js:"),
    "trigger filter": re.compile(r"hx-trigger\s*=\s*['\"][^'\"]*\["),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
}

# RELIABILITY S7, with the refusals whose bodies htmx must show.
HTMX = {
    "selfRequestsOnly": True,
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "historyRestoreAsHxRequest": False,
    "responseHandling": [
        {"code": "204|304", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "401|403|409|422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sources() -> list[Path]:
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def all_python() -> list[Path]:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "floor" not in path.parts]
    return [*sources(), *tests, ROOT / "dev.py", ROOT / "manage.py"]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of every function, its docstring and decorators left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{short(path)}:{node.name}", node.end_lineno - node.lineno + 1


def is_mail(path: Path) -> bool:
    return "emails" in path.parts


def markup(page: Path) -> str:
    """A template without its tags and comments: `{% if a = b %}` is no attribute."""
    return re.sub(r"{%.*?%}|{#.*?#}", "", page.read_text())


class TestImports:
    def test_the_contracts_are_kept(self):
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("path", sources(), ids=short)
    def test_nothing_imports_the_configuration(self, path):
        if "config" in path.relative_to(ROOT).parts:
            return
        assert not re.search(r"^\s*(from|import) roadmap\.config", path.read_text(), re.MULTILINE)

    def test_views_fetch_through_access_only(self):
        views = [path for path in sources() if "views" in path.parts]
        fetch = re.compile(r"objects\.get\(|get_object_or_404|get_list_or_404")

        assert [short(path) for path in views if fetch.search(path.read_text())] == []


class TestSizes:
    def test_no_file_needs_a_map(self):
        lines = {short(path): len(path.read_text().splitlines()) for path in all_python()}

        assert {name: n for name, n in lines.items() if n > LONGEST_FILE} == {}

    def test_nothing_is_left_for_later(self):
        others = [*TEMPLATES, *OWN_CSS, *(ROOT / "static" / "js").rglob("*.js")]
        # Spelled in two parts, or this line would find itself.
        promise = re.compile("TO" + "DO|FIX" + "ME|XX" + "X")

        found = [short(p) for p in [*all_python(), *others] if promise.search(p.read_text())]

        assert found == []

    def test_functions_are_short(self):
        lengths = dict(one for path in sources() for one in functions(path))

        assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
        assert statistics.median(lengths.values()) < MEDIAN_FUNCTION


class TestSchedule:
    def test_every_ring_has_its_task_and_an_end(self):
        current_app.loader.import_default_modules()

        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            assert entry["task"] == f"roadmap.tasks.{name}"
            assert entry["task"] in current_app.tasks
            assert entry["schedule"] == 5
            assert entry["options"]["expires"] == 15
            assert "args" not in entry
            assert "kwargs" not in entry

    def test_what_only_redis_understands_is_set_only_with_it(self):
        assert settings.REDIS_URL == ""
        assert not hasattr(settings, "CELERY_WORKER_DISABLE_PREFETCH")
        assert "visibility_timeout" not in settings.CELERY_BROKER_TRANSPORT_OPTIONS


class TestTemplates:
    @pytest.mark.parametrize("name", FORBIDDEN_IN_HTML)
    def test_the_content_policy_can_stay_strict(self, name):
        pages = [path for path in TEMPLATES if not is_mail(path)]

        found = [short(page) for page in pages if FORBIDDEN_IN_HTML[name].search(markup(page))]

        assert found == []

    def test_htmx_is_configured_alike_everywhere(self):
        meta = re.compile(r"""<meta name="htmx-config" content='(.*?)'>""")
        found = {short(page): meta.findall(page.read_text()) for page in TEMPLATES}
        found = {name: texts for name, texts in found.items() if texts}

        assert set(found) >= {"templates/base.html", "templates/500.html"}
        for texts in found.values():
            assert [json.loads(text) for text in texts] == [HTMX]

    def test_every_page_extends_the_base(self):
        fragments = {"components", "partials", "emails", "admin", "layouts", "elements"}
        pages = [p for p in TEMPLATES if not fragments & set(p.relative_to(ROOT).parts)]

        found = [
            short(page)
            for page in pages
            if page.name not in ("base.html", "500.html")
            and not re.match(r"\s*({#.*?#}\s*)*{% extends ", page.read_text())
        ]

        assert found == []


class TestTokens:
    def test_colours_live_in_tokens_only(self):
        sheets = [path for path in OWN_CSS if path.name != "tokens.css"]

        found = {short(path): COLOUR.findall(path.read_text()) for path in sheets}

        assert {name: colours for name, colours in found.items() if colours} == {}

    def test_templates_name_no_colour(self):
        pages = [p for p in TEMPLATES if not is_mail(p) and p.name not in LITERAL_COLOURS]
        literal = re.compile(r"""(?:fill|stroke|color)\s*=\s*["']\s*(?:#|rgb|hsl)""")

        assert [short(page) for page in pages if literal.search(page.read_text())] == []


class TestLocks:
    def test_they_hold_hashes_and_no_address(self):
        for name in ("requirements.lock", "requirements-test.lock"):
            text = (ROOT / name).read_text()
            assert "--hash=sha256:" in text
            assert "//" not in text
            assert "--index-url" not in text
            assert "--find-links" not in text

    def test_the_test_set_holds_the_run_set(self):
        assert pins("requirements.lock") <= pins("requirements-test.lock")

    def test_the_tree_names_no_package_registry(self):
        # Spelled in two parts, or this line would find itself.
        hosts = ["pypi." + "org", "python" + "hosted.org", "registry.npm" + "js"]
        command = ["git", "grep", "-lIE", "--untracked", "|".join(map(re.escape, hosts))]

        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

        assert done.stdout == ""


def pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {line.rstrip(" \\") for line in lines if "==" in line}
