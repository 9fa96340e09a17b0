"""What people can do. ``register`` is the table of contents: every listener, once."""

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.plan.edits import VenueAct
from bot.views import ids
from handlers import (
    acts,
    announcements,
    assistant,
    calendars,
    cases,
    channels,
    commands,
    completion,
    draws,
    enrolment,
    facilitation,
    find_time,
    group,
    home,
    invitations,
    letters,
    my_data,
    offerings,
    offers,
    opening,
    plan,
    plan_additions,
    preparation,
    privacy,
    prompts,
    reflections,
    report,
    roles,
    roster,
    sending,
    settings,
    turns,
    venues,
    year,
)
from handlers.kaiku import Kaiku
from handlers.listening import on_click, on_command, on_submission

ANYTHING = re.compile("")


def register(app: AsyncApp, kaiku: Kaiku) -> None:
    """Register the listeners in the order in which Bolt asks each whether it is meant. Being asked costs a
    request 13 µs of CPU, so frequent requests come first, and the few events before the many buttons.
    """
    app.view_submission(ids.JOIN_FORM)(on_submission(kaiku, enrolment.join_offering))
    app.command(ids.COMMAND)(on_command(kaiku, commands.run_command))
    _register_events(app, kaiku)
    app.block_action(ids.ASK_AGAIN)(on_click(kaiku, commands.run_command))
    _register_participants(app, kaiku)
    _register_year(app, kaiku)
    _register_facilitators(app, kaiku)
    _register_coordinators(app, kaiku)

    # Actions that earlier versions of Kaiku offered: old messages still carry them, so they open the help.
    app.block_action(ANYTHING)(on_click(kaiku, commands.show_help))
    app.view_submission(ANYTHING)(on_submission(kaiku, commands.show_help))


def _register_events(app: AsyncApp, kaiku: Kaiku) -> None:
    app.event("app_home_opened")(home.on_home_opened(kaiku))
    written = assistant.on_written(kaiku)
    app.event("message")(written)
    app.event("app_mention")(written)
    app.event("user_change")(home.on_user_change(kaiku))
    app.event("team_join")(home.on_user_change(kaiku))


def _register_year(app: AsyncApp, kaiku: Kaiku) -> None:
    app.block_action(ids.OPEN_MINE)(on_click(kaiku, year.open_mine))
    app.block_action(ids.SHOW_PAST)(on_click(kaiku, year.show_past))
    app.block_action(ids.SAY_ABSENT)(on_click(kaiku, year.say_absent))
    app.block_action(ids.ABSENT_FOR_SURE)(on_click(kaiku, year.say_absent_for_sure))
    app.block_action(ids.ACKNOWLEDGE_CHANGE)(on_click(kaiku, plan.acknowledge))
    app.block_action(ids.TIME_SUITS)(on_click(kaiku, find_time.answer))
    app.block_action(ids.NO_TIME_SUITS)(on_click(kaiku, find_time.answer))
    app.block_action(ids.SAY_PRESENT)(on_click(kaiku, year.say_present))
    app.view_submission(ids.ABSENCE_WORD_FORM)(on_submission(kaiku, year.send_word))
    app.block_action(ids.JOIN_SESSION)(on_click(kaiku, year.go_to_session))
    app.block_action(ids.ACCEPT_OFFER)(on_click(kaiku, offers.accept_offer))
    app.block_action(ids.DECLINE_OFFER)(on_click(kaiku, offers.decline_offer))
    app.block_action(ids.KEEP_TURN)(on_click(kaiku, turns.keep_turn))
    app.block_action(ids.GIVE_UP_TURN)(on_click(kaiku, turns.give_up_turn))
    app.block_action(ids.ASK_CERTIFICATE)(on_click(kaiku, completion.ask_for_certificate))
    app.view_submission(ids.CERTIFICATE_FORM)(on_submission(kaiku, completion.make_certificate))
    app.block_action(ids.OPEN_CERTIFICATE)(on_click(kaiku, completion.open_certificate))
    for action_id in ids.ANSWER_USE:
        app.block_action(action_id)(on_click(kaiku, completion.answer_use))

    app.block_action(ids.SHOW_NEXT)(on_click(kaiku, year.show_next))
    app.block_action(ids.LIST_MINE)(on_click(kaiku, year.list_mine))
    app.block_action(ids.CHOOSE_ABSENCE)(on_click(kaiku, assistant.choose_absence))
    app.block_action(ids.SHOW_MATERIALS)(on_click(kaiku, assistant.show_materials))
    app.block_action(ids.SHOW_MY_DATA)(on_click(kaiku, my_data.show_my_data))
    app.block_action(ids.GET_MY_DATA)(on_click(kaiku, my_data.get_my_data))
    app.block_action(ids.GET_REPORT)(on_click(kaiku, report.get_report))
    app.block_action(ids.ISSUE_REPORT)(on_click(kaiku, report.issue))
    app.block_action(ids.TELL_CASE)(on_click(kaiku, cases.tell_case))
    app.view_submission(ids.CASE_FORM)(on_submission(kaiku, cases.save_case))
    app.block_action(ids.GIVE_CASE)(on_click(kaiku, cases.give_case))
    app.block_action(ids.WITHDRAW_CASE)(on_click(kaiku, cases.withdraw_case))
    app.block_action(ids.ASK_CASES)(on_click(kaiku, cases.ask_about_cases))
    app.view_submission(ids.ASK_CASES_FORM)(on_submission(kaiku, cases.ask_for_cases))
    app.block_action(ids.ASK_TO_ERASE_ME)(on_click(kaiku, my_data.ask_to_erase))
    app.view_submission(ids.ERASE_ME_FORM)(on_submission(kaiku, my_data.erase))
    app.block_action(ids.SHOW_CONTACTS)(on_click(kaiku, assistant.show_contacts))
    app.block_action(ids.SHOW_HELP)(on_click(kaiku, commands.show_help))
    app.block_action(ids.SHOW_CERTIFICATES)(on_click(kaiku, assistant.show_certificate))


def _register_participants(app: AsyncApp, kaiku: Kaiku) -> None:
    app.view_submission(ids.LEAVE_FORM)(on_submission(kaiku, enrolment.leave_offering))
    app.view_submission(ids.SETTINGS_FORM)(on_submission(kaiku, settings.save_settings))
    app.view_submission(ids.RENEW_CALENDAR_FORM)(on_submission(kaiku, calendars.renew_link))

    app.block_action(ids.SHOW_OFFERINGS)(on_click(kaiku, offerings.show_offerings))
    app.block_action(ids.JOIN_OFFERING)(on_click(kaiku, enrolment.ask_to_join))
    app.block_action(ids.LEAVE_OFFERING)(on_click(kaiku, enrolment.ask_to_leave))
    app.block_action(ids.UNDO_LEAVE)(on_click(kaiku, enrolment.take_leaving_back))
    app.block_action(ids.ACCEPT_INVITATION)(on_click(kaiku, invitations.accept))
    app.block_action(ids.DECLINE_INVITATION)(on_click(kaiku, invitations.decline))
    app.view_submission(ids.INVITATION_FORM)(on_submission(kaiku, invitations.introduce_and_accept))
    app.block_action(ids.OFFERING_DETAILS)(on_click(kaiku, offerings.show_details))
    app.block_action(ids.WISH_OPENING)(on_click(kaiku, opening.wish))
    app.block_action(ids.TAKE_WISH_BACK)(on_click(kaiku, opening.take_back))
    app.block_action(ids.OPEN_SETTINGS)(on_click(kaiku, settings.open_settings))
    app.block_action(ids.READ_NOTICE)(on_click(kaiku, privacy.read_notice))

    app.block_action(ids.OPEN_CALENDAR)(on_click(kaiku, calendars.open_calendar))
    app.block_action(ids.OPEN_CALENDAR_FILE)(on_click(kaiku, calendars.open_file))
    app.block_action(ids.RENEW_CALENDAR)(on_click(kaiku, calendars.ask_to_renew))

    app.block_action(ids.ANSWER_PROMPT)(on_click(kaiku, reflections.answer_prompt))
    for choice, action_id in enumerate(ids.CHOOSE_ANSWER):
        app.block_action(action_id)(on_click(kaiku, reflections.choose_answer(choice)))
    for field in ids.ANSWERS:
        app.block_action(field)(on_click(kaiku, reflections.save_draft))
    app.view_submission(ids.ANSWER_FORM)(on_submission(kaiku, reflections.save_answer))
    app.block_action(ids.ASK_LATER)(on_click(kaiku, reflections.ask_later))
    app.block_action(ids.FEWER_PROMPTS)(on_click(kaiku, reflections.ask_frequency))
    for frequency, action_id in ids.SET_FREQUENCY.items():
        app.block_action(action_id)(on_click(kaiku, reflections.set_frequency(frequency)))
    app.block_action(ids.OPEN_REFLECTIONS)(on_click(kaiku, reflections.list_own))
    app.block_action(ids.WRITE_FREELY)(on_click(kaiku, reflections.write_freely))
    app.block_action(ids.EDIT_REFLECTION)(on_click(kaiku, reflections.edit_freely))
    app.view_submission(ids.FREE_FORM)(on_submission(kaiku, reflections.save_freely))
    app.block_action(ids.DELETE_REFLECTION)(on_click(kaiku, reflections.delete_reflection))
    app.block_action(ids.ERASE_REFLECTIONS)(on_click(kaiku, reflections.ask_to_erase))
    app.view_submission(ids.ERASE_FORM)(on_submission(kaiku, reflections.erase))
    app.block_action(ids.READ_SHARED)(on_click(kaiku, reflections.read_shared))

    app.block_action(ids.POST_JOIN)(on_click(kaiku, announcements.join))
    app.block_action(ids.POST_DETAILS)(on_click(kaiku, announcements.show_details))
    app.block_action(ids.POST_CALENDAR)(on_click(kaiku, announcements.show_calendar))


def _register_coordinators(app: AsyncApp, kaiku: Kaiku) -> None:
    app.block_action(ids.OPEN_FACILITATORS)(on_click(kaiku, roles.open_facilitators))
    app.view_submission(ids.FACILITATORS_FORM)(on_submission(kaiku, roles.save_facilitators))
    app.block_action(ids.OPEN_COORDINATORS)(on_click(kaiku, roles.open_coordinators))
    app.view_submission(ids.COORDINATORS_FORM)(on_submission(kaiku, roles.save_coordinators))
    app.block_action(ids.SHOW_LOG)(on_click(kaiku, acts.show_log))
    app.block_action(ids.PAUSE_SENDING)(on_click(kaiku, sending.ask_to_pause))
    app.view_submission(ids.PAUSE_FORM)(on_submission(kaiku, sending.pause))
    app.block_action(ids.RESUME_SENDING)(on_click(kaiku, sending.resume))


def _register_facilitators(app: AsyncApp, kaiku: Kaiku) -> None:
    for action_id in ids.PREVIEW_BUTTONS:
        app.block_action(action_id)(on_click(kaiku, announcements.do_nothing))
    app.block_action(ids.ANNOUNCE)(on_click(kaiku, announcements.open_form))
    app.block_action(ids.THROW_ANNOUNCEMENT_AWAY)(on_click(kaiku, announcements.throw_away))
    app.view_submission(ids.ANNOUNCE_FORM)(on_submission(kaiku, announcements.preview))
    app.view_submission(ids.PUBLISH_FORM)(on_submission(kaiku, announcements.publish))
    app.block_action(ids.EDIT_ANNOUNCEMENT)(on_click(kaiku, announcements.ask_for_sentence))
    app.view_submission(ids.SENTENCE_FORM)(on_submission(kaiku, announcements.save_sentence))
    app.block_action(ids.WITHDRAW_ANNOUNCEMENT)(on_click(kaiku, announcements.ask_to_withdraw))
    app.view_submission(ids.WITHDRAW_FORM)(on_submission(kaiku, announcements.withdraw))

    app.block_action(ids.OPEN_GROUP)(on_click(kaiku, group.open_group))
    app.block_action(ids.GROUP_MENU)(on_click(kaiku, group.choose_act))
    app.view_submission(ids.GROUP_FORM)(on_submission(kaiku, group.prepare))
    app.view_submission(ids.GROUP_CONFIRM)(on_submission(kaiku, group.confirm))
    app.block_action(ids.UNDO_REMOVAL)(on_click(kaiku, group.undo))
    app.block_action(ids.UNDO_INVITATION)(on_click(kaiku, group.undo_invitation))

    app.block_action(ids.OPEN_DESK)(on_click(kaiku, prompts.open_desk))
    app.block_action(ids.WRITE_PROMPT)(on_click(kaiku, prompts.choose_source))
    app.view_submission(ids.SOURCE_FORM)(on_submission(kaiku, prompts.begin))
    app.block_action(ids.GO_ON_WRITING)(on_click(kaiku, prompts.go_on))
    app.block_action(ids.THROW_PROMPT_AWAY)(on_click(kaiku, prompts.throw_away))
    app.view_submission(ids.WORDING_FORM)(on_submission(kaiku, prompts.save_wording))
    app.block_action(ids.CHANGE_SENDING)(on_click(kaiku, prompts.change_sending))
    app.view_submission(ids.SENDING_FORM)(on_submission(kaiku, prompts.save_sending))
    app.view_submission(ids.PROMPT_FORM)(on_submission(kaiku, prompts.publish))
    app.block_action(ids.PROMPT_MENU)(on_click(kaiku, prompts.choose_act))
    app.view_submission(ids.WITHDRAW_PROMPT_FORM)(on_submission(kaiku, prompts.withdraw))
    app.block_action(ids.SHOW_SHARED_ANSWERS)(on_click(kaiku, prompts.show_shared_answers))
    app.block_action(ids.SHOW_TIMELINE)(on_click(kaiku, prompts.show_timeline))
    app.block_action(ids.DRAW_TIMELINE)(on_click(kaiku, prompts.draw_timeline))
    app.block_action(ids.REVIEW_DRAW)(on_click(kaiku, draws.open_review))
    app.block_action(ids.SHOW_DRAW_MESSAGES)(on_click(kaiku, draws.open_messages))
    app.block_action(ids.CHOOSE_DRAW_READER)(on_click(kaiku, draws.show_message_of))
    app.view_submission(ids.DRAW_FORM)(on_submission(kaiku, draws.confirm))
    _register_plan(app, kaiku)
    _register_sessions(app, kaiku)
    _register_letters(app, kaiku)


def _register_plan(app: AsyncApp, kaiku: Kaiku) -> None:
    app.block_action(ids.CHANGE_PLAN)(on_click(kaiku, plan.open_plan))
    app.block_action(ids.EDIT_SESSION)(on_click(kaiku, plan.choose_session))
    app.block_action(ids.KEEP_VENUE)(on_click(kaiku, venues.keep))
    app.block_action(ids.OPEN_VENUE)(on_click(kaiku, venues.open_choice))
    for act in VenueAct:
        app.block_action(ids.CHANGE_VENUE[act])(on_click(kaiku, venues.open_act(act)))
    app.block_action(ids.EDIT_SEATS)(on_click(kaiku, plan.open_seats))
    app.block_action(ids.NEW_SESSION)(on_click(kaiku, plan.open_new_session))
    app.block_action(ids.EDIT_AGAIN)(on_click(kaiku, plan.edit_again))
    app.block_action(ids.EDIT_QUIETLY)(on_click(kaiku, plan.confirm_quietly))
    app.block_action(ids.EDIT_TEXTS)(on_click(kaiku, plan_additions.edit_texts))
    app.block_action(ids.NEW_OFFERING)(on_click(kaiku, plan_additions.open_new))
    app.block_action(ids.COPY_OFFERING)(on_click(kaiku, plan_additions.open_copy))
    app.view_submission(ids.TEXTS_FORM)(on_submission(kaiku, plan_additions.save_texts))
    app.view_submission(ids.NEW_OFFERING_FORM)(on_submission(kaiku, plan_additions.create))
    app.view_submission(ids.COPY_FORM)(on_submission(kaiku, plan_additions.copy))
    app.block_action(ids.FIND_TIME)(on_click(kaiku, find_time.open_finding))
    app.block_action(ids.TIMES_AGAIN)(on_click(kaiku, find_time.ask_again))
    app.block_action(ids.PICK_TIME)(on_click(kaiku, find_time.pick))
    app.block_action(ids.CLOSE_POLL)(on_click(kaiku, find_time.close))
    app.view_submission(ids.TIMES_FORM)(on_submission(kaiku, find_time.prepare))
    app.view_submission(ids.TIMES_CONFIRM)(on_submission(kaiku, find_time.confirm))
    app.view_submission(ids.EDIT_FORM)(on_submission(kaiku, plan.prepare))
    app.view_submission(ids.EDIT_CONFIRM)(on_submission(kaiku, plan.confirm))


def _register_sessions(app: AsyncApp, kaiku: Kaiku) -> None:
    app.block_action(ids.MARK_ATTENDANCE)(on_click(kaiku, facilitation.mark_attendance))
    app.view_submission(ids.ATTENDANCE_FORM)(on_submission(kaiku, facilitation.save_attendance))
    app.block_action(ids.WAS_THERE)(on_click(kaiku, facilitation.tick_oneself))
    app.block_action(ids.SHOW_BRIEF)(on_click(kaiku, facilitation.show_brief))
    app.block_action(ids.OPEN_PREPARATION)(on_click(kaiku, preparation.open_preparation))
    app.view_submission(ids.PREPARATION_FORM)(on_submission(kaiku, preparation.save_dates))
    app.block_action(ids.CHANGE_NEEDS)(on_click(kaiku, facilitation.ask_needs))
    app.view_submission(ids.NEEDS_FORM)(on_submission(kaiku, facilitation.save_needs))
    app.block_action(ids.OPEN_ROOMS)(on_click(kaiku, facilitation.open_rooms))
    app.block_action(ids.SHARE_OUT)(on_click(kaiku, facilitation.ask_for_rooms))
    app.view_submission(ids.ROOMS_FORM)(on_submission(kaiku, facilitation.share_out))
    app.block_action(ids.SEND_ROOMS)(on_click(kaiku, facilitation.send_rooms))
    app.block_action(ids.SHOW_PHASES)(on_click(kaiku, facilitation.show_phases))
    for action_id in ids.TURN_PHASE:
        app.block_action(action_id)(on_click(kaiku, facilitation.turn_phase))


def _register_letters(app: AsyncApp, kaiku: Kaiku) -> None:
    app.block_action(ids.WRITE_LETTER)(on_click(kaiku, letters.open_form))
    app.view_submission(ids.LETTER_FORM)(on_submission(kaiku, letters.preview))
    app.view_submission(ids.SEND_LETTER_FORM)(on_submission(kaiku, letters.send))
    app.block_action(ids.WITHDRAW_LETTER)(on_click(kaiku, letters.ask_to_withdraw))
    app.view_submission(ids.WITHDRAW_LETTER_FORM)(on_submission(kaiku, letters.withdraw))

    app.block_action(ids.EXPORT_ROSTER)(on_click(kaiku, roster.offer))
    app.block_action(ids.OPEN_DOWNLOAD)(on_click(kaiku, roster.open_page))

    app.block_action(ids.OPEN_CHANNEL)(on_click(kaiku, channels.open_channel))
    app.view_submission(ids.CHANNEL_FORM)(on_submission(kaiku, channels.keep_channel))
    app.block_action(ids.LET_CHANNEL_GO)(on_click(kaiku, channels.let_go))
