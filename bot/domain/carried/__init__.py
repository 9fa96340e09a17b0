"""What buttons, menus and forms carry through Slack in ``value`` and ``private_metadata``: small values that
views write with ``str`` and handlers read with ``parse``.

What comes back is untrusted: it may be forged, or come from a message that an older version posted. So
``parse`` returns a value or raises KaikuError, nothing else. Messages stay for years: the written forms below
must stay readable. Whether an id exists, and whether the person may use it, is for the services to check.

An offering's code travels as it is: the services refuse one that they don't know.
"""
