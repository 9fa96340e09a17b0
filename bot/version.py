"""Which version of Kaiku this is. CHANGELOG.md says what is new in it."""

VERSION = "0.1.0"
