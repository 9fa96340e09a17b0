"""Data and a language in, Block Kit out. No I/O; every id is declared in ``ids.py``."""
