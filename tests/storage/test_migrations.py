"""The schema's migrations: up, down, up, and nothing between them and the models."""

import ast
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from storage.engine import create_store_engine, parse_database_url
from storage.migrate import MIGRATIONS, SchemaState, downgrade, revisions, schema_state, upgrade
from storage.tables import metadata


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_store_engine(parse_database_url(database_url))
    yield engine
    upgrade(engine.url)  # other tests of this session find the tables again
    engine.dispose()


def test_up_down_and_up_again(engine: Engine) -> None:
    assert schema_state(engine) is SchemaState.CURRENT
    downgrade(engine.url, "base")
    assert schema_state(engine) is SchemaState.EMPTY
    upgrade(engine.url)
    assert schema_state(engine) is SchemaState.CURRENT


def test_the_models_are_what_the_migrations_make(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_database_of_a_newer_version_is_known_as_newer(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    assert schema_state(engine) is SchemaState.NEWER
    with engine.begin() as connection:
        connection.execute(text(f"update alembic_version set version_num = '{revisions()[-1]}'"))


def test_our_own_list_of_revisions_is_alembics() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == sorted(revision.revision for revision in script.walk_revisions())
    assert revisions()[-1] == script.get_current_head()


def test_strands_from_before_keep_the_library_that_their_number_gave_them(engine: Engine) -> None:
    downgrade(engine.url, "0005")
    with engine.begin() as connection:
        connection.execute(
            text("insert into programme (code, title, timezone) values ('p', '{}', 'Europe/Helsinki')")
        )
        for number in (1, 4, 5):
            connection.execute(
                text(
                    "insert into strand (programme_id, number, title)"
                    f" values ((select id from programme), {number}, '{{}}')"
                )
            )
    upgrade(engine.url)
    with engine.begin() as connection:
        found = connection.execute(text("select number, prompts from strand order by number")).all()
        connection.execute(text("delete from programme"))
    assert found == [(1, "complexity"), (4, "coaching"), (5, None)]


def test_migrations_only_add_so_that_the_version_before_can_go_on() -> None:
    """During a rolling upgrade the version before works on the new schema: it neither misses a column nor is
    asked for one. What is to go goes a version later, and is named here then."""
    contracts: set[str] = set()
    files = [path for path in (MIGRATIONS / "versions").glob("[0-9]*.py") if path.name > "0018"]
    assert files
    for path in files:
        (act,) = (
            node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
        )
        calls = [node for node in ast.walk(act) if isinstance(node, ast.Call)]
        named = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
        taking = {each for each in named if each.startswith(("drop_", "alter_", "rename_"))}
        assert not taking or path.stem in contracts, f"{path.stem}: {sorted(taking)}"
        for call in calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "add_column":
                said = ast.unparse(call)
                assert "nullable=False" not in said or "server_default=" in said, f"{path.stem}: {said}"
