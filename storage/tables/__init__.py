"""The tables, one file a capability. Instants are aware UTC and end in ``_at``; dates end in ``_on``."""

from storage.tables.acts import Act, ActLink, ActReason, ActSeal
from storage.tables.announcements import Announcement, AnnouncementClick, AnnouncementPost
from storage.tables.base import Instant, metadata
from storage.tables.bot_token import StoredBotToken
from storage.tables.channels import ChannelMember, GroupChannel
from storage.tables.completion import Certificate, UseAnswer
from storage.tables.deliveries import Delivery, RateLimitState, SendPause
from storage.tables.downloads import Download
from storage.tables.draws import Draw, Preference
from storage.tables.enrolment import Absence, Attendance, Enrolment, KeptTurn, OpeningWish, SeatOffer
from storage.tables.erasures import DailyWork, Erased, LiveMark, LockedRecord
from storage.tables.evidence import ReportEdition, SuccessCase
from storage.tables.facilitation import AccessNeed, RoomMember, RoomPhase, SessionNote
from storage.tables.group import Invitation, Removal
from storage.tables.letters import Letter
from storage.tables.offerings import (
    ChangeNotice,
    FacilitatorAddress,
    Offering,
    OfferingSession,
    Programme,
    Strand,
    Timetable,
)
from storage.tables.people import Person
from storage.tables.plan import PlanVersion
from storage.tables.privacy import NoticeVersion
from storage.tables.prompts import PreparationDates, Prompt, PromptChoice, SavedPrompt, StalePrompts
from storage.tables.reflections import PersonKey, Reflection, ReflectionDraft
from storage.tables.roles import Coordinator, FacilitatorChange
from storage.tables.time_polls import TimeAnswer, TimePoll

__all__ = [
    "Absence",
    "AccessNeed",
    "Act",
    "ActLink",
    "ActReason",
    "ActSeal",
    "Announcement",
    "AnnouncementClick",
    "AnnouncementPost",
    "Attendance",
    "Certificate",
    "ChangeNotice",
    "ChannelMember",
    "Coordinator",
    "DailyWork",
    "Delivery",
    "Download",
    "Draw",
    "Enrolment",
    "Erased",
    "FacilitatorAddress",
    "FacilitatorChange",
    "GroupChannel",
    "Instant",
    "Invitation",
    "KeptTurn",
    "Letter",
    "LiveMark",
    "LockedRecord",
    "NoticeVersion",
    "Offering",
    "OfferingSession",
    "OpeningWish",
    "Person",
    "PersonKey",
    "PlanVersion",
    "Preference",
    "PreparationDates",
    "Programme",
    "Prompt",
    "PromptChoice",
    "RateLimitState",
    "Reflection",
    "ReflectionDraft",
    "Removal",
    "ReportEdition",
    "RoomMember",
    "RoomPhase",
    "SavedPrompt",
    "SeatOffer",
    "SendPause",
    "SessionNote",
    "StalePrompts",
    "StoredBotToken",
    "Strand",
    "SuccessCase",
    "TimeAnswer",
    "TimePoll",
    "Timetable",
    "UseAnswer",
    "metadata",
]
