"""The subcommands of `khabar`, one a file; each imports what it needs when it is called."""
