"""Does every message arrive once, whatever fails? ``make faults``."""
