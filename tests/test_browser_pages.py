"""Every page in a real Chromium: accessible, self-contained, quiet, and whole on a narrow phone."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Browser, Page

from committee.models import Letter, Member
from roadmap.models import ActionItem, Milestone, Obstacle
from tests import committee_factories, factories
from tests.factories import PASSWORD
from tests.plugin import CHOSEN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]

VIEWPORTS = {"phone": (360, 800), "desk": (1280, 900)}
PUBLIC = (
    *("/", "/actions/", "/actions/CONS-01/", "/workstreams/CYB/", "/milestones/", "/no-such/"),
    *("/help/", "/help/anggota/", "/timeline/", "/actions/CYB-01/dependencies/"),
    *("/institutions/", "/institutions/KOMINFO/?show=milestones"),
    *("/method/", "/slips/", "/progress/?workstream=LOG", "/as-of/2018-06-01/"),
    *("/umkm/", "/umkm/KUR_DISBURSED/", "/umkm/UMKM_COUNT/history/", "/umkm/coverage/"),
    *("/umkm/UMKM_COUNT/provinces/", "/initiatives/", "/initiatives/EWTP/", "/challenges/FIN/"),
)
DOORS = ("/akun/masuk/", "/akun/sandi/lupa/", "/language/")
INSIDE = (
    *("/", "/my/", "/actions/", "/actions/FUND-03/", "/workstreams/FUND/", "/milestones/"),
    *("/meetings/", "/actions/COMM-01/ask-move/"),
)
COMMITTEE = (
    *("/meetings/new/", "/decisions/", "/advice/", "/obstacles/", "/requests/", "/periods/"),
    *("/roadmap/changes/?since=2018-01-01", "/people/", "/institutions/BI/?show=supports"),
    *("/contradictions/", "/packs/", "/pack/", "/pack/text/", "/views/"),
    "/as-of/2018-08-01/roadmap/changes/",
)
SECRETARIAT = (
    *INSIDE[:-1],  # who moves dates need not ask
    *COMMITTEE,
    *("/actions/new/", "/actions/CYB-01/", "/actions/CYB-01/edit/", "/milestones/new/"),
    *("/actions/CYB-01/dependencies/add/", "/actions/CYB-01/move/?due_date=2020-01-31"),
    *("/umkm/UMKM_COUNT/", "/umkm/UMKM_COUNT/figures/new/", "/umkm/UMKM_COUNT/links/"),
    *("/umkm/import/", "/umkm/new/", "/initiatives/EWTP/edit/"),
    *("/start/", "/start/members/", "/start/actions/"),
    *("/letters/", "/letters/health/", "/letters/resend/", "/notices/", "/profile/"),
    *("/admin/", "/admin/committee/member/"),
)


@dataclass
class Watcher:
    """What a browser complained of while it was shown the pages."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("request", lambda request: self._see(request.url))

    def _hear(self, kind: str, text: str) -> None:
        # The browser logs each answer above 399 itself; the pages that give one are meant to.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.complaints.append(f"console: {text}")

    def _see(self, url: str) -> None:
        if not url.startswith((self.origin, "data:")):
            self.complaints.append(f"outside request: {url}")

    def check(self, page: Page, where: str) -> None:
        self.complaints += [f"{where}: {one}" for one in (*_axe(page), *_sideways(page))]


def _axe(page: Page) -> list[str]:
    if "/admin/" in page.url:
        return []  # Django's own pages: what we do not write we do not grade
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def _sideways(page: Page) -> list[str]:
    if "/admin/" in page.url:
        return []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"scrolls sideways by {wide} px"] if wide > 0 else []


def sign_in(page: Page, origin: str, name: str) -> None:
    page.goto(f"{origin}/akun/masuk/")
    page.locator("[name=login]").fill(f"{name}@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/my/")


@pytest.fixture
def origin(live_server):
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)
    return live_server.url


@pytest.fixture
def committee_pages(origin):
    """Give the rehearsal a little of the committee's work; the addresses of what there is now."""
    meeting = committee_factories.meeting(number=1)
    point = committee_factories.agenda_item(meeting, order=1, minutes="Dibahas.")
    decision = committee_factories.decision(meeting, number=1, agenda_item=point)
    advice = committee_factories.advice(Member.objects.get(role="adviser"))
    action = ActionItem.objects.get(workstream__code="COMM", number=1)
    request = committee_factories.date_request(action)
    period = committee_factories.period()
    report = committee_factories.report(period, signed=True, workstream=action.workstream)
    committee_factories.comment(decision)
    # Something hangs on the move that is looked at, and both ends of a link are shown.
    factories.dependency(ActionItem.objects.get(code="CYB-01"), action)
    things = (meeting, decision, advice, Obstacle.objects.get(), request, period)
    steps = ((meeting, "agenda/propose/"), (advice, "answer/"), (request, "approve/"))
    leaver = Member.objects.get(email="kominfo@demo.test")
    return (
        f"{reverse('roadmap:handover', args=[leaver.pk])}?successor=nobody",
        *(thing.get_absolute_url() for thing in things),
        *(f"{thing.get_absolute_url()}{step}" for thing, step in steps),
        reverse("roadmap:report-sign", args=[period.pk, report.workstream.code]),
    )


def paths_for(name: str | None, more: tuple[str, ...]) -> tuple[str, ...]:
    if name is None:
        milestone = Milestone.objects.order_by("pk").first()
        return (*PUBLIC, *DOORS, milestone.get_absolute_url())
    return (*SECRETARIAT, *more) if name == "sekretariat" else INSIDE


@pytest.mark.parametrize(
    ("device", "language", "scheme"), [("phone", "id", "dark"), ("desk", "en", "light")]
)
def test_every_page_is_accessible_and_whole(
    chromium: Browser, origin, committee_pages, device, language, scheme
):
    Member.objects.update(language=language)
    watcher = Watcher(origin)
    width, height = VIEWPORTS[device]
    for reader in (None, "kominfo", "sekretariat"):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="id-ID" if language == "id" else "en-GB",
        )
        page = context.new_page()
        watcher.watch(page)
        if reader:
            sign_in(page, origin, reader)
        for path in paths_for(reader, committee_pages):
            page.goto(f"{origin}{path}")
            watcher.check(page, f"{path} {reader}")
        context.close()

    assert watcher.complaints == []
    assert not Letter.objects.exists()  # looking changes nothing
