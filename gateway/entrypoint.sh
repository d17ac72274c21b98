#!/bin/sh
# Traefik's static part with this installation's own words: which proxies to believe, whose containers to look at.
set -eu
: "${STACK:?}" "${GATEWAY:=/etc/traefik}" "${CONFIG:=/tmp/traefik.yml}"
case "${TRUSTED_PROXIES-}$STACK" in *[!0-9A-Za-z:./,\ _-]*)
  echo "TRUSTED_PROXIES must be addresses or networks with commas between, and not: ${TRUSTED_PROXIES-}" >&2
  exit 78 ;;
esac
trusted=$(echo "${TRUSTED_PROXIES-}" | sed 's/[ ,][ ,]*/", "/g; s/^\(..*\)$/"\1"/')
sed "s/STACK/$STACK/" "$GATEWAY/docker-provider.yml" > "$CONFIG.docker"
sed -e "s#trustedIPs: \[\].*#trustedIPs: [$trusted]#" -e "/^providers:/r $CONFIG.docker" "$GATEWAY/traefik.yml" > "$CONFIG"
exec "$@"
