"""Speed, side by side with a named baseline in one run: ``make bench``."""
