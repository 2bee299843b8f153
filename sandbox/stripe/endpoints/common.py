"""The two kinds of endpoint that every object has: one object, and a list of them."""

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.api import Call, Endpoint
from sandbox.stripe.params import text


def retrieving(kind: str, param: str) -> Endpoint:
    """Answer one object; `param` is what the error about a missing one calls its id."""

    def run(_call: Call, *, ref: str) -> Json:
        return store.find(kind, ref, param=param).answer

    return Endpoint("retrieve", run)


def listing(kind: str, *filters: str) -> Endpoint:
    """Answer a page of objects, narrowed by these parameters, each named as a column of Resource."""

    def run(call: Call) -> Json:
        where = {name: call.params[name] for name in filters if call.params.get(name)}
        return store.listing(kind, call.params, path=call.path, where=where)

    return Endpoint("list", run, {**store.LISTING, **dict.fromkeys(filters, text)})
