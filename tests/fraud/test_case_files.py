"""Files of a case are taken by what they are, kept encrypted, handed out as downloads to who may, and erased with the case."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from fraud.models import CallTask, CaseFile
from fraud.services import claim_call_task
from fraud.services.case_files import UnableToTakeFile, add_case_file, body_of
from store import rotation
from store.audit.models import AuditRow
from store.models import User
from tests.fraud.desk import MakeTask, button, desk, page_of, text

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A red picture in which somebody has written where it was taken."""
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "77 Ocean Drive"
    Image.new("RGB", size, "red").save(drawn, kind, exif=exif)
    return drawn.getvalue()


def file_of(task: CallTask, file: CaseFile, end: str = "") -> str:
    return f"{page_of(task).removesuffix('change/')}files/{file.pk}/{end}"


def test_a_file_is_kept_encrypted_and_handed_out_to_who_has_the_case(
    make_task: MakeTask, rosa: User, sam: User, lee: User, cora: User, mona: User, now: datetime
) -> None:
    task, client = make_task(), desk(rosa)
    sent = {"file": SimpleUploadedFile("Bill <of> Ruth.png", picture(), content_type="text/html")}
    assert "Claim this case first" in text(client.post(button("attach", task), sent, follow=True).content.decode())
    assert desk(mona).post(button("attach", task)).status_code == 403
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    sent = {"file": SimpleUploadedFile("Bill <of> Ruth.png", picture(), content_type="text/html")}
    assert "kept with the case, encrypted" in text(client.post(button("attach", task), sent, follow=True).content.decode())
    assert "Choose a file." in text(client.post(button("attach", task), follow=True).content.decode())
    file = CaseFile.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, body FROM fraud_casefile")
        assert all(stored.startswith("v1.test1.") for stored in cursor.fetchone())

    assert "Bill <of> Ruth.jpg" in text(client.get(page_of(task)).content.decode())
    assert "of> Ruth" not in text(desk(lee).get(page_of(task)).content.decode())  # who has not claimed it
    answer = client.post(file_of(task, file))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Bill <of> Ruth.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store, private" in answer.headers["Cache-Control"]
    assert hashlib.sha256(answer.content).hexdigest() == file.sha256
    assert b"Ocean" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as kept:
        assert (kept.format, kept.size, kept.getpixel((5, 5))) == ("JPEG", (40, 30), (254, 0, 0))
    assert [desk(user).post(file_of(task, file)).status_code for user in (lee, mona, cora)] == [403, 403, 200]
    assert client.get(file_of(task, file)).status_code == 405
    looks = AuditRow.objects.filter(action="case.file").order_by("n")
    assert [(row.actor, row.field_names) for row in looks] == [(rosa, "file"), (cora, "file")]

    assert desk(lee).post(file_of(task, file, "remove/")).status_code == 403
    assert "gone for good" in text(client.post(file_of(task, file, "remove/"), follow=True).content.decode())
    file.refresh_from_db()
    assert (file.name, body_of(file), file.added_by) == (None, None, rosa)
    assert client.post(file_of(task, file)).status_code == 404


def test_what_is_neither_picture_nor_pdf_is_not_taken(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    html = b"<html><script>alert(1)</script>"
    for name, body, told in (
        ("bill.png", html, "no picture"),
        ("bill.pdf", PDF[:-7], "cut off"),
        ("bill.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no picture"),
        ("bill.png", picture()[:60], "no picture"),
        ("4242 4242 4242 4242.pdf", PDF, "card number"),
        ("bill.pdf", PDF + b" " * 1_048_576 + b"%%EOF", "1 MB at most"),
        ("bill.png", b"x" * 5_242_881, "more than 5 MB"),
    ):
        with pytest.raises(UnableToTakeFile, match=told):
            add_case_file(task_id=task.pk, by=rosa, name=name, body=body, now=now)
    assert not CaseFile.objects.exists()
    kept = add_case_file(task_id=task.pk, by=rosa, name="../../etc/bill\n.exe", body=PDF, now=now)
    assert (kept.name, kept.kind, body_of(kept)) == ("bill.pdf", "application/pdf", PDF)
    large = add_case_file(task_id=task.pk, by=rosa, name="", body=picture("JPEG", (4000, 1000)), now=now)
    with Image.open(io.BytesIO(body_of(large) or b"")) as drawn:
        assert (large.name, drawn.size) == ("file.jpg", (1800, 450))


def test_keys_are_rotated_without_holding_many_files_at_once(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    add_case_file(task_id=task.pk, by=rosa, name="bill.pdf", body=PDF, now=now)
    (table,) = (each for each in rotation.tables() if each.name == "fraud_casefile")
    assert rotation._MOST_TEXT // sum(field.max_length or 0 for field in table.fields) == 21
    assert len(b64encode(b"x" * 1024 * 1024)) < 1_500_000  # what may be kept fits the column
