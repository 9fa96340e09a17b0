"""Every Slack id Kaiku uses, declared once: ``noun.verb`` for actions, plain nouns for fields."""

from typing import Final

COMMAND: Final = "/kaiku"

# Buttons; the value of the first five is the offering's code.
JOIN_OFFERING: Final = "offering.join"
LEAVE_OFFERING: Final = "offering.leave"
OFFERING_DETAILS: Final = "offering.details"
OPEN_MINE: Final = "mine.open"
SHOW_PAST: Final = "mine.show_past"
ABSENCE_WORD_FORM: Final = "session.absence_word_form"
ABSENCE_WORD: Final = "absence_word"
SAY_ABSENT: Final = "session.absent"  # value: code/session, as of the next two
ABSENT_FOR_SURE: Final = "session.absent_for_sure"
SAY_PRESENT: Final = "session.present"
JOIN_SESSION: Final = "session.join"  # a link: the browser does it
WISH_OPENING: Final = "opening_wish.say"  # value: the offering's code, as of the next one
TAKE_WISH_BACK: Final = "opening_wish.take_back"
SHOW_NEXT: Final = "next.show"
LIST_MINE: Final = "mine.list"
CHOOSE_ABSENCE: Final = "absence.choose"
SHOW_MATERIALS: Final = "materials.show"
SHOW_MY_DATA: Final = "my_data.show"
GET_MY_DATA: Final = "my_data.get"
ASK_TO_ERASE_ME: Final = "my_data.ask_to_erase"
ERASE_ME_FORM: Final = "my_data.erase_form"  # private_metadata: the record that is asked about
SHOW_CONTACTS: Final = "contacts.show"
SHOW_CERTIFICATES: Final = "certificates.show"
SHOW_HELP: Final = "help.show"
ACCEPT_OFFER: Final = "offer.accept"  # value: offer id:offering's code, as of the next
DECLINE_OFFER: Final = "offer.decline"
KEEP_TURN: Final = "turn.keep"  # value: the offering that began without them, as of the next
GIVE_UP_TURN: Final = "turn.give_up"
REVIEW_DRAW: Final = "draw.review"  # value: the code of an offering in the draw
ASK_CERTIFICATE: Final = "certificate.ask"  # value: the offering's code
OPEN_CERTIFICATE: Final = "certificate.open"  # a link: the browser does it
ANSWER_USE: Final = tuple(f"use.answer_{n}" for n in range(8))  # value: code:key:choice
SHOW_OFFERINGS: Final = "offerings.show"
ASK_AGAIN: Final = "command.again"  # value: what was typed after /kaiku
OPEN_SETTINGS: Final = "settings.open"
READ_NOTICE: Final = "privacy_notice.read"  # no value
OPEN_CALENDAR: Final = "calendar.open"
OPEN_CALENDAR_FILE: Final = "calendar.open_file"
RENEW_CALENDAR: Final = "calendar.renew"

# Announcements; under a post the value is "post id:offering's code"
POST_JOIN: Final = "announcement.join"
POST_DETAILS: Final = "announcement.details_open"
POST_CALENDAR: Final = "announcement.calendar"
PREVIEW_BUTTONS: Final = tuple(f"preview.{n}" for n in range(4))  # do nothing
ANNOUNCE: Final = "announcement.new"  # value: an offering's code, or "digest"
EDIT_ANNOUNCEMENT: Final = "announcement.edit"  # value: the announcement's id
WITHDRAW_ANNOUNCEMENT: Final = "announcement.withdraw"  # value: the announcement's id
THROW_ANNOUNCEMENT_AWAY: Final = "announcement.throw_away"  # value: the draft's id
ANNOUNCE_FORM: Final = "announcement.form"
PUBLISH_FORM: Final = "announcement.publish_form"
SENTENCE_FORM: Final = "announcement.sentence_form"
WITHDRAW_FORM: Final = "announcement.withdraw_form"
CHANNELS: Final = {"fi": "channels_fi", "sv": "channels_sv"}
SENTENCE: Final = {"fi": "sentence_fi", "sv": "sentence_sv"}
ON_DAY: Final = "on_day"
AT_TIME: Final = "at_time"
SERIES: Final = "series"

# Prompts and reflections; the value is the prompt's id unless said otherwise
ANSWER_PROMPT: Final = "reflection.write"
CHOOSE_ANSWER: Final = tuple(f"reflection.choose_{n}" for n in range(4))
ASK_LATER: Final = "prompt.ask_later"  # value: id:hour, id:tomorrow, id:week
FEWER_PROMPTS: Final = "prompts.fewer"
SET_FREQUENCY: Final = {each: f"prompts.set_{each}" for each in ("all", "fewer", "stopped")}  # no value
WRITE_FREELY: Final = "reflection.write_freely"  # value: words to begin with, or none
EDIT_REFLECTION: Final = "reflection.edit"  # value: the reflection's id
DELETE_REFLECTION: Final = "reflection.delete"  # value: the reflection's id
ERASE_REFLECTIONS: Final = "reflections.erase"
OPEN_REFLECTIONS: Final = "reflections.open"
READ_SHARED: Final = "reflections.read_shared"

# What facilitators do with prompts
OPEN_DESK: Final = "prompts.desk"  # value: the offering's code, or none
WRITE_PROMPT: Final = "prompt.new"  # value: the offering's code
GO_ON_WRITING: Final = "prompt.go_on"  # value: the draft's id
THROW_PROMPT_AWAY: Final = "prompt.throw_away"  # value: code/draft
CHANGE_SENDING: Final = "prompt.change_sending"  # value: the draft's id
PROMPT_MENU: Final = "prompt.menu"  # value: edit:id or withdraw:id
MARK_ATTENDANCE: Final = "attendance.mark"  # value: code/session
WAS_THERE: Final = "attendance.was_there"  # value: code/session, as of the next ones
SHOW_BRIEF: Final = "brief.show"
OPEN_ROOMS: Final = "rooms.open"
SHARE_OUT: Final = "rooms.share_out"
SEND_ROOMS: Final = "rooms.send"
SHOW_PHASES: Final = "rooms.phases"
TURN_PHASE: Final = tuple(f"rooms.phase_{each}" for each in ("start", "pause", "add", "next"))
CHANGE_NEEDS: Final = "needs.change"  # value: the offering's code
SHOW_SHARED_ANSWERS: Final = "prompts.shared_answers"  # value: the offering's code
SHOW_TIMELINE: Final = "prompts.timeline"  # value: the offering's code
DRAW_TIMELINE: Final = "prompts.timeline_picture"  # value: the offering's code

# The desk: who comes
OPEN_GROUP: Final = "group.open"  # value: the offering's code
GROUP_MENU: Final = "group.menu"  # value: code:act
UNDO_REMOVAL: Final = "group.undo"  # value: code/removal
ACCEPT_INVITATION: Final = "invitation.accept"  # value: the invitation's id, as of the next
DECLINE_INVITATION: Final = "invitation.decline"
# Roles, the log of acts, the pause of all sending
OPEN_FACILITATORS: Final = "facilitators.open"  # value: the offering's code
OPEN_COORDINATORS: Final = "coordinators.open"  # no value
SHOW_LOG: Final = "log.show"  # value: code:id of the last line that was shown, or none
PAUSE_SENDING: Final = "sending.pause"  # no value
RESUME_SENDING: Final = "sending.resume"  # no value
FACILITATORS_FORM: Final = "facilitators.form"
COORDINATORS_FORM: Final = "coordinators.form"
PAUSE_FORM: Final = "sending.pause_form"
PEOPLE: Final = "people"
WHY: Final = "why"
DAILY: Final = "daily"
# What facilitators do for their group; the desks place these buttons
WRITE_LETTER: Final = "letter.write"  # value: the offering's code, or code:draft
WITHDRAW_LETTER: Final = "letter.withdraw"  # value: the letter's id
EXPORT_ROSTER: Final = "roster.export"  # value: the offering's code
OPEN_DOWNLOAD: Final = "download.open"  # a link: the browser does it
OPEN_CHANNEL: Final = "channel.open"  # value: the offering's code, as of the next
LET_CHANNEL_GO: Final = "channel.let_go"
CHANNEL_FORM: Final = "channel.form"
CHANNEL_HOW: Final = "channel_how"
GROUP_CHANNEL: Final = "group_channel"
LETTER_FORM: Final = "letter.form"
SEND_LETTER_FORM: Final = "letter.send_form"
WITHDRAW_LETTER_FORM: Final = "letter.withdraw_form"
LETTER: Final = {each: f"letter_{each}" for each in ("fi", "sv", "en")}
LETTER_TO: Final = "letter_to"
LETTER_WHEN: Final = "letter_when"

# Forms
GROUP_FORM: Final = "group.form"
GROUP_CONFIRM: Final = "group.confirm"
INVITATION_FORM: Final = "invitation.form"
SOURCE_FORM: Final = "prompt.source_form"
WORDING_FORM: Final = "prompt.wording_form"
SENDING_FORM: Final = "prompt.sending_form"
PROMPT_FORM: Final = "prompt.confirm_form"
WITHDRAW_PROMPT_FORM: Final = "prompt.withdraw_form"
CERTIFICATE_FORM: Final = "certificate.form"
ATTENDANCE_FORM: Final = "attendance.form"
ROOMS_FORM: Final = "rooms.form"
NEEDS_FORM: Final = "needs.form"
ANSWER_FORM: Final = "reflection.form"
FREE_FORM: Final = "reflection.free_form"
ERASE_FORM: Final = "reflections.erase_form"
DRAW_FORM: Final = "draw.form"
JOIN_FORM: Final = "offering.join_form"
LEAVE_FORM: Final = "offering.leave_form"
UNDO_LEAVE: Final = "offering.undo_leave"
SETTINGS_FORM: Final = "settings.form"
RENEW_CALENDAR_FORM: Final = "calendar.renew_form"

# Fields: one name serves as block_id and action_id
RANKED: Final = tuple(f"ranked_{n}" for n in range(5))
AGENCY: Final = "agency"
AGENCY_NAME: Final = "agency_name"
EMPLOYER_MEANT: Final = "employer_meant"
NO_ROOM: Final = "no_room"
ROLE: Final = "role"
NAME: Final = "name"
LANGUAGE: Final = "language"
TIMEZONE: Final = "timezone"
ANSWERS: Final = ("answer_0", "answer_1")
SHARING: Final = "sharing"
FREQUENCY: Final = "frequency"
PAUSED_UNTIL: Final = "paused_until"
HOUR: Final = "hour"
SOURCE: Final = "source"
KIND: Final = "kind"
QUESTIONS: Final = tuple({each: f"question_{n}_{each}" for each in ("fi", "sv", "en")} for n in range(2))
CHOICES: Final = {each: f"choices_{each}" for each in ("fi", "sv", "en")}
TIMING: Final = "timing"
DAYS: Final = "days"
AUDIENCE: Final = "audience"
REMIND: Final = "remind"
WHERE: Final = "where"
CHANNEL: Final = "channel"
KEEP: Final = "keep"
ATTENDED: Final = tuple(f"attended_{n}" for n in range(10))
PROMISED: Final = "promised"
ROOM_SIZE: Final = "room_size"
ANEW: Final = "anew"
MISSING: Final = tuple(f"missing_{n}" for n in range(5))
NEEDS: Final = "needs"
MEMBER: Final = "member"
NEW_MEMBER: Final = "new_member"
OTHER_GROUP: Final = "other_group"
OF_AGENCY: Final = "of_agency"
SEATS: Final = "seats"
UNTIL: Final = "until"
REASON: Final = {"fi": "reason_fi", "sv": "reason_sv"}
