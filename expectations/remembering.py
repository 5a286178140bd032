"""Great Expectations' own expectations, each remembering its configuration.

The library works out the configuration of an expectation anew for every setting that it looks at:
some sixty times a judgement, half of what a judgement of a few rows costs. Its way to change an
expectation is a subclass of the same name; these change nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


def remember(kinds: Iterable[str]) -> None:
    """Let expectations of these kinds remember their configuration from now on."""
    for kind in kinds:
        _remembering(kind)


@cache
def _remembering(kind: str) -> type[Expectation]:
    """Return a kind of expectation that remembers; to make the class is to register it."""
    from great_expectations.compatibility import pydantic
    from great_expectations.expectations.registry import get_expectation_impl

    plain = get_expectation_impl(kind)

    def configuration(self: Any) -> ExpectationConfiguration:
        """Return the configuration, worked out again where a setting has changed since."""
        settings = dict(self.__dict__)
        if self._known is None or self._known[0] != settings:
            self._known = (settings, plain.configuration.fget(self))  # type: ignore[attr-defined]
        known: ExpectationConfiguration = self._known[1]
        return known

    parts = {
        "__module__": __name__,
        "__doc__": plain.__doc__,
        "_known": pydantic.PrivateAttr(default=None),
        "configuration": property(configuration),
    }
    kinds: Any = type(plain)
    made: type[Expectation] = kinds(plain.__name__, (plain,), parts)
    return made
