"""The embedded broker under a worker that looks while beat is still writing."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from roadmap.config import broker  # noqa: TID251 the broker is configuration, and tested as such

BELL = {"body": "plan"}


@pytest.fixture
def channel_of(tmp_path):
    """Give a channel of a transport; both ends use one folder, as the product's do."""
    options = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out")}
    options["control_folder"] = str(tmp_path / "control")

    def make(transport):
        connection = Connection(transport=transport, transport_options=options)
        return connection.channel()

    return make


def looking_at(channel, seen):
    """Give a step that looks into the queue, as a worker does, and then goes on."""

    def look():
        try:
            seen.append(channel._get("celery"))
        except Empty:
            seen.append(None)

    return look


def test_a_worker_sees_a_message_whole_or_not_at_all(channel_of, monkeypatch):
    channel, seen, replace = channel_of(broker.Transport), [], Path.replace
    look = looking_at(channel, seen)
    monkeypatch.setattr(Path, "replace", lambda draft, to: (look(), replace(draft, to))[1])

    channel._put("celery", BELL)

    assert seen == [None]
    assert channel._get("celery") == BELL


def test_control_without_it_the_worker_ends_on_an_empty_message(channel_of, monkeypatch):
    channel = channel_of(filesystem.Transport)
    monkeypatch.setattr(filesystem, "lock", lambda *_: channel._get("celery"))

    with pytest.raises(ValueError, match="Expecting value"):
        channel._put("celery", BELL)
