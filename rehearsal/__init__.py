"""A programme's year lived in minutes before anyone is messaged: ``kaiku rehearse`` (docs/rehearsal.md)."""
