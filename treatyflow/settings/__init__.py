"""Settings: ``dev`` (embedded, the default), ``test`` and ``production`` on a common ``base``."""
