"""The one message that Kaiku itself posts in a group's channel."""

from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Defaults
from bot.i18n import words_for
from bot.services.deliveries.declaration import MessageKind, Method, ToChannel
from bot.services.deliveries.rendered import OutgoingMessage, Rendered, Skipped
from bot.services.offerings.catalogue import load_offering
from bot.views.bilingual import Both
from bot.views.facilitation.channels import welcome_message
from storage import channels as rows
from storage.transaction import Tx


def declare(defaults: Defaults) -> list[MessageKind]:
    def welcome(tx: Tx, due: ToChannel) -> Rendered:
        kept = rows.find_by_slack_id(tx, due.delivery.recipient)
        if kept is None:
            return Skipped("let_go")
        first = "sv" if defaults.language == "sv" else "fi"
        second = "fi" if first == "sv" else "sv"
        both = Both(words_for(first, defaults.timezone), words_for(second, defaults.timezone))
        return OutgoingMessage(welcome_message(load_offering(tx, due.delivery.subject), both))

    return [
        MessageKind(
            DeliveryKind.CHANNEL_WELCOME,
            Method.POST,
            urgency=8,
            about="an offering whose channel Kaiku keeps; once for each channel",
            helps_until="always",
            to_channel=welcome,
            at_most_once=True,
        )
    ]
