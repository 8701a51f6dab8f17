"""The file-system broker of the embedded mode, with whole messages: there complete, or not at all.

kombu opens a message under its final name before it writes it; a worker that looks in between
reads an empty one and ends. Here a message gets its name only once it is written.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, *arguments: Any, **_options: Any) -> None:
        queue, message = arguments  # named differently in kombu's own layers
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        draft = Path(self.data_folder_out, f"{name}.part")
        draft.write_text(dumps(message))
        draft.replace(draft.with_name(name))


class Transport(filesystem.Transport):
    Channel = Channel
