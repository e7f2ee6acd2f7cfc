"""An endpoint on this machine: its directory, its process, its life, and how it is asked."""
