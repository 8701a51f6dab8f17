"""The page of one action: three things kept apart, the slips, the history, and who sees what."""

import pytest
from django.urls import reverse

from roadmap.enums import Outlook, Status
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def english(client_of):
    """Give a signed-in reader of English."""
    return lambda role="viewer": client_of(factories.member(role, language="en"))


def page_of(client, action, **query):
    response = client.get(reverse("roadmap:action", args=[action.code]), query, headers=ENGLISH)
    assert response.status_code == 200
    return response


def text_of(client, action, **query):
    return page_of(client, action, **query).content.decode()


@pytest.mark.parametrize("code", ["ZZZ-99", "x\x00", "🚚", "log-01", "x" * 5000])
def test_an_unknown_code_is_not_found(client, place, code):
    factories.action("LOG-01", workstream=place)

    assert client.get(reverse("roadmap:action", args=[code])).status_code == 404


def test_an_action_of_tomorrow_is_not_found(client, place):
    action = factories.action(workstream=place, created_on=days(1), history=False)

    assert client.get(action.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({"late": True}, "Due on 14 September 2018, 10 days ago, and not submitted."),
        ({"silent": True}, "Last report on 15 August 2018, 40 days ago; the limit is 30 days."),
        ({"reported_on": None}, "No report since it began on 16 June 2018, 100 days ago"),
        ({"blocked": True}, "An obstacle is open."),
        ({"due_date": days(1)}, "Due on 25 September 2018, in 1 day."),
        ({"due_date": TODAY}, "Due today."),
        (
            {"submitted": True},
            "Submitted on 21 September 2018, in time; it waits for verification.",
        ),
        ({"submitted": True, "is_submitted_late": True}, "Submitted on 21 September 2018, late;"),
        ({"verified": True}, "Submitted on 21 September 2018, by the due date, and verified."),
        ({"verified": True, "is_submitted_late": True}, "after the due date then in force"),
        ({"cancelled": True}, "Cancelled; it has no signal"),
        ({}, "Not due before 2 January 2019"),
        ({"due_date": None, "first_due_date": None}, "It has no due date"),
    ],
)
def test_the_signal_is_explained_in_words(client, place, traits, words):
    assert words in text_of(client, factories.action(workstream=place, **traits))


def test_claim_signal_and_verification_stand_apart(english, place):
    action = factories.action(workstream=place, late=True, progress=90, outlook=Outlook.ON_TIME)

    page = text_of(english(), action)

    for words in (
        "What the owner claims",
        "In progress, 90%",
        "Outlook: On time",
        "What the system sees",
        "Contradictory",
        "What was verified",
        "Not verified",
    ):
        assert words in page


def test_the_slip_ledger_strikes_out_the_old_date(client, place):
    action = factories.action(workstream=place, due_date=days(-24))
    factories.slip(action, new_date=days(280), reason="Menunggu nomor.", asked_by="Ibu Rahasia")
    factories.slip(action, new_date=days(90), is_applied=False)

    page = text_of(client, action)

    assert "<del>31 August 2018</del> → <strong>1 July 2019</strong>" in page
    assert "+304 days" in page
    assert "Menunggu nomor." in page
    assert "not the date then in force" in page
    assert "Rahasia" not in page


def test_history_says_what_changed_against_the_state_before(english, place):
    action = factories.action(workstream=place, progress=20, status=Status.PLANNED)
    action.progress, action.status = 60, Status.IN_PROGRESS
    action.outlook = Outlook.AT_RISK
    factories.update(action, note="Rapat teknis.", follow_up="Surat ke BI.", at=moment(days(-2)))
    action.due_date, action.due_precision = days(130), "month"
    factories.update(action, kind="moved", at=moment(days(-1)))

    page = text_of(english(), action)

    for words in (
        "Status: Planned → In progress",
        "Progress: 20% → 60%",
        "Outlook: — → At risk",
        "Due date: 2 January 2019 → February 2019",
        "Rapat teknis.",
        "Surat ke BI.",
    ):
        assert words in page


def test_a_note_beside_the_chain_changes_nothing(client, place):
    action = factories.action(workstream=place, progress=20)
    action.progress = 99
    factories.update(action, kind="imported", by=None, at=moment(days(-5)), note="Catatan.")
    action.updates.filter(note="Catatan.").update(superseded_at=moment(days(-5)))
    action.progress = 30
    factories.update(action, at=moment(days(-1)))

    page = text_of(client, action)

    assert "Catatan." in page
    assert "Progress: 20% → 30%" in page
    assert "99%" not in page


def test_history_is_paged_and_each_page_knows_the_state_before_it(client, place):
    action = factories.action(workstream=place, progress=0)
    for number in range(1, 26):
        action.progress = number
        factories.update(action, at=moment(days(number - 30)))

    first, second = (text_of(client, action, page=number) for number in (1, 2))

    assert "Progress: 24% → 25%" in first
    assert "Progress: 5% → 6%" in first
    assert "Progress: 4% → 5%" in second
    assert "Progress: 0% → 1%" in second
    for bad in ("0", "abc", "999", "\x00"):
        assert page_of(client, action, page=bad).status_code == 200


def test_htmx_gets_the_history_alone(client, place):
    action = factories.action(workstream=place)
    headers = {"HX-Request": "true", "HX-Target": "history"}

    response = client.get(action.get_absolute_url(), headers=headers)

    assert response.content.decode().strip().startswith('<section class="section" id="history"')
    assert "HX-Request" in response["Vary"]


def test_source_and_confidence_are_said_in_words(client, place):
    action = factories.action(
        workstream=place, source="title: unverified: siaran pers | due: kontan", confidence="low"
    )

    page = text_of(client, action)

    assert "unverified:" not in page
    assert "not verified" in page
    assert "title: siaran pers" in page
    assert "Low confidence" in page


def test_examples_are_badged(client, place):
    action = factories.action(workstream=place, due_basis="illustrative")
    factories.update(action, is_illustrative=True)

    page = text_of(client, action)

    assert "example, not an official target" in page
    assert '<span class="tag">example</span>' in page


@pytest.fixture
def secret(place):
    """Make an action whose every inside field holds a word nobody outside may read."""
    owner = factories.member(name="Ibu Rahasia")
    action = factories.action(
        workstream=place,
        owner=owner,
        late=True,
        outlook=Outlook.ON_TIME,
        contributors=[owner],
        expected_date=days(77),
    )
    factories.update(
        action, note="Catatan rahasia", follow_up="Tindak rahasia", obstacle_text="Kendala rahasia"
    )
    factories.update(action, kind="obstacle", obstacle_text="Kendala rahasia")
    factories.update(action, kind="reassigned", note="rahasia")
    factories.update(action, kind="edited", note="rahasia", changes={"source": ["", "rahasia"]})
    factories.update(action, kind="moved", note="rahasia")
    factories.update(action, kind="imported", by=None, note="rahasia", is_illustrative=True)
    factories.obstacle(action, needed="Nomor rahasia")
    factories.evidence(action, title="Bukti rahasia")
    return action


def test_the_public_sees_no_outlook_person_note_obstacle_or_evidence(client, secret):
    page = text_of(client, secret)

    for word in (
        "ahasia",
        "utlook",
        "ontradict",
        "On time",
        "bstacle",
        "vidence",
        "Owner",
        "10 December 2018",
    ):
        assert word not in page


def test_a_member_sees_all_of_it(english, secret):
    page = text_of(english(), secret)

    for words in (
        "Ibu Rahasia",
        "Catatan rahasia",
        "Tindak rahasia",
        "Kendala rahasia",
        "Nomor rahasia",
        "Bukti rahasia",
        "Outlook",
        "Contradictory",
    ):
        assert words in page


def test_the_public_page_answers_304_and_the_members_page_does_not(client, client_of, place):
    action = factories.action(workstream=place)
    url = action.get_absolute_url()

    etag = client.get(url)["ETag"]

    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    assert "no-store" in client_of("viewer").get(url)["Cache-Control"]


def test_what_people_wrote_is_escaped(english, place):
    action = factories.action(workstream=place, title="<b>judul</b>")
    factories.update(action, note="<script>x</script>", follow_up="<script>x</script>")
    factories.obstacle(action, needed="<script>x</script>")

    page = text_of(english(), action)

    assert "<script>x" not in page
    assert "<b>judul" not in page


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 10), ("viewer", 20)])
def test_its_queries_and_bytes_do_not_grow(
    reader, place, django_assert_max_num_queries, number, role, budget
):
    client = reader(role)
    owner = factories.member()
    action = factories.action(workstream=place, owner=owner, contributors=[owner])
    other = factories.action(workstream=place, history=False)
    update = action.updates.get()
    copies = []
    for back in range(number):
        values = {f.attname: getattr(update, f.attname) for f in update._meta.local_fields}
        values |= {"id": None, "action_id": action.pk if back < 500 else other.pk}
        values |= {"superseded_at": moment(TODAY), "progress": back % 100}
        copies.append(type(update)(**values))
    type(update).objects.bulk_create(copies)
    factories.milestone(actions=[action])
    factories.obstacle(action)
    factories.evidence(action)

    with django_assert_max_num_queries(budget):
        page = page_of(client, action)

    assert len(page.content) < 60_000


def test_the_reason_a_member_wrote_for_a_move_is_not_for_the_public(client, client_of, place):
    action = factories.action(workstream=place)
    factories.slip(action, by=factories.member("secretariat"), reason="Alasan rahasia.")
    factories.slip(action, new_date=days(300), reason="Diumumkan.", source="koran")
    url = action.get_absolute_url()

    public, inside = client.get(url), client_of("viewer").get(url)

    assert "Alasan rahasia." not in public.content.decode()
    assert "Diumumkan." in public.content.decode()
    assert "Alasan rahasia." in inside.content.decode()
