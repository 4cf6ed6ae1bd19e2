"""``manage.py run``: broker, web, worker and beat as one, in order, and nothing left behind."""
