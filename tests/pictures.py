"""Take the pictures of the help pages from the running product: `python -m tests.pictures`.

A rehearsal of its own is born in a temporary folder, walks a week so that letters have left,
and is shown by Django's server; Chromium signs in as the demo accounts. Each language gets its
own rehearsal, because a letter is written in its reader's. Names among the arguments take only
those pictures again.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "static" / "img" / "help"
LANGUAGES = ("id", "en")
PASSWORD = "peta-jalan"
PHONE = 360
SHARPNESS = 1.5  # points of a picture to one of the page
QUALITY = 40
MARGIN = 8
LOCALES = {"id": "id-ID", "en": "en-GB"}
LANGUAGE_OF_ALL = "from committee.models import Member; Member.objects.update(language={!r})"

# How high a part of the page is when its picture ends below `highest` at most, through no word,
# field or button.
WHOLE_LINES = """(part, highest) => {
  const { top, bottom } = part.getBoundingClientRect();
  if (bottom - top <= highest) return bottom - top;
  const boxes = [...part.querySelectorAll("input, select, textarea, .btn, .pill, .step")]
    .map((one) => one.getBoundingClientRect());
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    boxes.push(...range.getClientRects());
  }
  let cut = top + highest;
  for (let crossed = boxes; crossed.length; ) {
    crossed = boxes.filter((one) => one.top < cut && one.bottom > cut);
    cut = Math.min(cut, ...crossed.map((one) => one.top));
  }
  return cut - top;
}"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: whose eyes, where, which part of the page, and what is done before."""

    name: str
    who: str
    path: str
    part: str
    highest: int = 320
    width: int = PHONE
    prepare: Callable[[Page], None] = lambda page: None


def _open_update(page: Page) -> None:
    page.locator("ul.tasks > li summary").first.click()


def _open_letter(page: Page) -> None:
    page.locator("main a[href*='/letters/']").first.click()


def _propose_agenda(page: Page) -> None:
    """Plan a meeting by its form, unless one is there, and see what its agenda proposes."""
    if page.locator("input[name=place]").count():
        page.locator("input[name=place]").fill("Jakarta")
        page.locator("main form.form button[type=submit]").click()
    page.locator("main a[href$='/agenda/propose/']").first.click()


SHOTS = (
    Shot("my", "kominfo", "/my/", "ul.tasks > li", 400),
    Shot("report", "kominfo", "/my/", "ul.tasks > li form.form", 400, prepare=_open_update),
    Shot("ask", "kominfo", "/actions/COMM-01/ask-move/", "main form.form"),
    Shot("sign", "kominfo", "/periods/1/COMM/sign/", "main form.form"),
    Shot("workstream", "kominfo", "/workstreams/COMM/", "section.panel"),
    Shot("overview", "pembaca", "/", "section.attention", 340),
    Shot("verdict", "pembaca", "/actions/COMM-01/", "dl.verdict", 420),
    Shot("advice", "penasihat", "/advice/new/", "main form.form"),
    Shot("start", "sekretariat", "/start/", "ol.steps", 236),
    Shot(
        "meeting", "sekretariat", "/meetings/new/", "main form.form", 240, prepare=_propose_agenda
    ),
    Shot(
        "letter", "sekretariat", "/letters/?member=kominfo", "pre.letter", 260, prepare=_open_letter
    ),
    Shot("invite", "admin", "/admin/committee/member/add/", "#content-main"),
)


def main(names: list[str]) -> None:
    chosen = [shot for shot in SHOTS if not names or shot.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        with rehearsal(language) as origin, chromium() as browser:
            taken = {shot.name: take(browser, origin, shot, language) for shot in chosen}
        remember(language, taken)
    for path in sorted(FOLDER.glob("*.webp")):
        print(f"{path.stat().st_size / 1000:6.1f} kB  {path.name}")


@contextmanager
def rehearsal(language: str) -> Iterator[str]:
    """Show a rehearsal whose people all read one language, a week after it began."""
    folder, port = tempfile.mkdtemp(prefix="pictures-"), free_port()
    env = _environment(folder, port)
    for words in (
        ["migrate", "-v0"],
        ["createcachetable", "-v0"],
        ["seed", "--rehearsal", "--as-of", "2018-09-24"],
        ["shell", "-v0", "-c", LANGUAGE_OF_ALL.format(language)],
        ["clock", "+7d", "--wait"],
    ):
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "manage.py", "runserver", str(port), "--noreload"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, alive=server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: str, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{folder}/rehearsal.sqlite3",
        "REDIS_URL": "",
        "EMAIL_URL": "",
        "MAIL_FROM": "peta-jalan@demo.test",
        "SECRET_KEY": "only-for-pictures-" * 4,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "1",
        "DATA_DIR": folder,
    }


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("Pictures need Chromium.")
    with sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


def take(browser: Browser, origin: str, shot: Shot, language: str) -> tuple[int, int]:
    """Take one picture, and give its width and height in points of the page."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": 900},
        color_scheme="light",
        reduced_motion="reduce",
        locale=LOCALES[language],
    )
    page = context.new_page()
    _sign_in(page, origin, shot.who)
    page.goto(f"{origin}{shot.path}")
    shot.prepare(page)
    page.wait_for_load_state("networkidle")
    clip = _clip(page, shot)
    picture = context.new_cdp_session(page).send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True},
    )
    context.close()
    (FOLDER / f"{shot.name}.{language}.webp").write_bytes(base64.b64decode(picture["data"]))
    return int(clip["width"]), int(clip["height"])


def _sign_in(page: Page, origin: str, name: str) -> None:
    page.goto(f"{origin}/akun/masuk/")
    page.locator("[name=login]").fill(f"{name}@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/my/")


def _clip(page: Page, shot: Shot) -> dict[str, float]:
    """Frame a part of the page with a little air, no higher than wanted.

    Even sizes stay whole when they are sharpened.
    """
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    part = page.locator(shot.part).first
    box = part.bounding_box()
    assert box is not None, f"{shot.name}: nothing at {shot.part}"
    left, top = max(0, int(box["x"]) - MARGIN), max(0, int(box["y"]) - MARGIN)
    width = min(int(box["width"]) + 2 * MARGIN, shot.width - left)
    height = int(part.evaluate(WHOLE_LINES, shot.highest))
    air = 2 * MARGIN if height >= int(box["height"]) else MARGIN
    width, height = width // 2 * 2, (height + air) // 2 * 2
    return {"x": left, "y": top, "width": width, "height": height, "scale": SHARPNESS}


def remember(language: str, taken: dict[str, tuple[int, int]]) -> None:
    """Keep the sizes, so that a page leaves the right room for each picture."""
    path = FOLDER / "sizes.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    found[language] = dict(sorted((found.get(language, {}) | taken).items()))
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
