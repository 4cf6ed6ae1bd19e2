"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from notifications.web import (
    acting,
    approving,
    choosing,
    convening,
    deadline,
    defects,
    discarding,
    draft_files,
    drafting,
    facts,
    filing,
    joining,
    notification,
    paper_notes,
    papers,
    receipts,
    recurring,
    stating,
    treaties,
)
from notifications.web.account import account, choose_language
from notifications.web.bounces import bounces
from notifications.web.calculator import calculator
from notifications.web.desk import desk
from notifications.web.dossier.page import dossier, dossier_file
from notifications.web.incoming_mail import incoming_mail, incoming_mail_file, one_incoming_mail
from notifications.web.mailed_answer import mailed_answer, mailed_answer_file
from notifications.web.register import register
from notifications.web.reminders import reminders
from notifications.web.sign_in import SignIn, SignOut

urlpatterns = [
    path("", desk, name="home"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("language/", choose_language, name="language"),
    path("account/", account, name="account"),
    path("account/reminders/", reminders, name="reminders"),
    path("desk/", desk, name="desk"),
    path("treaties/", treaties.treaties, name="treaties"),
    path("treaties/<slug:slug>/", treaties.treaty, name="treaty"),
    path("treaties/<slug:slug>/file/", choosing.choose, name="file"),
    path("treaties/<slug:slug>/file/<slug:act>/", filing.file_act, name="file-act"),
    path("drafts/<uuid:uid>/", drafting.draft, name="draft"),
    path("drafts/<uuid:uid>/approval/", approving.approval, name="draft-approval"),
    path("drafts/<uuid:uid>/discard/", discarding.discard, name="draft-discard"),
    path("drafts/<uuid:uid>/concur/", joining.concurrence, name="draft-concur"),
    path("cases/<uuid:uid>/statement/", stating.statement, name="statement"),
    path("notifications/<uuid:uid>/", notification.notification, name="notification"),
    path("notifications/<uuid:uid>/receipt/", acting.receipt, name="receipt"),
    path("notifications/<uuid:uid>/receipts/", receipts.receipts, name="receipts"),
    path("notifications/<uuid:uid>/circulate/", acting.circulate, name="circulate"),
    path("notifications/<uuid:uid>/acknowledge/", acting.acknowledge, name="acknowledge"),
    path("notifications/<uuid:uid>/respond/", acting.respond, name="respond"),
    path("notifications/<uuid:uid>/defects/", defects.defect, name="defect"),
    path("attachments/<uuid:uid>/", papers.attachment, name="attachment"),
    path("drafts/<uuid:uid>/files/", draft_files.draft_files, name="draft-files"),
    path("drafts/<uuid:uid>/files/<slug:sha256>/", papers.draft_file, name="draft-file"),
    path("paper-notes/", paper_notes.paper_note, name="paper-note"),
    path("notifications/<uuid:uid>/conference/", convening.conference, name="conference"),
    path("notifications/<uuid:uid>/dossier/", dossier, name="dossier"),
    path("notifications/<uuid:uid>/dossier.zip", dossier_file, name="dossier-file"),
    path("cases/<uuid:uid>/facts/", facts.facts, name="facts"),
    path("deadlines/<uuid:uid>/", deadline.deadline, name="deadline"),
    path("recurring/", recurring.recurring, name="recurring"),
    path("recurring/<uuid:uid>/", recurring.run, name="run"),
    path("answers/<uuid:uid>/", mailed_answer, name="mailed-answer"),
    path("answers/<uuid:uid>/mail.eml", mailed_answer_file, name="mailed-answer-file"),
    path("incoming-mail/", incoming_mail, name="incoming-mail"),
    path("incoming-mail/<uuid:uid>/", one_incoming_mail, name="incoming-mail-one"),
    path("incoming-mail/<uuid:uid>/mail.eml", incoming_mail_file, name="incoming-mail-file"),
    path("register/", register, name="register"),
    path("calculator/", calculator, name="calculator"),
    path("mail/bounces", bounces, name="bounces"),
]
