"""The sentences of which a trace is told, in English: message ids, joined after translation."""

from __future__ import annotations

MESSAGES = {
    "given-note": "%(date)s, the date of the note",
    "received": "%(date)s, received by %(party)s",
    "received-last": "%(date)s, last received by %(party)s",
    "deposited": "%(date)s, deposited with %(party)s",
    "deposited-last": "%(date)s, last deposited with %(party)s",
    "circulated": "%(date)s, circulated by the depositary",
    "awaiting-given": "the date of the note is not stated",
    "awaiting-received": "not yet received",
    "awaiting-deposited": "not yet deposited",
    "awaiting-circulated": "not yet circulated",
    "registered": "%(date)s, registered by the depositary",
    "registered-receipt": (
        "%(date)s, deposited with %(party)s; no other day of registration is recorded"
    ),
    "awaiting-registered": "not yet registered",
    "informed": "%(date)s, the depositary informed %(party)s",
    "awaiting-informed": "not yet informed by the depositary",
    "consented": "%(date)s, %(party)s consented to be bound",
    "consented-by": "%(date)s, bound since then, %(party)s had consented by that day",
    "awaiting-consented": "no consent to be bound is recorded",
    "in-force": "%(date)s, the treaty came into force",
    "awaiting-in-force": "the treaty is not in force yet",
    "in-force-for-party": "%(date)s, the treaty came into force for %(party)s",
    "in-force-earliest": (
        "%(date)s, the treaty came into force; for %(party)s no day is recorded, and this is the "
        "earliest it can be"
    ),
    "awaiting-in-force-for-party": "the treaty is not in force for the party yet",
    "clause": "%(date)s, the date %(under)s",
    "awaiting-clause": "there is no date %(under)s yet",
    "field": "%(date)s, stated in the notification (%(field)s)",
    "awaiting-field": "the notification does not state it (%(field)s)",
    "counted": "%(date)s, “%(act)s” from %(party)s completes the number needed (%(needed)d)",
    "counted-within": (
        "%(date)s, “%(act)s” from %(party)s completes the number needed (%(needed)d), in the time "
        "until %(limit)s"
    ),
    "counted-first": "%(date)s, “%(act)s” from %(party)s, the first one",
    "counted-last": "%(date)s, “%(act)s” from %(party)s, the last one so far",
    "awaiting-count-of": "“%(act)s”: %(count)d so far, of %(needed)d needed",
    "awaiting-count-of-within": (
        "“%(act)s”: %(count)d so far, of %(needed)d needed in the time until %(limit)s"
    ),
    "awaiting-count-of-share": (
        "“%(act)s”: %(count)d so far; how many are needed depends on the parties, who are not known"
    ),
    "run": "%(date)s, the first of the clause’s dates on or after %(since)s",
    "run-of": (
        "%(date)s, the next in a series: %(first)s after %(of)s (%(from)s), then every %(every)s"
    ),
    "receipt-disputed": "this date is disputed: the other side states %(claimed)s",
    "stopped": "stopped from %(from)s to %(until)s, %(duration)s: %(reason)s",
    "stopped-still": "stopped from %(from)s: %(reason)s",
    "extended-by": "extended by %(duration)s on %(made)s: %(reason)s",
    "extended-to": "extended on %(made)s: %(reason)s",
    "overridden": "the depositary registered another date on %(made)s: %(reason)s",
    "objected": "%(party)s objects to this date: %(reason)s",
    "open-armed-conflict": "armed conflict since %(from)s: no end while it lasts",
    "after-armed-conflict": "armed conflict from %(from)s to %(until)s: not before its end",
    "not-permitted": "the treaty admits no such act",
    "no-exit-clause": (
        "the treaty has no clause on withdrawal, and whether it admits one is disputed; "
        "where it does, at least twelve months’ notice is due (VCLT 56(2))"
    ),
    "no-such-clause": "no clause of the treaty sets a date for such an act",
    "not-before": "not too early: the act is admitted from %(lawful)s on",
    "not-after": "not too late: the act is admitted until %(lawful)s",
    "within-window": "in time: the act is admitted from %(from)s to %(until)s",
    "premature": "too early: the first lawful day is %(lawful)s",
    "premature-after": (
        "too early: the first lawful day is %(lawful)s, %(length)s after %(of)s (%(from)s)"
    ),
    "premature-window": "too early: the act is next admitted from %(from)s to %(until)s",
    "too-late": "too late: the last lawful day was %(lawful)s",
    "too-late-after": (
        "too late: the last lawful day was %(lawful)s, %(length)s after %(of)s (%(from)s)"
    ),
    "add": "+ %(duration)s",
    "add-clipped": "+ %(duration)s, to the last day of a shorter month",
    "subtract": "− %(duration)s",
    "subtract-clipped": "− %(duration)s, to the last day of a shorter month",
    "midnight": "the hour is not known: from %(time)s %(zone)s, the earliest it can be",
    "next-day": "the following day",
    "next-month": "the first day of the following month",
    "start-month": "the first day of the same month",
    "until": "until %(day)s",
    "after": "the next %(day)s",
    "term": "the end of a term: %(first)s from %(of)s (%(from)s), then every %(every)s",
    "term-notice": (
        "the end of a term, with %(notice)s or more before it: "
        "%(first)s from %(of)s (%(from)s), then every %(every)s"
    ),
    "roll-weekend": "not on a %(weekday)s",
    "roll-holiday": "not on a public holiday (%(calendar)s: %(holiday)s)",
    "soft": "+ %(duration)s, a target only: the clause itself names no number of days",
    "branch": "date %(number)d: %(date)s",
    "later-of": "the later of these dates",
    "earlier-of": "the earlier of these dates",
    "earlier-of-known": "the earliest date known so far",
    "named-later": "the later date that the notice names",
    "named-earlier": "the notice names %(named)s, earlier than the clause allows",
    "named-fixed": "the notice names %(named)s, but the clause fixes the date",
    "limit-set": "the limit that the note sets",
    "opens": "opens %(date)s, %(time)s %(zone)s",
    "closes": "closes %(date)s, %(time)s %(zone)s",
    "effect": "%(date)s, %(time)s %(zone)s",
    "duty": "%(date)s, %(time)s %(zone)s",
    "lapse": "%(date)s, %(time)s %(zone)s",
    "right": "%(date)s, %(time)s %(zone)s",
    "survives": "the obligations that outlast it end on %(until)s",
}

UNITS = {
    "years": ("%(number)d year", "%(number)d years"),
    "months": ("%(number)d month", "%(number)d months"),
    "weeks": ("%(number)d week", "%(number)d weeks"),
    "days": ("%(number)d day", "%(number)d days"),
    "hours": ("%(number)d hour", "%(number)d hours"),
    "minutes": ("%(number)d minute", "%(number)d minutes"),
}

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

DAY_OF_YEAR = "%(day)d %(month)s"
FIRST_OF_MONTH = "1 %(month)s"
# Between the opening of a window and its close.
BETWEEN = "; "

# Another clause, by its number and by any other name.
UNDER_ARTICLE = "under Article %(article)s"
UNDER = "under “%(article)s”"

# From what a term or a series runs, by the kind of the step that tells it.
ORIGINS = {
    "given-note": "the date of the note",
    "received": "the receipt",
    "received-last": "the last receipt",
    "deposited": "the deposit",
    "deposited-last": "the last deposit",
    "registered": "the registration",
    "registered-receipt": "the deposit",
    "circulated": "the circulation",
    "informed": "the information by the depositary",
    "consented": "the consent to be bound",
    "in-force": "the entry into force",
    "in-force-for-party": "the entry into force for the party",
    "in-force-earliest": "the general entry into force, the party’s own not being recorded",
}

# The date and the time of an instant that a clock starts from or reaches.
INSTANT = "%(date)s, %(time)s %(zone)s"
