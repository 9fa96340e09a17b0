"""Slack: the one way out to it, and the two ways in from it."""
