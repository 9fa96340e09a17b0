"""Kaiku: what it knows and decides. See docs/decisions/ and CONTRIBUTING.md for the floors."""
