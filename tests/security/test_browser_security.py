"""S3, S6, S8, S9 in a real Chromium: what only a browser does, or must not do."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from committee.models import Institution, Member
from roadmap.models import ActionItem, Evidence, Milestone, News, Obstacle, StatusUpdate
from tests import factories
from tests.factories import TODAY
from tests.plugin import CHOSEN
from tests.test_browser_pages import PUBLIC, SECRETARIAT, Watcher, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
TYPED = "Menunggu jawaban Kementerian Keuangan."
TRAP = "/jebakan/"
MARKUP = (
    f'<div hx-get="{TRAP}1" hx-trigger="load"></div>'
    f'<a hx-post="{TRAP}2" hx-trigger="load">x</a><i data-hx-get="{TRAP}3" data-hx-trigger="load">'
    f'<img src="{TRAP}4"><script src="{TRAP}5"></script><b hx-on:load="fetch(\'{TRAP}6\')">'
)
# htmx notes the address of the page that stands in the tab, and nothing else.
STORED = """() => {
    const kept = {...sessionStorage, ...localStorage};
    const here = location.pathname + location.search;
    return Object.keys(kept).filter((key) => kept[key] !== here);
}"""


@pytest.fixture
def origin(live_server):
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)
    Member.objects.update(language="en")
    return live_server.url


def sign_out(page):
    button = f'form[action="{reverse("account_logout")}"] button'
    page.locator("[data-roadmap-menu]", has=page.locator(button)).locator("summary").click()
    page.locator(button).click()
    page.wait_for_url("**/akun/masuk/")


def test_a_form_left_open_while_signing_in_elsewhere_keeps_its_text(page, origin):
    """Signing in draws a new secret: the token of the page left open is another session's."""
    sign_in(page, origin, "kominfo")
    card = page.locator("[id^=action-]").first
    card.locator("summary").first.click()
    box = card.locator("textarea[name=note]").first
    box.fill(TYPED)
    before = StatusUpdate.objects.count()
    other = page.context.new_page()
    other.goto(f"{origin}/my/")
    sign_out(other)
    sign_in(other, origin, "kominfo")

    with page.expect_response(lambda one: one.request.method == "POST") as sent:
        box.locator("xpath=ancestor::form").locator("[type=submit]").first.click()

    assert sent.value.status == 403
    expect(page.locator("#notices .notice")).to_contain_text("Sign in")
    expect(box).to_have_value(TYPED)
    assert StatusUpdate.objects.count() == before


OURS = '<div class="notice notice-error">Ours</div>'
TO_NOTICES = {"HX-Retarget": "#notices", "HX-Reswap": "innerHTML", "HX-Reselect": ".notice"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        # As gunicorn refuses a control character in a header, and a proxy what is too large.
        ({"status": 400, "body": "<h1><p>Bad Request</p></h1>Invalid HTTP Header"}, "still here"),
        ({"status": 413, "body": "<h1>413</h1>"}, "still here"),
        ({"status": 502, "body": "<h1>502</h1>"}, "still here"),
        ({"status": 400, "body": OURS, "headers": TO_NOTICES}, "Ours"),
    ],
)
def test_a_refusal_that_brings_no_sentence_of_ours_gets_one(page, origin, answer, said):
    sign_in(page, origin, "kominfo")
    card = page.locator("[id^=action-]").first
    card.locator("summary").first.click()
    box = card.locator("textarea[name=note]").first
    box.fill(TYPED)
    headers = {"Content-Type": "text/html"} | answer.get("headers", {})

    def refuse(route):
        is_sent = route.request.method == "POST"
        route.fulfill(**answer | {"headers": headers}) if is_sent else route.continue_()

    page.route("**/*", refuse)

    box.locator("xpath=ancestor::form").locator("[type=submit]").first.click()

    expect(page.locator("#notices .notice")).to_have_count(1)
    expect(page.locator("#notices .notice")).to_contain_text(said)
    expect(box).to_have_value(TYPED)


def test_nothing_of_who_signed_out_is_left_in_the_tab(page, origin):
    name = "Wulandari Rahasia"  # a name that no page says of itself
    Member.objects.filter(email="sekretariat@demo.test").update(name=name)
    sign_in(page, origin, "sekretariat")
    page.goto(f"{origin}/letters/")
    assert name in page.content()
    page.goto(f"{origin}/")
    page.evaluate("document.getElementById('board').dispatchEvent(new Event('roadmap:refresh'))")
    sign_out(page)

    for _back in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert name not in page.content()
    assert page.evaluate(STORED) == []

    sign_in(page, origin, "pembaca")
    for _back in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert name not in page.locator("header.banner").inner_text()
    assert page.evaluate(STORED) == []


def test_going_back_to_a_page_shows_the_whole_of_it(page, origin):
    sign_in(page, origin, "kominfo")
    page.goto(f"{origin}/")
    with page.expect_response(lambda one: "hx-request" in one.request.headers):
        page.evaluate(
            "document.getElementById('board').dispatchEvent(new Event('roadmap:refresh'))"
        )
    page.goto(f"{origin}/milestones/")

    page.go_back()

    expect(page.locator("header.banner")).to_be_visible()
    expect(page.locator("#board")).to_be_visible()


def plant():
    """Write the markup wherever a person, a file or an import may write."""
    ActionItem.objects.update(title=MARKUP, title_en=MARKUP, output=MARKUP, source=MARKUP)
    Milestone.objects.update(title=MARKUP, title_en=MARKUP, source=MARKUP)
    Institution.objects.update(title=MARKUP[:200], title_en=MARKUP[:200])
    Member.objects.update(name=MARKUP[:150])
    Obstacle.objects.update(needed=MARKUP)
    StatusUpdate.objects.update(note=MARKUP, follow_up=MARKUP, source=MARKUP)
    action = ActionItem.objects.get(code="CYB-01")
    factories.evidence(
        action, title=MARKUP, url="", file_name=MARKUP[:100], stored_name="x" * 32, sha256="a1" * 32
    )
    News.objects.create(date=TODAY, text=MARKUP, text_en=MARKUP, source=MARKUP, confidence="high")
    assert Evidence.objects.filter(title=MARKUP).exists()


def test_markup_that_people_wrote_asks_for_nothing(page, origin):
    plant()
    asked, watcher = [], Watcher(origin)
    watcher.watch(page)
    page.on("request", lambda request: TRAP in request.url and asked.append(request.url))
    shown = 0
    for reader, paths in ((None, PUBLIC), ("sekretariat", SECRETARIAT)):
        if reader:
            sign_in(page, origin, reader)
        for path in paths:
            page.goto(f"{origin}{path}")
            shown += TRAP in page.locator("body").inner_text()

    assert shown > 15
    assert asked == []
    assert watcher.complaints == []  # a breach of the content policy would be one

    # The control: the same markup as markup is acted on, and the watch sees it.
    page.goto(f"{origin}/")
    with page.expect_request(f"**{TRAP}1"):
        page.evaluate(
            """markup => { const main = document.getElementById("main");
            main.innerHTML = markup; htmx.process(main); }""",
            MARKUP,
        )
    assert asked


def test_control_the_policy_stops_what_a_page_would_run(page, origin):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{origin}/")

    ran = page.evaluate(
        """() => { const script = document.createElement("script");
        script.textContent = "window.ran = true"; document.body.append(script);
        const text = document.createElement("p"); text.setAttribute("style", "color: red");
        text.setAttribute("onclick", "window.ran = true"); document.body.append(text); text.click();
        return window.ran === true; }"""
    )

    assert not ran
    assert any("Content Security Policy" in text for text in complaints)
