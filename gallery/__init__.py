"""Every message, modal and App Home that Kaiku can show, in Finnish, Swedish and English side by side, as one
page for people who read through all of it: ``make gallery``."""
