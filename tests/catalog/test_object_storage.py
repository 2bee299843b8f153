"""Pictures in object storage: written there once, shown from there, and from nowhere else."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from pytest_django import Settings

from catalog.models import Picture
from catalog.pictures import add_picture
from store.scan import file_sources
from tests.factories.catalog import VariantFactory
from tests.object_storage import Storage, object_storage
from tests.processes import run_manage


@pytest.fixture
def storage() -> Iterator[Storage]:
    with object_storage() as started:
        yield started


def printed(**environment: str) -> dict[str, Any]:
    """What the settings make of an environment."""
    words = "import json; from django.conf import settings as s; "
    words += "print(json.dumps([s.STORAGES['default'], s.SECURE_CSP['img-src'], s.MEDIA_ORIGIN]))"
    done = run_manage({**os.environ, **environment}, "shell", "-v0", "-c", words)
    assert done.returncode == 0, done.stderr[-2000:]
    storage, images, origin = json.loads(done.stdout)
    return {"storage": storage, "images": images, "origin": origin}


@pytest.mark.django_db
def test_a_picture_is_kept_in_the_bucket_once_and_shown_from_there(
    storage: Storage, settings: Settings, run_tasks: Callable[[], int]
) -> None:
    address = storage.address
    keys = {"MEDIA_ACCESS_KEY": "key", "MEDIA_SECRET_KEY": "secret"}
    told = printed(MEDIA_BUCKET="pictures", MEDIA_ENDPOINT=address, **keys)
    assert (told["origin"], told["images"]) == (address, ["'self'", "data:", address])
    settings.STORAGES = {**settings.STORAGES, "default": told["storage"]}
    settings.SECURE_CSP = {**settings.SECURE_CSP, "img-src": told["images"]}
    product = VariantFactory.create().product
    source = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(source, "PNG")
    source.seek(0)

    picture = add_picture(product=product, source=source, alt="A teal rectangle")
    assert list(storage.kept) == [picture.src.removeprefix(address)]
    assert run_tasks() == 1
    picture = Picture.objects.get()

    assert picture.src.startswith(f"{address}/pictures/catalog/")
    names = {url.split()[0].removeprefix(address) for url in f"{picture.avif}, {picture.webp}".split(", ")}
    assert {*storage.kept} == names
    headers = storage.versions[picture.src.removeprefix(address)][0].headers
    assert (headers["content-type"], headers["cache-control"]) == ("image/webp", "public, max-age=31536000, immutable")
    assert not any(name.startswith("x-amz-acl") for name in headers)
    page = Client().get(product.get_absolute_url())
    assert picture.src in page.content.decode()
    assert f"img-src 'self' data: {address};" in page.headers["Content-Security-Policy"]
    assert default_storage.exists(picture.src.removeprefix(f"{address}/pictures/"))
    storage.put("/pictures/notes/by-hand.txt", b"4242 4242 4242 4242")
    [media] = [source for source in file_sources() if source.name == "media"]
    assert media.steps == len(names) + 1
    assert [hit.place for hit in media.hits if hit] == ["notes/by-hand.txt"]


def test_a_domain_before_the_bucket_is_all_that_pages_name_and_plain_http_is_refused() -> None:
    told = printed(MEDIA_BUCKET="pictures", MEDIA_REGION="eu-central-1", MEDIA_DOMAIN="pictures.shop.example")
    assert told["origin"] == "https://pictures.shop.example"
    assert told["storage"]["OPTIONS"]["custom_domain"] == "pictures.shop.example"
    refused = run_manage(
        {**os.environ, "DEMO": "0", "MEDIA_BUCKET": "pictures", "MEDIA_ENDPOINT": "http://s3.example"}, "check"
    )
    assert refused.returncode == 1
    assert "pictures could be changed on their way" in refused.stderr
