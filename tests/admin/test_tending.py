"""Mail health: what failed is sent again or given up, an address is said to work, one by one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Case, Contact, Event, Message
from notifications.services.bouncing import record_bounce
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, Cast, issue, issue_act, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone, who were told of a withdrawal."""
    cast = make_cast()
    issue(cast)
    send_alerts(now=NOW)
    return cast


@pytest.fixture
def returned(cast: Cast) -> Message:
    """What was sent to the Russian drafter and came back."""
    message = Message.objects.filter(user=cast.russian_drafter).latest("pk")
    record_bounce(message_id=message.message_id, reason="550 no such user", now=NOW)
    return message


@pytest.fixture
def waiting(cast: Cast) -> Message:
    """What waits for the Russian drafter."""
    issue(cast)
    send_alerts(now=NOW)
    row = Message.objects.filter(user=cast.russian_drafter, state="sent").latest("pk")
    fields = {name: getattr(row, name) for name in ("alert", "user", "mandate", "party", "address")}
    return Message.objects.create(
        **fields, message_id="<waiting@example.org>", next_at=NOW, resend_of=row
    )


def mail_health(browser: Client) -> str:
    return browser.get(reverse("admin:mail-health")).content.decode()


def page_of(browser: Client, message: Message) -> str:
    address = reverse("admin:notifications_message_change", args=[message.pk])
    return browser.get(address).content.decode()


def test_what_came_back_stands_there_with_its_reason_and_can_be_sent_again(
    cast: Cast, administrator: Client, returned: Message
) -> None:
    address = reverse("admin:message-resend", args=[returned.pk])
    page = mail_health(administrator)
    assert administrator.get(reverse("admin:mail-health")).context["figures"].returned == 1
    assert "550 no such user" in page
    assert f'href="{address}"' in page
    assert f'href="{address}"' in page_of(administrator, returned)

    answer = administrator.post(address, {"reason": "Corrected."}, follow=True)
    assert answer.redirect_chain == [(reverse("admin:mail-health"), 302)]
    assert "It is sent again with the next sweep." in answer.content.decode()
    again = Message.objects.get(resend_of=returned)
    assert again.state == "pending"
    assert "sent again" in mail_health(administrator)
    for page in (mail_health(administrator), page_of(administrator, returned)):
        assert f'href="{address}"' not in page


def test_what_waits_can_be_given_up(administrator: Client, waiting: Message) -> None:
    address = reverse("admin:message-give-up", args=[waiting.pk])
    assert f'href="{address}"' in mail_health(administrator)
    assert f'href="{address}"' in page_of(administrator, waiting)
    administrator.post(address, {"reason": "She has left."})
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert "She has left." in mail_health(administrator)


def test_an_address_that_fails_is_shown_and_can_be_said_to_work(
    cast: Cast, administrator: Client, returned: Message
) -> None:
    contact = Contact.objects.get()
    address = reverse("admin:contact-working", args=[contact.pk])
    page = mail_health(administrator)
    home = administrator.get(reverse("admin:index")).context["concerns"]
    assert "Mail to 1 person comes back." in [concern.said for concern in home]
    assert contact.address in page
    assert "mail to it comes back" in page
    assert f'href="{address}"' in page
    administrator.post(address, {"reason": "The mailbox was emptied."})
    contact.refresh_from_db()
    assert contact.state == "working"
    assert f'href="{address}"' not in mail_health(administrator)


@pytest.mark.parametrize("page", ["message-resend", "message-give-up", "contact-working"])
def test_without_a_reason_nothing_is_done(
    cast: Cast, administrator: Client, returned: Message, page: str
) -> None:
    record = Contact.objects.get() if page == "contact-working" else returned
    before = Event.objects.count()
    answer = administrator.post(reverse(f"admin:{page}", args=[record.pk]), {"reason": " "})
    assert answer.status_code == 200
    assert "Reason is missing." in answer.content.decode()
    assert Event.objects.count() == before


def test_a_refusal_stands_on_the_page_with_what_was_typed(
    administrator: Client, returned: Message
) -> None:
    address = reverse("admin:message-give-up", args=[returned.pk])
    page = administrator.post(address, {"reason": "I typed this."}).content.decode()
    assert "Only a message that waits to be sent is given up." in page
    assert "I typed this." in page


def test_nobody_else_gets_there_and_nothing_is_done_by_looking(
    cast: Cast, administrator: Client, returned: Message
) -> None:
    address = reverse("admin:message-resend", args=[returned.pk])
    browser = Client()
    browser.force_login(cast.us_head)
    assert browser.post(address, {"reason": "x"}).status_code == 404
    administrator.get(address)
    assert not Message.objects.filter(resend_of=returned).exists()


def test_of_a_replay_there_is_nothing_to_be_done(administrator: Client, returned: Message) -> None:
    Case.objects.update(origin=Case.Origin.REPLAY, scenario="told-again")
    assert administrator.get(reverse("admin:message-resend", args=[returned.pk])).status_code == 404
    assert "Send again" not in page_of(administrator, returned)


def test_of_a_restricted_act_the_buttons_are_there_and_nothing_else(
    cast: Cast, administrator: Client
) -> None:
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    issue_act(cast, "breach-allegation", fields)
    send_alerts(now=NOW)
    message = Message.objects.filter(user=cast.russian_drafter).latest("pk")
    record_bounce(message_id=message.message_id, reason="550 no", now=NOW)
    address = reverse("admin:message-resend", args=[message.pk])
    assert f'href="{address}"' in mail_health(administrator)
    assert "Allegation" not in mail_health(administrator)
    assert "llegation" not in administrator.get(address).content.decode()
