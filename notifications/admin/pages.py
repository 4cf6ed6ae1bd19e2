"""The addresses of the pages that are ours: they come before Django's."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from notifications.admin.forecast import forecast_page
from notifications.admin.heartbeats import heartbeats
from notifications.admin.home import home
from notifications.admin.importing import export_page, import_page
from notifications.admin.mail_health import mail_health
from notifications.admin.tending import give_up, resend, working

for_administrators = admin.site.admin_view

urlpatterns = [
    path("", for_administrators(home), name="index"),
    path("mail/", for_administrators(mail_health), name="mail-health"),
    path("mail/<int:key>/resend/", for_administrators(resend), name="message-resend"),
    path("mail/<int:key>/give-up/", for_administrators(give_up), name="message-give-up"),
    path("contacts/<int:key>/working/", for_administrators(working), name="contact-working"),
    path("forecast/", for_administrators(forecast_page), name="forecast"),
    path("heartbeats/", for_administrators(heartbeats), name="heartbeats"),
    path("import/<str:kind>/", for_administrators(import_page), name="import"),
    path("export/<str:kind>/", for_administrators(export_page), name="export"),
]
