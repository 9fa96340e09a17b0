"""Mapped tables, one file a capability. Instants are aware UTC and end in ``_at``; dates end in ``_on``."""

from storage.tables.acts import Act, ActReason
from storage.tables.announcements import Announcement, AnnouncementClick, AnnouncementPost
from storage.tables.base import Base, Instant
from storage.tables.channels import ChannelMember, GroupChannel
from storage.tables.completion import Certificate, UseAnswer
from storage.tables.deliveries import Delivery, RateLimitState
from storage.tables.downloads import Download
from storage.tables.enrolment import Absence, Attendance, Enrolment, KeptTurn, OpeningWish, SeatOffer
from storage.tables.letters import Letter
from storage.tables.offerings import (
    FacilitatorAddress,
    Offering,
    OfferingSession,
    Programme,
    Strand,
    Timetable,
)
from storage.tables.people import Person
from storage.tables.privacy import NoticeVersion
from storage.tables.prompts import Prompt, PromptChoice, SavedPrompt, StalePrompts
from storage.tables.reflections import PersonKey, Reflection, ReflectionDraft

__all__ = [
    "Absence",
    "Act",
    "ActReason",
    "Announcement",
    "AnnouncementClick",
    "AnnouncementPost",
    "Attendance",
    "Base",
    "Certificate",
    "ChannelMember",
    "Delivery",
    "Download",
    "Enrolment",
    "FacilitatorAddress",
    "GroupChannel",
    "Instant",
    "KeptTurn",
    "Letter",
    "NoticeVersion",
    "Offering",
    "OfferingSession",
    "OpeningWish",
    "Person",
    "PersonKey",
    "Programme",
    "Prompt",
    "PromptChoice",
    "RateLimitState",
    "Reflection",
    "ReflectionDraft",
    "SavedPrompt",
    "SeatOffer",
    "StalePrompts",
    "Strand",
    "Timetable",
    "UseAnswer",
]
