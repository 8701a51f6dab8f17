"""Short help for each kind of user, with pictures of the running product."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from committee.enums import Role
from committee.http import PageRequest, public, revalidated
from committee.rules.permissions import Actor

FOLDER = "img/help"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of user, under the word by which Indonesians know it."""

    slug: str
    template: str
    title: Promise
    text: Promise


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in one language, with the size that keeps its place free until it comes."""

    address: str
    width: int
    height: int


MEMBER = Kind(
    "anggota",
    "member",
    _("Member of the committee"),
    _("You own actions, or contribute to them."),
)
LEAD = Kind(
    "koordinator",
    "lead",
    _("Lead of a workstream"),
    _("You hold the lead or deputy seat of a workstream."),
)
SECRETARIAT = Kind(
    "manajemen-pelaksana",
    "secretariat",
    _("Secretariat"),
    _("You build the roadmap, prepare the meetings and keep the record."),
)
CHAIR = Kind(
    "ketua",
    "chair",
    _("Chair"),
    _("You open and close the meetings and verify finished work."),
)
ADVISER = Kind(
    "penasihat",
    "adviser",
    _("Adviser"),
    _("You advise the committee and follow what becomes of it."),
)
VIEWER = Kind(
    "pembaca",
    "viewer",
    _("Ministry staff"),
    _("You read how the roadmap stands, and why."),
)
ADMIN = Kind(
    "admin",
    "admin",
    _("Admin"),
    _("You look after the people and the machine."),
)
KINDS = {kind.slug: kind for kind in (MEMBER, LEAD, SECRETARIAT, CHAIR, ADVISER, VIEWER, ADMIN)}
KIND_OF = {
    Role.MEMBER: MEMBER,
    Role.SECRETARIAT: SECRETARIAT,
    Role.CHAIR: CHAIR,
    Role.ADVISER: ADVISER,
    Role.VIEWER: VIEWER,
    Role.ADMIN: ADMIN,
}


@public
@require_safe
@revalidated
def index(request: PageRequest) -> HttpResponse:
    """Ask the reader which kind of user they are; whoever is signed in is named first."""
    own = kind_of(request.actor)
    others = [kind for kind in KINDS.values() if kind is not own]
    return render(request, "roadmap/help.html", {"own": own, "others": others})


@public
@require_safe
@revalidated
def page(request: PageRequest, who: str) -> HttpResponse:
    """Show one kind of user what they come here for; a word not known is 404."""
    kind = KINDS.get(who)
    if kind is None:
        raise Http404
    context = {
        "kind": kind,
        "is_own": kind is kind_of(request.actor),
        "pictures": pictures(get_language() or "id"),
        "silent_days": settings.SILENT_AFTER_DAYS,
    }
    return render(request, f"roadmap/help/{kind.template}.html", context)


def kind_of(actor: Actor | None) -> Kind | None:
    """Name the kind a signed-in person is; a member who leads a workstream is a lead."""
    if actor is None:
        return None
    if actor.role == Role.MEMBER and actor.lead_of:
        return LEAD
    return KIND_OF[Role(actor.role)]


def pictures(language: str) -> dict[str, Picture]:
    """Give the pictures in one language, by name."""
    return {
        name: Picture(static(f"{FOLDER}/{name}.{language}.webp"), *size)
        for name, size in sizes()[language].items()
    }


@cache
def sizes() -> dict[str, dict[str, list[int]]]:
    """Read how wide and high each picture is, as it was taken."""
    text = (settings.BASE_DIR / "static" / FOLDER / "sizes.json").read_text()
    found: dict[str, dict[str, list[int]]] = json.loads(text)
    return found
