"""Valkey's configuration: Celery's queue and the counters of failed logins. Nothing in it has to survive."""

from deploy.passwords import Passwords


def configuration(passwords: Passwords, *, bind: str, port: int, folder: str) -> str:
    return f"""\
bind {bind}
port {port}
dir "{folder}"
requirepass {passwords["valkey"]}
save ""
appendonly no
maxmemory 64mb
maxmemory-policy volatile-ttl
"""
