"""The web server: gunicorn --config deploy/gunicorn.conf.py wsgi:app. PORT and HOST say where it listens."""

import os

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # read the code once and fork; nothing of ours is connected at that moment
timeout = 60  # seconds before a process that does not answer is replaced
graceful_timeout = 8  # seconds that requests under way get when the server stops
accesslog = None  # whoever turns it on gets rules: an address holds a token, or what somebody reads
access_log_format = '%(h)s %(t)s "%(m)s %({dordt.rule}e)s" %(s)s %(b)s %(M)s ms'
loglevel = "warning"
control_socket_disable = True  # nobody steers it from outside
