"""The pages: a view reads the request, looks up by ``visible_to``, calls one service, shows."""
