"""A site as a newcomer starts it: a fresh copy, one command, real processes, mail in a folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Page

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "peta-jalan"


def copy_into(folder: Path) -> Path:
    """Copy what git would give a newcomer, uncommitted files included."""
    folder.mkdir()
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    for name in filter(None, names.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    return folder


@contextmanager
def running(clone: Path) -> Iterator[tuple[str, Path]]:
    """Start everything with the one command, and leave nothing behind."""
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG") or name.startswith(("PIP_", "UV_", "SSL_"))
    } | {"PORT": str(port)}
    with (clone / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "dev.py", "run"],
            cwd=clone,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: "peta-jalan" in log_of(clone), seconds=240, alive=process)
        yield f"http://127.0.0.1:{port}", clone / "var" / "mail"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
        assert not session_of(process.pid), "dev.py run left children behind"


def log_of(clone: Path) -> str:
    return (clone / "run.log").read_text()


def session_of(leader: int) -> list[int]:
    """List the processes still alive whose environment came from this run."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "-s", str(leader)], stdout=subprocess.PIPE, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def sign_in(page: Page, url: str, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/akun/masuk/")
    page.get_by_label("Surel").fill(f"{name}@demo.test")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile(r"/my/"))


def letters_in(folder: Path, recipient: str):
    """Read the mails in the folder that went to one address."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if recipient in str(mail["To"]):
            found.append(mail)
    return found


def day_shown(page: Page, url: str) -> str:
    """Read the rehearsal's strip; nothing while the clock still walks."""
    page.goto(url)
    text = page.locator("#clock").inner_text()
    return "" if "menuju" in text.lower() else text
