"""What the gallery shows, by the part of Kaiku that shows it."""
