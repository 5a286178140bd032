"""The recipe of the shipped tagger: data in, model out. Nothing here is installed."""
