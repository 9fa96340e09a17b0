"""The Web API's methods: what each does, which scopes open it, how often a minute it may be called."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.methods import apps, channels, chat, conversations, oauth, people, views
from sandbox.pace import POSTS_A_MINUTE
from sandbox.workspace import Json, Workspace

TIER_1, TIER_2, TIER_3, TIER_4 = 10, 20, 50, 100
"""Slack's tier 1 is "1+": as many as an app may have connections, which is all that is of it here."""
PERMALINKS = 300
"""Slack says "hundreds" a minute."""

READ = ("channels:read", "im:read", "groups:read", "mpim:read")
HISTORY = ("channels:history", "im:history", "groups:history", "mpim:history")
OPEN = ("im:write", "mpim:write")
MANAGE = ("channels:manage", "groups:write")
WRITE = ("chat:write",)
USERS = ("users:read",)


@dataclass(frozen=True, slots=True)
class Method:
    """Any one of ``scopes`` opens the method; a conversation of one kind may need its own."""

    call: Callable[[Workspace, Json], Json]
    scopes: tuple[str, ...]
    a_minute: int
    opened_by: str = "bot"
    """Whose token it takes: the bot's, or the app's own."""
    in_a_team: bool = False
    """Whether an app of a whole organisation must say for which workspace it asks (``team_id``)."""


METHODS: dict[str, Method] = {
    "apps.connections.open": Method(
        apps.apps_connections_open, ("connections:write",), TIER_1, opened_by="app"
    ),
    "api.test": Method(people.api_test, (), TIER_4),
    "auth.test": Method(people.auth_test, (), 300),
    "auth.teams.list": Method(people.auth_teams_list, (), TIER_2),
    "chat.delete": Method(chat.chat_delete, WRITE, TIER_3),
    "chat.getPermalink": Method(chat.chat_get_permalink, (), PERMALINKS),
    "chat.postEphemeral": Method(chat.chat_post_ephemeral, WRITE, TIER_4),
    "chat.postMessage": Method(chat.chat_post_message, WRITE, POSTS_A_MINUTE),
    "chat.update": Method(chat.chat_update, WRITE, TIER_3),
    "conversations.archive": Method(channels.conversations_archive, MANAGE, TIER_2),
    "conversations.create": Method(channels.conversations_create, MANAGE, TIER_2, in_a_team=True),
    "conversations.history": Method(conversations.conversations_history, HISTORY, TIER_3),
    "conversations.info": Method(conversations.conversations_info, READ, TIER_3),
    "conversations.invite": Method(channels.conversations_invite, MANAGE, TIER_3),
    "conversations.kick": Method(channels.conversations_kick, MANAGE, TIER_3),
    "conversations.list": Method(conversations.conversations_list, READ, TIER_2, in_a_team=True),
    "conversations.members": Method(conversations.conversations_members, READ, TIER_4),
    "conversations.open": Method(conversations.conversations_open, OPEN, TIER_3),
    "conversations.replies": Method(conversations.conversations_replies, HISTORY, TIER_3),
    "conversations.setTopic": Method(channels.conversations_set_topic, MANAGE, TIER_2),
    "dnd.info": Method(people.dnd_info, ("dnd:read",), TIER_3, in_a_team=True),
    "oauth.v2.access": Method(oauth.oauth_v2_access, (), TIER_4),
    "users.conversations": Method(people.users_conversations, READ, TIER_3, in_a_team=True),
    "users.info": Method(people.users_info, USERS, TIER_4),
    "users.lookupByEmail": Method(people.users_lookup_by_email, ("users:read.email",), TIER_3),
    "users.list": Method(people.users_list, USERS, TIER_2, in_a_team=True),
    "views.open": Method(views.views_open, (), TIER_4),
    "views.publish": Method(views.views_publish, (), TIER_4),
    "views.push": Method(views.views_push, (), TIER_4),
    "views.update": Method(views.views_update, (), TIER_4),
}
