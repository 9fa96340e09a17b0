"""Simulates a programme's whole year in minutes before anyone is messaged: ``kaiku rehearse``
(docs/rehearsal.md)."""
