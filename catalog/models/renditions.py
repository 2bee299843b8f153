"""A picture kept in several sizes and formats."""

from django.core.files.storage import default_storage
from django.db import models
from django.utils.functional import cached_property


class Renditions(models.Model):
    """Where the files of a picture are: `<stem>-<width>.<format>` in the default storage, in AVIF and WebP.

    `width` and `height` are those of the widest rendition: pages print them so that nothing jumps while loading. Until the
    worker has made the others, it is the only one, in WebP: then `widths` is empty, and so is each `srcset`.
    Written by `catalog.pictures`; an empty stem means there is no picture.
    """

    stem = models.CharField(max_length=120, blank=True, editable=False)
    widths = models.JSONField(default=list, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @cached_property
    def _base(self) -> str:
        return default_storage.url(self.stem)

    @property
    def _sizes(self) -> list[int]:
        return self.widths or [self.width]

    def _srcset(self, extension: str) -> str:
        return ", ".join(f"{self._base}-{width}.{extension} {width}w" for width in self.widths)

    @property
    def avif(self) -> str:
        """The `srcset` of the AVIF renditions."""
        return self._srcset("avif")

    @property
    def webp(self) -> str:
        """The `srcset` of the WebP renditions."""
        return self._srcset("webp")

    @property
    def src(self) -> str:
        """One address for a browser that reads no `srcset`: the middle width, in WebP."""
        return f"{self._base}-{self._sizes[len(self._sizes) // 2]}.webp"

    @property
    def largest(self) -> str:
        """The widest rendition, for who shows one picture and asks for no other size."""
        return f"{self._base}-{self._sizes[-1]}.webp"

    @property
    def thumbnail(self) -> str:
        """The smallest rendition, for cart lines and galleries."""
        return f"{self._base}-{self._sizes[0]}.webp"
