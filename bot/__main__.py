"""``python -m bot ...`` is ``kaiku ...``."""

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        from bot.version import VERSION

        print(f"Kaiku {VERSION}")  # noqa: T201 - without loading the command line's library
        return
    if sys.argv[1:] == ["run"]:
        from bot.cli.run import run

        run()
        return
    from bot.cli.main import app

    app(prog_name="kaiku")


if __name__ == "__main__":
    main()
