"""What the right person would send to every address: each of these forms is accepted from them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.forms.models import model_to_dict

from committee.enums import Role
from committee.rules.permissions import Actor
from committee.selectors.enrolment import named, plan
from committee.sheets import read_text
from tests import stage
from tests.cast import Cast
from tests.factories import PASSWORD, TODAY

ANOTHER_PASSWORD = "nusantara-2018-biru"


def form(cast: Cast, name: str) -> dict[str, Any]:
    """Give the fields of a form; an address that takes none gets an empty one."""
    plain = name.rpartition(":")[2]
    if name.startswith("admin:"):
        return _admin(cast).get(plain, {})
    every = _steps(cast) | _milestones(cast) | _settings(cast) | stage.forms(cast)
    return every.get(plain, {})


def _on(thing: Any, **fields: Any) -> dict[str, Any]:
    version = thing.version if thing is not None else 0
    return {"version": version, "token": str(uuid4())} | fields


def _steps(cast: Cast) -> dict[str, dict[str, Any]]:
    action, reason = cast.open, {"note": "Diputuskan rapat."}
    said = {"title": "Uji coba", "weight": "2"}
    return {
        "action-create": _on(
            None,
            workstream=action.workstream_id,
            due_precision="day",
            due_date="2018-12-31",
            **said,
        ),
        "action-edit": _on(action, **said),
        "action-report": _on(action, status="in_progress", progress="55"),
        "action-confirm": _on(action),
        "action-submit": _on(action),
        "action-verify": _on(cast.submitted),
        "action-return": _on(cast.submitted, **reason),
        "action-cancel": _on(action, **reason),
        "action-reopen": _on(cast.verified, **reason),
        "action-reassign": _on(action, owner=cast.people["member"].pk, **reason),
        "action-move": _on(action, due_date="2019-06-30", due_precision="day", **reason),
        "evidence-add": _on(action, title="Peraturan", url="https://jdih.example/2"),
        "obstacle-close": _on(action, **reason),
        "clock-step": {"days": "1"},
    }


def _milestones(cast: Cast) -> dict[str, dict[str, Any]]:
    milestone, place = cast.milestone, cast.open.workstream_id
    reason = {"note": "Diputuskan rapat."}
    named = {"workstream": place, "title": "Peluncuran"}
    return {
        "milestone-create": _on(None, due_precision="day", due_date="2018-12-31", **named),
        "milestone-edit": _on(milestone, **named),
        "milestone-move": _on(milestone, due_date="2019-06-30", due_precision="day", **reason),
        "milestone-achieve": _on(milestone, achieved="2018-09-20", precision="day"),
        "milestone-close": _on(milestone, closing="missed", **reason),
    }


def _settings(cast: Cast) -> dict[str, dict[str, Any]]:
    profile = {"name": "Nama Baru", "language": "id", "time_zone": "Asia/Makassar"}
    chosen = {"password1": ANOTHER_PASSWORD, "password2": ANOTHER_PASSWORD}
    return {
        "profile": profile | {"letter_hour": "7", "letter_days": ["1", "3"]},
        "language": {"language": "id"},
        "account_login": {"login": "member@demo.test", "password": PASSWORD},
        "account_change_password": {"oldpassword": PASSWORD, **chosen},
        "account_reset_password": {"email": "member@demo.test"},
        "account_reauthenticate": {"password": PASSWORD},
    }


def _admin(cast: Cast) -> dict[str, dict[str, Any]]:
    seated = {"seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"}
    titled, kept = {"title": "Judul baru"}, {"version_read": "0"}
    return {
        "committee_institution_add": _new(cast.institution, code="BARU"),
        "committee_institution_change": _as_shown(cast.institution) | titled,
        "committee_workstream_add": _new(cast.open.workstream, code="BARU", order="99"),
        "committee_workstream_change": _as_shown(cast.open.workstream) | titled,
        "committee_seat_add": _new(cast.seat, member=cast.newcomer.pk),
        "committee_seat_change": _as_shown(cast.seat) | {"until_date": "2030-01-01"},
        "committee_member_add": {
            "email": "lain@demo.test",
            "name": "Lain",
            "role": "viewer",
            "language": "id",
        },
        "committee_member_change": _as_shown(cast.newcomer) | seated | {"name": "Lain"},
        "committee_member_role": {"role": "member"},
        "committee_member_enrol": _enrolled(cast),
        "umkm_challenge_add": _new(cast.challenge, code="BARU"),
        "umkm_challenge_change": _as_shown(cast.challenge) | titled,
        "umkm_indicator_add": _new(cast.indicator, code="BARU"),
        "umkm_indicator_change": _as_shown(cast.indicator) | titled,
        "roadmap_actionitem_change": _as_shown(cast.open) | titled | kept,
        "roadmap_milestone_change": _as_shown(cast.milestone) | titled | kept,
        "roadmap_reminderrule_add": _new(cast.rule, slug="baru", amount="-6"),
        "roadmap_reminderrule_change": _as_shown(cast.rule) | {"amount": "5", "repeat": ""},
        "roadmap_periodrule_add": _new(cast.more["period_rule"], code="B01", month="1"),
        "roadmap_periodrule_change": _as_shown(cast.more["period_rule"]) | {"closes_after": "14"},
    }


def _as_shown(row: Model) -> dict[str, Any]:
    """Give a row as its form shows it."""
    values = {name: _plain(value) for name, value in model_to_dict(row).items()}
    return {name: value for name, value in values.items() if value not in (None, False)}


def _enrolled(cast: Cast) -> dict[str, Any]:
    """Confirm a list that was shown; its mark is the same for everybody who may send it."""
    text = "surel;nama;peran\nlain@demo.test;Lain;viewer\n"
    reader = Actor(id=0, role=Role.ADMIN)
    digest = plan(read_text(text, named), reader, TODAY).digest
    return {"text": text, "digest": digest, "apply": "1"}


def _new(row: Model, **fields: Any) -> dict[str, Any]:
    shown = _as_shown(row)
    shown.pop("id", None)
    return shown | fields


def _plain(value: Any) -> Any:
    return [one.pk for one in value] if isinstance(value, list) else value
