"""Delivery reports as mail servers write them."""

from email import message_from_bytes

from tests.twins.smtp import Delivery

POSTFIX = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: jobs@127.0.0.1
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1A.1764000000/mx.example.net"

--4F1A.1764000000/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.net. I'm sorry to have to inform you ...

--4F1A.1764000000/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
{envelope}Arrival-Date: Wed, 25 Nov 2026 11:00:00 +0100 (CET)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected:
    User unknown in local recipient table

--4F1A.1764000000/mx.example.net
Content-Description: Undelivered Message Headers
Content-Type: {kind}

{headers}
--4F1A.1764000000/mx.example.net--
"""


def report_of(
    delivery: Delivery, *, action: str = "failed", names_envelope: bool = True, kind: str = "text/rfc822-headers"
) -> bytes:
    """The report of a message that was taken and could not be delivered (or was, or is late: `action`)."""
    headers = "\n".join(f"{name}: {value}" for name, value in message_from_bytes(delivery.raw).items())
    envelope = f"Original-Envelope-Id: {delivery.envelope_id}\n" if names_envelope else ""
    text = POSTFIX.format(
        recipient=delivery.recipients[0], action=action, envelope=envelope, headers=headers if kind else "", kind=kind
    )
    return text.encode()
