"""S8, S42–S45: what goes out with every answer, asked of a server started as in production.

headers.txt beside this file is what was agreed: one block per kind of answer. A header that comes,
goes or changes shows here first.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.checks import DEPLOY, PRODUCTION, ROOT
from tests.plugin import CHOSEN
from tests.servers import free_port, wait_for_port

AGREED = Path(__file__).with_name("headers.txt")
HOST = "roadmap.example"
BY_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}
# Different each time: their presence is agreed, their value is not.
VARYING = ("Date", "ETag", "Content-Length", "Expires", "Last-Modified")
FOREIGN = (
    *("/.git/HEAD", "/.git/config", "/.env", "/manage.py", "/pyproject.toml", "/dev.py"),
    *("/media/", "/static/", "/static/css/", "/static/../settings.py", "/static/../../manage.py"),
    *("/static/%2e%2e/%2e%2e/manage.py", "/static/..%2f..%2fmanage.py", "/static/..\\manage.py"),
    *("/static//etc/passwd", "//etc/passwd", "/roadmap/config/settings.py", "/db.sqlite3"),
    *("/__debug__/", "/api/", "/api/schema", "/api/docs", "/server-status", "/metrics"),
    *("/admin/../.env", "/admin/../../manage.py", "/evidence/../secret", "/.well-known/x"),
)
PREPARE = "import django; django.setup(); from django.core.management import call_command as c;"
PREPARE += "c('migrate', verbosity=0); c('createcachetable', verbosity=0);"
PREPARE += "c('seed', '--rehearsal', '--as-of', '2018-09-24', verbosity=0);"
PREPARE += "c('collectstatic', '--noinput', verbosity=0)"
SIGN_IN = "import django; django.setup(); from django.test import Client; c = Client();"
SIGN_IN += "from committee.models import Member;"
SIGN_IN += "c.force_login(Member.objects.get(email='sekretariat@demo.test'));"
SIGN_IN += "print('; '.join(f'{n}={v.value}' for n, v in c.cookies.items()))"

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(CHOSEN != "sqlite", reason="headers are the same on every database"),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Give a seeded site's settings: those of production, but for its database."""
    folder = tmp_path_factory.mktemp("site")
    database = {"DATABASE_URL": f"sqlite:///{folder}/site.sqlite3", "DATA_DIR": str(folder)}
    named = {"DJANGO_SETTINGS_MODULE": "roadmap.config.settings", "PUBLIC_SITE": "1"}
    env = os.environ | PRODUCTION | database | named
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=env, check=True)
    return env


@contextmanager
def serving(env):
    """Start gunicorn as the Dockerfile does, on a free port of this machine."""
    port = free_port()
    words = re.search(r"^CMD \[(.*)\]$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
    command = [word.strip().strip('"') for word in words.split(",")]
    command[-1] = f"127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=env)
    try:
        wait_for_port(port, alive=server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def port(environment):
    with serving(environment) as port:
        yield port


@pytest.fixture(scope="module")
def cookie(environment):
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {"Cookie": done.stdout.strip()}


def ask(port, path, method="GET", **headers):
    """Ask for a path exactly as it is written, as no browser and no test client would."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in (BY_PROXY | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def told(asked):
    """Write down what all answers carry, then what each carries beside it."""
    lines = {
        f"{title}: {answer.status}": {f"{n}: {_steady(n, v)}" for n, v in answer.getheaders()}
        for title, (answer, _body) in asked.items()
    }
    common = set.intersection(*lines.values())
    blocks = {"every answer": common} | {title: own - common for title, own in lines.items()}
    return "\n\n".join("\n".join([f"== {one}", *sorted(blocks[one])]) for one in blocks) + "\n"


def _steady(name, value):
    """Leave out what is drawn by lot or by the clock; the order within a value says nothing."""
    parts = sorted(value.split(", " if name == "Vary" else "; "))
    if name == "Set-Cookie":
        parts = [re.sub(r"^(__Host-\w+|expires)=.*", r"\1=…", part) for part in parts]
    return "…" if name in VARYING else "; ".join(parts)


def test_the_headers_of_every_kind_of_answer_are_those_agreed(port, cookie):
    style = re.search(r'href="(/static/[^"]+\.css)"', ask(port, "/")[1].decode())[1]
    asked = {
        "a public page": ask(port, "/actions/CONS-01/"),
        "a member's page": ask(port, "/my/", **cookie),
        "a fragment": ask(port, "/", **cookie, **{"HX-Request": "true"}),
        "Django admin": ask(port, "/admin/", **cookie),
        "a file as download": ask(port, "/actions/?format=csv", **cookie),
        "a style sheet": ask(port, style),
        "a page that is not there": ask(port, "/nothing/"),
        "the sign-in page": ask(port, "/akun/masuk/"),
        "the way there": ask(port, "/my/"),
        "a forged form": ask(port, "/akun/masuk/", "POST", **{"Content-Length": "0"}),
        "health": ask(port, "/health/"),
    }

    assert told(asked) == AGREED.read_text()


def test_what_is_no_page_of_ours_is_not_there(port, cookie):
    found = {}
    for path in FOREIGN:
        for headers in ({}, cookie):
            answer, body = ask(port, path, **headers)
            if answer.status not in (301, 302, 400, 404) or b"SECRET_KEY" in body:
                found[path] = answer.status
            elif answer.status < 400:
                assert answer.headers["Location"].startswith(("/akun/masuk/?next=/", "/"))

    assert found == {}


def test_no_debugging_can_be_asked_for(port):
    plain, asked = ask(port, "/nothing/")[1], ask(port, "/nothing/?DEBUG=1&debug=true")[1]

    assert plain == asked
    assert b"Traceback" not in asked
    assert ask(port, "/", "TRACE")[0].status == 405


def test_a_scheme_that_a_client_claims_is_believed_only_behind_a_proxy(environment, port):
    """The control stands beside it: with a proxy trusted, the same header makes it https."""
    with serving(environment | {"PROXIES": "0"}) as bare:
        alone, _body = ask(bare, "/actions/")

    assert alone.headers["Strict-Transport-Security"] is None
    assert ask(port, "/actions/")[0].headers["Strict-Transport-Security"].startswith("max-age=3153")


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [({}, False), ({"SITE_URL": "http://roadmap.example"}, True), ({"DEBUG": "1"}, True)],
    ids=["as in production", "without https", "debugging"],
)
def test_a_deployment_is_checked(changes, is_refused):
    env = os.environ | PRODUCTION | {"DJANGO_SETTINGS_MODULE": "roadmap.config.settings"} | changes
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # which only tests need

    done = subprocess.run(DEPLOY, cwd=ROOT, env=env, check=False, capture_output=True, text=True)

    assert bool(done.returncode) == is_refused, done.stderr
