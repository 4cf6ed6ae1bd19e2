"""The dossier of a notice: everything that is known of it, as one page and as one file."""
