"""``python -m bot ...`` is ``kaiku ...``."""

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["run"]:
        from bot.cli.run import run

        run()
        return
    from bot.cli.main import app

    app(prog_name="kaiku")


if __name__ == "__main__":
    main()
