#!/bin/sh
# Installs what the tests start: redis-server, PostgreSQL, Chromium, a Chinese font, Node.js and npm, from the system's packages.
# Does nothing when they are there, in whatever version. A machine without a known package manager is told what to install.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { have initdb && have postgres; }; }
have_chromium() { have chromium || have chromium-browser || have google-chrome; }

missing=
have redis-server || missing="$missing redis-server"
have_postgres     || missing="$missing postgresql"
have_chromium     || missing="$missing chromium"
if have fc-list; then fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-wqy-microhei"; else missing="$missing fonts-wqy-microhei"; fi
have node || missing="$missing nodejs"
have npm  || missing="$missing npm"
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
  have sudo || { echo "test-deps: please install as root:$missing" >&2; exit 1; }
  as_root=sudo
fi

echo "test-deps: installing$missing"
if have apt-get; then
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif have dnf; then
  # shellcheck disable=SC2086
  $as_root dnf install -y -q $(echo "$missing" | sed 's/redis-server/redis/; s/postgresql/postgresql-server/; s/fonts-wqy-microhei/wqy-microhei-fonts/')
elif have apk; then
  # shellcheck disable=SC2086
  $as_root apk add -q $(echo "$missing" | sed 's/redis-server/redis/; s/fonts-wqy-microhei/font-wqy-zenhei/')
else
  echo "test-deps: no apt-get, dnf or apk here; please install:$missing" >&2
  exit 1
fi
