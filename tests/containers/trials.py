"""The trials: what is broken, and what must be so meanwhile and afterwards."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.containers.stage import SLUG, Failed, Shopper, Stage, must, say, until

BUCKET: Final = "trial"


def mail_server_away(stage: Stage) -> None:
    """Orders are placed as ever; the mails come later, each once."""
    stage.compose("stop", "--timeout", "1", "mail")
    Shopper().buy()
    until(lambda: stage.sql("select max(tries) from checkout_mail where sent_at is null") == "1", seconds=60, what="a try")
    waiting = int(stage.sql("select count(*) from checkout_mail where sent_at is null"))
    must(waiting, "no mail waits")
    stage.compose("start", "mail")
    seconds = stage.wait_for_outbox(seconds=300)
    arrived = stage.mails()
    must(len(arrived) == len({*arrived}), "a mail came twice")
    sent = int(stage.sql("select count(*) from checkout_mail where sent_at is not null and tries > 1"))
    must(sent >= waiting, "a mail was lost")
    say(f"mail server away: the order was placed and paid, {waiting} mails waited and came {seconds:.0f} s later, each once")


def database_away(stage: Stage) -> None:
    """Pages say so at once and keep the cart; it goes on by itself."""
    shopper = Shopper()
    shopper.fill_cart()
    stage.compose("stop", "db")
    ends, slowest, seen = time.monotonic() + 30, 0.0, set()
    while time.monotonic() < ends:
        status, seconds = shopper.status("/cart/")
        seen.add(status)
        slowest = max(slowest, seconds)
        time.sleep(0.5)
    stage.compose("start", "db")
    back = until(lambda: shopper.status("/")[0] == 200, seconds=60, what="pages again")
    must(seen == {503}, f"answers meanwhile: {seen}")
    must(shopper.has_cart(), "the cart was lost")
    shopper.pay(shopper.place())
    _settled(stage)
    say(
        f"database away for 30 s: 503 within {slowest:.2f} s, pages {back:.1f} s after it was back, the cart was kept and bought"
    )


def cache_away(stage: Stage) -> None:
    """Nothing breaks."""
    stage.compose("stop", "--timeout", "1", "cache")
    shopper = Shopper()
    started = time.monotonic()
    shopper.buy()
    seconds = time.monotonic() - started
    stage.compose("start", "cache")
    _settled(stage)
    say(f"cache away: bought in {seconds:.1f} s")


def killed(stage: Stage) -> None:
    """`kill -9` of web and worker while people buy: no payment is lost or doubled."""
    bought, gave_up = 0, 0

    def try_to_buy(number: int) -> bool:
        for _ in range(5):  # as people do who meet an error page
            shopper = Shopper()
            shopper.details["email"] = f"shopper{number}@example.com"
            try:
                shopper.buy()
            except (Failed, OSError):
                time.sleep(1)
            else:
                return True
        return False

    with ThreadPoolExecutor(4) as pool:
        buying = [pool.submit(try_to_buy, number) for number in range(16)]
        for service in ("web", "worker", "web", "worker"):
            time.sleep(4)
            stage.kill(service)
        for one in buying:
            if one.result():
                bought += 1
            else:
                gave_up += 1
    must(not gave_up, f"{gave_up} could not buy in five attempts")
    _settled(stage)
    say(f"web and worker killed twice each: {bought} of 16 bought. {stage.compare_with_gateway()}")


def bucket(stage: Stage) -> None:
    """Backups go into a bucket, are drilled and restored from there; one that is away is an alarm."""
    stage.up("worker", TRIAL_BUCKET=BUCKET)
    made = stage.manage("backup")
    must(f"s3://{BUCKET}/" in made, made)
    must(
        stage.compose("exec", "-T", "worker", "sh", "-c", "ls /srv/backups | wc -l").strip() == "0",
        "something stayed on the desk",
    )
    drill = stage.manage("restore_drill").splitlines()[-1]
    stage.manage("backup", "--check")

    stage.unplug("bucket")
    said = stage.manage("backup", can_fail=True)
    must("No backup was made; those there are were not touched." in said, said)
    checked = stage.manage("backup", "--check", can_fail=True)
    must("Whether the shop is backed up is not known." in checked, checked)
    Shopper().buy()
    stage.plug_in("bucket")
    stage.manage("backup")
    stage.manage("backup", "--check")  # or the alarm stays, and it fails

    orders = stage.sql("select count(*) from checkout_order")
    stage.compose("stop", "web", "worker", "scheduler")
    restored = stage.compose(
        "run", "--rm", "-T", "--no-deps", "worker", "python", "manage.py", "restore", "--latest", "--confirm", "Ringback",
        TRIAL_BUCKET=BUCKET,
    )  # fmt: skip
    must(orders == stage.sql("select count(*) from checkout_order"), f"{orders} orders were there before\n{restored}")
    stage.up("web", "worker", "scheduler")
    Shopper().buy()
    _settled(stage)
    say(f"bucket: {made.strip().splitlines()[-1]} {drill} Away, it was told; restored from it, {orders} orders were back")


def full_disk(stage: Stage) -> None:
    """No room for backups and pictures: both are told, the old backup stays, the shop goes on, and comes right by itself."""
    stage.up("worker", "scheduler", TRIAL_BACKUP_EVERY="1")
    stage.manage("backup")
    before = stage.compose("exec", "-T", "worker", "ls", "/srv/backups").split()
    fill = "head -c 64m /dev/zero >/srv/{0}/filler 2>/dev/null; df /srv/{0} | tail -1"
    for place in ("backups", "media"):
        stage.compose("exec", "-T", "worker", "sh", "-c", fill.format(place), can_fail=True)
    said = stage.manage("backup", can_fail=True)
    must("No space left on device" in said and "those there are were not touched" in said, said)
    after = stage.compose("exec", "-T", "worker", "ls", "/srv/backups").split()
    must({*before} <= {*after}, "the old backup is gone")
    until(lambda: "No space left" in _alerts(stage), seconds=150, what="an alert by the schedule")
    refused = _upload(stage)
    must("No space left on device" in refused, f"the picture was not refused: {refused}")
    Shopper().buy()
    for place in ("backups", "media"):
        stage.compose("exec", "-T", "worker", "rm", f"/srv/{place}/filler")
    check = ("backup", "--check")
    seconds = until(lambda: "in order" in stage.manage(*check, can_fail=True), seconds=200, what="no alarm")
    saved = _upload(stage)
    must("SAVED" in saved, f"the picture was refused: {saved}")
    _settled(stage)
    say(
        f"full disk: backup and picture refused with the reason, alert raised, order placed; good again {seconds:.0f} s after"
    )


def ransom(stage: Stage) -> None:
    """Somebody drops all tables and deletes all pictures: `recover` brings the shop back, with the order since the backup."""
    orders = int(stage.sql("select count(*) from checkout_order"))
    stage.manage("backup")
    Shopper().buy()
    _settled(stage)
    stage.sql("drop schema public cascade; create schema public")
    stage.compose("exec", "-T", "web", "sh", "-c", "rm -rf /srv/media/*")
    began = time.monotonic()
    stage.compose("stop", "web", "worker", "scheduler")
    # The payment company has one key: let it be the new one, and the shop believe that it had another.
    new = {"STRIPE_API_KEY": "sk_test_ringback", "STRIPE_WEBHOOK_SECRET": "whsec_ringback_demo"}
    for name, value in new.items():
        (stage.folder / "trial" / name).write_text(value)
    own = f"{stage.folder}/secrets:/srv/secrets"
    stage.run(
        "docker", "run", "--rm", "--user", "0", "--volume", own, "ringback-demo:latest", "chown", "10001", "/srv/secrets"
    )
    stolen = [word for name in new for word in ("--env", f"{name}={new[name][:8]}stolen")]
    mounts = [*stolen, "--volume", own, "--volume", f"{stage.folder}/trial:/trial:ro"]
    command = ["python", "manage.py", "recover", "--secrets", "/srv/secrets", "--confirm", "Ringback"]
    command += [f"--secret={name}=/trial/{name}" for name in new]
    said = stage.compose("run", "--rm", "-T", "--no-deps", *mounts, "worker", *command)
    stage.compose("up", "-d", "--no-build", "--no-deps", "--force-recreate", "--wait", "web", "worker", "scheduler")
    until(lambda: Shopper().status("/")[0] == 200, seconds=60, what="the shop is open")
    seconds = time.monotonic() - began
    must(int(stage.sql("select count(*) from checkout_order")) == orders + 1, "the order since the backup is lost")
    stage.compare_with_gateway()
    must("avif" in stage.compose("exec", "-T", "web", "sh", "-c", "ls -R /srv/media"), "the pictures are lost")
    Shopper().buy()
    say(
        f"ransom: {said[said.index('Recovered') :] if 'Recovered' in said else said}\nopen {seconds:.0f} s after the tables were gone"
    )
    Path(tempfile.gettempdir(), "recover.txt").write_text(said)  # for a picture: tests/pictures.py


def start(stage: Stage) -> None:
    """How long a web container takes until it answers, and how much of a processor."""
    for _ in range(3):
        stage.compose("rm", "--stop", "--force", "web")
        stage.compose("create", "--no-build", "web")
        container = stage.compose("ps", "--all", "--quiet", "web").strip()
        began = time.monotonic()
        stage.run("docker", "start", container)
        ask = "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"
        until(lambda: stage.run("docker", "exec", container, "python", "-c", ask) == "", seconds=60, what="an answer")  # noqa: B023
        seconds = time.monotonic() - began
        used = "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null | head -1 | tr -dc 0-9"
        usage = int(stage.run("docker", "exec", container, "sh", "-c", used))
        say(f"web: answers {seconds:.1f} s after docker start, {usage / (1e9 if usage > 1e8 else 1e6):.1f} s of processor")
    stage.up("web", "proxy")


def memory(stage: Stage) -> None:
    """What the worker has after heavy jobs: 90 MB at most."""
    stage.manage("backup")
    for _ in range(6):
        Shopper().buy()
    _settled(stage)
    share = "awk '/^Pss:/{print int($2/1024)}' /proc/1/smaps_rollup"
    # Not by docker stats: the trial's backups lie in memory, which counts them as the worker's.
    pss = int(stage.compose("exec", "-T", "worker", "sh", "-c", share))
    must(pss <= 90, f"the worker has {pss} MB")
    say(f"worker's memory: proportional share {pss} MB")


TRIALS: Final[dict[str, Callable[[Stage], None]]] = {
    "start": start,
    "mail": mail_server_away,
    "database": database_away,
    "cache": cache_away,
    "killed": killed,
    "disk": full_disk,
    "bucket": bucket,
    "memory": memory,
    "ransom": ransom,
}


def _settled(stage: Stage) -> None:
    """Wait until every payment that was made is known to the shop."""
    until(stage.compare_with_gateway, seconds=120, what="payments as at the payment company")


def _alerts(stage: Stage) -> str:
    return stage.sql("select message from checkout_alert where resolved_at is null")


def _upload(stage: Stage) -> str:
    """Hang a picture on a product in the admin, from within the web container; return SAVED, or what the page complains of."""
    script = f"""
import io, re, uuid, random
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import setup_test_environment
from PIL import Image
from catalog.models import Product
from store.models import User
setup_test_environment()
client = Client()
client.force_login(User.objects.filter(is_superuser=True).first(), backend=settings.AUTHENTICATION_BACKENDS[0])
product = Product.objects.get(slug={SLUG!r})
address = f"/admin/catalog/product/{{product.pk}}/change/"
image = Image.effect_noise((1300, 900), random.randint(50, 100)).convert("RGB")
picture = io.BytesIO(); image.save(picture, "JPEG")
form = client.get(address).context["adminform"].form
data = {{name: value for name, value in form.initial.items() if not (value is None or value is False)}}
for field in form:
    value = field.value()
    if not (value is None or value is False): data[field.name] = value
for each in client.get(address).context["inline_admin_formsets"]:
    formset = each.formset
    for field in formset.management_form: data[field.html_name] = field.value()
    for one in formset.initial_forms:
        for field in one:
            if not (field.value() is None or field.value() is False): data[field.html_name] = field.value()
    if formset.prefix == "pictures":
        data["pictures-TOTAL_FORMS"] = formset.initial_form_count() + 1
        last = f"pictures-{{formset.initial_form_count()}}"
        data |= {{f"{{last}}-alt": "Noise", f"{{last}}-upload": SimpleUploadedFile("n.jpg", picture.getvalue())}}
    else:
        data[f"{{formset.prefix}}-TOTAL_FORMS"] = formset.initial_form_count()
answer = client.post(address, data)
print("SAVED" if answer.status_code == 302 else re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.S))
"""
    return stage.compose("exec", "-T", "web", "python", "manage.py", "shell", "-v0", "-c", script, can_fail=True)
