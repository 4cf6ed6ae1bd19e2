"""Addresses of the embedded run alone: sign-in cards and the mailbox."""

from __future__ import annotations

from django.urls import path

from notifications.web import cards, mailbox

urlpatterns = [
    path("demo/sign-in/", cards.demo_sign_in, name="demo-sign-in"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<uuid:uid>/", mailbox.message, name="mailbox-message"),
    path("mailbox/<uuid:uid>/html/", mailbox.html, name="mailbox-html"),
    path("mailbox/<uuid:uid>/deadline.ics", mailbox.calendar, name="mailbox-calendar"),
]
