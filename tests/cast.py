"""One roadmap in which everybody stands in another relation to the same action.

Tests of permissions, security and budgets play on it: an address and a form that would be
accepted from the right person exist for every name of the URLconf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from committee import outbox
from committee.enums import LetterKind
from committee.models import Heartbeat, Institution, Letter, Member, RehearsalClock, Seat
from roadmap.models import ActionItem, Evidence, Milestone, Obstacle, ReminderRule
from tests import factories, stage
from tests.factories import PASSWORD, TODAY, days
from umkm.models import Challenge, Indicator, Observation

NOBODY = ("anonymous_public", "anonymous_private", "deactivated")
ROLES = ("viewer", "adviser", "secretariat", "chair", "admin")
MEMBERS = ("member", "owner", "contributor", "deputy", "lead", "other_lead")
COLUMNS = (*NOBODY, *ROLES, *MEMBERS)


@dataclass(slots=True)
class Cast:
    """The people by column, and what they meet."""

    people: dict[str, Member]
    open: ActionItem
    submitted: ActionItem
    verified: ActionItem
    evidence: Evidence
    obstacle: Obstacle
    milestone: Milestone
    letter: Letter
    newcomer: Member
    seat: Seat
    institution: Institution
    rule: ReminderRule
    challenge: Challenge
    indicator: Indicator
    observation: Observation
    more: dict[str, Any] = field(default_factory=dict)


def gather() -> Cast:
    """Make everybody and everything; the clock is a rehearsal's, so it can be stepped."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    people = {name: _person(name, "member") for name in MEMBERS}
    people |= {name: _person(name, name) for name in ROLES}
    people["deactivated"] = _person("deactivated", "secretariat", is_active=False)
    Member.objects.filter(pk=people["owner"].pk).update(deputy=people["deputy"])
    place, other = factories.workstream("LOG"), factories.workstream("FUND")
    seat = factories.seat(people["lead"], place)
    factories.seat(people["other_lead"], other)
    common = {"workstream": place, "owner": people["owner"], "start_date": days(-100)}
    common |= {"contributors": [people["contributor"]]}
    handed_in = {"submitted_by": people["owner"]}
    action = factories.action("LOG-01", **common)
    obstacle = factories.obstacle(action)
    indicator = factories.indicator()
    cast = Cast(
        people=people,
        open=action,
        submitted=factories.action("LOG-02", submitted=True, **common, **handed_in),
        verified=factories.action("LOG-03", verified=True, **common, **handed_in),
        evidence=_file(action),
        obstacle=obstacle,
        milestone=factories.milestone(workstream=place),
        letter=_letter(people["owner"]),
        newcomer=factories.member("viewer", email="baru@demo.test"),
        seat=seat,
        institution=factories.institution("BI"),
        rule=ReminderRule.objects.order_by("pk").first(),
        challenge=factories.challenge(),
        indicator=indicator,
        observation=factories.observation(indicator),
    )
    stage.make(cast)
    return cast


def _person(name: str, role: str, **fields: Any) -> Member:
    email = f"{name}@demo.test"
    return factories.member(
        role, email=email, name=name, language="en", password=PASSWORD, **fields
    )


def _file(action: ActionItem) -> Evidence:
    """Attach a file that is there: a download answers with its bytes."""
    content, stored = b"%PDF-1.4\n%%EOF", uuid4().hex
    settings.EVIDENCE_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.EVIDENCE_ROOT / stored).write_bytes(content)
    return factories.evidence(
        action,
        url="",
        stored_name=stored,
        file_name="bukti.pdf",
        content_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _letter(recipient: Member) -> Letter:
    Heartbeat.objects.get_or_create(name="plan", defaults={"at": timezone.now()})
    return outbox.enqueue(
        kind=LetterKind.REMINDERS, recipient=recipient, policy_date=TODAY, dedupe_key="uji:cast"
    )


def names() -> list[tuple[str, str]]:
    """Name every pattern of the URLconf, with its route: one without a name by its route."""
    return [(name or route, route) for name, route in _walk(get_resolver(), "", "")]


def _walk(resolver: Any, space: str, route: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, inner, here)
        elif isinstance(entry, URLPattern):
            yield (f"{space}{entry.name}" if entry.name else ""), here


def address(cast: Cast, name: str) -> str:
    """Give an address of this name at which something stands."""
    if name.startswith("admin/"):
        _admin, app, model = name.split("/")[:3]
        row = _rows(cast)[f"{app}_{model}"]
        return f"{reverse(f'admin:{app}_{model}_changelist')}{row.pk}/"
    return reverse(name, args=arguments(cast, name))


def arguments(cast: Cast, name: str) -> list[Any]:
    """Give what the address of this name is made of."""
    space, _colon, plain = name.rpartition(":")
    if space == "admin":
        return _admin_arguments(cast, plain)
    if (found := stage.arguments(cast).get(plain)) is not None:
        return found
    if plain == "account_reset_password_from_key":
        token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(cast.newcomer)
        return [user_pk_to_url_str(cast.newcomer), token]
    if plain == "obstacle-close":
        return [cast.open.code, cast.obstacle.pk]
    if plain in ("action-verify", "action-return"):
        return [cast.submitted.code]
    if plain == "action-reopen":
        return [cast.verified.code]
    if plain.endswith("-create"):
        return []
    ids = {"evidence": cast.evidence, "letter": cast.letter}
    if plain in ids or plain.partition("-")[0] == "milestone":
        return [ids.get(plain, cast.milestone).pk]
    if plain == "workstream":
        return [cast.open.workstream.code]
    is_of_action = plain == "evidence-add" or plain.partition("-")[0] == "action"
    return [cast.open.code] if is_of_action else []


def _admin_arguments(cast: Cast, plain: str) -> list[Any]:
    if plain == "app_list":
        return ["roadmap"]
    if plain == "view_on_site":
        return [ContentType.objects.get_for_model(ActionItem).pk, cast.open.pk]
    model, _underscore, verb = plain.rpartition("_")
    of_a_row = ("change", "history", "delete", "role", "erase", "invite", "reset")
    needs_row = verb in of_a_row and model.count("_")
    return [_rows(cast)[model].pk] if needs_row else []


def _rows(cast: Cast) -> dict[str, Any]:
    """Give the row that each class of Django admin is asked about."""
    return {
        "committee_institution": cast.institution,
        "committee_workstream": cast.open.workstream,
        "committee_seat": cast.seat,
        "committee_member": cast.newcomer,
        "committee_letter": cast.letter,
        "committee_heartbeat": Heartbeat.objects.get(name="plan"),
        "umkm_challenge": cast.challenge,
        "umkm_indicator": cast.indicator,
        "umkm_observation": cast.observation,
        "roadmap_actionitem": cast.open,
        "roadmap_milestone": cast.milestone,
        "roadmap_reminderrule": cast.rule,
        "roadmap_periodrule": cast.more["period_rule"],
    }
