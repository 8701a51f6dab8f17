"""S9–S12: what people write is text, wherever it comes out; what they ask for is looked up."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from email import message_from_bytes, policy
from html import escape

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.test import TestCase
from django.urls import reverse

from committee import envelopes, guards
from committee.clock import Moment
from committee.models import Letter, Member
from committee.rules.days import PastDay
from roadmap import guards as roadmap_guards
from roadmap import packs
from roadmap.models import Evidence
from roadmap.selectors.since import Since
from tests import factories
from tests.cast import address
from tests.factories import TODAY, days, moment
from tests.test_architecture import short, sources
from tests.test_permissions import TABLE, read, undone
from tests.test_security import OnStage
from umkm import guards as umkm_guards

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "</script><script>",
    "'-alert(1)-'",
    "{{7*1913}}{% debug %}${7*1913}",
    "\u2028\u202ebalik",
)
EVALUATED = str(7 * 1913)
NASTY = "".join(PAYLOADS)
LINK = "javascript:alert(1)"
LIVE_LINK = re.compile(r"""(?:href|src|action)=["']?\s*(?:javascript|data:text|vbscript)""")
# No text of a person: names by which rows are found, what a machine wrote, secrets.
NOT_WRITTEN = re.compile(
    r"code|slug|key|token|password|sha256|digest|hash|email|stored_name|message_id|mark|url|zone"
    r"|institutions|supporting|served|state|content_type|item|occasion|stage|query|filters|days|path"
    r"|kind|error|fields|precision|language"
)
# Their texts are numbers and names in a form of their own, which only services write.
BY_MACHINE = {"Job", "MinutesCorrection"}
OURS = ("committee", "umkm", "roadmap")
EVERY_GUARD = (*guards.GUARDS, *umkm_guards.GUARDS, *roadmap_guards.GUARDS)


def plant(text=NASTY):
    """Write a text into every field that a person or a file may write; name the fields."""
    guards.remove("default", EVERY_GUARD)
    planted = []
    for model in apps.get_models():
        if model._meta.app_label in OURS and model.__name__ not in BY_MACHINE:
            for field in model._meta.concrete_fields:
                if is_written(field) and _fill(model, field, text):
                    planted.append(f"{model.__name__}.{field.name}")
    return planted


def is_written(field):
    is_text = isinstance(field, models.CharField | models.TextField)
    is_free = is_text and not (field.choices or field.unique or field.primary_key)
    return is_free and not NOT_WRITTEN.search(field.name)


def _fill(model, field, text):
    """Fill one column, unless the database itself wants something else there."""
    try:
        with transaction.atomic():
            return model.objects.update(**{field.name: text[: field.max_length or None]})
    except DatabaseError:
        return 0


class TestWhatPeopleWrite(OnStage):
    @classmethod
    def prepare(cls):
        cls.planted = plant()
        Evidence.objects.filter(stored_name="").update(url=LINK)

    def test_it_is_planted_nearly_everywhere(self):
        assert len(self.planted) > 60
        wanted = {"ActionItem.title", "StatusUpdate.note", "Comment.text", "Member.name"}
        assert wanted < set(self.planted)

    def test_pages_show_it_and_never_run_it(self):
        shown, bad = 0, {}
        for reader, name, answer, body in self.visits():
            page = body.decode(errors="replace")
            if "html" not in answer.headers.get("Content-Type", ""):
                continue
            shown += escape(PAYLOADS[0], quote=False) in page
            found = [one for one in (*PAYLOADS[:3], EVALUATED) if one in page]
            found += re.findall(
                r"""(?:href|src|action)=["']?\s*(?:javascript|data:text|vb)""", page
            )
            if found or answer.status_code >= 500:
                bad[reader, name] = found

        assert bad == {}
        assert shown > 100

    def test_a_letter_shows_it_and_grows_no_header(self):
        letter = Letter.objects.get(dedupe_key="uji:cast")
        subject = "1 lewat\r\nBcc: evil@x.id"
        mail = envelopes.Mail(
            subject, NASTY, f"<p>{escape(NASTY)}</p>", factories.moment(factories.TODAY)
        )

        sent = envelopes.seal(letter, mail, factories.moment(factories.TODAY)).content

        message = message_from_bytes(sent, policy=policy.default)
        assert message["Bcc"] is None
        assert len(message.get_all("To")) == 1
        assert NASTY[:60] in message.get_body(("plain",)).get_content()

    def test_control_a_template_that_trusts_would_run_it(self):
        name = "roadmap:action"
        with undone(), self.settings(TEMPLATES=trusting()):
            body = read(self.client_of("viewer").get(address(self.cast, name)))

        assert PAYLOADS[0].encode() in body


def trusting():
    """Give the settings of templates that escape nothing."""
    trusted = deepcopy(settings.TEMPLATES)
    trusted[0]["OPTIONS"]["autoescape"] = False
    return trusted


@pytest.mark.django_db
@pytest.mark.skipif(not packs.can_make_pdf(), reason="Pango is not installed")
def test_paper_shows_it_as_letters():
    factories.action("LOG-01", workstream=factories.workstream("LOG"), late=True, title=NASTY[:90])
    clock = Moment(moment(TODAY), TODAY, None)

    page = packs.document(packs.read(PastDay(2018, 9, 23), Since(days(-60)), clock), "id")

    assert escape(PAYLOADS[0]) in page
    assert PAYLOADS[0] not in page
    assert EVALUATED not in page


UNKNOWN = {
    "ordering": "owner__password",
    "owner__password": "x",
    "owner__is_superuser": "1",
    "fields": "password",
    "id__in": "1,2",
    "_connector": "OR 1=1 OR",
    "_negated": "1",
    "pk": "1) OR (1=1",
}
KNOWN = ("q", "workstream", "status", "signal", "owner", "institution", "sort", "page", "show")
KNOWN += ("state", "since", "as_of", "format", "year", "kind", "section", "watch", "who", "signed")
HOSTILE = ("' OR 1=1--", "1;DROP TABLE roadmap_actionitem", "\x00")


class TestWhatPeopleAskFor(OnStage):
    def asked(self, name, query):
        """Ask a page as the secretariat; give its status and the SQL it took."""
        statements = []

        def watch(execute, sql, params, many, context):
            if "SAVEPOINT" not in sql:  # each has a number of its own
                statements.append(sql)
            return execute(sql, params, many, context)

        with undone(), connection.execute_wrapper(watch):
            answer = self.client_of("secretariat").get(address(self.cast, name), query)
            read(answer)
        return answer.status_code, statements

    def pages(self):
        for (name, method), row in TABLE.items():
            if method == "GET" and row["secretariat"] == "200":
                yield name

    def test_a_name_nobody_knows_asks_nothing_of_the_database(self):
        minded = set()
        for name in self.pages():
            if name.startswith("admin"):  # Django refuses there, or leaves it out
                if self.asked(name, UNKNOWN)[0] not in (200, 302, 400):
                    minded.add(name)
                continue
            self.asked(name, {})  # fills what a process remembers
            if self.asked(name, {}) != self.asked(name, UNKNOWN):
                minded.add(name)

        assert minded == set()

    def test_a_value_nobody_expects_is_never_part_of_a_question(self):
        wrong = {}
        for name in self.pages():
            for value in HOSTILE:
                status, statements = self.asked(name, dict.fromkeys(KNOWN, value))
                parts = [sql for sql in statements if value[:6] in sql]
                if status >= 500 or parts:
                    wrong[name, value] = status, parts

        assert wrong == {}


def test_no_request_is_ever_unpacked_into_a_question():
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            unpacked = [k.value for k in getattr(node, "keywords", ()) if k.arg is None]
            found += [short(path) for one in unpacked if "request." in ast.unparse(one)]

    assert found == []


SMUGGLED = ("Sari\r\nTo: all@x.id", "Sari\nBcc: all@x.id", "Sari\rX: y", "Sari\x00", "Sari\x1b[2J")


class TestLinesThatWouldWriteHeaders(TestCase):
    def setUp(self):
        self.member = factories.member("member", name="Sari", language="en")
        self.client.force_login(self.member)

    def test_a_name_of_several_lines_is_refused_when_it_is_saved(self):
        for name in SMUGGLED:
            fields = {"name": name, "language": "en", "time_zone": "Asia/Jakarta"}
            fields |= {"letter_hour": "8", "letter_days": ["1"]}

            answer = self.client.post(reverse("committee:profile"), fields)

            assert answer.status_code == 422
            assert Member.objects.get(pk=self.member.pk).name == "Sari"

    def test_the_same_name_on_one_line_is_saved(self):
        fields = {"name": "Sari To: all@x.id", "language": "en", "time_zone": "Asia/Jakarta"}

        answer = self.client.post(
            reverse("committee:profile"), fields | {"letter_hour": "8", "letter_days": ["1"]}
        )

        assert answer.status_code == 302
        assert Member.objects.get(pk=self.member.pk).name == "Sari To: all@x.id"
