"""What people can do. ``register`` is the table of contents: every listener, once."""

import re

from slack_bolt.async_app import AsyncApp

from bot.views import ids
from handlers import (
    announcements,
    calendars,
    commands,
    enrolment,
    home,
    offerings,
    prompts,
    reflections,
    settings,
)
from handlers.kaiku import Kaiku
from handlers.listening import on_click, on_command, on_submission

ANYTHING = re.compile("")


def register(app: AsyncApp, kaiku: Kaiku) -> None:
    app.command(ids.COMMAND)(on_command(kaiku, commands.run_command))
    _register_participants(app, kaiku)
    _register_facilitators(app, kaiku)

    # What an older Kaiku once offered: whoever still has it before them hears what they can do now.
    app.action(ANYTHING)(on_click(kaiku, commands.show_help))
    app.view(ANYTHING)(on_submission(kaiku, commands.show_help))

    app.event("app_home_opened")(home.on_home_opened(kaiku))
    app.event("user_change")(home.on_user_change(kaiku))


def _register_participants(app: AsyncApp, kaiku: Kaiku) -> None:
    app.view(ids.JOIN_FORM)(on_submission(kaiku, enrolment.join_offering))
    app.view(ids.LEAVE_FORM)(on_submission(kaiku, enrolment.leave_offering))
    app.view(ids.SETTINGS_FORM)(on_submission(kaiku, settings.save_settings))
    app.view(ids.RENEW_CALENDAR_FORM)(on_submission(kaiku, calendars.renew_link))

    app.action(ids.SHOW_OFFERINGS)(on_click(kaiku, offerings.show_offerings))
    app.action(ids.JOIN_OFFERING)(on_click(kaiku, enrolment.ask_to_join))
    app.action(ids.LEAVE_OFFERING)(on_click(kaiku, enrolment.ask_to_leave))
    app.action(ids.OPEN_SETTINGS)(on_click(kaiku, settings.open_settings))

    app.action(ids.OPEN_CALENDAR)(on_click(kaiku, calendars.open_calendar))
    app.action(ids.OPEN_CALENDAR_FILE)(on_click(kaiku, calendars.open_file))
    app.action(ids.RENEW_CALENDAR)(on_click(kaiku, calendars.ask_to_renew))

    app.action(ids.ANSWER_PROMPT)(on_click(kaiku, reflections.answer_prompt))
    for choice, action_id in enumerate(ids.CHOOSE_ANSWER):
        app.action(action_id)(on_click(kaiku, reflections.choose_answer(choice)))
    for field in ids.ANSWERS:
        app.action(field)(on_click(kaiku, reflections.save_draft))
    app.view(ids.ANSWER_FORM)(on_submission(kaiku, reflections.save_answer))
    app.action(ids.ASK_LATER)(on_click(kaiku, reflections.ask_later))
    app.action(ids.FEWER_PROMPTS)(on_click(kaiku, reflections.ask_frequency))
    for frequency, action_id in ids.SET_FREQUENCY.items():
        app.action(action_id)(on_click(kaiku, reflections.set_frequency(frequency)))
    app.action(ids.OPEN_REFLECTIONS)(on_click(kaiku, reflections.list_own))
    app.action(ids.WRITE_FREELY)(on_click(kaiku, reflections.write_freely))
    app.action(ids.EDIT_REFLECTION)(on_click(kaiku, reflections.edit_freely))
    app.view(ids.FREE_FORM)(on_submission(kaiku, reflections.save_freely))
    app.action(ids.DELETE_REFLECTION)(on_click(kaiku, reflections.delete_reflection))
    app.action(ids.ERASE_REFLECTIONS)(on_click(kaiku, reflections.ask_to_erase))
    app.view(ids.ERASE_FORM)(on_submission(kaiku, reflections.erase))
    app.action(ids.READ_SHARED)(on_click(kaiku, reflections.read_shared))

    app.action(ids.POST_JOIN)(on_click(kaiku, announcements.join))
    app.action(ids.POST_DETAILS)(on_click(kaiku, announcements.show_details))
    app.action(ids.POST_CALENDAR)(on_click(kaiku, announcements.show_calendar))


def _register_facilitators(app: AsyncApp, kaiku: Kaiku) -> None:
    for action_id in ids.PREVIEW_BUTTONS:
        app.action(action_id)(on_click(kaiku, announcements.do_nothing))
    app.action(ids.ANNOUNCE)(on_click(kaiku, announcements.open_form))
    app.view(ids.ANNOUNCE_FORM)(on_submission(kaiku, announcements.preview))
    app.view(ids.PUBLISH_FORM)(on_submission(kaiku, announcements.publish))
    app.action(ids.EDIT_ANNOUNCEMENT)(on_click(kaiku, announcements.ask_for_sentence))
    app.view(ids.SENTENCE_FORM)(on_submission(kaiku, announcements.save_sentence))
    app.action(ids.WITHDRAW_ANNOUNCEMENT)(on_click(kaiku, announcements.ask_to_withdraw))
    app.view(ids.WITHDRAW_FORM)(on_submission(kaiku, announcements.withdraw))

    app.action(ids.OPEN_DESK)(on_click(kaiku, prompts.open_desk))
    app.action(ids.WRITE_PROMPT)(on_click(kaiku, prompts.choose_source))
    app.view(ids.SOURCE_FORM)(on_submission(kaiku, prompts.begin))
    app.action(ids.GO_ON_WRITING)(on_click(kaiku, prompts.go_on))
    app.view(ids.WORDING_FORM)(on_submission(kaiku, prompts.save_wording))
    app.action(ids.CHANGE_SENDING)(on_click(kaiku, prompts.change_sending))
    app.view(ids.SENDING_FORM)(on_submission(kaiku, prompts.save_sending))
    app.view(ids.PROMPT_FORM)(on_submission(kaiku, prompts.publish))
    app.action(ids.PROMPT_MENU)(on_click(kaiku, prompts.choose_act))
    app.view(ids.WITHDRAW_PROMPT_FORM)(on_submission(kaiku, prompts.withdraw))
    app.action(ids.SHOW_SHARED_ANSWERS)(on_click(kaiku, prompts.show_shared_answers))
    app.action(ids.SHOW_TIMELINE)(on_click(kaiku, prompts.show_timeline))
    app.action(ids.DRAW_TIMELINE)(on_click(kaiku, prompts.draw_timeline))
    app.action(ids.MARK_ATTENDANCE)(on_click(kaiku, prompts.mark_attendance))
    app.view(ids.ATTENDANCE_FORM)(on_submission(kaiku, prompts.save_attendance))
