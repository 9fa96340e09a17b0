"""oauth.*: exchanges an expiring bot token for the next one, by a refresh token that is valid once."""

import secrets
from datetime import timedelta

from sandbox.errors import SlackError
from sandbox.workspace import APP_ID, BOT_USER, CLIENT_ID, CLIENT_SECRET, ENTERPRISE, TEAM, Json, Workspace

TOKEN_LASTS = timedelta(hours=12)


def oauth_v2_access(workspace: Workspace, arguments: Json) -> Json:
    """Renew a token; apps can't be installed here."""
    if arguments.get("client_id") != CLIENT_ID:
        raise SlackError("invalid_client_id")
    if arguments.get("client_secret") != CLIENT_SECRET:
        raise SlackError("bad_client_secret")
    if arguments.get("grant_type") != "refresh_token":
        raise SlackError("invalid_grant_type")
    if workspace.refresh_token is None or arguments.get("refresh_token") != workspace.refresh_token:
        raise SlackError("invalid_refresh_token")
    # The previous token stays valid until it expires; the one before that does not.
    workspace.earlier_token = workspace.bot_token, workspace.token_ends_at
    workspace.bot_token = f"xoxe.xoxb-1-{secrets.token_hex(12)}"
    workspace.refresh_token = f"xoxe-1-{secrets.token_hex(12)}"
    workspace.token_ends_at = workspace.clock.now() + TOKEN_LASTS
    return {
        "access_token": workspace.bot_token,
        "refresh_token": workspace.refresh_token,
        "expires_in": int(TOKEN_LASTS.total_seconds()),
        "token_type": "bot",
        "app_id": APP_ID,
        "bot_user_id": BOT_USER,
        "scope": ",".join(sorted(workspace.manifest.scopes)),
        "team": None if workspace.is_org_wide else {"id": TEAM, "name": workspace.team_name},
        "enterprise": {"id": ENTERPRISE, "name": workspace.team_name} if workspace.is_org_wide else None,
        "is_enterprise_install": workspace.is_org_wide,
    }
