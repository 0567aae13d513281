#!/bin/sh
# Writes the secrets that docker-compose.yml mounts into infra/secrets/, each once: a file that exists is kept.
# The folder is for its owner alone. The files inside are readable to all, because each container sees only its own,
# as a bind mount, and runs as a user that the host does not know.
set -eu

folder=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/secrets
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# keep NAME VALUE: whole or not at all, and never over an older one.
keep() {
  [ -e "$folder/$1" ] && return 0
  printf '%s' "$2" >"$folder/.new"
  chmod 444 "$folder/.new"
  mv "$folder/.new" "$folder/$1"
  echo "infra/secrets/$1"
}

keep postgres_password "$(random_hex 24)"
keep database_url "postgres://aerie:$(cat "$folder/postgres_password")@postgres:5432/aerie"
keep redis_password "$(random_hex 24)"
keep redis_url "redis://default:$(cat "$folder/redis_password")@redis:6379"
keep redis_auth.conf "requirepass $(cat "$folder/redis_password")"
keep s3_access_key "$(random_hex 10)"
keep s3_secret_key "$(random_hex 24)"
keep setup_token "$(random_hex 16)"
keep renderer_token "$(random_hex 16)"
keep renderer_passphrase "$(random_hex 24)"
chmod 444 "$folder"/*
