"""What surrounds a cell in its process and travels with it: settings, filters, handlers, patches."""
