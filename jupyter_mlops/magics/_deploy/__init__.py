"""`%deploy`: the line, its subcommands, and what they show."""
