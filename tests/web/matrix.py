"""Who gets what: roles × pages × records → status code. A page that stands not here fails a test.

Columns are roles in the order of ``ROLES``; 404 is the answer to whatever a person may not know of
or may not do, 302 sends people who are not signed in to the sign-in page (or, after an act, on).
"""

from __future__ import annotations

from dataclasses import dataclass, field

ROLES = (
    "nobody",
    "us_drafter",
    "us_head",
    "russian_drafter",
    "canadian_officer",
    "hungarian_officer",
    "german_observer",
    "japanese_drafter",
    "administrator",
)


@dataclass(frozen=True)
class Line:
    """One request: the page's name, the record it is about, and the answer to each role."""

    page: str
    record: str
    answers: str
    method: str = "GET"
    data: dict[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, int]:
        """The status code by role."""
        return dict(zip(ROLES, map(int, self.answers.split()), strict=True))


def post(page: str, record: str, answers: str, **data: str) -> Line:
    """A line that does something."""
    return Line(page, record, answers, "POST", data)


# Records: "own" is a withdrawal of the United States, sent to all parties and both depositaries (so
# it is "addressed" for Russia); "restricted" an allegation to Russia alone; "other" one of
# Japan under a treaty with Germany; "draft" and "awaiting" are American drafts; "joint" is a
# conference of Canada that waits for Hungary; "case" the matter of the American withdrawal; "mail"
# is a message to the Russian drafter. "clock" is a deadline of "own", the hidden ones are of acts
# to Russia alone. "run" is a recurring duty of the United States, "joint-run" one of the depositary
# of another treaty, Canada. "answer" came by mail from Russia, the hidden one on "restricted".
# fmt: off
#                                         nobody usd ush rus can hun ger jap adm
MATRIX = (
    Line("home", "",                      "302 200 200 200 200 200 200 200 200"),
    Line("desk", "",                      "302 200 200 200 200 200 200 200 200"),
    Line("sign-in", "",                   "200 302 302 302 302 302 302 302 302"),
    post("sign-out", "",                  "302 302 302 302 302 302 302 302 302"),
    post("language", "",                  "302 302 302 302 302 302 302 302 302", language="fr"),
    Line("account", "",                   "302 200 200 200 200 200 200 200 200"),
    post("account", "",                   "200 302 302 302 302 302 302 302 302",
         language="fr", zone="Europe/Paris"),
    Line("reminders", "",                 "302 200 200 200 200 200 200 200 200"),
    post("reminders", "",                 "200 302 302 302 302 302 302 302 302",
         quiet_from="22:00", quiet_to="06:30"),
    Line("treaties", "",                  "302 200 200 200 200 200 200 200 200"),
    Line("treaty", "treaty",              "302 200 200 200 200 200 200 200 200"),
    Line("file", "treaty",                "302 200 200 200 200 200 404 200 404"),
    Line("file-act", "filed",             "302 200 200 200 404 404 404 200 404"),
    post("file-act", "filed",             "200 302 302 302 404 404 404 302 404", do="save"),
    Line("file-act", "kept",              "302 404 404 404 200 200 404 404 404"),
    Line("file-act", "unknown",           "302 404 404 404 404 404 404 404 404"),
    Line("draft", "draft",                "302 200 200 404 404 404 404 404 404"),
    post("draft", "draft",                "200 302 302 404 404 404 404 404 404",
         do="save", version="1"),
    Line("draft", "awaiting",             "302 200 200 404 404 404 404 404 404"),
    Line("draft-approval", "draft",       "302 404 200 404 404 404 404 404 404"),
    Line("draft-approval", "awaiting",    "302 404 200 404 404 404 404 404 404"),
    post("draft-approval", "awaiting",    "200 404 302 404 404 404 404 404 404",
         do="issue", version="2"),
    post("draft-approval", "awaiting",    "200 404 302 404 404 404 404 404 404",
         do="return", version="2", reason="No."),
    Line("draft", "joint",                "302 404 404 404 200 200 404 404 404"),
    Line("draft-approval", "joint",       "302 404 404 404 200 404 404 404 404"),
    Line("draft-concur", "draft",         "302 404 404 404 404 404 404 404 404"),
    Line("draft-concur", "joint",         "302 404 404 404 404 200 404 404 404"),
    post("draft-concur", "joint",         "200 404 404 404 404 302 404 404 404",
         do="concur", party="HUN", version="2"),
    post("draft-concur", "joint",         "200 404 404 404 404 302 404 404 404",
         do="decline", party="HUN", version="2", reason="Not yet."),
    Line("draft-discard", "draft",        "302 200 200 404 404 404 404 404 404"),
    post("draft-discard", "draft",        "302 302 302 404 404 404 404 404 404", version="1"),
    Line("draft-discard", "joint",        "302 404 404 404 200 404 404 404 404"),
    Line("statement", "case",             "302 200 200 200 200 200 404 404 404"),
    post("statement", "case",             "200 302 302 302 302 302 404 404 404",
         party="RUS", on="2020-05-22", text="We regret it."),
    Line("notification", "own",           "302 200 200 200 200 200 200 404 200"),
    Line("notification", "restricted",    "302 200 200 200 200 200 404 404 404"),
    Line("notification", "other",         "302 404 404 404 404 404 200 200 200"),
    Line("dossier", "own",                "302 200 200 200 200 200 200 404 200"),
    Line("dossier", "restricted",         "302 200 200 200 200 200 404 404 404"),
    Line("dossier", "other",              "302 404 404 404 404 404 200 200 200"),
    Line("dossier-file", "own",           "302 200 200 200 200 200 200 404 200"),
    Line("dossier-file", "restricted",    "302 200 200 200 200 200 404 404 404"),
    Line("dossier-file", "other",         "302 404 404 404 404 404 200 200 200"),
    Line("receipt", "own",                "302 404 404 404 200 200 404 404 404"),
    post("receipt", "own",                "200 404 404 404 302 302 404 404 404", on="2020-05-22"),
    Line("receipt", "restricted",         "302 404 404 200 404 404 404 404 404"),
    Line("receipt", "other",              "302 404 404 404 404 404 404 404 404"),
    Line("circulate", "own",              "302 404 404 404 200 200 404 404 404"),
    post("circulate", "own",              "302 404 404 404 200 200 404 404 404"),
    Line("circulate", "other",            "302 404 404 404 404 404 404 404 404"),
    Line("acknowledge", "own",            "302 404 404 302 404 404 404 404 404"),
    post("acknowledge", "own",            "302 404 404 302 404 404 404 404 404"),
    post("acknowledge", "restricted",     "302 404 404 302 404 404 404 404 404"),
    post("acknowledge", "other",          "302 404 404 404 404 404 404 404 404"),
    Line("respond", "own",                "302 404 404 200 404 404 404 404 404"),
    post("respond", "own",                "200 404 404 302 404 404 404 404 404",
         position="regrets", uid="6e0b3b0e-51f5-4d38-9a0c-0d7f3f0f8f11"),
    Line("respond", "restricted",         "302 404 404 200 404 404 404 404 404"),
    Line("respond", "other",              "302 404 404 404 404 404 404 404 404"),
    Line("conference", "own",             "302 404 404 404 200 200 404 404 404"),
    post("conference", "own",             "200 404 404 404 302 302 404 404 404",
         held_on="2020-07-06"),
    Line("conference", "restricted",      "302 404 404 404 200 200 404 404 404"),
    Line("conference", "other",           "302 404 404 404 404 404 404 404 404"),
    Line("paper-note", "",                "302 404 404 404 404 404 404 404 404"),
    post("paper-note", "",                "200 404 404 404 404 404 404 404 404", do="enter"),
    Line("attachment", "scan",            "302 200 200 200 200 200 200 404 200"),
    Line("attachment", "hidden-scan",     "302 200 200 200 200 200 404 404 404"),
    Line("defect", "own",                 "302 404 404 404 200 200 404 404 404"),
    post("defect", "own",                 "200 404 404 404 302 302 404 404 404", text="No seal."),
    Line("defect", "restricted",          "302 404 404 404 200 200 404 404 404"),
    Line("defect", "other",               "302 404 404 404 404 404 404 404 404"),
    Line("draft-files", "draft",          "302 200 200 404 404 404 404 404 404"),
    post("draft-files", "draft",          "302 200 200 404 404 404 404 404 404", version="1"),
    Line("draft-file", "draft-file",      "302 200 200 404 404 404 404 404 404"),
    Line("facts", "case",                 "302 200 200 200 200 200 200 404 200"),
    post("facts", "case",                 "200 404 404 404 302 302 404 404 404",
         kind="stop", on="2020-05-22", reason="Talks."),
    Line("facts", "hidden-case",          "302 200 200 200 200 200 404 404 404"),
    Line("receipts", "own",               "302 200 200 200 200 200 200 404 200"),
    post("receipts", "own",               "200 404 404 404 404 404 404 404 404",
         do="correct", row="1", on="2020-05-22", reason="A stamp."),
    Line("receipts", "restricted",        "302 200 200 200 200 200 404 404 404"),
    Line("deadline", "clock",             "302 200 200 200 200 200 200 404 200"),
    post("deadline", "clock",             "200 404 404 404 404 404 404 404 404",
         do="override", on="2020-12-31", reason="So."),
    Line("deadline", "hidden-clock",      "302 200 200 200 200 200 404 404 404"),
    Line("mailed-answer", "answer",       "302 404 404 200 404 404 404 404 404"),
    post("mailed-answer", "answer",       "200 404 404 302 404 404 404 404 404", do="aside"),
    Line("mailed-answer", "hidden-answer", "302 404 404 200 404 404 404 404 404"),
    Line("mailed-answer-file", "answer",  "302 404 404 200 404 404 404 404 404"),
    Line("mailed-answer-file", "hidden-answer", "302 404 404 200 404 404 404 404 404"),
    Line("incoming-mail", "",             "302 404 404 404 404 404 404 404 404"),
    Line("incoming-mail-one", "spam",     "302 404 404 404 404 404 404 404 404"),
    Line("incoming-mail-file", "spam",    "302 404 404 404 404 404 404 404 404"),
    Line("register", "",                  "302 200 200 200 200 200 200 200 200"),
    Line("recurring", "",                 "302 200 200 200 200 200 200 200 200"),
    Line("run", "run",                    "302 200 200 404 404 404 404 404 404"),
    post("run", "run",                    "200 302 302 404 404 404 404 404 404",
         on="2020-05-22", note="None."),
    Line("run", "joint-run",              "302 404 404 404 200 404 404 404 404"),
    Line("calculator", "",                "302 200 200 200 200 200 200 200 200"),
    Line("calculator", "",                "302 200 200 200 200 200 200 200 200",
         data={"treaty": "open-skies", "clause": "xv-2", "given": "2020-05-22"}),
    post("demo-sign-in", "",              "302 302 302 302 302 302 302 302 302",
         email="alice.drafter@example.org"),
    post("demo-sign-in", "",              "404 404 404 404 404 404 404 404 404",
         email="nobody@example.org"),
    # Without a token in the settings there is no such address; with one, see test_bounces.py.
    Line("bounces", "",                   "404 404 404 404 404 404 404 404 404"),
    post("bounces", "",                   "404 404 404 404 404 404 404 404 404"),
    Line("mailbox", "",                   "302 200 200 200 200 200 200 200 200"),
    Line("mailbox-message", "mail",       "302 404 404 200 404 404 404 404 200"),
    Line("mailbox-html", "mail",          "302 404 404 200 404 404 404 404 200"),
    Line("mailbox-calendar", "mail",      "302 404 404 200 404 404 404 404 200"),
)
# fmt: on
