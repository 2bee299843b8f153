"""Parameters: form encoding with nested brackets in, a checked and typed dictionary out.

A schema is a dictionary: name -> how to read the value. Nested dictionaries nest; a one-element list means a list.
Names that are not in the schema are refused, as the real API does, so a misspelt parameter cannot pass unnoticed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sandbox.ground.values import Json
from sandbox.stripe.errors import bad_parameter

type Reader = Callable[[str, str], Any]
type Schema = Mapping[str, Any]

MAX_METADATA_KEYS = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500


def text(value: str, param: str) -> str:
    """Any text up to 5,000 characters."""
    if len(value) > 5000:
        raise bad_parameter(
            f"Invalid string: {value[:8]}…; must be at most 5000 characters", param=param, code="parameter_invalid_string"
        )
    return value


def whole(value: str, param: str) -> int:
    """A whole number."""
    try:
        return int(value)
    except ValueError:
        raise bad_parameter(f"Invalid integer: {value}", param=param, code="parameter_invalid_integer") from None


def yes_no(value: str, param: str) -> bool:
    """`true` or `false`."""
    if value not in {"true", "false"}:
        raise bad_parameter(f"Invalid boolean: {value}", param=param)
    return value == "true"


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def __call__(self, value: str, param: str) -> str:
        if value not in self.words:
            known = ", ".join(self.words[:-1]) + f", or {self.words[-1]}" if len(self.words) > 1 else self.words[0]
            raise bad_parameter(f"Invalid {param}: must be one of {known}", param=param)
        return value


def one_of(*words: str) -> OneOf:
    """A reader that accepts only these words."""
    return OneOf(words)


class Labels:
    """Marks a metadata hash: any keys, text values, within the published limits."""


METADATA = Labels()
ADDRESS: Schema = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"), text)


def parse_form(body: str) -> Json:
    """Turn `a[b][0][c]=1` into nested dictionaries; lists stay dictionaries keyed by their index.

    Raises ApiError when a name is both a value and a hash.
    """
    tree: Json = {}
    appended: dict[str, int] = {}
    for name, value in parse_qsl(body, keep_blank_values=True, max_num_fields=2000):
        head, *rest = name.replace("]", "").split("[")
        node = tree
        path = [head, *rest]
        for depth, part in enumerate(path):
            where = "/".join(path[: depth + 1])
            step = part
            if not step and depth:  # `a[]=x`: the next free index
                step = str(appended.get(where, 0))
                appended[where] = appended.get(where, 0) + 1
            if depth == len(path) - 1:
                node[step] = value
            else:
                below = node.setdefault(step, {})
                if not isinstance(below, dict):
                    raise bad_parameter("Invalid hash", param=head)
                node = below
    return tree


def check(given: Json, schema: Schema, *, prefix: str = "") -> Json:
    """Read every parameter by its schema; raise ApiError naming the first that is unknown or wrong."""
    read: Json = {}
    for name, value in given.items():
        param = f"{prefix}[{name}]" if prefix else name
        if name not in schema:
            raise bad_parameter(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")
        read[name] = _read(value, schema[name], param)
    return read


def _read(value: Any, how: Any, param: str) -> Any:
    if isinstance(how, Labels):
        return _metadata(value, param)
    if isinstance(how, Mapping):
        if value == "":
            return None
        if not isinstance(value, dict):
            raise bad_parameter("Invalid object", param=param)
        return check(value, how, prefix=param)
    if isinstance(how, list):
        if not isinstance(value, dict):
            raise bad_parameter("Invalid array", param=param)
        return [_read(value[index], how[0], f"{param}[{index}]") for index in sorted(value, key=_index)]
    if isinstance(value, dict):
        raise bad_parameter("Invalid string: a hash was given", param=param)
    return how(value, param)


def _index(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _metadata(value: Any, param: str) -> Json:
    if value == "":
        return {}
    if not isinstance(value, dict) or any(isinstance(item, dict) for item in value.values()):
        raise bad_parameter("Invalid metadata: must be a hash of strings", param=param)
    if len(value) > MAX_METADATA_KEYS:
        raise bad_parameter(f"You can only specify up to {MAX_METADATA_KEYS} metadata keys.", param=param)
    for key, item in value.items():
        if len(key) > MAX_METADATA_KEY or len(item) > MAX_METADATA_VALUE:
            raise bad_parameter(
                f"Metadata keys can have up to {MAX_METADATA_KEY} characters and values up to {MAX_METADATA_VALUE}.",
                param=f"{param}[{key}]",
            )
    return value


def require(params: Json, *names: str) -> None:
    """Raise ApiError for the first of these names that was not given."""
    for name in names:
        if params.get(name) in (None, "", []):
            raise bad_parameter(f"Missing required param: {name}.", param=name, code="parameter_missing")


def merge_metadata(old: Json, changes: Json | None) -> Json:
    """Metadata after an update: an empty value removes its key."""
    merged = {**old, **(changes or {})}
    return {key: value for key, value in merged.items() if value != ""}
