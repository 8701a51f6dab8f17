"""Django's command line; without any configuration it takes dev.py's embedded values."""

import os
import sys
from pathlib import Path

NEEDED = ("SECRET_KEY", "DATABASE_URL", "DATA_DIR")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.config.settings")
    configured = any(name in os.environ for name in NEEDED)
    if not configured and not (Path(__file__).parent / ".env").exists():
        import dev

        sys.stderr.write("No configuration found: taking the embedded values of dev.py.\n")
        if sys.argv[1:2] == ["runserver"]:  # serves static files uncollected, shows errors
            os.environ.setdefault("DEBUG", "1")
        os.environ.update(dev.embedded_environment())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
