"""Every hole, as the source with it. One table."""

from __future__ import annotations

from dataclasses import dataclass

from tests.chaos.cases import Patch

TABLE = "tests/test_permissions.py::TestAnswers::test_everybody_gets_the_answer_written_down: "
STATES = "tests/security/test_permission_states.py"
ACCESS = "tests/security/test_access_only.py"
FORMS = "tests/security/test_mass_assignment.py"
SERVICES = f"{STATES}::TestServices"
LETTER_PAGES = "tests/roadmap/test_letters_pages.py"
AS_OF = "tests/roadmap/test_as_of_pages.py"


@dataclass(frozen=True, slots=True)
class Hole:
    """What was forgotten, the source in which it is, and the tests that must notice."""

    name: str
    patches: tuple[Patch, ...]
    caught_by: tuple[str, ...]


def _hole(name: str, tests: str | tuple[str, ...], *patches: tuple[str, str, str]) -> Hole:
    chosen = (tests,) if isinstance(tests, str) else tests
    return Hole(name, tuple(Patch(*one) for one in patches), chosen)


LISTS = (
    _hole(
        "the list of letters shows everybody's",
        f"{ACCESS}::test_lists_show_exactly_what_pages_allow",
        (
            "roadmap/selectors/letters.py",
            "    return letters.filter(recipient_id=actor.id)",
            "    return letters",
        ),
    ),
    _hole(
        "the file of letters is not the reader's",
        f"{LETTER_PAGES}::test_a_member_sees_their_own_letters_alone",
        (
            "roadmap/selectors/letters.py",
            "    if permissions.may_see_all_letters(actor):\n        return letters\n",
            "    if actor.is_active:\n        return letters\n",
        ),
    ),
    _hole(
        "the bell shows what others were told",
        "tests/roadmap/test_notices_page.py",
        (
            "roadmap/selectors/notices.py",
            "filter(under_bell=True, recipient=member_id)",
            "filter(under_bell=True)",
        ),
    ),
    _hole(
        "my views are everybody's",
        f"{ACCESS}::test_lists_show_exactly_what_pages_allow",
        (
            "roadmap/selectors/views.py",
            "SavedView.objects.filter(member=member).order_by",
            "SavedView.objects.order_by",
        ),
    ),
    _hole(
        "the forecast names everybody's letters",
        "tests/roadmap/test_forecast_pages.py",
        ("roadmap/views/forecasts.py", "    if not sees_all:\n", "    if False:\n"),
    ),
    _hole(
        "the reminders of an action name everybody",
        "tests/roadmap/test_forecast_pages.py",
        ("roadmap/selectors/reminded.py", "    if reader is not None:\n", "    if False:\n"),
    ),
    _hole(
        "the public's list of actions names owners",
        "tests/roadmap/test_action_list.py",
        (
            "roadmap/selectors/action_rows.py",
            "    if not inside:\n        return found.values(*FIELDS)\n",
            "",
        ),
    ),
)
OBJECTS = (
    _hole(
        "another's letter opens",
        f"{TABLE}GET roadmap:letter",
        (
            "committee/access.py",
            "if found is None or not permissions.may_see_letter(actor, found.recipient_id):",
            "if found is None:",
        ),
    ),
    _hole(
        "another's notice can be taken away",
        f"{TABLE}POST roadmap:notice-seen",
        (
            "roadmap/access.py",
            "_one(Reminder.objects.all(), pk=pk, recipient=actor.id)",
            "_one(Reminder.objects.all(), pk=pk)",
        ),
    ),
    _hole(
        "another's file of figures opens",
        f"{TABLE}GET roadmap:figures-preview",
        (
            "umkm/access.py",
            "        found.by_id != actor.id and not permissions.may_manage_figures(actor)\n",
            "        found.by_id != actor.id and not actor.is_active\n",
        ),
    ),
    _hole(
        "evidence is handed to the public",
        f"{TABLE}GET roadmap:evidence",
        (
            "roadmap/views/evidence.py",
            "@require_safe\ndef download",
            "@public\n@require_safe\ndef download",
        ),
        (
            "roadmap/views/evidence.py",
            "from committee.http import MemberRequest\n",
            "from committee.http import MemberRequest, public\n",
        ),
        (
            "roadmap/access.py",
            "    if actor is None or not actor.is_active or pk >= 2**63:\n",
            "    if pk >= 2**63:\n",
        ),
    ),
    _hole(
        "a hidden letter answers otherwise than a missing one",
        "tests/security/test_hidden.py",
        (
            "committee/access.py",
            (
                "if found is None or not permissions.may_see_letter(actor, found.recipient_id):\n"
                "        raise Http404\n"
            ),
            (
                "if found is None:\n        raise Http404\n"
                "    if not permissions.may_see_letter(actor, found.recipient_id):\n"
                "        from django.core.exceptions import PermissionDenied\n\n"
                "        raise PermissionDenied\n"
            ),
        ),
    ),
)
PARTS = (
    _hole(
        "the public's file has the columns of the inside",
        "tests/roadmap/test_exports_pages.py",
        (
            "roadmap/views/exports.py",
            "        inside=request.actor is not None,\n",
            "        inside=True,\n",
        ),
    ),
    _hole(
        "the public's history names people",
        "tests/roadmap/test_action_page.py",
        (
            "roadmap/selectors/history.py",
            'person=update.by.name if inside and update.by else "",',
            'person=update.by.name if update.by else "",',
        ),
    ),
    _hole(
        "the public filters by contradiction",
        "tests/roadmap/test_action_list.py",
        (
            "roadmap/forms/filters.py",
            "    return inside or watch not in INSIDE_ONLY\n",
            "    return True\n",
        ),
    ),
    _hole(
        "the public's search reads owners' names",
        f"{ACCESS}::test_the_public_finds_nobody_by_searching",
        (
            "roadmap/selectors/actions.py",
            'for name in ("title", "title_en", "output", "output_en"):',
            'for name in ("title", "title_en", "output", "output_en", "owner__name"):',
        ),
    ),
    _hole(
        "a meeting not yet opened is read in the past",
        AS_OF,
        (
            "roadmap/access.py",
            "        found = found.filter(undone.held(day))\n",
            "        pass\n",
        ),
    ),
    _hole(
        "minutes not yet closed are read in the past",
        AS_OF,
        (
            "roadmap/selectors/meetings.py",
            "    is_unwritten = isinstance(day, PastDay) and not meeting.is_closed\n",
            "    is_unwritten = False\n",
        ),
    ),
    _hole(
        "a page of the past offers to write",
        (AS_OF, "tests/test_as_of.py"),
        (
            "committee/past.py",
            "    return None if isinstance(request.day, PastDay) else request.actor\n",
            "    return request.actor\n",
        ),
    ),
    _hole(
        "a private site shows its public pages",
        f"{TABLE}GET roadmap:actions",
        (
            "committee/middleware.py",
            'getattr(view_func, "is_public", False) and site_is_public(request.clock)',
            'getattr(view_func, "is_public", False)',
        ),
    ),
)
STEPS = (
    _hole(
        "the numbers of the mail are everybody's",
        f"{TABLE}GET roadmap:metrics",
        (
            "roadmap/views/health.py",
            "    ask(permissions.may_see_all_letters(request.actor))\n",
            "",
        ),
    ),
    _hole(
        "all failed letters are sent again by anybody",
        f"{TABLE}GET roadmap:letters-resend",
        (
            "roadmap/views/letters.py",
            'filtered to."""\n    ask(permissions.may_release_letters(request.actor))\n',
            'filtered to."""\n',
        ),
    ),
    _hole(
        "the service verifies for anybody",
        SERVICES,
        (
            "roadmap/services/reports.py",
            "    require(permissions.may_verify(actor, facts))\n",
            "",
        ),
    ),
    _hole(
        "the service moves a date for a lead",
        SERVICES,
        (
            "roadmap/services/dates.py",
            "    require(permissions.may_move_date(actor, facts))\n",
            "    require(permissions.may_edit_action(actor, facts))\n",
        ),
    ),
    _hole(
        "another's saved view is renamed",
        SERVICES,
        (
            "roadmap/services/views.py",
            "    require(view.member_id == member.pk)\n",
            "",
        ),
    ),
    _hole(
        "one verifies one's own work",
        f"{FORMS}::TestOwnWork",
        (
            "roadmap/rules/permissions.py",
            "    if actor.id == action.submitter_id or is_own(actor, action):\n",
            "    if False:\n",
        ),
    ),
    _hole(
        "a seat that has ended still leads",
        f"{STATES}::TestStates::test_from_the_next_request_on: lead's seat ends",
        ("committee/access.py", "Seat.objects.held_on(today).filter(", "Seat.objects.filter("),
    ),
    _hole(
        "a service believes the role of the request's beginning",
        f"{FORMS}::TestRevoked",
        (
            "committee/changes.py",
            "access.actor_of(Member.objects.get(pk=attempt.by.pk), attempt.at.today)",
            "access.actor_of(attempt.by, attempt.at.today)",
        ),
    ),
)
ADMIN = (
    _hole(
        "Django admin deletes rows, many at once",
        f"{STATES}::TestAdminDoors",
        ("committee/admin.py", "    actions = None\n", '    actions = ["delete_selected"]\n'),
        (
            "committee/admin.py",
            (
                "    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:\n"
                "        return False\n\n    def lookup_allowed"
            ),
            (
                "    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:\n"
                "        return True\n\n    def lookup_allowed"
            ),
        ),
    ),
    _hole(
        "Django admin says that it is there",
        f"{TABLE}GET admin:index",
        (
            "committee/admin.py",
            "            if not site.has_permission(request):\n                raise Http404\n",
            "",
        ),
    ),
    _hole(
        "the page of a member takes a role",
        f"{FORMS}::TestNothingMore",
        (
            "committee/forms.py",
            '            "deputy",\n            "is_active",\n        ]\n',
            '            "deputy",\n            "is_active",\n            "role",\n        ]\n',
        ),
        (
            "committee/services.py",
            'MEMBER_FIELDS = (*OWN_FIELDS, "email"',
            'MEMBER_FIELDS = (*OWN_FIELDS, "role", "email"',
        ),
    ),
)
HOLES = (*LISTS, *OBJECTS, *PARTS, *STEPS, *ADMIN)
# What the suite plants itself: a list, a service, a page of the past.
SAMPLE = (
    "my views are everybody's",
    "another's letter opens",
    "the public filters by contradiction",
)
