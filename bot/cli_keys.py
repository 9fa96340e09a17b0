"""``kaiku keys``: the key that reflections are encrypted under."""

import typer

PROBLEMS = 1
WRONG_SETTINGS = 2
BATCH = 100

keys_app = typer.Typer(help="The key that reflections are encrypted under.", no_args_is_help=True)


@keys_app.command("new")
def new_key() -> None:
    """Print a fresh value for KAIKU_SECRET_KEY, and nothing else. Keep it where your secrets are kept."""
    from bot.services.vault import new_secret

    typer.echo(new_secret())


@keys_app.command("rotate")
def rotate_keys() -> None:
    """Put keys under KAIKU_SECRET_KEY that are under KAIKU_SECRET_KEY_PREVIOUS. Safe to repeat."""
    from bot.config import ConfigError, read_key_settings
    from bot.services.vault import Vault, fingerprint
    from storage.engine import Store, parse_database_url
    from storage.person_keys import count_by_secret

    try:
        settings = read_key_settings()
        url = parse_database_url(settings.database_url)
    except (ConfigError, ValueError) as error:
        typer.echo(f"Keys can't be rotated: {error}", err=True)
        raise typer.Exit(WRONG_SETTINGS) from None
    if settings.secret_key is None or settings.previous_secret_key is None:
        typer.echo("Set KAIKU_SECRET_KEY to the new key and KAIKU_SECRET_KEY_PREVIOUS to the old.", err=True)
        raise typer.Exit(WRONG_SETTINGS)
    vault = Vault(settings.secret_key, settings.previous_secret_key)
    store = Store(url)
    done = 0
    try:
        while True:
            with store.begin() as tx:
                moved = vault.rotate(tx, BATCH)
            done += moved
            if not moved:
                break
        with store.read() as tx:
            left = sum(count_by_secret(tx).values()) - count_by_secret(tx).get(fingerprint(vault.secret), 0)
    finally:
        store.close()
    typer.echo(f"{done} {'key' if done == 1 else 'keys'} moved to the new secret.")
    if left:
        typer.echo(f"{left} are under neither of the two secrets and can't be opened.", err=True)
        raise typer.Exit(PROBLEMS)
    typer.echo("Unset KAIKU_SECRET_KEY_PREVIOUS now, and destroy the old key.")
