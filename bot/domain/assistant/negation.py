"""The acts that a text says its writer does *not* want; these are never offered.

Not every "not" negates: "I can't find where to cancel" wants to cancel, "jag kan inte komma" is the act
itself. Texts are read clause by clause, with plain letters; stems stand for Finnish and Swedish inflection.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from bot.domain.assistant.classifier import plain_letters
from bot.domain.assistant.topics import Topic

_CLAUSE: Final = re.compile(
    r"(?:[.;:!?()\n–—]|,(?!\s*(?:ett(?:a|en|ei|et)|att|that)\b))+|\b(?:mutta|mut|men|but|utan(?! att)|though"
    r"|vaikka)\b"
)
_WORD: Final = re.compile(r"\w+")

_NEGATORS: Final = frozenset(
    [
        "en",
        "et",
        "ei",
        "emme",
        "ette",
        "eivat",
        "enka",
        "etka",
        "eika",
        "emmeka",
        "etten",
        "ettet",
        "ettei",
        "ala",
        "ilman",
        "inte",
        "int",
        "ej",
        "icke",
        "aldrig",
        "ingen",
        "inget",
        "inga",
        "not",
        "dont",
        "doesnt",
        "didnt",
        "wont",
        "never",
        "no",
        "isnt",
        "arent",
        "wasnt",
        "wouldnt",
        "havent",
        "hasnt",
        "without",
        "shouldnt",
    ]
)
_BEGGING_OFF: Final = re.compile(r"\bälkää\b|\balkaa (?:peruko|poistako|ilmoittako|muuttako|lopettako)")

_NEUTRAL: Final = re.compile(
    r"(?:osaa|loyd|tied|tien|pysty|voi|saa(?!ta)|sain|onnistu|muista|paas|ymmar|toimi|nay|kerke|ehdi|auke|keksi|jaksa"
    r"|hitta|vet|kan$|kunde|fick|fatt|far$|minns|hinn|forsta|funger|lyck|syn|orka"
    r"|can$|could|know|find|able|remember|understand|see|get|got|receiv|work|sure|let|bother)"
)
"""Beginnings of verbs of being able and knowing: what one can't do, one may well want."""

_VOLITION: Final = re.compile(
    r"(?:halu|tahdo|tarvi|aio|meina|viitsi|kiinnost|valia|valit|tarke|tarpe|tartt|pakko|hae$|pyyd|pyyt|intress|interest|bryr|care$|matter|kaipa|tarkoit|kysy"
    r"|vill|tank|ska|behov|onska|mena|fraga|want|need|going|wish|intend|plan|mean|ask|like)"
)
_ORDER: Final = re.compile(r"(?:muuta|vaihda|laheta|lisaa|andra|byt|skicka|lagg|change|send|add|put)")
_WHY: Final = frozenset(
    ["miksi", "miksen", "mikset", "miksei", "varfor", "why", "enko", "etko", "eiko", "emmeko", "cant"]
)
_INVERTED: Final = frozenset(["kan", "far", "gar", "kunde", "skulle"])
_SWEDISH: Final = frozenset(
    [
        "jag",
        "vill",
        "har",
        "ar",
        "kan",
        "det",
        "till",
        "pa",
        "far",
        "ett",
        "du",
        "min",
        "mig",
        "tack",
        "av",
        "med",
        "om",
        "ta",
        "skicka",
        "mej",
        "ja",
        "me",
    ]
)
"""In Swedish "en" is an article."""

_NEW_WISH: Final = frozenset(
    ["haluan", "haluun", "haluaisin", "tahdon", "jag", "i", "vill", "alla", "please"]
)
"""Where these follow, what was negated ends: "ei kiinnosta enää haluan pois"."""

_SOMEBODY_ELSE: Final = frozenset(["et", "ette", "te", "sina", "ni", "du", "you"])

_NOT_YET: Final = frozenset(["viela", "annu", "yet"])

_ACTS: Final = {
    Topic.LEAVE: re.compile(
        r"(?:peru(?!s)|luov|luop|poist|pois$|ero(?:a|ta|amassa|namassa)|lahte|lahde|lahdossa|jattayd|jat(?:a|an|taa)$"
        r"|keskeyt|lopet|irtisano|vapaut|menett|avbok|avanm|lamna|hopp|annull|aterta|avslut|slut|ge$|ger$|bort|stryk"
        r"|aterbud|avsag|avsta$|avstar|overlat|tappa|av$|bli$|frig"
        r"|drar|dra$|forlor|mista|utt?rad|ur$|ut$|cancel|leave|leaving|quit|drop|withdr|unenr|unreg|unsub|deregis|give"
        r"|giving|remov|pull|stop|lose|losing|resign|releas|out$|opt$)"
    ),
    Topic.JOIN: re.compile(
        r"(?:ilmoittau|ilmottau|ilmoitau|ilmoita|liity|liitty|osallistu|anmal|delta|join|sign|enrol|regist|attend"
        r"|mukaan|mukana|kiinnost|paikkaa$|varaa|jonoon|intress|med$|plats(?:en)?$|boka|part$|interest|appl"
        r"|book|reserv|list$)"
    ),
    Topic.FEWER_PROMPTS: re.compile(
        r"(?:vahen|vahem|harvem|lopet|tauko|tauot|pysay|mykist|hiljen|farre|mindre|minsk|slut|paus|stopp|tysta"
        r"|fewer|less|stop|pause|pausing|mute|muting|reduc|quit|unsub)"
    ),
    Topic.MY_DATA: re.compile(r"(?:poist|unohda|radera|bort|glom|delet|eras|remov|forget|havit)"),
    Topic.CANNOT_COME: re.compile(
        r"(?:kipe|saira|est[ey]|pois$|poissa|poisjaa|valiin|skip|miss(?!a)|missat|missaa$|reissu|lomal|matkoil|utebl|myohas|sjuk|forhind|borta|franvar|sen$|forsen|sick|ill$|absent|away|late$)"
    ),
}
"""Beginnings of the words by which an act is named."""

_THINGS: Final = {
    Topic.CALENDAR: re.compile(r"(?:kalent|kalend|calend|outlook|ical|ics)"),
    Topic.SETTINGS: re.compile(
        r"(?:asetu|kielt|kieli|virasto|rooli|install|sprak|ambetsv|setting|langua|agency|role)"
    ),
    Topic.MATERIALS: re.compile(
        r"(?:materia|kalvo|dia|slaid|tallen|muisti(?:o|i)|inspel|bilder|slide|record|handout|notes)"
    ),
    Topic.CERTIFICATE: re.compile(r"(?:todist|diplom|sertif|intyg|certif|badge)"),
    Topic.HUMAN: re.compile(
        r"(?:ihmi|vetaj|puhua|jutel|manniska|handled|prata|tala|human|person|facilit|talk|speak)"
    ),
    Topic.MY_DATA: re.compile(r"(?:tieto|uppgift|data)"),
    Topic.FEWER_PROMPTS: re.compile(r"(?:tauko|tauon|paus|break)"),
    Topic.JOIN: re.compile(r"(?:kurss|koulut|ryhm|kurs|utbild|grupp|cours|group|train)"),
}
"""Beginnings of the words for what one may say that one does not need."""

_SHALL_COME: Final = re.compile(
    r"\b(?:(?:paasen|tulen)(?!ko)\w*|paasemme|tuun|tulemme|ehdin(?:kin)?|osallistun|nahdaan|voin tulla"
    r"|(?:olen|oon)(?:kin)? (?:tulossa|paikalla|mukana)|lupaan tulla|kykenen"
    r"|(?<!ei )(?:kay|sopii|passaa) (?:minulle|mulle|hyvin)|vi ses|see you"
    r"|(?:jag|vi) (?:kommer|hinner|deltar)(?! (?:\w+ )?(?:inte|int|ej|aldrig|tyvarr))"
    r"|kan (?:visst |nog )?komma"
    r"|ill be there|i will (?:come|be there)|we will come|i can (?:come|make it|attend)"
    r"|i am coming|im coming)\b"
)
_IN_DOUBT: Final = re.compile(
    r"(?:kipe|saira|este|poissa|myohas|myohem|vasta$|vain$|vaha|mit[ae]|mista|mihin|missa|mill|koska|jos$|sjuk|sen[at]?$|forst"
    r"|bara$|borta|hur$|nar$|var$|vart$|om$|sick|late$|later$|only$|how$|when$|where$|if$)"
)
_MISSES_SOMETHING: Final = re.compile(
    r"\b(?:paase|tulla\b|tule\b|kipe|saira|est[ey]|pois|ehdi|kerke|myoh|valiin|pysty|voi\b|onnistu|osallistu"
    r"|komma\b|kommer\b|sjuk|forhind|borta|hinn|delta|missa|come\b|coming|make it|sick|ill\b|absent|away"
    r"|late\b|attend|miss|skip|there\b)"
)
_DENIED_ABSENCE: Final = re.compile(
    r"\b(?:(?:en|ala|alkaa) (?:mina |ma )?(?:ole )?"
    r"(?:sano|tarkoit|vait|ilmoit|kerro|merk|halua ilmoit)\w*.*\bett(?:en|ei)\b"
    r"|(?:sa|sade|menade) inte att\b.*\binte\b"
    r"|(?:didnt|not) (?:say|mean|saying)\b.*\b(?:cant|cannot|wont|not)\b)"
)
_WITHOUT: Final = {
    Topic.LEAVE: re.compile(
        r"\b(?:peru|luopu|poistu|lahte|lopetta|keskeytta)matta\b"
        r"|\b(?:sen sijaan etta peru|istallet for att (?:avboka|lamna|hoppa)"
        r"|(?:instead of|rather than|without) (?:cancel|leav|quit|giv|drop))"
        r"|\b(?:pidan|pitaa|sailyta|pida) (?:\w+ )?paik|\b(?:jatkan|pysyn) (?:\w+ )?(?:mukana|ryhmassa)"
        r"|\b(?:behalla|behaller|behall) (?:\w+ )?plats|\bstannar kvar\b|\bkeep (?:\w+ )?(?:seat|place|spot)"
        r"|\bstay(?:ing)? in\b"
    ),
    Topic.FEWER_PROMPTS: re.compile(
        r"\bjatka kysy|\bkysy lisaa\b|\benemman (?:kysym|viest)|\blisaa kysymyks|\bfortsatt (?:fraga|skicka)"
        r"|(?<!inte )(?<!inte ha )(?<!inga )\bfler (?:fragor|meddeland)|\bkeep (?:asking|sending)"
        r"|(?<!no )(?<!any )\bmore (?:questions|prompts|messages)"
    ),
    Topic.MY_DATA: re.compile(
        r"\b(?:pida|pitakaa|sailyt\w+) (?:\w+ )?tieto|\bbehall (?:\w+ )?(?:uppgift|data)"
        r"|\bkeep (?:my|the) data"
    ),
    Topic.CANNOT_COME: re.compile(
        rf"{_DENIED_ABSENCE.pattern}|\b(?:peru|poista|kumoa)\w* (?:\w+ )?poissaolo"
        r"|\bta bort (?:\w+ )?franvaro|\b(?:undo|remove|delete) (?:\w+ )?absence"
    ),
}
"""Ways to say no without a "not" beside the act: without leaving, instead of leaving, keeping the seat."""

_POLITE: Final = frozenset(["kiitos", "tack", "please", "thanks"])


def negated_topics(text: str) -> frozenset[Topic]:
    """The topics that the text says it does not want."""
    found: set[Topic] = set()
    letters = _BEGGING_OFF.sub("ala ", text.casefold())
    plain = plain_letters(letters)
    found |= {topic for topic, said in _WITHOUT.items() if said.search(plain)}
    for clause in _CLAUSE.split(plain):
        words = _WORD.findall(clause)
        negators = [place for place, word in enumerate(words) if word in _NEGATORS]
        doubt = any(_IN_DOUBT.match(each) for each in words)
        if _SHALL_COME.search(clause) and not doubt:
            found.add(Topic.CANNOT_COME)
        if _SWEDISH & {*words}:
            negators = [place for place in negators if words[place] != "en"]
        if not negators:
            continue
        if _WHY & {*words[:2]} or (words[0] in _INVERTED):
            continue
        for place in negators:
            found |= _negated_by(words, place)
    if Topic.LEAVE in found and not _MISSES_SOMETHING.search(plain):
        found.add(Topic.CANNOT_COME)  # who cancels nothing comes
    return frozenset(found)


def _negated_by(words: Sequence[str], place: int) -> set[Topic]:
    before, after = words[max(place - 3, 0) : place], words[place + 1 : place + 7]
    after = list(takewhile(lambda word: word not in _NEW_WISH, after))
    if _is_inability(words, before, after):
        return set()
    wanting = any(map(_VOLITION.match, [*before, *after]))
    wanting = wanting or "mitaan" in after[:2]
    ordering = any(map(_ORDER.match, [*before[-1:], *after[:2]])) or words[place] in {
        "ala",
        "ilman",
        "without",
    }
    found = {
        topic
        for topic, stems in _ACTS.items()
        if any(map(stems.match, after))
        or (_negates_backwards(words, place) and any(map(stems.match, before)))
    }
    perfect = (
        words[place] in {"havent", "hasnt"} or {"ole", "oo"} & {*after[:2]} or {"har", "have"} & {*before}
    )
    if not wanting and perfect and Topic.JOIN in found and _NOT_YET & {*words}:
        found.discard(Topic.JOIN)
    if wanting or ordering:
        things = {topic for topic, stems in _THINGS.items() if any(map(stems.match, [*before, *after]))}
        found |= things if wanting else things - {Topic.MY_DATA}  # "don't send my data" asks about it
    elif _POLITE & {*words[place + 1 :]}:
        near = words[place + 1 : place + 3]
        found |= {topic for topic, stems in _THINGS.items() if any(map(stems.match, near))} - {
            Topic.FEWER_PROMPTS
        }
    return found


def _is_inability(words: Sequence[str], before: Sequence[str], after: Sequence[str]) -> bool:
    """Not being able, allowed or knowing how: unless one does not even want to, or forbids somebody else."""
    if _SOMEBODY_ELSE & {*words} or any(map(_VOLITION.match, after[:1])):
        return False
    near = [*before[-1:], *after[:2]]
    return any(map(_NEUTRAL.match, near)) or ("det" in words and "gar" in near)


def _negates_backwards(words: Sequence[str], place: int) -> bool:
    """Swedish puts the verb first, "jag avbokar inte"; others may: "perua en halua", "leaving is not ..."."""
    if words[place] in {"inte", "int", "ej", "aldrig"}:
        return True
    following = words[place + 1 : place + 2]
    return any(map(_VOLITION.match, following)) or words[place] in {"ei", "isnt", "not"}
