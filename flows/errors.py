"""What is wrong with the program itself, said in words instead of a stack trace."""

from __future__ import annotations


class BrokenProgramError(Exception):
    """The program is not whole; what it would refuse now, it would refuse for no reason."""
