"""Who is on the committee, and which workstream they answer for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.enums import CommitteeRole, InstitutionKind, Role, SeatKind

CODE = RegexValidator(r"^[A-Z][A-Z0-9_]*\Z", _("Use capital letters, digits and underscores."))
# Pelaksana tugas: as officials sign in either language.
ACTING = "Plt."
ZONES = [
    ("Asia/Jakarta", "WIB (Jakarta)"),
    ("Asia/Makassar", "WITA (Makassar)"),
    ("Asia/Jayapura", "WIT (Jayapura)"),
]


class Titled(models.Model):
    """Content with an Indonesian title and, where somebody wrote one, an English title."""

    title = models.CharField(_("title (Indonesian)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_title

    @property
    def local_title(self) -> str:
        """Give the title in the reader's language, else the Indonesian one."""
        return self.title_en if self.title_en and get_language() == "en" else self.title

    @property
    def title_language(self) -> str:
        """Name the language `local_title` is in, for the `lang` attribute."""
        return "en" if self.title_en and get_language() == "en" else "id"


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def valid_on(self, today: date) -> InstitutionQuerySet:
        """Keep those that exist on a day, both ends included; most never say from when."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=today),
            Q(valid_until=None) | Q(valid_until__gte=today),
        )


class Institution(Titled):
    """A ministry, agency or the like; one that was renamed or merged ends, and names its heir."""

    code = models.CharField(_("code"), max_length=30, unique=True, validators=[CODE])
    kind = models.CharField(_("kind"), max_length=20, choices=InstitutionKind)
    committee_role = models.CharField(
        _("role in the committee"), max_length=10, choices=CommitteeRole, default=CommitteeRole.NONE
    )
    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_until = models.DateField(_("exists until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("became"),
    )

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(code__contains=";"), name="institution_code_has_no_semicolon"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
                name="institution_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(successor=None)
                | (Q(valid_until__isnull=False) & ~Q(successor=F("id"))),
                name="institution_became_another_when_it_ended",
            ),
        ]

    @property
    def heir_since(self) -> date | None:
        """Give the day from which another stands in its place."""
        return self.valid_until + timedelta(days=1) if self.valid_until else None

    def is_valid_on(self, today: date) -> bool:
        """Tell whether it exists on a day, both ends included."""
        has_begun = self.valid_from is None or self.valid_from <= today
        return has_begun and (self.valid_until is None or today <= self.valid_until)


class Workstream(Titled):
    code = models.CharField(_("code"), max_length=10, unique=True, validators=[CODE])
    order = models.PositiveSmallIntegerField(_("order"), unique=True)
    lead_institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name=_("lead institution")
    )

    class Meta:
        verbose_name = _("workstream")
        verbose_name_plural = _("workstreams")

    def get_absolute_url(self) -> str:
        return reverse("roadmap:workstream", args=[self.code])


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Member:
        """Create a member; without a password they sign in only after following a link."""
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """A person with an account: the user model. Rights follow from `role` and seats alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.VIEWER)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name=_("institution")
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
        default="id",
    )
    time_zone = models.CharField(
        _("time zone"), max_length=40, choices=ZONES, default="Asia/Jakarta"
    )
    letter_hour = models.PositiveSmallIntegerField(
        _("hour of the daily letter"), default=8, validators=[MaxValueValidator(23)]
    )
    letter_days = models.CharField(
        _("days of the letter"),
        max_length=5,
        default="12345",
        validators=[RegexValidator(r"^1?2?3?4?5?\Z"), MinLengthValidator(1)],
        help_text=_("Monday is 1, Friday 5; letters leave on working days alone."),
    )
    mentions_by_mail = models.BooleanField(_("mentions by mail"), default=True)
    refused_at = models.DateTimeField(_("mail does not arrive since"), null=True, blank=True)
    refused_why = models.CharField(_("what the mail server said"), max_length=200, blank=True)
    paused_from = models.DateField(_("away from"), null=True, blank=True)
    paused_until = models.DateField(_("away until"), null=True, blank=True)
    deputy = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deputising_for",
        verbose_name=_("deputy while away"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    second_factor_by = models.DateField(
        _("second factor due by"), null=True, blank=True, editable=False
    )
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(paused_from=None, paused_until=None)
                # Said outright: a comparison with NULL is neither true nor false, and passes.
                | Q(
                    paused_from__isnull=False,
                    paused_until__isnull=False,
                    paused_until__gte=F("paused_from"),
                ),
                name="member_pause_has_both_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(letter_hour__lte=23), name="member_letter_hour_ok"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_is_known"),
            models.CheckConstraint(condition=~Q(letter_days=""), name="member_has_a_letter_day"),
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_why="")
                | (Q(refused_at__isnull=False) & ~Q(refused_why="")),
                name="member_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("id")), name="member_is_not_own_deputy"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """End the sessions begun with another role, as Django does with another password."""
        of_password = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        both = f"{of_password}:{self.role}"
        sealed = salted_hmac("committee.Member.role", both, secret, algorithm="sha256")
        return sealed.hexdigest()

    @property
    def is_staff(self) -> bool:
        """Tell Django admin who may enter; what they may change there the admin classes say."""
        return self.role in (Role.SECRETARIAT, Role.ADMIN)

    @property
    def is_superuser(self) -> bool:
        """Nobody is above the rules."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff

    def is_paused(self, today: date) -> bool:
        """Tell whether this person is away on a day, both ends included."""
        return bool(
            self.paused_from
            and self.paused_until
            and self.paused_from <= today <= self.paused_until
        )


class SeatQuerySet(models.QuerySet["Seat"]):
    def held_on(self, today: date) -> SeatQuerySet:
        """Keep the seats held on a day, both ends included."""
        return self.filter(from_date__lte=today).filter(
            Q(until_date=None) | Q(until_date__gte=today)
        )

    def holders(self) -> Iterator[tuple[int, str]]:
        """Give the workstream of each seat, and who holds it: one query."""
        for place, name, is_acting in self.values_list(
            "workstream_id", "member__name", "is_acting"
        ):
            yield place, named_holder(name, is_acting)

    def not_over(self, today: date) -> SeatQuerySet:
        """Keep the seats held on a day or later."""
        return self.filter(Q(until_date=None) | Q(until_date__gte=today))


class Seat(models.Model):
    """A member's place in a workstream, from one day to another.

    An acting official (Plt.) holds it as anybody would, and only for a while.
    """

    member = models.ForeignKey(
        Member, models.CASCADE, related_name="seats", verbose_name=_("member")
    )
    workstream = models.ForeignKey(
        Workstream, models.CASCADE, related_name="seats", verbose_name=_("workstream")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=SeatKind)
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)
    is_acting = models.BooleanField(
        _("acting (Plt.)"), default=False, help_text=_("An acting official's seat needs its end.")
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")),
                name="seat_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(is_acting=False) | Q(until_date__isnull=False),
                name="seat_of_an_acting_official_has_an_end",
            ),
            models.UniqueConstraint(
                fields=["member", "workstream", "kind", "from_date"], name="seat_is_taken_once"
            ),
        ]

    def __str__(self) -> str:
        holder = named_holder(self.member.name, self.is_acting)
        return f"{holder} · {self.workstream} · {self.get_kind_display()}"


def named_holder(name: str, is_acting: bool) -> str:
    """Name who holds a seat; an acting official is named as one."""
    return f"{name} ({ACTING})" if is_acting else name


class RoleChange(models.Model):
    """A role somebody was given in place of another. Rows are only added."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="role_changes")
    old = models.CharField(max_length=12, choices=Role)
    new = models.CharField(max_length=12, choices=Role)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Changes made in one act are told in one letter.
    act = models.UUIDField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="role_change_changes_the_role"),
            models.CheckConstraint(
                condition=~Q(member=F("by")), name="role_change_is_made_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.old} → {self.new}"
