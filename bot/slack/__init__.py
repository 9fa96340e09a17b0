"""Slack: the one way out to it, and the two ways in (HTTP and Socket Mode)."""
