"""``kaiku doctor``: is everything in order here? Nothing is written, and no check stops another."""
