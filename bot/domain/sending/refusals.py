"""Which of Slack's refusals are of this app or its workspace, and which of one message."""

OF_US = frozenset(
    {
        # our token
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
        "not_allowed_token_type", "missing_scope", "no_permission",
        # our workspace
        "org_login_required", "ekm_access_denied", "access_denied", "team_access_not_granted",
        "enterprise_is_restricted", "two_factor_setup_required", "accesslimited", "team_disabled",
        # how much we send
        "rate_limited", "ratelimited", "message_limit_exceeded",
        # the method, for whoever calls it
        "method_deprecated", "deprecated_endpoint", "unknown_method",
    }
)  # fmt: skip
"""Codes after which the next message would get the same answer. They pass: a token is renewed, a workspace
has moved, a limit is lifted. Nothing is lost by waiting for that."""


def is_of_us(reason: str) -> bool:
    """Whether everything waits, rather than this one message fails."""
    return reason in OF_US


def is_of_us_when_looking(reason: str) -> bool:
    """The same where a conversation's history is read, for which a scope may be missing for good."""
    return reason in OF_US - {"missing_scope", "not_allowed_token_type", "no_permission"}
