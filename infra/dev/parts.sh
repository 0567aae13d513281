#!/usr/bin/env bash
# The real parts as plain processes, for development and CI: PostgreSQL 15, Redis, MinIO, versitygw, and the tools the
# tests compare with (rsop, gopenpgp, rclone, ffmpeg, nginx, the Compose file checker) or drive (Chromium). Everything listens on loopback,
# on free ports, with random secrets.
#
#   infra/dev/parts.sh install      what is missing, from the package registries of Debian, Go and Rust
#   infra/dev/parts.sh start        and `eval "$(infra/dev/parts.sh env)"` to use them
#   infra/dev/parts.sh stop         ends exactly what start started, and deletes its data
#
# State is in AERIE_PARTS_DIR (default: .cache/parts in the repository).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
state=${AERIE_PARTS_DIR:-$root/.cache/parts}
bin=$state/bin
run=$state/run

# MinIO's community source is archived; this is its last commit, the one infra/minio/Dockerfile builds.
minio=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
versitygw=github.com/versity/versitygw/cmd/versitygw@v1.8.0
# The library that `docker compose config` is made of, as a program of its own.
compose_check=github.com/compose-spec/compose-go/v2/cmd@v2.16.2
rsop_version=0.12.0
packages=(redis-server postgresql-15 rclone ffmpeg nginx-light openssl chromium fonts-liberation)
postgres_bin=/usr/lib/postgresql/15/bin

PATH=$PATH:/usr/local/go/bin:$HOME/.cargo/bin:/usr/sbin

say() { echo "parts: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

# --- install ---------------------------------------------------------------------------------------------------------

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || fail "missing packages, and this user may not install them: ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  # Debian starts a server when it is installed; a web server and a Redis nobody asked for must not open ports.
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
    "${as_root[@]}" chmod +x $policy
    ours=1
  fi
  local failed=
  {
    "${as_root[@]}" apt-get update -qq &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  } </dev/null >"$state/apt.log" 2>&1 || failed=1
  [ -z "$ours" ] || "${as_root[@]}" rm -f $policy
  [ -z "$failed" ] || { tail -n 20 "$state/apt.log" >&2 && fail "apt-get failed; its log is $state/apt.log"; }
}

# go_tool NAME PACKAGE@VERSION: installs into $bin, or links a binary of exactly that version that GOBIN already holds.
go_tool() {
  local name=$1 package=$2 binary=$bin/$1 shared
  shared=$(go env GOBIN)
  shared=${shared:-$(go env GOPATH)/bin}/$name
  if is_go_version "$binary" "$package"; then return 0; fi
  if is_go_version "$shared" "$package"; then
    ln -sf "$shared" "$binary"
    return 0
  fi
  say "building $name"
  local build
  build=$(mktemp -d "$state/build.XXXXXX")
  GOBIN=$build go install "$package" </dev/null >"$state/$name.build.log" 2>&1 ||
    { tail -n 20 "$state/$name.build.log" >&2 && fail "building $name failed"; }
  mv -f "$build"/* "$binary"
  rmdir "$build"
}

is_go_version() {
  local path=${2%@*} version=${2#*@}
  [ -x "$1" ] || return 1
  go version -m "$1" 2>/dev/null | awk -v path="$path" -v version="$version" '
    $1 == "path" && $2 == path { right_path = 1 }
    $1 == "mod" && $3 == version { right_version = 1 }
    END { exit !(right_path && right_version) }'
}

install_rsop() {
  local shared=${CARGO_HOME:-$HOME/.cargo}/bin/rsop
  if is_rsop "$bin/rsop"; then return 0; fi
  if ! is_rsop "$shared"; then
    say "building rsop"
    cargo install rsop --version "$rsop_version" --locked </dev/null >"$state/rsop.build.log" 2>&1 ||
      { tail -n 20 "$state/rsop.build.log" >&2 && fail "building rsop failed"; }
  fi
  ln -sf "$shared" "$bin/rsop"
}

is_rsop() { [ -x "$1" ] && "$1" version 2>/dev/null | grep -q " $rsop_version\$"; }

install_gopenpgp() {
  local source=$root/test/interop/gopenpgp
  if [ ! -f "$source/go.mod" ]; then
    [ -z "${CI:-}" ] || fail "test/interop/gopenpgp is missing"
    say "test/interop/gopenpgp is missing; going on without it"
    return 0
  fi
  (cd "$source" && go build -o "$bin/gopenpgp" .) </dev/null >"$state/gopenpgp.build.log" 2>&1 ||
    { tail -n 20 "$state/gopenpgp.build.log" >&2 && fail "building gopenpgp failed"; }
}

install_parts() {
  mkdir -p "$bin"
  install_packages
  command -v go >/dev/null || fail "Go is missing: MinIO, versitygw and gopenpgp are built from source"
  command -v cargo >/dev/null || fail "Rust is missing: rsop is built from source"
  # MinIO alone takes half of the work, so it is one lane and everything else the other.
  go_tool minio "$minio" &
  local lane=$!
  install_rsop
  go_tool versitygw "$versitygw"
  go_tool compose-check "$compose_check"
  install_gopenpgp
  wait "$lane" || fail "building minio failed"
  say "everything is installed"
}

# --- start -----------------------------------------------------------------------------------------------------------

# launch NAME COMMAND…: a background process in a session of its own, so that Ctrl-C here does not reach it.
launch() {
  local name=$1
  shift
  setsid "$@" </dev/null >"$run/$name.log" 2>&1 &
  echo "$name $! $(started_at $!)" >>"$run/pids"
}

# When a process started, in clock ticks since boot: with its number it names one process for ever.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

is_running() { [ "$(started_at "$2")" = "$3" ] && [ -n "$3" ]; }

launched_is_running() {
  local name pid started
  read -r name pid started < <(grep "^$1 " "$run/pids")
  is_running "$name" "$pid" "$started"
}

# wait_for NAME COMMAND…: until the command succeeds; 30 s at most.
wait_for() {
  local name=$1 tries=0
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -ge 300 ] || ! launched_is_running "$name"; then
      tail -n 20 "$run/$name.log" >&2
      fail "$name did not start"
    fi
    sleep 0.1
  done
}

http_ok() { node -e 'fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$1"; }
secret() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; }
free_ports() {
  node -e '
    const servers = Array.from({ length: Number(process.argv[1]) }, () => require("net").createServer().listen(0, "127.0.0.1"));
    Promise.all(servers.map((s) => new Promise((r) => s.on("listening", r)))).then(() => {
      console.log(servers.map((s) => s.address().port).join(" "));
      servers.forEach((s) => s.close());
    });' "$1"
}

start_postgres() {
  local port=$1 password=$2 as_postgres=() data
  # PostgreSQL refuses to run as root, and its user may not be able to reach the repository's folder.
  data=$(mktemp -d /tmp/aerie-postgres.XXXXXX)
  echo "$data" >"$run/postgres.data"
  printf '%s' "$password" >"$data/password"
  if [ "$(id -u)" = 0 ]; then
    chown -R postgres: "$data"
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
  fi
  (cd / && "${as_postgres[@]}" "$postgres_bin/initdb" -D "$data/cluster" -U aerie --pwfile="$data/password" \
    -A scram-sha-256 -E UTF8 --locale=C.UTF-8) >"$run/initdb.log" 2>&1 || fail "initdb failed: $run/initdb.log"
  (cd / && launch postgres "${as_postgres[@]}" "$postgres_bin/postgres" -D "$data/cluster" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200)
  wait_for postgres "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U aerie -d postgres
  PGPASSWORD=$password "$postgres_bin/createdb" -h 127.0.0.1 -p "$port" -U aerie aerie
}

start_redis() {
  local port=$1 password=$2
  mkdir -p "$run/redis"
  cat >"$run/redis.conf" <<END
bind 127.0.0.1
port $port
requirepass $password
dir $run/redis
appendonly yes
maxmemory-policy noeviction
END
  launch redis redis-server "$run/redis.conf"
  export REDISCLI_AUTH=$password
  wait_for redis bash -c "redis-cli -h 127.0.0.1 -p $port ping | grep -q PONG"
}

start_minio() {
  local port=$1 access=$2 secret=$3
  mkdir -p "$run/minio"
  # An unfinished upload may wait 30 days, as long as we promise; MinIO's own default is one day.
  launch minio env MINIO_ROOT_USER="$access" MINIO_ROOT_PASSWORD="$secret" MINIO_BROWSER=off MINIO_UPDATE=off \
    MINIO_API_STALE_UPLOADS_EXPIRY=720h "$bin/minio" server --address "127.0.0.1:$port" "$run/minio"
  wait_for minio http_ok "http://127.0.0.1:$port/minio/health/ready"
}

start_versitygw() {
  local port=$1 access=$2 secret=$3
  mkdir -p "$run/versitygw"
  launch versitygw env ROOT_ACCESS_KEY="$access" ROOT_SECRET_KEY="$secret" "$bin/versitygw" --quiet \
    --health /health --port "127.0.0.1:$port" posix "$run/versitygw"
  wait_for versitygw http_ok "http://127.0.0.1:$port/health"
}

start_parts() {
  if [ -f "$run/env" ] && all_running; then
    say "already running"
    return 0
  fi
  stop_parts
  umask 077
  mkdir -p "$run"
  trap 'say "start failed; stopping what was started (logs: $state/failed)"; keep_logs; stop_parts' ERR EXIT
  local ports
  read -r -a ports < <(free_ports 4)
  local postgres_password redis_password minio_access minio_secret versity_access versity_secret
  postgres_password=$(secret) redis_password=$(secret)
  minio_access=$(secret) minio_secret=$(secret) versity_access=$(secret) versity_secret=$(secret)
  start_postgres "${ports[0]}" "$postgres_password"
  start_redis "${ports[1]}" "$redis_password"
  start_minio "${ports[2]}" "$minio_access" "$minio_secret"
  start_versitygw "${ports[3]}" "$versity_access" "$versity_secret"
  cat >"$run/env" <<END
export AERIE_TEST_DATABASE_URL='postgres://aerie:$postgres_password@127.0.0.1:${ports[0]}/aerie'
export AERIE_TEST_REDIS_URL='redis://default:$redis_password@127.0.0.1:${ports[1]}'
export AERIE_TEST_MINIO_URL='http://127.0.0.1:${ports[2]}'
export AERIE_TEST_MINIO_ACCESS_KEY='$minio_access'
export AERIE_TEST_MINIO_SECRET_KEY='$minio_secret'
export AERIE_TEST_VERSITYGW_URL='http://127.0.0.1:${ports[3]}'
export AERIE_TEST_VERSITYGW_ACCESS_KEY='$versity_access'
export AERIE_TEST_VERSITYGW_SECRET_KEY='$versity_secret'
END
  trap - ERR EXIT
  say "PostgreSQL, Redis, MinIO and versitygw are running"
}

all_running() {
  [ -f "$run/pids" ] || return 1
  local name pid started
  while read -r name pid started; do is_running "$name" "$pid" "$started" || return 1; done <"$run/pids"
}

keep_logs() {
  rm -rf "$state/failed"
  mkdir -p "$state/failed"
  cp "$run"/*.log "$state/failed" 2>/dev/null || true
}

# --- stop and env ----------------------------------------------------------------------------------------------------

stop_parts() {
  trap - ERR EXIT
  [ -d "$run" ] || return 0
  local name pid started tries
  if [ -f "$run/pids" ]; then
    while read -r name pid started; do
      is_running "$name" "$pid" "$started" || continue
      # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients to leave.
      kill -s "$([ "$name" = postgres ] && echo INT || echo TERM)" "$pid" || true
      for ((tries = 0; tries < 100; tries++)); do is_running "$name" "$pid" "$started" && sleep 0.1 || break; done
      ! is_running "$name" "$pid" "$started" || kill -KILL "$pid" || true
    done <"$run/pids"
  fi
  # Only a folder that start_postgres made.
  if [ -f "$run/postgres.data" ]; then
    local data
    data=$(cat "$run/postgres.data")
    case $data in /tmp/aerie-postgres.*) rm -rf "$data" ;; esac
  fi
  rm -rf "$run"
}

print_env() {
  [ -f "$run/env" ] || fail "nothing is running; start it first"
  cat "$run/env"
  echo "export AERIE_RSOP='$bin/rsop'"
  [ ! -x "$bin/gopenpgp" ] || echo "export AERIE_GOPENPGP='$bin/gopenpgp'"
  echo "export AERIE_RCLONE='$(command -v rclone)'"
  echo "export AERIE_NGINX='$(command -v nginx)'"
  echo "export AERIE_COMPOSE_CHECK='$bin/compose-check'"
  echo "export PATH='$bin:$postgres_bin':\"\$PATH\""
  # rclone 1.60 refuses to start when a certificate bundle for AWS is named that it does not need on loopback.
  echo "unset AWS_CA_BUNDLE"
}

case ${1:-} in
  install) install_parts ;;
  start) start_parts ;;
  stop) stop_parts ;;
  env) print_env ;;
  *) fail "usage: infra/dev/parts.sh install | start | stop | env" ;;
esac
