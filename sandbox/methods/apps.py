"""apps.*: what an app does with its app-level token."""

import uuid

from sandbox.workspace import APP_ID, Json, Workspace

SOCKET_PATH = "/link"


def apps_connections_open(workspace: Workspace, _: Json) -> Json:
    """An address for one WebSocket of Socket Mode: good once, and soon."""
    ticket = str(uuid.uuid4())
    workspace.claims.add_ticket(ticket)
    address = workspace.address.replace("http", "ws", 1)
    return {"url": f"{address}{SOCKET_PATH}?ticket={ticket}&app_id={APP_ID}"}
