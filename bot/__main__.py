"""``python -m bot ...`` is ``kaiku ...``."""


def main() -> None:
    """Run the command line."""
    from bot.cli.main import app

    app(prog_name="kaiku")


if __name__ == "__main__":
    main()
