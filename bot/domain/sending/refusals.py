"""Tells Slack's refusals of this app or its workspace from refusals of one message."""

OF_US = frozenset(
    {
        # our token
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
        "not_allowed_token_type", "missing_scope", "no_permission",
        # our workspace
        "org_login_required", "ekm_access_denied", "access_denied", "team_access_not_granted",
        "enterprise_is_restricted", "two_factor_setup_required", "accesslimited", "team_disabled",
        "team_not_found", "migration_in_progress", "messages_tab_disabled",
        # how much we send
        "rate_limited", "ratelimited", "message_limit_exceeded",
        # the method itself
        "method_deprecated", "deprecated_endpoint", "unknown_method",
    }
)  # fmt: skip
"""Codes after which the next message would get the same answer. They pass (a token is renewed, a limit is
lifted), so nothing is lost by waiting."""


def is_of_us(reason: str) -> bool:
    """Whether Slack refuses this app, so that all sending pauses; otherwise only this message fails."""
    return reason in OF_US


def is_of_us_when_looking(reason: str) -> bool:
    """Whether Slack refuses this app when it reads a conversation's history. A scope that is missing for that
    refuses the reading only."""
    return reason in OF_US - {"missing_scope", "not_allowed_token_type", "no_permission"}
