"""Every command that can be typed after ``/kaiku``."""

import handlers  # noqa: F401 - importing it declares them
from handlers.commands import all_commands

COMMANDS = all_commands()
