"""What stands around every page is kept as drawn: for each kind of reader, language and day."""

import pytest

from committee.enums import Role
from tests import factories
from tests.factories import days

NAVIGATION = '<nav class="nav-main"'


def navigation(client, address="/help/"):
    shown = client.get(address).content.decode()
    return shown.split(NAVIGATION)[1].split("</nav>")[0]


@pytest.mark.usefixtures("opening_day", "workstreams")
class TestNavigation:
    def test_each_kind_of_reader_sees_their_own_whoever_came_before(self, client, client_of):
        admin, viewer = client_of(Role.ADMIN), client_of(Role.VIEWER)
        for _again in range(2):
            assert "/admin/" in navigation(admin)
            assert "/admin/" not in navigation(viewer)
            assert "/my/" in navigation(viewer)
            assert "/my/" not in navigation(client, "/")

    def test_each_language_is_drawn_for_itself(self, client_of):
        indonesian = client_of(factories.member(Role.VIEWER, language="id"))
        english = client_of(factories.member(Role.VIEWER, language="en"))
        for _again in range(2):
            assert "Milestones" in navigation(english)
            assert "Tonggak" in navigation(indonesian)

    def test_the_page_one_is_on_is_marked_alone(self, client_of):
        reader = client_of(Role.VIEWER)
        for address in ("/actions/", "/milestones/"):
            shown = navigation(reader, address)
            assert f'href="{address}" aria-current="page"' in shown
            assert shown.count("aria-current") == 1

    def test_a_day_looked_back_at_stays_in_its_links(self, client_of):
        reader, day = client_of(Role.VIEWER), f"/as-of/{days(-1)}"
        for prefix in (day, "", day):
            assert f'href="{prefix}/actions/"' in navigation(reader, f"{prefix}/actions/")
