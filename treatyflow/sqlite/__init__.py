"""SQLite as Django knows it, with statements as long as the library takes them."""
