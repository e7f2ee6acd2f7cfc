"""What the catalog keeps of every run: columns, curves, its file, and what it reads from stores."""
