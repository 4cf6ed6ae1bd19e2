"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from notifications.web import (
    acting,
    approving,
    convening,
    drafting,
    notification,
    treaties,
    withdrawing,
)
from notifications.web.desk import desk
from notifications.web.register import register
from notifications.web.sign_in import SignIn, SignOut

urlpatterns = [
    path("", desk, name="home"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("desk/", desk, name="desk"),
    path("treaties/", treaties.treaties, name="treaties"),
    path("treaties/<slug:slug>/", treaties.treaty, name="treaty"),
    path("treaties/<slug:slug>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("drafts/<uuid:uid>/", drafting.draft, name="draft"),
    path("drafts/<uuid:uid>/approval/", approving.approval, name="draft-approval"),
    path("notifications/<uuid:uid>/", notification.notification, name="notification"),
    path("notifications/<uuid:uid>/receipt/", acting.receipt, name="receipt"),
    path("notifications/<uuid:uid>/circulate/", acting.circulate, name="circulate"),
    path("notifications/<uuid:uid>/acknowledge/", acting.acknowledge, name="acknowledge"),
    path("notifications/<uuid:uid>/respond/", acting.respond, name="respond"),
    path("notifications/<uuid:uid>/conference/", convening.conference, name="conference"),
    path("register/", register, name="register"),
]
