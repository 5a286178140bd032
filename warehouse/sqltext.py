"""SQL put together from parts that are not values: names, file lists, column lists.

Values travel as parameters. What cannot be a parameter (an identifier, the files of a view that
is stored) goes through `identifier` or `literal`, and `fill` joins the parts.
"""

from __future__ import annotations

from collections.abc import Iterable


def identifier(name: str) -> str:
    """Return `name` quoted as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str], of: str | None = None) -> str:
    """Return a comma-separated list of quoted columns, each of the alias `of` where given."""
    prefix = f"{of}." if of else ""
    return ", ".join(prefix + identifier(name) for name in names)


def literal(value: object) -> str:
    """Return a string, number or None as an SQL literal; raises TypeError on anything else."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"no literal for {type(value).__name__}")


def literals(values: Iterable[object]) -> str:
    """Return an SQL list of literals."""
    return "[" + ", ".join(literal(value) for value in values) + "]"


def fill(template: str, **parts: str) -> str:
    """Return the template with its `{name}` places filled; parts are SQL already."""
    return template.format_map(parts)
