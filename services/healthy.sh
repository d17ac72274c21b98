#!/bin/bash
# Whether this container does its work: /readyz answers 200. The scheduler answers nobody: a worker has a connection to
# Redis, and beat writes down every few minutes when it last looked. In bash alone: it runs every two seconds everywhere.
if [ "$SERVICE" = scheduler ] && [ -n "$SCHEDULER_STATE" ]; then
  [ -n "$(find "$SCHEDULER_STATE" -name 'beat-schedule*' -mmin -11)" ]
elif [ "$SERVICE" = scheduler ]; then
  grep -Eq '^ *[0-9]+: [0-9A-F:]+ [0-9A-F:]+ 01 ' /proc/net/tcp /proc/net/tcp6
else
  exec 3<>"/dev/tcp/127.0.0.1/$LISTEN_PORT" || exit 1
  printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  read -r -t 3 _ status _ <&3
  [ "$status" = 200 ]
fi
