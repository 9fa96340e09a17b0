"""Pure rules: no I/O, no clock, nothing but the standard library and msgspec, whose Structs are their values.

Tests of these read as rules.
"""
