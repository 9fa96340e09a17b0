"""The words for leave, work and days in Slack statuses: Finnish, Swedish, English."""

import re

AWAY_EMOJI = frozenset({":palm_tree:", ":face_with_thermometer:", ":desert_island:", ":beach_with_umbrella:"})
AWAY_SIGNS = frozenset("🌴🏖🏝🤒")


def set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.VERBOSE)


# A word that means leave whatever comes after it.
SAYS_SO = _whole(
    r"""
    .* (?<!dip) lom (?: al{1,2}a? | al{2}ani | illa | allaan | ail{1,2}e (?:n|e|mme|massa|vat)?
    | alai(?:nen|sena|sia) )
    | .* (?: vapaal{1,2} | vapail{2} ) (?: a|ani|aan )?
    | lomil | lomis | lomautet (?:tu|tuna) | lomautuksella
    | saik (?: ku | ulla | ul | ull ) | sairi (?:s|ksella)
    | sairaana | sairas | sairasta | sairast (?:an|aa|aa|amassa) | kipeä | kipee | kipeänä | kipeenä
    | kuumeessa | kuumeilen
    | .* (?<=maha|atsa|nnus|puli) taudissa
    | migreenissä | pekkasilla | sairastuvalla | kesälaitumilla | .*lomanvietossa | flunssa
    | flunssassa | influenssassa | koronassa | vatsataudissa | norossa | toipilas | toipilaana
    | toipumassa
    | .* (?: poissaololla | saldopäivällä | vapaapäivällä | lomapäivällä | vapaapäivää )
    | kuntoutuksessa | kuntoutusjaksolla | kertaamassa | kertausharjoituksi?ssa
    | kertausharj(?:oitus)? | intissä | armeijassa
    | .* (?: palveluksessa ) (?<=(?:se|es|li)palveluksessa)
    | eläkkeellä | häämatkalla | hautajaisissa | sapattivuodella | vuorotteluvapaalainen
    | vabb? | vabb (?:ar|a|ade) | semestr (?:ar|a|erar) | semesterfir (?:ar|a|ande)
    | sjukskriv (?:en|ning) | sjukanmäl (?:d|an) | sjukanmäld | förkyld
    | (?:mag|kräk|hals|influensa|lung|långtids)sjuk
    | krasslig | permitterad
    | repmöte | rep(?:etitions)?övning | värnplikt | beväringstjänst | civiltjänst | pensionerad
    | barnledig
    | vacationing | holidaying | ooo | bereavement | honeymoon(?:ing)? | furlough(?:ed)?
    """
)

# A word that means leave unless the next word changes its meaning.
SAYS_SO_ALONE = _whole(
    r"""
    .* (?<!dip) lom (?:a|aa|at|ani|amme)
    | .* (?: loma | vapaa ) viik (?: ko | koa | olla ) | .* (?: semester | lovs ) veckan?
    | (?: virka | vanhempain | hoito | omaishoito | omais | opinto | saldo | yl[iy]työ | säästö
    | lomaraha | raha | liukuma
        | vuorottelu | työ(?:aika)?pankki | työaika | isyys | äitiys | raskaus | perhe | sairaus
        | kuntoutus | arki | palkaton
        | tasaus | tasoitus | sapatti | pitkä | muutto | viikko | kerta | päivä | syntymäpäivä
        | adoptio | lapsen
        | palkallinen | koulutus | vaihto | kevät | kesä | talvi | syys | joulu | hiihto | pekkas
        | ) vapaa (?:t|ta)?
    | (?: virka | työ | hoito | opinto | vuorottelu | perhe | vanhempain ) vapau (?:s|della)
    | .* poissaolo
    | .* (?: saldo | vapaa | loma | liukuma | sairaus | pekkas ) päivä
    | kuume | vatsatauti | oksennustauti | migreeni | .* asepalvelus | sapatti
    | .* semester | .* semestern
    | .* ledig [at]? | .* ledighet (?:en)?
    | (?: sport | höst | jul | sommar | påsk | vinter | skid | vår | skol | krya ) lov (?:et)?
    | (?: pappa | mamma | vab ) dag (?:ar)?
    | (?: ledig | semester | flex | komp | sjuk | lov | vab | saldo ) dag
    | sjuk | feber | influensa | migrän | .* frånvaro
    | (?: staycation | vacations? | vacay | holidays? | hols | pto | toil | sabbatical | sick | ill | unwell
    | flu | fever | migraine | maternity | paternity )
    | vl | vv | vp | ool | tjl | vab | al | sem
    """
)

OFTEN_MISSPELT = set_of(
    """lomalla kesälomalla vuosilomalla talvilomalla sairaslomalla sairauslomalla vapaalla
    vanhempainvapaalla hoitovapaalla
    semester ledighet tjänstledig föräldraledig sjukledig sjukskriven vacation"""
)
OTHER_FORM = re.compile(r"l(?:le|ta|ti)\Z|semesters\Z")
NO_LEAVE_AFTER = ("olev", "käde", "jala", "paika", "markkin")
"""Words that make a word of leave something else: "lomalla oleville", "vapaalla kädellä"."""

# Absent, possibly for an hour: counts as leave with a day, or alone.
ABSENT = set_of("poissa frånvarande borta away off out pois")
KINDS_OF_LEAVE = set_of(
    """annual sick parental maternity paternity mat pat study unpaid paid family carer's carers care
    caring bereavement
    compassionate adoption shared medical special personal summer winter holiday military childcare
    vacation flex
    educational medical stress sabbatical pregnancy medical long-term extended gardening career
    caregiver caregiver's caregivers emergency volunteering court jury partner's fertility
    marriage home duty"""
)

NEGATIONS = set_of(
    "ei en emme eivät älä inte ej ingen inga inget icke not no isn't aren't never ilman utan without"
)
OVER = set_of("from från after efter since ennen före innan before för about re")
IS_OVER = set_of("ohi ohitse pidetty käytetty loppu loppui loppuivat päättyi päättyivät slut förbi over done")
"""After a word of leave: "lomat on pidetty", "semestern är slut"."""
NOT_AFTER_VERB = set_of("inte ej")
"""Swedish negates a verb after it: "vabbar inte"."""
COMING = re.compile(
    r"\b(?:alkaa|alkamassa|alkavat|tulossa|pian|kohta|snart|soon|börjar|starts?|starting|begins?"
    r"|countdown|enää"
    r"|lähdössä|lähden|jäämässä|jään|går\ på|åker\ på|going\ on|off\ on|leaving\ on|väg\ på"
    r"|odotan|odotellessa|väntar"
    r"|ennen|innan|före|before|aikeissa|suunnitt\w+|planer\w+|planning|booking|vielä\ töissä"
    r"|dreaming\w*|need\w*"
    r"|haaveilen|haaveissa|kaipaan|kunpa|längtar|drömmer|melkein|nästan|almost)\b",
    re.VERBOSE,
)
NOW = re.compile(r"\b(?:pitämässä|pidän|viettämässä|vietän|enjoying|njuter)\b")
NEXT = re.compile(r"\b(?:ensi|nästa|next|seuraavalla|kommande|upcoming|tuleva(?:lla)?)\b")
UNTIL = re.compile(
    r"\b(?:until|till|til|thru|through|asti|saakka|t\.?o\.?m|loppuun|alkuun|back|palaan|takaisin"
    r"|åter|tillbaka|ut)\b"
)
AT_WORK = re.compile(
    r"\b(?:(?<!en\ )(?<!ei\ )(?<!et\ )(?:työskentelen|sijaistan|sijaistaa|sijaistamassa"
    r"|sijaistaen|tuuraan|tuuraa"
    r"|tuuraamassa|tuuraajana|päivystän|päivystää|päivystyksessä|käsittelen|etänä|etätöissä"
    r"|etätyössä|mökkitoimistolla)"
    r"|jobbar(?!\ (?:inte|ej|igen))|arbetar(?!\ (?:inte|ej|igen))|vikarierar|distansarbetar"
    r"|distans|distansarbete"
    r"|(?<!not\ )working|workation|covering|standing\ in|still\ here|still\ (?:at\ work|online"
    r"|in)|wrapping\ up"
    r"|catching\ up|hybrid|remote|remotely|wfh|pyöritän|hoidan(?!\ saira|\ last)|vikarie\ för"
    r"|kvar\ på\ jobb\w*|out\ and\ about)\b",
    re.VERBOSE,
)
NOT_AT_WORK = re.compile(
    r"\b(?:e[nit]|emme) (?:ole )?töissä\b|\b(?:inte|ej) (?:i|på) (?:jobb|jobbet|arbetet)\b"
    r"|\bnot (?:at work|working)\b"
    r"|\b(?:jobbar|arbetar) (?:inte|ej)\b"
)
PART_TIME = re.compile(
    r"\b(?:osittaisella|osa-aikaisella|osa-aikaisesti|partiell\w*|deltidsledig|på\ deltid"
    r"|part-time|halvtid)"
    r"\b(?!\ (?:ei|ej|inte))",
    re.VERBOSE,
)
OTHERS = re.compile(
    r"\b(?:pomo|esimies|esihenkilö|päällikkö|kollega|kollegat|työkaveri|sihteeri|tiimi\w*|muut"
    r"|kaikki|puolet|osa\ porukasta"
    r"|parini|chefen?|kollegan|kollegor\w*|teamet|halva|alla|resten|andra|boss|manager"
    r"|colleagues?|team|half(?!\ term)|everyone"
    r"|everybody|others|the\ rest)\b",
    re.VERBOSE,
)
SHORT = re.compile(
    r"\b(?:lounas|lounaalla|lounastauko|lounaalla|kahvi\w*|tauko|tauolla|lunch\w*|paus|rast|fika"
    r"|break|coffee|hammaslääkär\w*"
    r"|lääkär\w*|tandläkar\w*|läkar\w*|dentist|doctor|gp|neuvola\w*|asioilla|ärende|errands?|gym"
    r"|sali\w*|kokous\w*|möten?"
    r"|meetings?|linjoilta|ruudulta|verkosta|camera|skype|teams|keyboard)\b"
)
CLOCK = re.compile(
    r"\b(?:klo|kl|kello|klockan|at)\b\.? *\d|\d[:.](?:[03]0|15|45)\b|\d ?(?:am|pm|h|min)\b"
    r"|\b(?:tunti|tunnin|timme|hour)\b"
    r"|\b(?:iltapäivä(?:n|llä)?|ip|aamupäivä(?:n|llä)?|ap|eftermiddag\w*|em|förmiddag\w*|fm"
    r"|afternoon|morning)\b"
)
DATE = re.compile(r"(?<!klo )(?<!kl )(?<!kl\. )\b\d{1,2}\.(?:1[0-2]|0?[1-9])\b(?!\.?\d*:)")

# What may follow a word of leave without changing its meaning.
LINKS = set_of(
    """asti saakka alkaen mennessä koko vielä nyt ja sekä tai till tills t.o.m tom fr.o.m from hela hel
    med och
    ännu nu under över fram until til thru through to for with w and & or all this now still in at
    again taas jälleen
    lasten barnen sij sijainen sijaisena ers ersättare vik palaan palaa paluu takaisin töissä åter
    tillbaka back returning
    return mode päällä on with utan without ilman enjoying somewhere yay jee jippii wohoo eli tilap
    merk oikeasti kotona hemma home hem kid child barn lapsi lapset lapsen kanssa perheen urgent vid
    kiireiset kiireelliset kiireissä contact
    kontakta ring soita ota yhteys ill loppuviikon loppukuun viikon kuukauden
    alkoi alkoivat jatkuu jatkuvat började fortsätter started continues
    ensi nästa next just täällä fully helt kokonaan viikonloppuun vuoden årsskiftet vuodenvaihteeseen"""
)
LINK_WITH_TIME = set_of("i på från from vecka v on by since den")
TIME_WORD = re.compile(
    r"""(?:.*\d.*|vko|viik\w*|vk|vkoa|v|vecka\w*|veckor|weeks?|kuu\w*|mån(?:aden)?|months?|vuo\w*"
    r"|år\w*|years?
    |ma|ti|ke|to|pe|la|su|(?:maanan|tiis|tors|perjan|lauan|sunnun)tai\w*|keskiviik\w*
    |mån|tis|ons|tor|tors|fr|fre|lör|sön|(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?
    |mon|tues?|wed|thur?s?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)days?
    |(?:tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu\w*
    |jan(?:uar[iy])?|feb(?:ruar[iy])?|mars?|march|apr(?:il)?|maj|may|jun[ie]?|june|jul[iy]?|july|aug(?:ust[i]?)?
    |sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?
    |tänään|huomenna|huomisen|ylihuomiseen|idag|dag|imorgon|morgon|övermorgon|today|tomorrow|tonight|week|päivä|päivän|päivää
    |loppuviik\w*|alkuviik\w*|viikonlo\w*|helgen|weekend|noon|dagar|days?|jouluun|juhannukseen|pääsiäiseen|jul|påsk|midsommar
    |christmas|easter|midsummer|summer|sommaren|kesän|talven|hösten|våren|autumn|spring|vappuun|syksyyn|kevääseen|kesään
    |loppiaiseen|vuodenvaihteeseen|årsskiftet|toistaiseksi|tillsvidare|tv|indefinitely|muutaman|pari|parin|några|couple|few)\Z""",
    re.VERBOSE,
)
TODAY = set_of("today tänään idag nyt nu now tonight")
RETURNING = set_of(
    """palaan palaa palaamme paluu palailen takaisin taas jälleen åter tillbaka igen back returning
    returns return"""
)
BETWEEN = set_of(
    """töihin töissä vasta i jobb jobbet på den on in the hopefully at work office online again taas noin
    ca arbete"""
)

I_AM = set_of("i'm am is im currently")
TAKEN_OFF = set_of("day days week time friday monday kid's afternoon fri mon taking morning")
WHAT_FROM = set_of("töistä työstä toimistolta konttorilta work jobbet sick sairaana sjuk duty")
WORK = set_of("töissä duunissa hommissa")
WORK_OF_TWO = frozenset({"i jobb", "på jobb", "på jobbet", "at work"})
PHRASE = re.compile(
    r"\bvård av (?:sjukt )?barn|\bsjukt barn|\bbarnet? sjukt?\b"
    r"|\b(?:flex|sick|personal|wellness|mental health) day\b(?! (?:planning|policy))"
    r"|\btime off\b(?= *(?:\Z|[,.;!]|until|till|\d))|\b(?:parental|maternity|paternity) leave\Z"
    r"|\bhome (?:sick|with (?:a )?(?:sick|ill))\b|\bi armén\b|\bloman vietossa\b"
    r"|\bpå lov\b|\bsaira(?:an|sta) (?:lapsen|lasta)\b|\bmilitary (?:refresher|service)\Z"
    r"|\bmilitary (?:refresher|service)(?= +\d)|\brefresher training\b|\bi pension\b"
    r"|\bon sabbatical\b|\bflunssan kourissa|\bkuumeen kanssa\b"
    r"|\brecovering (?:from|after) (?:an? |the |my )?(?:surgery|operation|illness|flu|covid)\b"
    r"|\bstomach (?:bug|flu)\b|\bfood poisoning\b|\bjury duty\b(?= *(?:\Z|[,.;!]|this|until|till|\d))"
    r"|\bon (?:my |our |an? )?(?:summer|winter|christmas|easter|spring|autumn|mid-?term|career) break\b"
    # Absent for a reason: "poissa lapsen sairauden vuoksi", "borta p.g.a. sjukdom", "away due to illness".
    r"|\bpoissa\b[^,;!?]*\b(?:saira|hautaj|flunss|kuumee|surun|perhe|yksityis|henkilökoht)\w*"
    r" (?:vuoksi|takia|johdosta|syistä)\b|\bpoissa perhesyistä\b"
    r"|\bhemma med (?:förkylning|feber|influensa|magsjuka|halsfluss|ryggskott)\b|\btjänstledig för\b"
    r"|\bsick (?:kids?|child|children|daughter|son)\b(?= *(?:\Z|[,.;!]|at home|today))"
    r"|\b(?:frånvarande|borta) (?:p\.?g\.?a\.?|på grund av) (?:\w+ )?"
    r"(?:sjuk|begravning|förkyl|influensa|feber|sorg)"
    r"|\b(?:away|off|out|absent|offline) (?:due to|because of) (?:an? |my |family )?"
    r"(?:ill|sick|flu|fever|bereave|funeral|surgery)"
)
