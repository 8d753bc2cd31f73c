"""Views of the portal (门户页面), by subject. Each parses, loads through queries, makes one call, and renders."""
